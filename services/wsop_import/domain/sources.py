"""What is kept of the runs of one kind of data, and what screens are told of it."""

from datetime import datetime

import msgspec

from contracts.messages import Event
from contracts.messages.wsop_sync import (
    SourceRegistered,
    SourceState,
    SourceSyncCompleted,
    SourceSyncFailed,
    SourceSyncNotice,
    SourceSyncOutdated,
    SourceSyncScheduled,
    SourceSyncStarted,
    SyncOperation,
)


class Run(msgspec.Struct, frozen=True):
    """A run that is asked for or, once `begun`, under way."""

    sync_id: str
    operation: SyncOperation
    attempt: int
    begun: bool = False


class Retry(msgspec.Struct, frozen=True):
    """When a failed run is tried again, and as what."""

    operation: SyncOperation
    attempt: int
    at: datetime


class Source(msgspec.Struct):
    """What was said about the runs of one kind. `failures` counts failed runs in a row. There is a
    `run` or a time for the next one, `retry` before `next_due_at`, never both.
    """

    registered: SourceRegistered | None = None
    status: SourceState = "pending"
    run: Run | None = None
    failures: int = 0
    error: str | None = None
    retry: Retry | None = None
    next_due_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the next run is due by itself; None while there is one, or none is wanted."""
        if self.registered is None or not self.registered.enabled or self.run is not None:
            return None
        return self.retry.at if self.retry else self.next_due_at


def follow_source(state: Source, event: Event) -> Source:
    """State after one event about a kind; changes the object it is given."""
    match event:
        case SourceRegistered():
            state.registered = event
            if not event.enabled:
                state.status, state.run, state.retry = "disabled", None, None
            elif state.status == "disabled":
                state.status = "pending"
        case SourceSyncScheduled():
            state.status, state.retry = "pending", None
            state.run = Run(event.sync_id, event.operation, event.attempt)
        case SourceSyncStarted():
            state.status = "in_progress"
            state.run = Run(event.sync_id, event.operation, event.attempt, begun=True)
        case SourceSyncCompleted():
            state.status, state.run, state.failures, state.error = "synced", None, 0, None
            state.next_due_at = event.next_due_at
        case SourceSyncFailed():
            state.status, state.run = "failed", None
            state.failures, state.error = event.failures, event.error
            state.next_due_at = event.next_due_at
            if event.retry_at:
                state.retry = Retry(event.operation, event.attempt + 1, event.retry_at)
        case SourceSyncOutdated():
            state.status = "outdated"
    return state


# What screens are told after each event.
_VERBS: dict[type[Event], str] = {
    SourceSyncScheduled: "sync:scheduled",
    SourceSyncStarted: "sync:started",
    SourceSyncCompleted: "sync:completed",
    SourceSyncFailed: "sync:failed",
    SourceSyncOutdated: "sync:outdated",
}


def sync_notice(state: Source, event: Event | None = None) -> SourceSyncNotice | None:
    """What screens are told after an event, or at a restart; None before the kind is known."""
    if state.registered is None:
        return None
    verb = "sync:restored" if event is None else _VERBS.get(type(event), "")
    if isinstance(event, SourceRegistered):
        verb = "sync:enabled" if event.enabled else "sync:disabled"
    run = state.run
    return SourceSyncNotice(
        verb=verb,
        kind=state.registered.kind,
        status=state.status,
        sync_id=run.sync_id if run else None,
        operation=run.operation if run else None,
        attempt=run.attempt if run else 0,
        failures=state.failures,
        error=state.error,
        retry_at=state.retry.at if state.retry else None,
        next_due_at=state.next_due_at,
    )
