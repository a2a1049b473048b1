"""The Decider's half about a game: what its files tell, what people say, what follows from both."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from contracts.decision import Refusal
from contracts.messages import Event
from services.gfx_ingest.domain.findings import SAID, SayFindings, is_said, say_findings
from services.gfx_ingest.domain.importing import (
    ImportSnapshot,
    RemoveFile,
    import_snapshot,
    remove_file,
)
from services.gfx_ingest.domain.importing import follow as follow_files
from services.gfx_ingest.domain.last_hand import FINALISE_AFTER, FinaliseHand, finalise
from services.gfx_ingest.domain.last_hand import follow as follow_last_hand
from services.gfx_ingest.domain.operators import WORD_COMMANDS, WordCommand, answer
from services.gfx_ingest.domain.operators import follow as follow_words
from services.gfx_ingest.domain.state import Game

type GameCommand = ImportSnapshot | RemoveFile | FinaliseHand | SayFindings | WordCommand


def evolve(state: Game, event: Event) -> Game:
    """The game after an event; changes the object it is given."""
    state.facts += 1
    for follow in (follow_files, follow_last_hand, follow_words):
        follow(state, event)
    return state


def decide(
    command: GameCommand, state: Game, now: datetime, finalise_after: timedelta
) -> Sequence[Event] | Refusal:
    """Events of one append. What says more is decided again, with the state after these.

    A provisional hand counts as over when its file rests for `finalise_after`.
    """
    match command:
        case ImportSnapshot():
            return import_snapshot(command, state, now, now + finalise_after)
        case RemoveFile():
            return remove_file(command, state)
        case FinaliseHand():
            return finalise(command, state, now)
        case SayFindings():
            return say_findings(command, state)
        case _:
            return answer(command, state)


__all__ = [
    "FINALISE_AFTER",
    "SAID",
    "WORD_COMMANDS",
    "FinaliseHand",
    "GameCommand",
    "ImportSnapshot",
    "RemoveFile",
    "SayFindings",
    "decide",
    "evolve",
    "is_said",
]
