"""One seat of one hand with what follows from the hand for it: the unit of every person's figures.

Read models store one per listed seat, and the figures of a person over many hands (chip flow, chip
history, own statistics) are pure functions of them, so no reader needs the hands themselves.
"""

import msgspec

from contracts.poker.hand import Seat
from contracts.poker.held import HeldHand
from contracts.poker.identity import player_hash
from contracts.poker.replay import BOARD_CARD, CHIP_ACTIONS, FOLD, HandState, Street

FLOP_CARDS = 3


class SeatRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A listed seat; chips are integers, `duration_ticks` ticks of 100 ns.

    `ordinal` is None where the hand's place in its game is not known. The counts of the person's
    own play are 0 unless `counted`, which says dealt in to a hand with actions: `voluntary` and
    `raised` are 0 or 1 (before the flop), `aggressive` and `passive` count actions after it,
    `flops` and `showdowns` are 0 or 1.
    """

    game_id: str
    start_ticks: str
    ordinal: int | None
    hand_num: int
    seat: int
    name: str
    long_name: str
    player_hash: str
    state: HandState
    duration_ticks: int
    big_blind: int
    dealt_in: bool
    start_stack: int
    end_stack: int
    counted: bool
    voluntary: int
    raised: int
    aggressive: int
    passive: int
    flops: int
    showdowns: int


class _Play(msgspec.Struct):
    """What one seat did in one hand; `early_fold` = before the third board card."""

    voluntary: int = 0
    raised: int = 0
    aggressive: int = 0
    passive: int = 0
    early_fold: bool = False

    def bet(self, street: Street, *, raises: bool) -> None:
        if street == "preflop":
            self.voluntary = 1
            self.raised |= raises
        else:
            self.aggressive += raises
            self.passive += not raises


_NOTHING = _Play()


def seat_records(
    game_id: str, held: HeldHand, ordinal: int | None = None
) -> tuple[SeatRecord, ...]:
    """The records of all listed seats of one hand, in the order of its listing."""
    plays = _plays(held)
    return tuple(
        _record(game_id, held, seat, plays.get(seat.seat, _NOTHING), ordinal)
        for seat in held.hand.seats
    )


def _record(
    game_id: str, held: HeldHand, seat: Seat, play: _Play, ordinal: int | None
) -> SeatRecord:
    hand, figures = held.hand, held.figures
    counted = seat.dealt_in and bool(hand.actions)
    flop = counted and len(figures.board) >= FLOP_CARDS and not play.early_fold
    return SeatRecord(
        game_id=game_id,
        start_ticks=hand.start_ticks,
        ordinal=ordinal,
        hand_num=hand.hand_num,
        seat=seat.seat,
        name=seat.name,
        long_name=seat.long_name,
        player_hash=player_hash(seat.name, seat.long_name),
        state=figures.state,
        duration_ticks=hand.duration_ticks,
        big_blind=hand.blinds.big_blind,
        dealt_in=seat.dealt_in,
        start_stack=seat.start_stack,
        end_stack=seat.end_stack,
        counted=counted,
        voluntary=play.voluntary if counted else 0,
        raised=play.raised if counted else 0,
        aggressive=play.aggressive if counted else 0,
        passive=play.passive if counted else 0,
        flops=int(flop),
        showdowns=int(flop and figures.showdown and seat.seat in figures.live_seats),
    )


def _plays(held: HeldHand) -> dict[int, _Play]:
    """By seat, of the seats that did something else than check.

    An all-in that does not pass the highest bet of its street is a call.
    """
    plays: dict[int, _Play] = {}
    street: Street = "preflop"
    highest, cards = held.hand.blinds.big_blind, 0
    for action, on in zip(held.hand.actions, held.figures.streets, strict=True):
        if on != street:
            street, highest = on, 0
        if action.kind == BOARD_CARD:
            cards += 1
        elif action.kind == FOLD:
            plays.setdefault(action.seat, _Play()).early_fold |= cards < FLOP_CARDS
        elif action.kind in CHIP_ACTIONS:
            raises = action.kind == "BET" or (action.kind == "ALL IN" and action.amount > highest)
            plays.setdefault(action.seat, _Play()).bet(street, raises=raises)
            highest = max(highest, action.amount)
    return plays
