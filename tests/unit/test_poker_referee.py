"""The rules of betting against an independent referee (pokerkit), action by action."""

import warnings
from collections import Counter
from dataclasses import replace
from random import Random

import msgspec
from pokerkit import Automation, NoLimitTexasHoldem, State

from contracts.poker.betting import Betting
from contracts.poker.hand import Action, Hand
from deploy.simulate.options import GameOptions, Quirks
from tests.support.poker_oracle import simulated_game

AUTOMATIONS = (
    Automation.ANTE_POSTING,
    Automation.BET_COLLECTION,
    Automation.BLIND_OR_STRADDLE_POSTING,
    Automation.HOLE_CARDS_SHOWING_OR_MUCKING,
    Automation.HAND_KILLING,
    Automation.CHIPS_PUSHING,
    Automation.CHIPS_PULLING,
)
READABLE = replace(Quirks.rough(), unread_cards=0, misread_card=0, void=0, edited=0, open_last=0)
# What the referee refuses and our rules allow: more than the rest can answer, and (a stricter
# reading) any raise of a bet that was itself less than a full raise.
REFEREE_STRICTER = ("There is no reason to", "Short all-in cannot be raised")


def referee_card(text: str) -> str:
    return text[:-1].replace("10", "t").upper() + text[-1]


def referee(hand: Hand) -> tuple[State, list[int]]:
    """The referee's table with the blinds posted and the hole cards dealt."""
    rows = {seat.seat: seat for seat in hand.seats}
    dealt = [seat.seat for seat in hand.seats if seat.dealt_in]
    order = sorted(dealt, key=lambda seat: (seat <= hand.blinds.button_seat, seat))
    blinds = hand.blinds
    forced = {
        blinds.small_blind_seat: blinds.small_blind,
        blinds.big_blind_seat: blinds.big_blind,
    }
    posts = {order.index(seat): chips for seat, chips in forced.items() if seat in order}
    ante = {order.index(blinds.big_blind_seat): blinds.ante}
    if len(order) == 2:  # the referee turns these two round itself
        posts, ante = {0: blinds.small_blind, 1: blinds.big_blind}, {1: blinds.ante}
    stacks = [rows[seat].start_stack for seat in order]
    state = NoLimitTexasHoldem.create_state(
        AUTOMATIONS, False, ante, posts, blinds.big_blind, stacks, len(order)
    )
    for place in range(2):
        for seat in order:
            state.deal_hole(referee_card(rows[seat].hole_cards[place]))
    return state, order


def referee_plays(state: State, order: list[int], action: Action) -> None:
    """One action at the referee's table; ValueError if it is refused."""
    player = order.index(action.seat)
    if state.actor_index != player:
        raise ValueError("out of turn")
    owed = state.checking_or_calling_amount
    if action.kind == "FOLD":
        state.fold()
    elif action.kind == "CHECK":
        if owed:
            raise ValueError("a check facing a bet")
        state.check_or_call()
    elif action.amount > max(state.bets):
        state.complete_bet_or_raise_to(action.amount)
    elif owed and state.bets[player] + owed == action.amount:
        state.check_or_call()
    else:
        raise ValueError("no call of that amount")


def altered(action: Action, hand: Hand, rng: Random) -> Action:
    """The action with another amount or another seat."""
    if rng.random() < 0.2:
        seats = [seat.seat for seat in hand.seats if seat.dealt_in]
        return msgspec.structs.replace(action, seat=rng.choice(seats))
    big = hand.blinds.big_blind
    amount = rng.choice(
        [rng.randrange(1, 12 * big), action.amount + rng.choice([-1, 1, big, -big, 100])]
    )
    return Action(kind="BET", seat=action.seat, amount=max(1, amount))


def test_an_independent_referee_refuses_and_accepts_the_same_actions() -> None:
    rng = Random("referee")
    answers: Counter[tuple[bool, bool]] = Counter()
    for seed in range(40):
        for _, each in simulated_game(seed, GameOptions(hands=10, quirks=READABLE)):
            if comparable(each.hand):
                compare_one(each.hand, rng, answers)
    assert min(answers[legal, flop] for legal in (True, False) for flop in (True, False)) > 20


def comparable(hand: Hand) -> bool:
    """The referee takes the ante before the blind, so a short big blind is left out here."""
    seat = next(seat for seat in hand.seats if seat.seat == hand.blinds.big_blind_seat)
    return seat.start_stack >= hand.blinds.big_blind + hand.blinds.ante


def compare_one(hand: Hand, rng: Random, answers: Counter[tuple[bool, bool]]) -> None:
    """Play up to one action at both tables; there both judge an altered one instead."""
    places = [index for index, action in enumerate(hand.actions) if action.kind != "BOARD CARD"]
    after_flop = [index for index in places if hand.actions[index - 1].kind == "BOARD CARD"]
    index = rng.choice([*after_flop, *places])
    other = altered(hand.actions[index], hand, rng)
    betting = Betting(hand)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        state, order = referee(hand)
        board: list[str] = []
        for action in hand.actions[:index]:
            assert betting.play(action) is None
            if action.card:
                board.append(referee_card(action.card))
                referee_deals(state, board)
            else:
                referee_plays(state, order, action)
        try:
            referee_plays(state, order, other)
            refused = ""
        except ValueError as error:
            refused = str(error)
    illegal = betting.play(other)
    if not refused.startswith(REFEREE_STRICTER):
        assert (illegal is not None) == bool(refused), (other, illegal, refused, hand)
        answers[illegal is None, bool(board)] += 1


def referee_deals(state: State, board: list[str]) -> None:
    """The newest card; the referee asks for an idle check first, and takes a flop at once."""
    if state.actor_index is not None and len(board) in (1, 4, 5):
        state.check_or_call()
    if len(board) >= 3:
        state.burn_card("??")
        state.deal_board("".join(board if len(board) == 3 else board[-1:]))
