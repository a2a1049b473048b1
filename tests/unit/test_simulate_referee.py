"""An independent referee (pokerkit) accepts every simulated action and settles the same stacks."""

import warnings
from dataclasses import replace

import pytest
from pokerkit import Automation, NoLimitTexasHoldem, State

from deploy.simulate.options import LEVELS, GameOptions, Quirks
from deploy.simulate.record import EventKind, PlayedHand
from deploy.simulate.table import play

AUTOMATIONS = (
    Automation.ANTE_POSTING,
    Automation.BET_COLLECTION,
    Automation.BLIND_OR_STRADDLE_POSTING,
    Automation.HOLE_CARDS_SHOWING_OR_MUCKING,
    Automation.HAND_KILLING,
    Automation.CHIPS_PUSHING,
    Automation.CHIPS_PULLING,
)
# Every card must be known to the referee, and every hand played out.
READABLE = replace(Quirks.rough(), unread_cards=0, misread_card=0, void=0, edited=0, open_last=0)
SEEDS = 8


def smallest_chip(hand: PlayedHand) -> int:
    return next(
        chip for small, big, chip in LEVELS if (small, big) == (hand.blinds.small, hand.blinds.big)
    )


def card(text: str) -> str:
    return text[:-1].replace("10", "t").upper() + text[-1]


def dealt_order(hand: PlayedHand) -> list[int]:
    dealt = [row.seat for row in hand.seats if row.start_stack]
    return sorted(dealt, key=lambda seat: (seat <= hand.blinds.button_seat, seat))


def referee_stacks(hand: PlayedHand) -> dict[int, int]:
    """Play the hand's events at the referee's table; ValueError at an illegal one."""
    order = dealt_order(hand)
    rows = {row.seat: row for row in hand.seats}
    blinds = hand.blinds
    forced = {blinds.small_seat: blinds.small, blinds.big_seat: blinds.big}
    posts = {order.index(seat): chips for seat, chips in forced.items() if seat in order}
    ante = {order.index(blinds.big_seat): blinds.ante}
    if len(order) == 2:  # the referee turns these two round itself
        posts = {0: blinds.small, 1: blinds.big}
        ante = {1: blinds.ante}
    state = NoLimitTexasHoldem.create_state(
        AUTOMATIONS,
        False,
        ante,
        posts,
        blinds.big,
        [rows[seat].start_stack for seat in order],
        len(order),
    )
    for _ in range(2):
        for seat in order:
            first, second = rows[seat].hole.split()
            state.deal_hole(
                card(first if len(state.hole_cards[order.index(seat)]) == 0 else second)
            )
    board: list[str] = []
    for event in hand.events:
        if event.kind is EventKind.BOARD_CARD:
            board.append(card(event.card or ""))
            if state.actor_index is not None:
                pass_idle_check(state)
            if len(board) >= 3:
                state.burn_card("??")
                state.deal_board("".join(board if len(board) == 3 else board[-1:]))
            continue
        player = order.index(event.seat)
        assert state.actor_index == player
        if event.kind is EventKind.FOLD:
            state.fold()
        elif event.kind is EventKind.CHECK:
            assert state.checking_or_calling_amount == 0
            state.check_or_call()
        elif event.amount > max(state.bets):
            state.complete_bet_or_raise_to(event.amount)
        else:
            assert state.bets[player] + state.checking_or_calling_amount == event.amount
            state.check_or_call()
    assert not state.status, "the referee waits for more"
    return {seat: state.stacks[index] for index, seat in enumerate(order)}


def pass_idle_check(state: State) -> None:
    """The referee asks even a seat for a check that only faces players who are all-in."""
    assert state.checking_or_calling_amount == 0
    assert not state.can_complete_bet_or_raise_to()
    state.check_or_call()
    assert state.actor_index is None


def is_comparable(hand: PlayedHand) -> bool:
    """The referee takes the ante before the blind, so a short big blind is left out here."""
    start = {row.seat: row.start_stack for row in hand.seats}
    return start[hand.blinds.big_seat] >= hand.blinds.big + hand.blinds.ante


@pytest.mark.parametrize("seed", range(SEEDS))
def test_an_independent_referee_accepts_every_action_and_settles_the_same(seed: int):
    kind = "FINAL_TABLE" if seed % 4 == 3 else "FEATURE_TABLE"
    compared = 0
    for hand in play(seed, GameOptions(hands=60, kind=kind, quirks=READABLE)):
        if not is_comparable(hand):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = referee_stacks(hand)
        # Odd chips: the referee splits to the single chip, a table to the smallest one in play.
        slack = smallest_chip(hand) * max(1, len(hand.account.live_seats) - 1)
        split = len(hand.account.best_seats) > 1 or len(hand.account.winners) > 1
        for seat, stack in expected.items():
            assert abs(hand.account.true_stacks[seat] - stack) <= (slack if split else 0), hand
        compared += 1
    assert compared >= 20 or kind == "FINAL_TABLE"
