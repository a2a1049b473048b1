"""What gfx-ingest decides: about a game (its files, its hands) and about a table. Pure."""

from collections.abc import Sequence
from datetime import datetime

from contracts.decision import Refusal
from contracts.messages import Event
from contracts.messages.gfx import (
    FileRejected,
    FileSkipped,
    GameSeen,
    HandRecorded,
    HandRevised,
    SnapshotRead,
)
from services.gfx_ingest.domain.importing import (
    ImportSnapshot,
    close,
    follow_highest,
    hold,
    import_snapshot,
    rank_of,
    rank_of_skipped,
)
from services.gfx_ingest.domain.state import CONTEXT, GAME, TABLE, Game, Snapshot, ToldHand
from services.gfx_ingest.domain.table import RejectFile, Table, reject

type State = Game | Table
type Command = ImportSnapshot | RejectFile


class GfxDecider:
    """The Decider of the context `gfx`."""

    context = CONTEXT

    def initial(self, entity: str, entity_id: str) -> State:  # noqa: ARG002
        """State of a game or table nothing was ever said about."""
        return Game() if entity == GAME else Table()

    def evolve(self, state: State, event: Event) -> State:
        """State after an event; changes the object it is given."""
        match state, event:
            case Table(), FileRejected():
                state.rejected.add((event.source.path, event.source.sha256, event.code))
            case Game(), GameSeen():
                state.table = event.table
            case Game(), HandRecorded() | HandRevised():
                hold(state, event)
            case Game(), SnapshotRead():
                close(state, event.source, rank_of(event))
                follow_highest(state, event)
            case Game(), FileSkipped():
                close(state, event.source, rank_of_skipped(state, event))
        return state

    def decide(self, command: Command, state: State, now: datetime) -> Sequence[Event] | Refusal:  # noqa: ARG002
        """Events of one file, at most EVENTS_MAX and BYTES_MAX of them.

        A file that says more is decided again, with the state after its first events, until
        `snapshot_read` closes it. Refusals: `other_table`, `hand_too_large`.
        """
        match command, state:
            case RejectFile(), Table():
                return reject(command, state)
            case ImportSnapshot(), Game():
                return import_snapshot(command, state)
        raise TypeError(f"{type(command).__name__} is not about {type(state).__name__}")


__all__ = [
    "CONTEXT",
    "GAME",
    "TABLE",
    "Command",
    "Game",
    "GfxDecider",
    "ImportSnapshot",
    "RejectFile",
    "Snapshot",
    "State",
    "Table",
    "ToldHand",
]
