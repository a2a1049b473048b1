"""What is said about the reconciliation of a table: that its whole folder was looked through anew.

New files are taken in within a second, whatever is said here. A run (sync) makes up for what a
share hides: it reads every file again, whether or not it looks changed. Facts carry the times at
which something is due, so that a read model never reads a clock.
"""

from datetime import datetime
from typing import ClassVar

from contracts import subjects
from contracts.messages import Command, Event, MessageType, Notice
from contracts.syncing.state import Operation as Operation
from contracts.syncing.state import SyncState as SyncState

SOURCE = "gfx"


class TriggerSync(Command, frozen=True, kw_only=True):
    """Look through a table's folder now; merged into a run that is asked for or under way."""

    TYPE: ClassVar = MessageType("gfx-ingest", "table", "trigger_sync", "table")
    table: str
    sync_id: str


class TableRegistered(Event, frozen=True, kw_only=True):
    """The registry names this table, with these values; a table that is not enabled rests.

    `time_zone` is the IANA zone its PC's clock is said to be set to, None where nobody said it.
    """

    TYPE: ClassVar = MessageType("gfx", "table", "table_registered", "table")
    table: str
    time_zone: str | None
    interval_s: int
    enabled: bool


class TableRemoved(Event, frozen=True, kw_only=True):
    """The registry no longer names this table; its folder is not watched any more."""

    TYPE: ClassVar = MessageType("gfx", "table", "table_removed", "table")
    table: str


class SyncScheduled(Event, frozen=True, kw_only=True):
    """A run is asked for. `attempt` counts from 1; a retry is a run of its own with the next one.

    `due_at` is the time at which it was due, even if it is said late.
    """

    TYPE: ClassVar = MessageType("gfx", "table", "sync_scheduled", "table")
    table: str
    sync_id: str
    operation: Operation
    attempt: int
    due_at: datetime


class SyncStarted(Event, frozen=True, kw_only=True):
    """A run looks through the folder."""

    TYPE: ClassVar = MessageType("gfx", "table", "sync_started", "table")
    table: str
    sync_id: str
    operation: Operation
    attempt: int


class SyncCompleted(Event, frozen=True, kw_only=True):
    """Every file of the folder is accounted for.

    `files` were there; of these `unchanged` were known with the same bytes, the others were
    `recorded`, `skipped` or `rejected`, or gone before it was their turn.
    """

    TYPE: ClassVar = MessageType("gfx", "table", "sync_completed", "table")
    table: str
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


class SyncFailed(Event, frozen=True, kw_only=True):
    """A run could not be finished. `failures` counts failed runs in a row, this one included.

    `retry_at` is None when it is not tried again before the next regular run at `next_due_at`.
    """

    TYPE: ClassVar = MessageType("gfx", "table", "sync_failed", "table")
    table: str
    sync_id: str
    operation: Operation
    attempt: int
    error: str
    failures: int
    duration_ms: int
    retry_at: datetime | None
    next_due_at: datetime


class SyncOutdated(Event, frozen=True, kw_only=True):
    """The interval passed without a newer run, at `effective_at`."""

    TYPE: ClassVar = MessageType("gfx", "table", "sync_outdated", "table")
    table: str
    effective_at: datetime


class SyncNotice(Notice, frozen=True, kw_only=True):
    """State of one table's reconciliation; `verb` says what happened, e.g. `sync:started`."""

    TYPE: ClassVar = MessageType("gfx", "table", "sync_status", "table")
    verb: str
    table: str
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
        """`sync-status.gfx.<table>`."""
        return subjects.sync_status(SOURCE, self.table)
