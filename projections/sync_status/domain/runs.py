"""How the runs of a source went, and what is said of it between them."""

from msgspec.structs import replace

from contracts.messages.gfx_sync import (
    SyncCompleted,
    SyncFailed,
    SyncOutdated,
    SyncScheduled,
    SyncStarted,
    TableRegistered,
    TableRemoved,
)
from contracts.messages.wsop_sync import (
    SourceRegistered,
    SourceSyncCompleted,
    SourceSyncFailed,
    SourceSyncOutdated,
    SourceSyncScheduled,
    SourceSyncStarted,
)
from contracts.recorded import Recorded
from projections.sync_status.domain.rows import RunRow, StatusRow
from projections.sync_status.domain.sources import source_key

type RunFact = (
    SyncScheduled
    | SyncStarted
    | SyncCompleted
    | SyncFailed
    | SourceSyncScheduled
    | SourceSyncStarted
    | SourceSyncCompleted
    | SourceSyncFailed
)
type RegistryFact = (
    TableRegistered | TableRemoved | SyncOutdated | SourceRegistered | SourceSyncOutdated
)

RUN_FACTS = (
    SyncScheduled,
    SyncStarted,
    SyncCompleted,
    SyncFailed,
    SourceSyncScheduled,
    SourceSyncStarted,
    SourceSyncCompleted,
    SourceSyncFailed,
)
REGISTRY_FACTS = (
    TableRegistered,
    TableRemoved,
    SyncOutdated,
    SourceRegistered,
    SourceSyncOutdated,
)


def run_row(event: RunFact, recorded: Recorded, before: RunRow | None) -> RunRow:
    """The row of a run after one of its facts."""
    source, entity_type, entity_id = source_key(event)
    run = before or RunRow(
        source=source,
        entity_type=entity_type,
        entity_id=entity_id,
        sync_id=event.sync_id,
        operation=event.operation,
        attempt=event.attempt,
        sequence=recorded.sequence,
        last_sequence=recorded.sequence,
    )
    run = replace(run, last_sequence=recorded.sequence)
    match event:
        case SyncScheduled() | SourceSyncScheduled():
            return replace(run, due_at=event.due_at)
        case SyncStarted() | SourceSyncStarted():
            return replace(run, status="in_progress", started_at=recorded.said_at)
        case SyncCompleted() | SourceSyncCompleted():
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
        case SyncFailed() | SourceSyncFailed():
            return replace(
                run,
                status="failed",
                ended_at=recorded.said_at,
                duration_ms=event.duration_ms,
                error=event.error,
                retry_at=event.retry_at,
            )


def with_run(status: StatusRow, event: RunFact, recorded: Recorded) -> StatusRow:
    """The state of the source after a fact about its run."""
    match event:
        case SyncScheduled() | SourceSyncScheduled():
            return replace(_with_open_run(status, event), status="pending")
        case SyncStarted() | SourceSyncStarted():
            return replace(_with_open_run(status, event), status="in_progress")
        case SyncCompleted() | SourceSyncCompleted():
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
        case SyncFailed() | SourceSyncFailed():
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


def _with_open_run(status: StatusRow, event: RunFact) -> StatusRow:
    return replace(
        status,
        sync_id=event.sync_id,
        operation=event.operation,
        attempt=event.attempt,
        retry_at=None,
    )


def with_source(status: StatusRow, event: RegistryFact) -> StatusRow:
    """The state of the source after what is said of it between runs."""
    match event:
        case TableRegistered():
            return _registered(replace(status, time_zone=event.time_zone), event)
        case SourceRegistered():
            return _registered(replace(status, pulled=event.pulled), event)
        case TableRemoved():
            return _disabled(status)
        case SyncOutdated() | SourceSyncOutdated():
            return replace(status, status="outdated")


def _registered(status: StatusRow, event: TableRegistered | SourceRegistered) -> StatusRow:
    status = replace(status, interval_s=event.interval_s)
    if not event.enabled:
        return _disabled(status)
    state = "pending" if status.status == "disabled" else status.status
    return replace(status, status=state, enabled=True)


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
