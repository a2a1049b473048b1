"""What is kept of the runs of one kind of data, and what screens are told of it."""

import msgspec

from contracts import syncing
from contracts.messages import Event
from contracts.messages.wsop_sync import (
    SourceRegistered,
    SourceSyncCompleted,
    SourceSyncFailed,
    SourceSyncNotice,
    SourceSyncOutdated,
    SourceSyncScheduled,
    SourceSyncStarted,
)
from contracts.syncing import Sync

# How the facts of a kind's runs are said.
MESSAGES = syncing.Messages(
    SourceSyncNotice,
    {
        syncing.Scheduled: SourceSyncScheduled,
        syncing.Started: SourceSyncStarted,
        syncing.Completed: SourceSyncCompleted,
        syncing.Failed: SourceSyncFailed,
        syncing.Outdated: SourceSyncOutdated,
    },
)


class Source(msgspec.Struct):
    """What was said about one kind."""

    registered: SourceRegistered | None = None
    sync: Sync = msgspec.field(default_factory=Sync)

    @property
    def name(self) -> str:
        """The kind, empty before it is registered."""
        return self.registered.kind if self.registered else ""


def follow_source(state: Source, event: Event) -> Source:
    """State after one event about a kind; changes the object it is given."""
    if isinstance(event, SourceRegistered):
        state.registered = event
        syncing.switch(state.sync, event.interval_s, enabled=event.enabled)
    elif fact := MESSAGES.fact(event):
        syncing.follow(state.sync, fact)
    return state


def sync_notice(state: Source, event: Event | None = None) -> SourceSyncNotice | None:
    """What screens are told after an event, or again; None before the kind is known."""
    match event:
        case None:
            verb: str | None = syncing.RESTORED
        case SourceRegistered():
            verb = syncing.switched(enabled=event.enabled)
        case _:
            verb = MESSAGES.verb(event)
    return MESSAGES.notice(state.name, state.sync, verb) if verb else None
