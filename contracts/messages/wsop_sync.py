"""What is said about the runs (syncs) that fetch one kind of the platform's data.

A new file in the import folder is taken in within seconds, whatever is said here. A run pulls the
kind's address, if it has one, and looks through the whole folder anew. Facts carry the times at
which something is due, so that a read model never reads a clock.
"""

from datetime import datetime
from typing import ClassVar, Literal

from contracts import subjects
from contracts.messages import Command, Event, MessageType, Notice
from contracts.messages.wsop import Kind
from contracts.syncing.state import Operation, SyncState

SOURCE = "wsop"


class TriggerImport(Command, frozen=True, kw_only=True):
    """Fetch a kind, or all of them, now; merged into a run that is asked for or under way."""

    TYPE: ClassVar = MessageType("wsop-import", "source", "trigger_import", "kind")
    kind: Kind | Literal["all"]
    sync_id: str


class SourceRegistered(Event, frozen=True, kw_only=True):
    """A kind is fetched this often; one that is not enabled rests. `pulled`: it has an address."""

    TYPE: ClassVar = MessageType("wsop", "source", "source_registered", "kind")
    kind: Kind
    interval_s: int
    enabled: bool
    pulled: bool


class SourceSyncScheduled(Event, frozen=True, kw_only=True):
    """A run is asked for. `attempt` counts from 1; a retry is a run of its own with the next one.

    `due_at` is the time at which it was due, even if it is said late.
    """

    TYPE: ClassVar = MessageType("wsop", "source", "sync_scheduled", "kind")
    kind: Kind
    sync_id: str
    operation: Operation
    attempt: int
    due_at: datetime


class SourceSyncStarted(Event, frozen=True, kw_only=True):
    """A run begins to fetch."""

    TYPE: ClassVar = MessageType("wsop", "source", "sync_started", "kind")
    kind: Kind
    sync_id: str
    operation: Operation
    attempt: int


class SourceSyncCompleted(Event, frozen=True, kw_only=True):
    """The address was pulled and every file of the kind is accounted for.

    `files` there were of this kind, a pulled content counts as one; of these `unchanged` were known
    with the same bytes, the others were `recorded`, `skipped` or `rejected`.
    """

    TYPE: ClassVar = MessageType("wsop", "source", "sync_completed", "kind")
    kind: Kind
    sync_id: str
    operation: Operation
    attempt: int
    files: int
    recorded: int
    skipped: int
    rejected: int
    unchanged: int
    duration_ms: int
    next_due_at: datetime


class SourceSyncFailed(Event, frozen=True, kw_only=True):
    """A run could not be finished. `failures` counts failed runs in a row, this one included.

    `retry_at` is None when it is not tried again before the next regular run at `next_due_at`.
    """

    TYPE: ClassVar = MessageType("wsop", "source", "sync_failed", "kind")
    kind: Kind
    sync_id: str
    operation: Operation
    attempt: int
    error: str
    failures: int
    duration_ms: int
    retry_at: datetime | None
    next_due_at: datetime


class SourceSyncOutdated(Event, frozen=True, kw_only=True):
    """The interval passed without a newer run, at `effective_at`."""

    TYPE: ClassVar = MessageType("wsop", "source", "sync_outdated", "kind")
    kind: Kind
    effective_at: datetime


class SourceSyncNotice(Notice, frozen=True, kw_only=True):
    """State of one kind's runs; `verb` says what happened, e.g. `sync:started`."""

    TYPE: ClassVar = MessageType("wsop", "source", "sync_status", "kind")
    verb: str
    kind: Kind
    status: SyncState
    sync_id: str | None = None
    operation: Operation | None = None
    attempt: int = 0
    failures: int = 0
    error: str | None = None
    retry_at: datetime | None = None
    next_due_at: datetime | None = None

    @property
    def subject(self) -> str:
        """`sync-status.wsop.<kind>`."""
        return subjects.sync_status(SOURCE, self.kind)
