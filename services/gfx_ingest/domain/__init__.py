"""What gfx-ingest decides: about a game (files, hands, words of people) and a table. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from contracts.decision import Refusal
from contracts.messages import Event
from services.gfx_ingest.domain import game
from services.gfx_ingest.domain.game import (
    FINALISE_AFTER,
    SAID,
    WORD_COMMANDS,
    FinaliseHand,
    GameCommand,
    ImportSnapshot,
    RemoveFile,
    SayFindings,
    is_said,
)
from services.gfx_ingest.domain.state import CONTEXT, GAME, TABLE, Game, Snapshot, ToldHand
from services.gfx_ingest.domain.sync import (
    TABLE_COMMANDS,
    RegisterTable,
    RemoveTable,
    TableCommand,
    decide_table,
)
from services.gfx_ingest.domain.table import Registration, RejectFile, Table, follow, sync_notice

type State = Game | Table
type Command = GameCommand | TableCommand


class GfxDecider:
    """The Decider of the context `gfx`."""

    context = CONTEXT

    def __init__(self, finalise_after: timedelta = FINALISE_AFTER) -> None:
        """A hand that may go on counts as over when its file rests for `finalise_after`."""
        self._finalise_after = finalise_after

    def initial(self, entity: str, entity_id: str) -> State:  # noqa: ARG002
        """State of a game or table nothing was ever said about."""
        return Game() if entity == GAME else Table()

    def evolve(self, state: State, event: Event) -> State:
        """State after an event; changes the object it is given."""
        match state:
            case Game():
                return game.evolve(state, event)
            case Table():
                return follow(state, event)

    def decide(self, command: Command, state: State, now: datetime) -> Sequence[Event] | Refusal:
        """Events of one append; a command with more to say is decided again after them.

        A file is closed by `snapshot_read` or `file_skipped`. Refusals about a game: `other_table`,
        `hand_too_large`, `finding_too_large`, and those of operators' words.
        """
        if isinstance(command, TABLE_COMMANDS):
            if isinstance(state, Table):
                return decide_table(command, state, now)
        elif isinstance(state, Game):
            return game.decide(command, state, now, self._finalise_after)
        raise TypeError(f"{type(command).__name__} is not about {type(state).__name__}")


__all__ = [
    "CONTEXT",
    "FINALISE_AFTER",
    "GAME",
    "SAID",
    "TABLE",
    "WORD_COMMANDS",
    "Command",
    "FinaliseHand",
    "Game",
    "GfxDecider",
    "ImportSnapshot",
    "RegisterTable",
    "Registration",
    "RejectFile",
    "RemoveFile",
    "RemoveTable",
    "SayFindings",
    "Snapshot",
    "State",
    "Table",
    "TableCommand",
    "ToldHand",
    "is_said",
    "sync_notice",
]
