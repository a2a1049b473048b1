"""When a kind of data is fetched anew, and what is said about it.

A run is asked for (`pending`), begins (`in_progress`) and ends: `synced`, or `failed` and tried
again. At most one of a kind is asked for or under way; who asks for another joins it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contracts.decision import Refusal, conflict
from contracts.messages import Event
from contracts.messages.wsop import Kind
from contracts.messages.wsop_sync import (
    SourceRegistered,
    SourceSyncCompleted,
    SourceSyncFailed,
    SourceSyncOutdated,
    SourceSyncScheduled,
    SourceSyncStarted,
    SyncOperation,
    TriggerImport,
)
from services.wsop_import.domain.sources import Run, Source

# Waits before the three retries of a failed run: a server that was only restarted is back within a
# minute or two; what lasts longer than seven minutes is for people, who are told.
RETRY_WAITS_S = (60, 120, 240)
# A reason is read by people; foreign text in it must not fill their screen.
ERROR_LENGTH_MAX = 300

INTERRUPTED = "the service ended during the run"
SWITCHED_OFF = "the kind was switched off during the run"


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Contents by what became of them in one run; see `SourceSyncCompleted`."""

    files: int = 0
    recorded: int = 0
    skipped: int = 0
    rejected: int = 0
    unchanged: int = 0


class RegisterSource(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a kind."""

    kind: Kind
    interval_s: int
    enabled: bool
    pulled: bool


class ServeSource(msgspec.Struct, frozen=True, kw_only=True):
    """A kind is looked after from now on: what a run before left open is settled."""

    kind: Kind
    sync_id: str


class ScheduleDue(msgspec.Struct, frozen=True, kw_only=True):
    """The time that `Source.due_at` told has come."""

    kind: Kind
    sync_id: str


class StartSync(msgspec.Struct, frozen=True, kw_only=True):
    """The run that is asked for begins."""

    sync_id: str


class CompleteSync(msgspec.Struct, frozen=True, kw_only=True):
    """The run is at its end."""

    sync_id: str
    tally: Tally
    duration_ms: int


class FailSync(msgspec.Struct, frozen=True, kw_only=True):
    """The run cannot be finished."""

    sync_id: str
    error: str
    duration_ms: int


type SourceCommand = (
    RegisterSource | ServeSource | ScheduleDue | TriggerImport | StartSync | CompleteSync | FailSync
)


def decide_source(
    command: SourceCommand, state: Source, now: datetime
) -> Sequence[Event] | Refusal:
    """Events about the runs of a kind. Refusals, of a `TriggerImport` only: `source_disabled`."""
    match command:
        case RegisterSource():
            return _register(command, state, now)
        case ServeSource() | ScheduleDue() | TriggerImport():
            return _schedule(command, state, now)
        case StartSync() | CompleteSync() | FailSync():
            run = state.run
            if run is None or run.sync_id != command.sync_id:
                return ()  # it was ended meanwhile
            return _go_on(command, state, run, now)


def _register(command: RegisterSource, state: Source, now: datetime) -> Sequence[Event]:
    wanted = SourceRegistered(**msgspec.structs.asdict(command))
    if state.registered == wanted:
        return ()
    if wanted.enabled or state.run is None:
        return (wanted,)
    return (_failed(state, state.run, SWITCHED_OFF, now), wanted)


def _schedule(
    command: ServeSource | ScheduleDue | TriggerImport, state: Source, now: datetime
) -> Sequence[Event] | Refusal:
    enabled = state.registered is not None and state.registered.enabled
    match command:
        case TriggerImport() if not enabled:
            message = f"{command.kind} are not fetched; no interval is set for them"
            return conflict("source_disabled", message)
        case TriggerImport():
            return () if state.run else (_scheduled(command, "manual", 1, now),)
        case ServeSource() if enabled and (state.run is None or state.run.begun):
            settled = (
                (_failed(state, state.run, INTERRUPTED, now),)
                if state.run
                else _outdated(state, now)
            )
            return (*settled, _scheduled(command, "full_sync", 1, now))
        case ScheduleDue() if state.due_at is not None and state.due_at <= now:
            if state.retry:
                retry = state.retry
                return (_scheduled(command, retry.operation, retry.attempt, retry.at),)
            return (*_outdated(state, now), _scheduled(command, "scheduled", 1, state.due_at))
        case _:
            return ()


def _outdated(state: Source, now: datetime) -> Sequence[Event]:
    """That the interval passed since the last good run; said late if nobody was there."""
    due_at = state.next_due_at
    if state.registered is None or state.status != "synced" or due_at is None or due_at > now:
        return ()
    return (SourceSyncOutdated(kind=state.registered.kind, effective_at=due_at),)


def _scheduled(
    command: ServeSource | ScheduleDue | TriggerImport,
    operation: SyncOperation,
    attempt: int,
    due_at: datetime,
) -> SourceSyncScheduled:
    assert command.kind != "all", "a run is of one kind"
    return SourceSyncScheduled(
        kind=command.kind,
        sync_id=command.sync_id,
        operation=operation,
        attempt=attempt,
        due_at=due_at,
    )


def _go_on(
    command: StartSync | CompleteSync | FailSync, state: Source, run: Run, now: datetime
) -> Sequence[Event]:
    match command:
        case StartSync() if not run.begun:
            return (
                SourceSyncStarted(
                    kind=_kind(state),
                    sync_id=run.sync_id,
                    operation=run.operation,
                    attempt=run.attempt,
                ),
            )
        case CompleteSync() if run.begun:
            return (
                SourceSyncCompleted(
                    kind=_kind(state),
                    sync_id=run.sync_id,
                    operation=run.operation,
                    attempt=run.attempt,
                    duration_ms=command.duration_ms,
                    next_due_at=_next_due(state, now),
                    **msgspec.structs.asdict(command.tally),
                ),
            )
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


def _failed(state: Source, run: Run, error: str, now: datetime) -> SourceSyncFailed:
    """The end of a run that is not tried again."""
    return SourceSyncFailed(
        kind=_kind(state),
        sync_id=run.sync_id,
        operation=run.operation,
        attempt=run.attempt,
        error=error[:ERROR_LENGTH_MAX],
        failures=state.failures + 1,
        duration_ms=0,
        retry_at=None,
        next_due_at=_next_due(state, now),
    )


def _kind(state: Source) -> Kind:
    assert state.registered is not None, "a run of a kind that was never registered"
    return state.registered.kind


def _next_due(state: Source, now: datetime) -> datetime:
    assert state.registered is not None, "a run of a kind that was never registered"
    return now + timedelta(seconds=state.registered.interval_s)
