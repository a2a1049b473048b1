"""Which events the fold knows, and which rows each of them may touch."""

from collections.abc import Iterable, Sequence

from contracts.messages import Event
from contracts.messages.gfx import (
    GameSeen,
    HandFinalised,
    HandRecorded,
    HandRestored,
    HandRevised,
    HandWithdrawn,
    SnapshotRead,
)
from contracts.rows import Key, Row, Rows
from projections.hands.domain import words
from projections.hands.domain.neighbours import neighbours
from projections.hands.domain.rows import GameRow, HandRow, HandSeatRow

HANDLES: Sequence[type[Event]] = (
    GameSeen,
    HandRecorded,
    HandRevised,
    HandFinalised,
    HandWithdrawn,
    HandRestored,
    SnapshotRead,
    *words.HANDLES,
)


def keys(event: Event) -> Iterable[tuple[type[Row], Key]]:
    """The game and the hand that an event is about, or what `words` names."""
    match event:
        case HandRecorded() | HandRevised():
            yield GameRow, (event.game_id,)
            yield HandRow, (event.game_id, int(event.hand.start_ticks))
        case HandFinalised():
            yield GameRow, (event.game_id,)
            yield HandRow, (event.game_id, int(event.start_ticks))
        case GameSeen() | SnapshotRead() | HandWithdrawn() | HandRestored():
            yield GameRow, (event.game_id,)
        case _:
            yield from words.keys(event)


def further_keys(event: Event, rows: Rows) -> Iterable[tuple[type[Row], Key]]:
    """The neighbours of a told hand, and the seats its record listed before."""
    if not isinstance(event, HandRecorded | HandRevised):
        return
    ticks = int(event.hand.start_ticks)
    game = rows.get(GameRow, event.game_id)
    for neighbour in neighbours(game.start_ticks, ticks) if game else ():
        if neighbour is not None:
            yield HandRow, (event.game_id, neighbour)
    old = rows.get(HandRow, event.game_id, ticks)
    for seat in old.players if old else ():
        yield HandSeatRow, (event.game_id, ticks, seat.seat)
