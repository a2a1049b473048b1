"""What is said about a table: the files that are no exports, and how its runs went."""

from collections.abc import Sequence

import msgspec

from contracts import syncing
from contracts.messages import Event
from contracts.messages.gfx import FileRejected, FileSource
from contracts.messages.gfx_sync import (
    SyncCompleted,
    SyncFailed,
    SyncNotice,
    SyncOutdated,
    SyncScheduled,
    SyncStarted,
    TableRegistered,
    TableRemoved,
)
from contracts.syncing import Sync

# How the facts of a table's runs are said.
MESSAGES = syncing.Messages(
    SyncNotice,
    {
        syncing.Scheduled: SyncScheduled,
        syncing.Started: SyncStarted,
        syncing.Completed: SyncCompleted,
        syncing.Failed: SyncFailed,
        syncing.Outdated: SyncOutdated,
    },
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


class Table(msgspec.Struct):
    """What was said about one table. `rejected` are files as (path, SHA-256, code)."""

    table: str = ""
    rejected: set[tuple[str, str, str]] = set()
    registration: Registration | None = None
    sync: Sync = msgspec.field(default_factory=Sync)


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
            state.registration = Registration(
                time_zone=event.time_zone, interval_s=event.interval_s, enabled=event.enabled
            )
            syncing.switch(state.sync, event.interval_s, enabled=event.enabled)
        case TableRemoved():
            state.registration = None
            syncing.switch(state.sync, state.sync.interval_s, enabled=False)
        case _:
            if fact := MESSAGES.fact(event):
                syncing.follow(state.sync, fact)
    return state


def sync_notice(state: Table, event: Event | None = None) -> SyncNotice | None:
    """What screens are told after an event, or again; None where it changed nothing for them."""
    match event:
        case None:
            verb: str | None = syncing.RESTORED
        case TableRegistered():
            verb = syncing.switched(enabled=event.enabled)
        case TableRemoved():
            verb = syncing.switched(enabled=False)
        case _:
            verb = MESSAGES.verb(event)
    return MESSAGES.notice(state.table, state.sync, verb) if verb else None
