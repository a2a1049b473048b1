"""What is decided about a kind: how often it is fetched, and its runs (`contracts/syncing`)."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contracts import syncing
from contracts.decision import Refusal, conflict
from contracts.messages import Event
from contracts.messages.wsop import Kind
from contracts.messages.wsop_sync import SourceRegistered, TriggerImport
from contracts.syncing import Tally as Tally
from services.wsop_import.domain.sources import MESSAGES, Source


class RegisterSource(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a kind."""

    kind: Kind
    interval_s: int
    enabled: bool
    pulled: bool


type SourceCommand = RegisterSource | TriggerImport | syncing.SyncCommand


def decide_source(
    command: SourceCommand, state: Source, now: datetime
) -> Sequence[Event] | Refusal:
    """Events about the runs of a kind. Refusals, of a `TriggerImport` only: `source_disabled`."""
    match command:
        case RegisterSource():
            return _register(command, state, now)
        case TriggerImport() if not state.sync.enabled:
            message = f"{command.kind} are not fetched; no interval is set for them"
            return conflict("source_disabled", message)
        case TriggerImport():
            facts = syncing.trigger(command.sync_id, state.sync, now)
        case _:
            facts = syncing.decide_sync(command, state.sync, now)
    return MESSAGES.said(state.name, facts)


def _register(command: RegisterSource, state: Source, now: datetime) -> Sequence[Event]:
    wanted = SourceRegistered(**msgspec.structs.asdict(command))
    if state.registered == wanted:
        return ()
    ended = () if wanted.enabled else syncing.switch_off(state.sync, now)
    return (*MESSAGES.said(state.name, ended), wanted)
