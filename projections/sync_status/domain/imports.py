"""The import log, and what the end of an import says of its kind."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import asdict, replace

from contracts.import_changes import changes
from contracts.messages.wsop import (
    ChipCountsTold,
    Counts,
    EventsTold,
    ImportClosed,
    ImportRejected,
    ImportSkipped,
    ImportStarted,
    PlayersTold,
    RowsNoted,
    RowsRejected,
    StandingsTold,
)
from contracts.recorded import Recorded
from projections.sync_status.domain.import_rows import ChangeRow, FindingRow, ImportRow
from projections.sync_status.domain.outcomes import with_failure, with_success
from projections.sync_status.domain.rows import StatusRow

# `error_code` and the sentence beside it, of an import that was closed before its end.
ABANDONED = "abandoned"
ABANDONED_SENTENCE = "the file was replaced or removed before all of it was said"

type ImportEnd = ImportClosed | ImportSkipped | ImportRejected
type Findings = RowsRejected | RowsNoted
type RowsTold = EventsTold | PlayersTold | ChipCountsTold | StandingsTold
type ImportFact = ImportStarted | Findings | RowsTold | ImportEnd

IMPORT_ENDS = (ImportClosed, ImportSkipped, ImportRejected)
FINDINGS = (RowsRejected, RowsNoted)
ROWS_TOLD = (EventsTold, PlayersTold, ChipCountsTold, StandingsTold)
IMPORT_FACTS = (ImportStarted, *FINDINGS, *ROWS_TOLD, *IMPORT_ENDS)


def import_row(event: ImportFact, recorded: Recorded, before: ImportRow | None) -> ImportRow:
    """The row of an import after one of its facts."""
    match event:
        case ImportStarted():
            row = replace(
                _new(event, recorded),
                layout=event.layout,
                exported_at=event.exported_at,
                rows=event.rows,
                unknown_columns=tuple(map(_storable, event.unknown_columns)),
                unknown_columns_count=event.unknown_columns_count,
                started_at=recorded.said_at,
            )
        case RowsRejected() | RowsNoted():
            assert before is not None, "findings of an import that was never begun"
            row = _with_findings(before, event)
        case EventsTold() | PlayersTold() | ChipCountsTold() | StandingsTold():
            assert before is not None, "rows of an import that was never begun"
            row = _counted(before, event.progress.counts)
        case ImportClosed():
            row = _closed(event, recorded, _open(event, recorded, before))
        case ImportSkipped():
            row = _skipped(event, recorded, before)
        case ImportRejected():
            row = replace(
                _ended(_open(event, recorded, before), recorded.said_at),
                status="failed",
                error_code=event.code,
                error=event.reason,
                position=event.position or None,
            )
    return replace(row, last_sequence=recorded.sequence)


def finding_rows(event: Findings, recorded: Recorded, before: ImportRow) -> Iterator[FindingRow]:
    """The rows of the findings of one fact, numbered behind those before."""
    for number, finding in enumerate(event.findings, before.findings + 1):
        yield FindingRow(
            import_id=event.import_id,
            number=number,
            outcome="rejected" if isinstance(event, RowsRejected) else "noted",
            sequence=recorded.sequence,
            **asdict(finding),
        )


def change_row(event: RowsTold, recorded: Recorded) -> ChangeRow | None:
    """How many fields a fact changed; None where it changed none."""
    count = sum(1 for _ in changes(event))
    if not count:
        return None
    return ChangeRow(import_id=event.import_id, sequence=recorded.sequence, changes=count)


def with_import(status: StatusRow, event: ImportEnd, recorded: Recorded) -> StatusRow:
    """The state of a kind after an import: taken in or known is a success, all else a failure."""
    path = event.file.path
    status = replace(status, last_file_path=path, last_file_sha256=event.file.sha256)
    match event:
        case ImportClosed(status="abandoned"):
            return with_failure(status, f"{path}: {ABANDONED_SENTENCE} ({ABANDONED})", recorded)
        case ImportClosed(counts=counts):
            status = replace(
                status,
                files_recorded=status.files_recorded + 1,
                rows_created=status.rows_created + counts.created,
                rows_changed=status.rows_changed + counts.changed + counts.corrected,
                rows_rejected=status.rows_rejected + counts.rejected,
            )
        case ImportSkipped():
            status = replace(status, skipped_duplicate=status.skipped_duplicate + 1)
        case ImportRejected():
            return with_failure(status, f"{path}: {event.reason} ({event.code})", recorded)
    return with_success(status, recorded)


def _new(event: ImportStarted | ImportEnd, recorded: Recorded) -> ImportRow:
    path = event.file.path
    return ImportRow(
        import_id=event.import_id,
        file_name=path.rstrip("/").rpartition("/")[2],
        kind=event.kind,
        sequence=recorded.sequence,
        last_sequence=recorded.sequence,
        imported_by=recorded.envelope.actor,
        **asdict(event.file),
    )


def _open(event: ImportEnd, recorded: Recorded, before: ImportRow | None) -> ImportRow:
    """The import under way; whatever ended before is not gone on with."""
    under_way = before is not None and before.status == "processing"
    return before if before is not None and under_way else _new(event, recorded)


def _with_findings(before: ImportRow, event: Findings) -> ImportRow:
    told, noted = len(event.findings), isinstance(event, RowsNoted)
    return replace(
        _counted(before, event.progress.counts),
        noted=before.noted + (told if noted else 0),
        findings=before.findings + told,
    )


def _closed(event: ImportClosed, recorded: Recorded, row: ImportRow) -> ImportRow:
    row = replace(
        _ended(_counted(row, event.counts), recorded.said_at),
        rows=event.rows,
        noted=event.noted,
        unknown_columns_count=event.unknown_columns_count,
    )
    if event.status == "abandoned":
        return replace(row, status="failed", error_code=ABANDONED, error=ABANDONED_SENTENCE)
    return replace(row, status=event.status)


def _skipped(event: ImportSkipped, recorded: Recorded, before: ImportRow | None) -> ImportRow:
    """Bytes that are known: a row that was taken in stays what it is and only counts it."""
    row = before
    if row is None or row.status in ("failed", "processing"):
        row = replace(_ended(_new(event, recorded), recorded.said_at), status="skipped")
    return replace(row, same_as=event.same_as, skips=row.skips + 1)


def _ended(row: ImportRow, at: datetime) -> ImportRow:
    spent = None if row.started_at is None else (at - row.started_at) // timedelta(milliseconds=1)
    return replace(row, closed_at=at, duration_ms=spent)


def _storable(text: str) -> str:
    """PostgreSQL takes every character but one, and a file may name a field with it."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _counted(row: ImportRow, counts: Counts) -> ImportRow:
    return replace(row, **asdict(counts))
