"""How the runs of one source stand, and the facts that change it."""

from datetime import datetime
from typing import Literal

import msgspec

type Operation = Literal["full_sync", "scheduled", "manual"]
type SyncState = Literal["pending", "in_progress", "synced", "outdated", "failed", "disabled"]


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """Contents by what became of them in one run."""

    files: int = 0
    recorded: int = 0
    skipped: int = 0
    rejected: int = 0
    unchanged: int = 0


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


class Sync(msgspec.Struct):
    """How the runs of one source stand. `interval_s` lies between two good ones. `failures` counts
    failed runs in a row. There is a `run` or a time for the next one, `retry` before
    `next_due_at`, never both.
    """

    enabled: bool = False
    interval_s: int = 0
    status: SyncState = "pending"
    run: Run | None = None
    failures: int = 0
    error: str | None = None
    retry: Retry | None = None
    next_due_at: datetime | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the next run is due by itself; None while there is one, or none is wanted."""
        if not self.enabled or self.run is not None:
            return None
        return self.retry.at if self.retry else self.next_due_at


class _OfRun(msgspec.Struct, frozen=True, kw_only=True):
    sync_id: str
    operation: Operation
    attempt: int


class Scheduled(_OfRun, frozen=True, kw_only=True):
    """A run is asked for; it was due at `due_at`, even if that is said late."""

    due_at: datetime


class Started(_OfRun, frozen=True, kw_only=True):
    """A run looks through everything."""


class Completed(_OfRun, frozen=True, kw_only=True):
    """All there was is accounted for; see `Tally`."""

    files: int
    recorded: int
    skipped: int
    rejected: int
    unchanged: int
    duration_ms: int
    next_due_at: datetime


class Failed(_OfRun, frozen=True, kw_only=True):
    """A run could not be finished; without `retry_at` it is not tried before `next_due_at`."""

    error: str
    failures: int
    duration_ms: int
    retry_at: datetime | None
    next_due_at: datetime


class Outdated(msgspec.Struct, frozen=True, kw_only=True):
    """The interval passed without a newer run, at `effective_at`."""

    effective_at: datetime


type Fact = Scheduled | Started | Completed | Failed | Outdated


def switch(state: Sync, interval_s: int, *, enabled: bool) -> None:
    """The source is to be looked through this often, or not at all; changes the state."""
    state.enabled, state.interval_s = enabled, interval_s
    if not enabled:
        state.status, state.run, state.retry = "disabled", None, None
    elif state.status == "disabled":
        state.status = "pending"


def follow(state: Sync, fact: Fact) -> None:
    """What a fact changes; changes the state."""
    match fact:
        case Scheduled():
            state.status, state.retry = "pending", None
            state.run = Run(fact.sync_id, fact.operation, fact.attempt)
        case Started():
            state.status = "in_progress"
            state.run = Run(fact.sync_id, fact.operation, fact.attempt, begun=True)
        case Completed():
            state.status, state.run, state.failures, state.error = "synced", None, 0, None
            state.next_due_at = fact.next_due_at
        case Failed():
            state.status, state.run = "failed", None
            state.failures, state.error = fact.failures, fact.error
            state.next_due_at = fact.next_due_at
            if fact.retry_at:
                state.retry = Retry(fact.operation, fact.attempt + 1, fact.retry_at)
        case Outdated():
            state.status = "outdated"
