"""What is said about a table: the files that are no exports, and how its runs went."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contracts.messages import Event
from contracts.messages.gfx import FileRejected, FileSource
from contracts.messages.gfx_sync import (
    Operation,
    SyncCompleted,
    SyncFailed,
    SyncOutdated,
    SyncScheduled,
    SyncStarted,
    SyncState,
    TableRegistered,
    TableRemoved,
)


class RejectFile(msgspec.Struct, frozen=True, kw_only=True):
    """Say that a file cannot be read as an export."""

    table: str
    source: FileSource
    bytes: int
    code: str
    detail: str


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """What the registry says of a table; see `TableRegistered`."""

    time_zone: str | None
    interval_s: int
    enabled: bool


class Run(msgspec.Struct, frozen=True):
    """A run that is asked for or, once `begun`, under way."""

    sync_id: str
    operation: Operation
    attempt: int
    begun: bool = False


class Retry(msgspec.Struct, frozen=True):
    """When a failed run is tried again, and as what."""

    operation: Operation
    attempt: int
    at: datetime


class Table(msgspec.Struct):
    """What was said about one table.

    `rejected` are files as (path, SHA-256, code). `failures` counts failed runs in a row. There is
    a `run` or a time for the next one, `retry` before `next_due_at`, never both.
    """

    table: str = ""
    rejected: set[tuple[str, str, str]] = set()
    registration: Registration | None = None
    status: SyncState = "pending"
    run: Run | None = None
    failures: int = 0
    error: str | None = None
    retry: Retry | None = None
    next_due_at: datetime | None = None

    @property
    def enabled(self) -> bool:
        """Whether its folder is watched."""
        return self.registration is not None and self.registration.enabled

    @property
    def due_at(self) -> datetime | None:
        """When the next run is due by itself; None while there is one, or none is wanted."""
        if not self.enabled or self.run is not None:
            return None
        return self.retry.at if self.retry else self.next_due_at


def reject(command: RejectFile, state: Table) -> Sequence[Event]:
    if (command.source.path, command.source.sha256, command.code) in state.rejected:
        return ()
    return (FileRejected(**msgspec.structs.asdict(command)),)


def follow(state: Table, event: Event) -> Table:
    """State after one event about the table; changes the object it is given."""
    state.table = event.subject_id
    match event:
        case FileRejected():
            state.rejected.add((event.source.path, event.source.sha256, event.code))
        case TableRegistered():
            _register(state, event)
        case TableRemoved():
            state.registration = None
            _rest(state)
        case SyncScheduled():
            state.status, state.retry = "pending", None
            state.run = Run(event.sync_id, event.operation, event.attempt)
        case SyncStarted():
            state.status = "in_progress"
            state.run = Run(event.sync_id, event.operation, event.attempt, begun=True)
        case SyncCompleted():
            state.status, state.run, state.failures, state.error = "synced", None, 0, None
            state.next_due_at = event.next_due_at
        case SyncFailed():
            _fail(state, event)
        case SyncOutdated():
            state.status = "outdated"
    return state


def _register(state: Table, event: TableRegistered) -> None:
    before = state.enabled
    state.registration = Registration(
        time_zone=event.time_zone, interval_s=event.interval_s, enabled=event.enabled
    )
    if not event.enabled:
        _rest(state)
    elif not before:
        state.status = "pending"


def _rest(state: Table) -> None:
    state.status, state.run, state.retry = "disabled", None, None


def _fail(state: Table, event: SyncFailed) -> None:
    state.status, state.run = "failed", None
    state.failures, state.error = event.failures, event.error
    state.next_due_at = event.next_due_at
    if event.retry_at:
        state.retry = Retry(event.operation, event.attempt + 1, event.retry_at)
