"""When something is looked through anew, and what is said about it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contracts.syncing.state import (
    Completed,
    Fact,
    Failed,
    Operation,
    Outdated,
    Run,
    Scheduled,
    Started,
    Sync,
    Tally,
)

# Waits before the three retries of a failed run: a share or server that was only restarted is back
# within a minute or two; what lasts longer than seven minutes is for people, who are told.
RETRY_WAITS_S = (60, 120, 240)
# A reason is read by people; foreign text in it must not fill their screen.
ERROR_LENGTH_MAX = 300

INTERRUPTED = "the service ended during the run"
SWITCHED_OFF = "what it looked through was switched off during the run"


class Serve(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody looks after a source from now on: it is looked through, unless a run is."""

    sync_id: str


class ScheduleDue(msgspec.Struct, frozen=True, kw_only=True):
    """The time that `Sync.due_at` told has come."""

    sync_id: str


class StartSync(msgspec.Struct, frozen=True, kw_only=True):
    """The run that is asked for begins."""

    sync_id: str


class InterruptSync(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody does the run any more; `next_id` is the one that makes up for it."""

    sync_id: str
    next_id: str


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


type SyncCommand = Serve | ScheduleDue | StartSync | InterruptSync | CompleteSync | FailSync
# The same as classes, for whoever sorts commands.
SYNC_COMMANDS = (Serve, ScheduleDue, StartSync, InterruptSync, CompleteSync, FailSync)


def decide_sync(command: SyncCommand, state: Sync, now: datetime) -> Sequence[Fact]:
    """What follows; nothing where it is about a run that is not the present one."""
    match command:
        case Serve():
            if not state.enabled or state.run is not None:
                return ()
            return (*_outdated(state, now), _scheduled(command.sync_id, "full_sync", now))
        case ScheduleDue():
            return _schedule_due(command, state, now)
        case _:
            run = state.run
            if run is None or run.sync_id != command.sync_id:
                return ()  # it was ended meanwhile
            return _go_on(command, state, run, now)


def trigger(sync_id: str, state: Sync, now: datetime) -> Sequence[Fact]:
    """Somebody wants a run now."""
    return () if state.run else (_scheduled(sync_id, "manual", now),)


def switch_off(state: Sync, now: datetime) -> Sequence[Fact]:
    """The end of the run that nobody will finish, before its source is switched off."""
    return (_failed(state, state.run, SWITCHED_OFF, now),) if state.run else ()


def _schedule_due(command: ScheduleDue, state: Sync, now: datetime) -> Sequence[Fact]:
    due_at = state.due_at
    if due_at is None or due_at > now:
        return ()
    if retry := state.retry:
        return (_scheduled(command.sync_id, retry.operation, due_at, retry.attempt),)
    return (*_outdated(state, now), _scheduled(command.sync_id, "scheduled", due_at))


def _go_on(
    command: StartSync | InterruptSync | CompleteSync | FailSync,
    state: Sync,
    run: Run,
    now: datetime,
) -> Sequence[Fact]:
    match command:
        case StartSync() if not run.begun:
            return (Started(sync_id=run.sync_id, operation=run.operation, attempt=run.attempt),)
        case InterruptSync() if run.begun:
            again = _scheduled(command.next_id, "full_sync", now)
            return (_failed(state, run, INTERRUPTED, now), again)
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


def _outdated(state: Sync, now: datetime) -> Sequence[Fact]:
    """That the interval passed since the last good run; said late if nobody was there."""
    due_at = state.next_due_at
    if state.status != "synced" or due_at is None or due_at > now:
        return ()
    return (Outdated(effective_at=due_at),)


def _scheduled(sync_id: str, operation: Operation, due_at: datetime, attempt: int = 1) -> Scheduled:
    return Scheduled(sync_id=sync_id, operation=operation, attempt=attempt, due_at=due_at)


def _completed(command: CompleteSync, state: Sync, run: Run, now: datetime) -> Completed:
    return Completed(
        sync_id=run.sync_id,
        operation=run.operation,
        attempt=run.attempt,
        duration_ms=command.duration_ms,
        next_due_at=now + timedelta(seconds=state.interval_s),
        **msgspec.structs.asdict(command.tally),
    )


def _failed(state: Sync, run: Run, error: str, now: datetime) -> Failed:
    """The end of a run that is not tried again."""
    return Failed(
        sync_id=run.sync_id,
        operation=run.operation,
        attempt=run.attempt,
        error=error[:ERROR_LENGTH_MAX],
        failures=state.failures + 1,
        duration_ms=0,
        retry_at=None,
        next_due_at=now + timedelta(seconds=state.interval_s),
    )
