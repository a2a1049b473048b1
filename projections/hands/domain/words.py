"""What people say of a hand, a game or an identity, and which rows that touches."""

from collections.abc import Iterable, Sequence

from contracts import attribution, links
from contracts.messages import Event
from contracts.messages.gfx_game import HandGraded, HandGradeWithdrawn
from contracts.rows import Key, Row
from projections.hands.domain.rows import GameRow, HandRow

HANDLES: Sequence[type[Event]] = (
    HandGraded,
    HandGradeWithdrawn,
    *attribution.HANDLES,
    *links.HANDLES,
)


def keys(event: Event) -> Iterable[tuple[type[Row], Key]]:
    """The link, or the game with the hand or the word of an operator that an event is about."""
    if isinstance(event, links.HANDLES):
        yield from links.keys(event)
        return
    yield GameRow, (event.subject_id,)
    if isinstance(event, HandGraded | HandGradeWithdrawn):
        yield HandRow, (event.game_id, int(event.start_ticks))
    else:
        yield from attribution.keys(event)
