"""The fold of files: one row per file content, one status row per source, kind and id."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from contracts.codec import digest
from contracts.messages import Event
from contracts.messages.gfx import FileRejected, FileSkipped, SnapshotRead
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows

SOURCE = "gfx"
ENTITY_TYPE = "table"

# A path is part of a key, and an entry of a PostgreSQL index holds at most 2,704 bytes.
PATH_BYTES_MAX = 2000

type FileFact = SnapshotRead | FileSkipped | FileRejected


class StatusRow(Row, frozen=True, kw_only=True):
    """One source's state. Counts are of all time; the last file is the newest of any outcome.

    Which file was new and which was stale depends on the order of arrival, so those counts are
    not business columns.
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
    )

    source: str
    entity_type: str
    entity_id: str
    status: str = "pending"
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


class FileRow(Row, frozen=True, kw_only=True):
    """One content of one file. `sha256` is empty when the content was refused unread.

    `outcome` is recorded, skipped or rejected; `reason` one word, `detail` a sentence.
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


class SyncStatusFold:
    """A success ends a row of failures; a failure never moves the time of the last success."""

    handles: Sequence[type[Event]] = (SnapshotRead, FileSkipped, FileRejected)

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The status of the table; file rows are written without being read."""
        yield StatusRow, (SOURCE, ENTITY_TYPE, _fact(recorded).table)

    def block_key(self, recorded: Recorded) -> str:
        """A table's files count one after the other."""
        return _fact(recorded).table

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply what became of one file."""
        event = _fact(recorded)
        rows.put(_file(event, recorded))
        status = rows.get(StatusRow, SOURCE, ENTITY_TYPE, event.table) or StatusRow(
            source=SOURCE, entity_type=ENTITY_TYPE, entity_id=event.table
        )
        status = msgspec.structs.replace(
            status,
            last_file_path=event.source.path,
            last_file_sha256=event.source.sha256,
            last_sequence=recorded.sequence,
        )
        if isinstance(event, FileRejected):
            rows.put(_failed(status, event, recorded))
        else:
            rows.put(_synced(_counted(status, event), recorded))


def _fact(recorded: Recorded) -> FileFact:
    event = recorded.event
    assert isinstance(event, SnapshotRead | FileSkipped | FileRejected)
    return event


def _file(event: FileFact, recorded: Recorded) -> FileRow:
    match event:
        case SnapshotRead():
            outcome, reason, detail = "recorded", "", ""
        case FileSkipped():
            outcome, reason, detail = "skipped", event.reason, ""
        case FileRejected():
            outcome, reason, detail = "rejected", event.code, event.detail
    return FileRow(
        table_name=event.table,
        path=_indexable(event.source.path),
        sha256=event.source.sha256,
        game_id=None if isinstance(event, FileRejected) else event.game_id,
        outcome=outcome,
        reason=reason,
        detail=detail,
        bytes=event.bytes,
        said_at=recorded.said_at,
        sequence=recorded.sequence,
    )


def _indexable(path: str) -> str:
    """The path; a too long one is cut and ended by its hash, so that two stay apart."""
    if len(path.encode()) <= PATH_BYTES_MAX:
        return path
    mark = f"...{digest(path)}"
    room = PATH_BYTES_MAX - len(mark)
    return path.encode()[:room].decode(errors="ignore") + mark


def _counted(status: StatusRow, event: SnapshotRead | FileSkipped) -> StatusRow:
    if isinstance(event, SnapshotRead):
        return msgspec.structs.replace(
            status,
            files_recorded=status.files_recorded + 1,
            hands_recorded=status.hands_recorded + event.recorded,
            hands_revised=status.hands_revised + event.revised,
        )
    column = f"skipped_{event.reason}"
    return msgspec.structs.replace(status, **{column: getattr(status, column) + 1})


def _synced(status: StatusRow, recorded: Recorded) -> StatusRow:
    return msgspec.structs.replace(
        status, status="synced", last_synced_at=recorded.said_at, consecutive_failures=0
    )


def _failed(status: StatusRow, event: FileRejected, recorded: Recorded) -> StatusRow:
    return msgspec.structs.replace(
        status,
        status="failed",
        files_rejected=status.files_rejected + 1,
        consecutive_failures=status.consecutive_failures + 1,
        last_error=f"{event.source.path}: {event.detail} ({event.code})",
        last_error_at=recorded.said_at,
    )
