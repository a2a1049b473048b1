"""Everything that one hand alone says, each figure made once."""

import msgspec

from contracts.poker.grading import RULES, Grade, GradeRules, grade_hand
from contracts.poker.held import HeldHand
from contracts.poker.legality import Legality, check
from contracts.poker.outline import HandOutline, outline
from contracts.poker.seat_record import SeatRecord, seat_records
from contracts.poker.verdict import Verdict, judge


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A hand with its outline, verdict, legality, grade by the rules, and its seats' records."""

    held: HeldHand
    outline: HandOutline
    verdict: Verdict
    legality: Legality
    rules: GradeRules
    grade: Grade
    seats: tuple[SeatRecord, ...]


def read_hand(game_id: str, held: HeldHand, rules: GradeRules = RULES) -> Reading:
    """Read one hand of a game."""
    verdict = judge(held.hand, held.figures)
    return Reading(
        held=held,
        outline=outline(held),
        verdict=verdict,
        legality=check(held.hand, held.figures),
        rules=rules,
        grade=grade_hand(held, verdict, rules),
        seats=seat_records(game_id, held),
    )
