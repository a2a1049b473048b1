"""What people say of a hand, a game or an identity, applied to the rows."""

import msgspec

from contracts import attribution, links
from contracts.messages.gfx_game import HandGraded, HandGradeWithdrawn
from contracts.poker.grading import GradeRules, Letter, shown_grade
from contracts.recorded import Recorded
from contracts.rows import Rows
from projections.hands.domain.files import known_hand


def apply_word(recorded: Recorded, rows: Rows, rules: GradeRules) -> None:
    """Apply a person's grade or its withdrawal, or what was said of a game or an identity."""
    match recorded.event:
        case HandGraded() as event:
            _grade(event, event.letter, rows, rules)
        case HandGradeWithdrawn() as event:
            _grade(event, None, rows, rules)
        case _:
            attribution.attribute(recorded, rows)
            links.follow(recorded, rows)


def _grade(
    event: HandGraded | HandGradeWithdrawn, letter: Letter | None, rows: Rows, rules: GradeRules
) -> None:
    hand = known_hand(rows, event.game_id, int(event.start_ticks))
    shown = shown_grade(hand.grade_auto, [letter], rules)
    rows.put(msgspec.structs.replace(hand, grade_manual=letter, eligible=shown.eligible))
