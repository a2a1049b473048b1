"""The fold: keeps the content that holds for every hand, and what follows from it."""

from collections.abc import Iterable
from functools import partial

from contracts.messages.gfx import (
    GameSeen,
    HandFinalised,
    HandRecorded,
    HandRestored,
    HandRevised,
    HandWithdrawn,
    SnapshotRead,
)
from contracts.poker.grading import RULES, GradeRules
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.hands.domain import files, game, hand, keys, people


class HandsFold:
    """Folds what files and people say of hands; `hand_revised` replaces all a hand told before."""

    handles = keys.HANDLES

    def __init__(self, rules: GradeRules = RULES) -> None:
        """`rules` grade every hand; rows made by different rules do not mix."""
        self._rules = rules
        self._read = partial(hand.read_told, rules=rules)

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The game, and the hand or the word of an operator that an event is about; or the link."""
        return keys.keys(recorded.event)

    def further_keys(self, recorded: Recorded, rows: Rows) -> Iterable[tuple[type[Row], Key]]:
        """The neighbours of a told hand, and the seats its record listed before."""
        return keys.further_keys(recorded.event, rows)

    def block_key(self, recorded: Recorded) -> str:
        """A game's events depend on each other, and an identity's; games do not."""
        return recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event; raises LookupError for a game or hand never told."""
        match recorded.event:
            case GameSeen() as event:
                rows.put(game.new_game(event, recorded))
            case HandRecorded() as event:
                files.store_hand(event, recorded, rows, self._read)
            case HandRevised() as event:
                files.known_hand(rows, event.game_id, int(event.hand.start_ticks))
                files.store_hand(event, recorded, rows, self._read)
            case HandFinalised() as event:
                files.finalise(event, rows)
            case SnapshotRead() | HandWithdrawn() | HandRestored() as event:
                files.keep_absent(event, recorded, rows)
            case _:
                people.apply_word(recorded, rows, self._rules)
