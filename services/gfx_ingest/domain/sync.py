"""What is decided about a table: whether it is watched, and its runs (`contracts/syncing`)."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contracts import syncing
from contracts.decision import Refusal, conflict
from contracts.messages import Event
from contracts.messages.gfx_sync import TableRegistered, TableRemoved, TriggerSync
from services.gfx_ingest.domain.table import MESSAGES, Registration, RejectFile, Table, reject


class RegisterTable(msgspec.Struct, frozen=True, kw_only=True):
    """The registry names a table."""

    table: str
    registration: Registration


class RemoveTable(msgspec.Struct, frozen=True, kw_only=True):
    """The registry does not name a table any more."""

    table: str


type TableCommand = RejectFile | RegisterTable | RemoveTable | TriggerSync | syncing.SyncCommand
# The same as classes, for whoever sorts the commands of both entities.
TABLE_COMMANDS = (RejectFile, RegisterTable, RemoveTable, TriggerSync, *syncing.SYNC_COMMANDS)


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
        case TriggerSync():
            return _trigger(command, state, now)
        case _:
            return MESSAGES.said(state.table, syncing.decide_sync(command, state.sync, now))


def _register(command: RegisterTable, state: Table, now: datetime) -> Sequence[Event]:
    wanted = command.registration
    if state.registration == wanted:
        return ()
    registered = TableRegistered(table=command.table, **msgspec.structs.asdict(wanted))
    return (registered,) if wanted.enabled else (*_switched_off(state, now), registered)


def _switched_off(state: Table, now: datetime) -> Sequence[Event]:
    return MESSAGES.said(state.table, syncing.switch_off(state.sync, now))


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
    return MESSAGES.said(state.table, syncing.trigger(command.sync_id, state.sync, now))
