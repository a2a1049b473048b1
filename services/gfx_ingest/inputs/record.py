"""One hand of the source as a record in our names and units. Pure."""

from collections.abc import Callable

from contracts.poker.hand import Action, Blinds, Hand, Seat
from contracts.poker.ticks import (
    TICKS_PER_SECOND,
    BadTime,
    duration_to_ticks,
    ticks_to_utc,
    utc_to_ticks,
)
from services.gfx_ingest.inputs.errors import BadFile
from services.gfx_ingest.inputs.source import SourceEvent, SourceHand, SourcePlayer

# A hand lasts minutes; longer than a year is a broken clock, and sums must fit 64 bits.
HAND_TICKS_MAX = 366 * 86_400 * TICKS_PER_SECOND


def moment_ticks(text: str, at: str) -> int:
    """Ticks of a moment at a JSON path below `$`; raises BadFile `wrong_value`."""
    return _ticks(utc_to_ticks, text, at)


def hand_of(source: SourceHand, at: str) -> Hand:
    """The record of a hand at a JSON path below `$`.

    Raises BadFile with one of the codes wrong_value, out_of_range, duplicate_seat.
    """
    start, duration = _times(source, at)
    seats = tuple(_seat(player) for player in source.players)
    if len({seat.seat for seat in seats}) < len(seats):
        raise BadFile("duplicate_seat", f"${at}.Players: a seat is listed twice")
    return Hand(
        hand_num=source.hand_num,
        start_utc=source.start_date_time_utc,
        start_ticks=str(start),
        duration_ticks=duration,
        variant=source.game_variant or "",
        bet_structure=source.bet_structure or "",
        recording_offset=source.recording_offset_start or "",
        blinds=_blinds(source),
        seats=seats,
        actions=tuple(_action(event) for event in source.events),
    )


def _times(source: SourceHand, at: str) -> tuple[int, int]:
    """Start and duration in ticks; the end is a moment, too, and must be in the calendar."""
    start = moment_ticks(source.start_date_time_utc, f"{at}.StartDateTimeUTC")
    duration = _ticks(duration_to_ticks, source.duration, f"{at}.Duration")
    if duration > HAND_TICKS_MAX:
        raise BadFile("out_of_range", f"${at}.Duration: {source.duration} is longer than a year")
    try:
        ticks_to_utc(start + duration)
    except BadTime as error:
        raise BadFile("out_of_range", f"${at}: the hand ends after the calendar") from error
    return start, duration


def _ticks(convert: Callable[[str], int], text: str, at: str) -> int:
    try:
        return convert(text)
    except BadTime as error:
        raise BadFile("wrong_value", f"${at}: {error}") from error


def _blinds(source: SourceHand) -> Blinds:
    blinds = source.flop_draw_blinds
    return Blinds(
        small_blind=blinds.small_blind_amt,
        big_blind=blinds.big_blind_amt,
        ante=source.ante_amt,
        ante_type=blinds.ante_type or "",
        button_seat=blinds.button_player_num or 0,
        small_blind_seat=blinds.small_blind_player_num or 0,
        big_blind_seat=blinds.big_blind_player_num or 0,
    )


def _seat(player: SourcePlayer) -> Seat:
    rank = player.elimination_rank
    return Seat(
        seat=player.player_num,
        name=player.name,
        long_name=player.long_name or "",
        start_stack=player.start_stack_amt,
        end_stack=player.end_stack_amt,
        sitting_out=bool(player.sitting_out),
        hole_cards=tuple(card for text in player.hole_cards or () for card in (text or "").split()),
        cumulative_winnings=player.cumulative_winnings_amt or 0,
        elimination_rank=-1 if rank is None else rank,
        vpip_percent=player.vpip_percent or 0,
        pfr_percent=player.pre_flop_raise_percent or 0,
        aggression_percent=player.aggression_frequency_percent or 0,
        showdown_percent=player.went_to_show_down_percent or 0,
    )


def _action(event: SourceEvent) -> Action:
    return Action(
        kind=event.event_type,
        seat=event.player_num,
        amount=event.bet_amt,
        pot=event.pot,
        card=event.board_cards or None,
    )
