"""The tables of sources, runs and files; those of imports are in `import_rows.py`."""

from datetime import datetime
from typing import ClassVar

from contracts.messages.gfx_sync import Operation, SyncState
from contracts.rows import Row


class StatusRow(Row, frozen=True, kw_only=True):
    """One source's state. Counts are of all time; the last file is the newest of any outcome.

    A source is a table of PokerGFX or one kind of the tournament platform's files. Hands are
    counted of the one, rows of the other; `pulled` tells of a kind that it has an address.

    `consecutive_failures` counts failed runs and failed files since the last success of either.
    `sync_id`, `operation` and `attempt` are those of the run that is asked for or under way; times
    to come are those the facts told. Which file was new and which was stale depends on the order of
    arrival, and how often a run was made on the time, so these are not business columns.
    """

    TABLE: ClassVar = "status"
    KEY: ClassVar = ("source", "entity_type", "entity_id")
    AUDIT: ClassVar = (
        "status",
        "last_synced_at",
        "last_file_path",
        "last_file_sha256",
        "files_recorded",
        "skipped_duplicate",
        "skipped_stale",
        "skipped_unchanged",
        "hands_revised",
        "consecutive_failures",
        "last_error",
        "last_error_at",
        "last_sequence",
        "sync_id",
        "operation",
        "attempt",
        "retry_at",
        "next_due_at",
        "last_run_at",
        "last_run_ms",
        "rows_created",
        "rows_changed",
        "rows_rejected",
    )

    source: str
    entity_type: str
    entity_id: str
    status: SyncState = "pending"
    last_synced_at: datetime | None = None
    last_file_path: str = ""
    last_file_sha256: str = ""
    files_recorded: int = 0
    files_rejected: int = 0
    skipped_duplicate: int = 0
    skipped_stale: int = 0
    skipped_unchanged: int = 0
    hands_recorded: int = 0
    hands_revised: int = 0
    consecutive_failures: int = 0
    last_error: str | None = None
    last_error_at: datetime | None = None
    last_sequence: int = 0
    files_removed: int = 0
    enabled: bool = False
    time_zone: str | None = None
    interval_s: int = 0
    sync_id: str | None = None
    operation: Operation | None = None
    attempt: int = 0
    retry_at: datetime | None = None
    next_due_at: datetime | None = None
    last_run_at: datetime | None = None
    last_run_ms: int | None = None
    rows_created: int = 0
    rows_changed: int = 0
    rows_rejected: int = 0
    pulled: bool = False


class RunRow(Row, frozen=True, kw_only=True):
    """One run of one source. `sequence` is that of its first fact, so runs are listed by it.

    `status` is that of the run: pending, in_progress, synced or failed.
    """

    TABLE: ClassVar = "run"
    KEY: ClassVar = ("source", "entity_type", "entity_id", "sync_id")

    source: str
    entity_type: str
    entity_id: str
    sync_id: str
    operation: Operation
    attempt: int
    status: SyncState = "pending"
    due_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    files: int = 0
    recorded: int = 0
    skipped: int = 0
    rejected: int = 0
    unchanged: int = 0
    duration_ms: int | None = None
    error: str | None = None
    retry_at: datetime | None = None
    sequence: int
    last_sequence: int


class FileRow(Row, frozen=True, kw_only=True):
    """One content of one file. `sha256` is empty when the content was refused unread.

    `outcome` is recorded, skipped, rejected or, whatever it was before, removed; `reason` one word,
    `detail` a sentence.
    """

    TABLE: ClassVar = "file"
    KEY: ClassVar = ("table_name", "path", "sha256")
    AUDIT: ClassVar = ("outcome", "reason", "said_at", "sequence")

    table_name: str
    path: str
    sha256: str
    game_id: str | None
    outcome: str
    reason: str
    detail: str
    bytes: int
    said_at: datetime
    sequence: int
