"""What became of each file, and what that says of its table."""

from msgspec.structs import replace

from contracts.codec import digest
from contracts.messages.gfx import FileRejected, FileRemoved, FileSkipped, SnapshotRead
from contracts.recorded import Recorded
from projections.sync_status.domain.outcomes import with_failure, with_success
from projections.sync_status.domain.rows import FileRow, StatusRow

# A path is part of a key, and an entry of a PostgreSQL index holds at most 2,704 bytes.
PATH_BYTES_MAX = 2000

type FileFact = SnapshotRead | FileSkipped | FileRejected

FILE_FACTS = (SnapshotRead, FileSkipped, FileRejected)


def file_row(event: FileFact, recorded: Recorded) -> FileRow:
    """The row of one content of a file."""
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


def removed_row(event: FileRemoved, recorded: Recorded, before: FileRow | None) -> FileRow:
    """The row of a file that is gone; how large it was stays known."""
    table, path, sha256 = file_key(event)
    return FileRow(
        table_name=table,
        path=path,
        sha256=sha256,
        game_id=event.game_id,
        outcome="removed",
        reason="",
        detail="",
        bytes=before.bytes if before else 0,
        said_at=recorded.said_at,
        sequence=recorded.sequence,
    )


def file_key(event: FileFact | FileRemoved) -> tuple[str, str, str]:
    """Key of the row of a fact's file."""
    return event.table, _indexable(event.source.path), event.source.sha256


def _indexable(path: str) -> str:
    """The path; a too long one is cut and ended by its hash, so that two stay apart."""
    if len(path.encode()) <= PATH_BYTES_MAX:
        return path
    mark = f"...{digest(path)}"
    room = PATH_BYTES_MAX - len(mark)
    return path.encode()[:room].decode(errors="ignore") + mark


def with_file(status: StatusRow, event: FileFact, recorded: Recorded) -> StatusRow:
    """The state of the table after a file."""
    status = replace(status, last_file_path=event.source.path, last_file_sha256=event.source.sha256)
    if isinstance(event, FileRejected):
        error = f"{event.source.path}: {event.detail} ({event.code})"
        return with_failure(status, error, recorded)
    return with_success(_counted(status, event), recorded)


def _counted(status: StatusRow, event: SnapshotRead | FileSkipped) -> StatusRow:
    if isinstance(event, SnapshotRead):
        return replace(
            status,
            files_recorded=status.files_recorded + 1,
            hands_recorded=status.hands_recorded + event.recorded,
            hands_revised=status.hands_revised + event.revised,
        )
    column = f"skipped_{event.reason}"
    return replace(status, **{column: getattr(status, column) + 1})
