"""When a table's folder is looked through anew, and what is said about it.

A run is asked for (`pending`), begins (`in_progress`) and ends: `synced`, or `failed` and tried
again. At most one of a table is asked for or under way; who asks for another joins it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contracts.decision import Refusal, conflict
from contracts.messages import Event
from contracts.messages.gfx_sync import (
    Operation,
    SyncCompleted,
    SyncFailed,
    SyncNotice,
    SyncOutdated,
    SyncScheduled,
    SyncStarted,
    TableRegistered,
    TableRemoved,
    TriggerSync,
)
from services.gfx_ingest.domain.table import Registration, RejectFile, Run, Table, reject

# Waits before the three retries of a failed run: a share that was only restarted is back within a
# minute or two; what lasts longer than seven minutes is for people, who are told.
RETRY_WAITS_S = (60, 120, 240)
# A reason is read by people; a path of the operating system must not fill their screen.
ERROR_LENGTH_MAX = 300

INTERRUPTED = "the service ended during the run"
SWITCHED_OFF = "the table was switched off during the run"


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Files of a folder by what became of them in one run; see `SyncCompleted`."""

    files: int
    recorded: int = 0
    skipped: int = 0
    rejected: int = 0
    unchanged: int = 0


class RegisterTable(msgspec.Struct, frozen=True, kw_only=True):
    """The registry names a table."""

    table: str
    registration: Registration


class RemoveTable(msgspec.Struct, frozen=True, kw_only=True):
    """The registry does not name a table any more."""

    table: str


class WatchTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table's folder is watched from now on: what a run before left open is settled."""

    table: str
    sync_id: str


class ScheduleDue(msgspec.Struct, frozen=True, kw_only=True):
    """The time that `Table.due_at` told has come."""

    table: str
    sync_id: str


class StartSync(msgspec.Struct, frozen=True, kw_only=True):
    """The run that is asked for begins."""

    table: str
    sync_id: str


class CompleteSync(msgspec.Struct, frozen=True, kw_only=True):
    """The run is at its end."""

    table: str
    sync_id: str
    tally: Tally
    duration_ms: int


class FailSync(msgspec.Struct, frozen=True, kw_only=True):
    """The run cannot be finished."""

    table: str
    sync_id: str
    error: str
    duration_ms: int


type TableCommand = (
    RejectFile
    | RegisterTable
    | RemoveTable
    | WatchTable
    | ScheduleDue
    | StartSync
    | CompleteSync
    | FailSync
    | TriggerSync
)
# The same as classes, for whoever sorts the commands of both entities.
TABLE_COMMANDS = (
    RejectFile,
    RegisterTable,
    RemoveTable,
    WatchTable,
    ScheduleDue,
    StartSync,
    CompleteSync,
    FailSync,
    TriggerSync,
)


def decide_table(command: TableCommand, state: Table, now: datetime) -> Sequence[Event] | Refusal:
    """Events about a table. Refusals, of a `TriggerSync` only: `not_found`, `table_disabled`."""
    match command:
        case RejectFile():
            return reject(command, state)
        case RegisterTable():
            return _register(command, state, now)
        case RemoveTable():
            if state.registration is None:
                return ()
            return (*_switched_off(state, now), TableRemoved(table=command.table))
        case WatchTable():
            return _watch(command, state, now)
        case ScheduleDue():
            return _schedule_due(command, state, now)
        case TriggerSync():
            return _trigger(command, state, now)
        case StartSync() | CompleteSync() | FailSync():
            run = state.run
            if run is None or run.sync_id != command.sync_id:
                return ()  # it was ended meanwhile
            return _go_on(command, state, run, now)


def _go_on(
    command: StartSync | CompleteSync | FailSync, state: Table, run: Run, now: datetime
) -> Sequence[Event]:
    match command:
        case StartSync() if not run.begun:
            return (_started(state.table, run),)
        case CompleteSync() if run.begun:
            return (_completed(command, state, run, now),)
        case FailSync() if run.begun:
            waits = RETRY_WAITS_S[run.attempt - 1 :]
            failed = msgspec.structs.replace(
                _failed(state, run, command.error, now),
                duration_ms=command.duration_ms,
                retry_at=now + timedelta(seconds=waits[0]) if waits else None,
            )
            return (failed,)
        case _:
            return ()


def _register(command: RegisterTable, state: Table, now: datetime) -> Sequence[Event]:
    wanted = command.registration
    if state.registration == wanted:
        return ()
    registered = TableRegistered(
        table=command.table,
        time_zone=wanted.time_zone,
        interval_s=wanted.interval_s,
        enabled=wanted.enabled,
    )
    return (registered,) if wanted.enabled else (*_switched_off(state, now), registered)


