"""What the hands and files of a game say of the game: its row."""

from bisect import insort
from datetime import datetime

import msgspec

from contracts.messages.gfx import GameSeen
from contracts.poker.ticks import TICKS_PER_SECOND, BadTime, duration_to_ticks
from contracts.recorded import Recorded
from projections.hands.domain.rows import GameRow, HandRow

TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND


def new_game(event: GameSeen, recorded: Recorded) -> GameRow:
    """The row of a game of which no hand is known yet."""
    return GameRow(
        game_id=event.game_id,
        table_name=event.table,
        table_type=event.table_type,
        created_utc=event.created_utc,
        software=event.software,
        event_title=event.event_title,
        first_sequence=recorded.sequence,
        last_sequence=recorded.sequence,
        said_at=recorded.said_at,
    )


def with_hand(game: GameRow, hand: HandRow, old: HandRow | None) -> GameRow:
    """A game after one of its hands was recorded, or revised from `old`.

    The last hand is the one with the highest start ticks, whatever arrived last.
    """
    start_ticks = list(game.start_ticks)
    if old is None:
        insort(start_ticks, hand.start_ticks)
    states = {
        f"{state}_hands": getattr(game, f"{state}_hands")
        + (hand.state == state)
        - (old is not None and old.state == state)
        for state in ("settled", "unsettled", "edited")
    }
    game = msgspec.structs.replace(
        game, **states, hands=len(start_ticks), start_ticks=tuple(start_ticks)
    )
    if hand.start_ticks < start_ticks[-1]:
        return game
    return msgspec.structs.replace(
        game,
        last_start_ticks=hand.start_ticks,
        last_hand_num=hand.hand_num,
        last_started_at=datetime.fromisoformat(hand.start_utc),
        clock_offset_minutes=_clock_offset_minutes(hand),
    )


def said(game: GameRow, recorded: Recorded) -> GameRow:
    """A game about which a file said something."""
    return msgspec.structs.replace(game, last_sequence=recorded.sequence, said_at=recorded.said_at)


def _clock_offset_minutes(hand: HandRow) -> int | None:
    """The source counts its local time from the first day of year 1; rounded to minutes."""
    try:
        local = duration_to_ticks(hand.recording_offset)
    except BadTime:
        return None
    return (2 * (local - hand.start_ticks) + TICKS_PER_MINUTE) // (2 * TICKS_PER_MINUTE)
