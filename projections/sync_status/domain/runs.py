"""How the runs of a table went, and what the registry says of it."""

from msgspec.structs import replace

from contracts.messages.gfx_sync import (
    SOURCE,
    SyncCompleted,
    SyncFailed,
    SyncOutdated,
    SyncScheduled,
    SyncStarted,
    TableRegistered,
    TableRemoved,
)
from contracts.recorded import Recorded
from projections.sync_status.domain.rows import ENTITY_TYPE, RunRow, StatusRow

type RunFact = SyncScheduled | SyncStarted | SyncCompleted | SyncFailed
type RegistryFact = TableRegistered | TableRemoved | SyncOutdated

RUN_FACTS = (SyncScheduled, SyncStarted, SyncCompleted, SyncFailed)
REGISTRY_FACTS = (TableRegistered, TableRemoved, SyncOutdated)


def run_row(event: RunFact, recorded: Recorded, before: RunRow | None) -> RunRow:
    """The row of a run after one of its facts."""
    run = before or RunRow(
        source=SOURCE,
        entity_type=ENTITY_TYPE,
        entity_id=event.table,
        sync_id=event.sync_id,
        operation=event.operation,
        attempt=event.attempt,
        sequence=recorded.sequence,
        last_sequence=recorded.sequence,
    )
    run = replace(run, last_sequence=recorded.sequence)
    match event:
        case SyncScheduled():
            return replace(run, due_at=event.due_at)
        case SyncStarted():
            return replace(run, status="in_progress", started_at=recorded.said_at)
        case SyncCompleted():
            return replace(
                run,
                status="synced",
                ended_at=recorded.said_at,
                files=event.files,
                recorded=event.recorded,
                skipped=event.skipped,
                rejected=event.rejected,
                unchanged=event.unchanged,
                duration_ms=event.duration_ms,
            )
        case SyncFailed():
            return replace(
                run,
                status="failed",
                ended_at=recorded.said_at,
                duration_ms=event.duration_ms,
                error=event.error,
                retry_at=event.retry_at,
            )


def with_run(status: StatusRow, event: RunFact, recorded: Recorded) -> StatusRow:
    """The state of the table after a fact about its run."""
    match event:
        case SyncScheduled() | SyncStarted():
            return replace(
                status,
                status="pending" if isinstance(event, SyncScheduled) else "in_progress",
                sync_id=event.sync_id,
                operation=event.operation,
                attempt=event.attempt,
                retry_at=None,
            )
        case SyncCompleted():
            return replace(
                status,
                status="synced",
                last_synced_at=recorded.said_at,
                consecutive_failures=0,
                sync_id=None,
                operation=None,
                attempt=0,
                next_due_at=event.next_due_at,
                last_run_at=recorded.said_at,
                last_run_ms=event.duration_ms,
            )
        case SyncFailed():
            return replace(
                status,
                status="failed",
                consecutive_failures=status.consecutive_failures + 1,
                last_error=event.error,
                last_error_at=recorded.said_at,
                sync_id=None,
                operation=None,
                attempt=event.attempt,
                retry_at=event.retry_at,
                next_due_at=event.next_due_at,
                last_run_at=recorded.said_at,
                last_run_ms=event.duration_ms,
            )


def with_table(status: StatusRow, event: RegistryFact) -> StatusRow:
    """The state of the table after what is said of it between runs."""
    match event:
        case TableRegistered(enabled=True):
            return replace(
                status,
                status="pending" if status.status == "disabled" else status.status,
                enabled=True,
                time_zone=event.time_zone,
                interval_s=event.interval_s,
            )
        case TableRegistered():
            rest = replace(status, time_zone=event.time_zone, interval_s=event.interval_s)
            return _disabled(rest)
        case TableRemoved():
            return _disabled(status)
        case SyncOutdated():
            return replace(status, status="outdated")


def _disabled(status: StatusRow) -> StatusRow:
    return replace(
        status,
        status="disabled",
        enabled=False,
        sync_id=None,
        operation=None,
        attempt=0,
        retry_at=None,
        next_due_at=None,
    )
