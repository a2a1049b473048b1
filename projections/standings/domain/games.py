"""What the hands tell of places: who lost all chips, and who had some later."""

from collections.abc import Iterable

from contracts.messages.gfx import GameSeen, HandRecorded, HandRevised
from contracts.poker.hand import Hand
from contracts.poker.identity import player_hash
from contracts.poker.replay import replay
from contracts.poker.stacks import ended_at, stack_at
from contracts.rows import Key, Row, Rows
from projections.standings.domain.rows import GameRow, SeatRow, SittingRow

# Seats of a table; a hand that is told again may list others than before.
SEATS_MAX = 10


def hand_keys(event: HandRevised) -> Iterable[tuple[type[Row], Key]]:
    """The seats that the content before may have listed."""
    ticks = int(event.hand.start_ticks)
    for seat in range(1, SEATS_MAX + 1):
        yield SeatRow, (event.game_id, ticks, seat)


def see_game(event: GameSeen, rows: Rows) -> None:
    """Keep what kind of table a game is of."""
    rows.put(GameRow(game_id=event.game_id, table_name=event.table, table_type=event.table_type))


def see_hand(event: HandRecorded | HandRevised, sequence: int, rows: Rows) -> None:
    """Keep the seats of a hand, in place of those it listed before."""
    if isinstance(event, HandRevised):
        for _, key in hand_keys(event):
            rows.delete(SeatRow, *key)
    for row in _seats(event.game_id, event.hand, sequence):
        rows.put(row)
        rows.put(SittingRow(game_id=row.game_id, seat=row.seat, player_hash=row.player_hash))


def _seats(game_id: str, hand: Hand, sequence: int) -> Iterable[SeatRow]:
    state = replay(hand).state
    settled = state == "settled"
    for seat in hand.seats:
        chips = stack_at(hand, seat.seat, state, "end")
        assert chips is not None, "the seat is listed"
        yield SeatRow(
            game_id=game_id,
            start_ticks=int(hand.start_ticks),
            seat=seat.seat,
            name=seat.name,
            long_name=seat.long_name,
            player_hash=player_hash(seat.name, seat.long_name),
            start_stack=seat.start_stack,
            chips=chips,
            busted=settled and seat.start_stack > 0 and chips == 0,
            elimination_rank=seat.elimination_rank,
            stated_at=ended_at(hand, state),
            last_sequence=sequence,
        )
