"""The tables of the import log: a row per import, per finding and per fact that changed fields."""

from datetime import datetime
from typing import ClassVar, Literal

from contracts.messages.wsop import Kind, Layout
from contracts.rows import Row

type ImportStatus = Literal["processing", "completed", "partial", "failed", "skipped"]


class ImportRow(Row, frozen=True, kw_only=True):
    """One import: one content of one path. `sequence` is that of the fact that began it.

    The counts of rows are those told so far, and final once `closed_at` is set. `findings` are
    listed in the table beside; the view hides what an earlier, abandoned try left there.
    `error_code`, `error` and `position` are set when it failed. `skips` counts how often these
    bytes were found under this path when they were known already, of the import `same_as`; on a row
    that was taken in that is itself. `file_name` is the last part of the path, `imported_by` who
    said the fact that began it.
    """

    TABLE: ClassVar = "import"
    KEY: ClassVar = ("import_id",)
    AUDIT: ClassVar = (
        "content_at",
        "skips",
        "started_at",
        "closed_at",
        "duration_ms",
        "sequence",
        "last_sequence",
    )

    import_id: str
    path: str
    file_name: str
    sha256: str
    bytes: int
    content_at: datetime
    kind: Kind | None
    status: ImportStatus = "processing"
    layout: Layout | None = None
    exported_at: datetime | None = None
    rows: int = 0
    created: int = 0
    changed: int = 0
    corrected: int = 0
    unchanged: int = 0
    duplicates: int = 0
    superseded: int = 0
    rejected: int = 0
    fields_rejected: int = 0
    noted: int = 0
    findings: int = 0
    unknown_columns: tuple[str, ...] = ()
    unknown_columns_count: int = 0
    same_as: str | None = None
    skips: int = 0
    error_code: str | None = None
    error: str | None = None
    position: str | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None
    duration_ms: int | None = None
    sequence: int
    last_sequence: int
    imported_by: str


class FindingRow(Row, frozen=True, kw_only=True):
    """What is wrong (`rejected`) or odd (`noted`) about one row; `number` counts from 1.

    `at` is the number of its first line, or a JSON pointer. `field` is empty when it is about the
    whole row; with `scope` `field` the rest of the row was taken.
    """

    TABLE: ClassVar = "finding"
    KEY: ClassVar = ("import_id", "number")
    AUDIT: ClassVar = ("sequence",)

    import_id: str
    number: int
    outcome: Literal["rejected", "noted"]
    at: str
    field: str
    scope: Literal["row", "field"]
    code: str
    sentence: str
    sequence: int


class ChangeRow(Row, frozen=True, kw_only=True):
    """One fact of an import that changed fields, and how many: the log has what they are."""

    TABLE: ClassVar = "change"
    KEY: ClassVar = ("import_id", "sequence")
    AUDIT: ClassVar = ("sequence",)

    import_id: str
    sequence: int
    changes: int
