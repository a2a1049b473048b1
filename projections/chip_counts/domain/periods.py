"""What the last hand of a game says of its seats' stacks, as periods that begin and end."""

from collections.abc import Iterable

import msgspec

from contracts.poker.hand import Hand
from contracts.poker.identity import player_hash
from contracts.poker.replay import replay
from contracts.poker.stacks import ended_at, stack_at
from contracts.recorded import Recorded
from contracts.rows import Rows
from projections.chip_counts.domain.rows import GameRow, PeriodRow


def follow(game: GameRow, hand: Hand, recorded: Recorded, rows: Rows) -> GameRow:
    """Close and open periods where the last hand of the game says something else than before."""
    ticks = int(hand.start_ticks)
    if game.last_start_ticks is not None and ticks < game.last_start_ticks:
        return game
    told = {row.seat: row for row in _periods(game.game_id, hand, recorded)}
    for seat, row in game.open_periods.items():
        if seat in told and row.says_the_same(told[seat]):
            told[seat] = row
        else:
            revised = row.start_ticks == ticks
            rows.put(msgspec.structs.replace(row, to_seq=recorded.sequence, revised=revised))
    for row in told.values():
        rows.put(row)
    return msgspec.structs.replace(game, last_start_ticks=ticks, open_periods=told)


def _periods(game_id: str, hand: Hand, recorded: Recorded) -> Iterable[PeriodRow]:
    state = replay(hand).state
    for seat in sorted(hand.seats, key=lambda seat: seat.seat):
        stack = stack_at(hand, seat.seat, state, "end")
        assert stack is not None  # the seat is listed
        yield PeriodRow(
            game_id=game_id,
            seat=seat.seat,
            from_seq=recorded.sequence,
            name=seat.name,
            long_name=seat.long_name,
            player_hash=player_hash(seat.name, seat.long_name),
            stack=stack,
            in_play=stack > 0,
            dealt_in=seat.dealt_in,
            small_blind=hand.blinds.small_blind,
            big_blind=hand.blinds.big_blind,
            ante=hand.blinds.ante,
            start_ticks=int(hand.start_ticks),
            hand_num=hand.hand_num,
            state=state,
            statement_at=ended_at(hand, state),
            said_at=recorded.said_at,
        )