def _switched_off(state: Table, now: datetime) -> Sequence[Event]:
    """The end of the run that nobody will finish."""
    return (_failed(state, state.run, SWITCHED_OFF, now),) if state.run else ()


def _watch(command: WatchTable, state: Table, now: datetime) -> Sequence[Event]:
    if not state.enabled:
        return ()
    scheduled = _scheduled(command, "full_sync", 1, now)
    if state.run is None:
        return (*_outdated(state, now), scheduled)
    if state.run.begun:
        return (_failed(state, state.run, INTERRUPTED, now), scheduled)
    return ()  # the run that is asked for looks through everything, too


def _schedule_due(command: ScheduleDue, state: Table, now: datetime) -> Sequence[Event]:
    due_at = state.due_at
    if due_at is None or due_at > now:
        return ()
    if state.retry:
        return (_scheduled(command, state.retry.operation, state.retry.attempt, due_at),)
    return (*_outdated(state, now), _scheduled(command, "scheduled", 1, due_at))


def _trigger(command: TriggerSync, state: Table, now: datetime) -> Sequence[Event] | Refusal:
    if state.registration is None:
        return Refusal(
            code="not_found",
            reason="not_found",
            message=f"the registry names no table {command.table}",
        )
    if not state.registration.enabled:
        message = f"the table {command.table} is switched off in the registry"
        return conflict("table_disabled", message)
    return () if state.run else (_scheduled(command, "manual", 1, now),)


def _outdated(state: Table, now: datetime) -> Sequence[Event]:
    """That the interval passed since the last good run; said late if nobody was there."""
    due_at = state.next_due_at
    if state.status != "synced" or due_at is None or due_at > now:
        return ()
    return (SyncOutdated(table=state.table, effective_at=due_at),)


def _scheduled(
    command: WatchTable | ScheduleDue | TriggerSync,
    operation: Operation,
    attempt: int,
    due_at: datetime,
) -> SyncScheduled:
    return SyncScheduled(
        table=command.table,
        sync_id=command.sync_id,
        operation=operation,
        attempt=attempt,
        due_at=due_at,
    )


def _started(table: str, run: Run) -> SyncStarted:
    return SyncStarted(
        table=table, sync_id=run.sync_id, operation=run.operation, attempt=run.attempt
    )


def _completed(command: CompleteSync, state: Table, run: Run, now: datetime) -> SyncCompleted:
    return SyncCompleted(
        table=command.table,
        sync_id=run.sync_id,
        operation=run.operation,
        attempt=run.attempt,
        duration_ms=command.duration_ms,
        next_due_at=_next_due(state, now),
        **msgspec.structs.asdict(command.tally),
    )


def _failed(state: Table, run: Run, error: str, now: datetime) -> SyncFailed:
    """The end of a run that is not tried again."""
    return SyncFailed(
        table=state.table,
        sync_id=run.sync_id,
        operation=run.operation,
        attempt=run.attempt,
        error=error[:ERROR_LENGTH_MAX],
        failures=state.failures + 1,
        duration_ms=0,
        retry_at=None,
        next_due_at=_next_due(state, now),
    )


def _next_due(state: Table, now: datetime) -> datetime:
    assert state.registration is not None, "a run of a table that was never registered"
    return now + timedelta(seconds=state.registration.interval_s)


def sync_notice(state: Table, event: Event | None = None) -> SyncNotice | None:
    """What screens are told after an event, or at a restart; None where it changed nothing."""
    verb = "sync:restored" if event is None else _verb(event)
    if verb is None or (state.registration is None and state.status != "disabled"):
        return None
    run = state.run
    return SyncNotice(
        verb=verb,
        table=state.table,
        status=state.status,
        sync_id=run.sync_id if run else None,
        operation=run.operation if run else None,
        attempt=run.attempt if run else 0,
        failures=state.failures,
        error=state.error,
        retry_at=state.retry.at if state.retry else None,
        next_due_at=state.next_due_at,
    )


def _verb(event: Event) -> str | None:
    match event:
        case TableRegistered():
            return "sync:enabled" if event.enabled else "sync:disabled"
        case TableRemoved():
            return "sync:disabled"
        case SyncScheduled():
            return "sync:scheduled"
        case SyncStarted():
            return "sync:started"
        case SyncCompleted():
            return "sync:completed"
        case SyncFailed():
            return "sync:failed"
        case SyncOutdated():
            return "sync:outdated"
        case _:
            return None
