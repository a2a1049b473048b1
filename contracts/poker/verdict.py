"""What the cards of one hand say: the best hand at showdown, the board alone, and who won.

Winners follow from the stacks, never from the cards: an operator's record may award a pot
otherwise than the cards do, and both are told.
"""

from collections.abc import Iterable

import msgspec

from contracts.poker.cards import (
    HAND_CARDS_MIN,
    duplicate_cards,
    hand_value,
    parse_cards,
    rank_category,
)
from contracts.poker.hand import Hand
from contracts.poker.replay import BOARD_CARDS_MAX, Replay

HOLE_CARDS = 2
_ALL_CARDS = HOLE_CARDS + BOARD_CARDS_MAX


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Categories run from 1 (royal flush) to 10 (high card); seats are ascending.

    `showdown_rank` and `showdown_best_seats` are of the live seats with two readable cards, in
    every state of the hand; None and () without a showdown. `unread_seats` are the live seats of a
    showdown without two readable cards: they may hold better. `board_rank` is of five board cards
    alone. `winners` collected something; () unless settled.
    A hand with `duplicate_cards` is no source for a graphic that shows cards.
    """

    showdown_rank: int | None
    showdown_best_seats: tuple[int, ...]
    unread_seats: tuple[int, ...]
    board_rank: int | None
    winners: tuple[int, ...]
    busted_seats: tuple[int, ...]
    duplicate_cards: tuple[str, ...]


def judge(hand: Hand, figures: Replay) -> Verdict:
    """The verdict on a hand; `figures` is its replay."""
    shown = seat_values(hand, figures.live_seats) if figures.showdown else {}
    best = max(shown.values(), default=None)
    return Verdict(
        showdown_rank=None if best is None else rank_category(best),
        showdown_best_seats=tuple(sorted(seat for seat, value in shown.items() if value == best)),
        unread_seats=tuple(seat for seat in figures.live_seats if seat not in shown)
        if figures.showdown
        else (),
        board_rank=_board_rank(figures.board),
        winners=tuple(sorted(seat for seat, chips in figures.collected.items() if chips > 0)),
        busted_seats=figures.busted_seats,
        duplicate_cards=duplicate_cards(hand),
    )


def seat_values(hand: Hand, seats: Iterable[int]) -> dict[int, int]:
    """Value of the best five cards of each of these seats with the board, by seat.

    Seats without two readable cards are left out; empty before the flop and when the board is
    unreadable or has more than five cards.
    """
    board = parse_cards(hand.board)
    if board is None or not HAND_CARDS_MIN <= len(board) + HOLE_CARDS <= _ALL_CARDS:
        return {}
    wanted = set(seats)
    values = {}
    for seat in hand.seats:
        hole = parse_cards(seat.hole_cards)
        if seat.seat in wanted and hole is not None and len(hole) == HOLE_CARDS:
            values[seat.seat] = hand_value((*hole, *board))
    return values


def _board_rank(board: tuple[str, ...]) -> int | None:
    cards = parse_cards(board)
    if cards is None or len(cards) != BOARD_CARDS_MAX:
        return None
    return rank_category(hand_value(cards))


def best_rank(hand: Hand, seats: Iterable[int]) -> int | None:
    """The best category of these seats with the board as far as it came, None before the flop."""
    best = max(seat_values(hand, seats).values(), default=None)
    return None if best is None else rank_category(best)
