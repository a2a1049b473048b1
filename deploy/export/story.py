"""One hand told step by step, the way hand histories want it: positions, posts, moves, board.

Amounts are chips. The record says the total of a seat for its street; a move tells that, what it
added, and what lay before it, so that a format may use either.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Literal

import msgspec

from contracts.poker.cards import BadCard, duplicate_cards, parse_card
from contracts.poker.hand import Action, Hand, Seat
from contracts.poker.replay import (
    BOARD_CARD,
    BOARD_CARDS_MAX,
    CHIP_ACTIONS,
    FOLD,
    Replay,
    Street,
    replay,
)
from deploy.export.record import Unexportable

CHECK = "CHECK"
HOLE_CARDS = 2
UNKNOWN_CARD = "??"
# The one ante that a replay knows, named or not; another would be told wrong.
ANTE_TYPES = frozenset({"BB_ANTE_BB1ST", ""})


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One act of a seat. `put` is its street total before, `total` after it.

    `level` is the highest street total before, `to_call` the total that a call would reach.
    """

    seat: int
    street: Street
    verb: Literal["fold", "check", "chips"]
    put: int
    total: int
    level: int
    to_call: int
    all_in: bool


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """Board cards that open a street."""

    street: Street
    cards: tuple[str, ...]


type Step = Move | Deal


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A hand as told. `players` stand in dealing order: left of the button first, button last.

    `small_blind`, `big_blind` and `ante` are (seat, chips really posted), None where nobody did.
    `hole` has two cards per player. `steps_bet` counts the steps up to the last move.
    `duplicate_cards` are those that the record has twice: somebody's card was misread.
    """

    players: tuple[Seat, ...]
    hole: dict[int, tuple[str, ...]]
    small_blind: tuple[int, int] | None
    big_blind: tuple[int, int] | None
    ante: tuple[int, int] | None
    steps: tuple[Step, ...]
    steps_bet: int
    duplicate_cards: tuple[str, ...]
    figures: Replay


def card_text(card: str) -> str:
    """`10h` as `Th`, an unread card as `??`; raises Unexportable for what is no card."""
    if not card:
        return UNKNOWN_CARD
    try:
        parse_card(card)
    except BadCard as error:
        raise Unexportable(str(error)) from error
    return card[:-1].replace("10", "T").upper() + card[-1]


def tell(hand: Hand) -> Story:
    """The story of a hand; raises Unexportable where the record is no hold'em hand to be told."""
    if hand.variant != "HOLDEM" or hand.bet_structure != "NOLIMIT":
        raise Unexportable(f"{hand.bet_structure} {hand.variant} is not no-limit hold'em")
    blinds = hand.blinds
    if blinds.ante and blinds.ante_type not in ANTE_TYPES:
        raise Unexportable(f"antes of type {blinds.ante_type} cannot be told")
    players = _players(hand)
    big = _posted(players, blinds.big_blind_seat, blinds.big_blind, kept=0)
    if big is None:
        raise Unexportable("nobody who is dealt in posts a big blind")
    # The blind goes before the ante: a short stack may have nothing left for it.
    ante = _posted(players, blinds.big_blind_seat, blinds.ante, kept=big[1])
    small = _posted(players, blinds.small_blind_seat, blinds.small_blind, kept=0)
    if blinds.small_blind_seat == blinds.big_blind_seat:
        raise Unexportable(f"seat {blinds.big_blind_seat} posts both blinds")
    figures = replay(hand)
    steps = _steps(hand, figures, players)
    return Story(
        players=players,
        hole={seat.seat: _hole(seat) for seat in players},
        small_blind=small,
        big_blind=big,
        ante=ante,
        steps=steps,
        steps_bet=max((n for n, step in enumerate(steps, 1) if isinstance(step, Move)), default=0),
        duplicate_cards=tuple(card_text(card) for card in duplicate_cards(hand)),
        figures=figures,
    )


def _players(hand: Hand) -> tuple[Seat, ...]:
    idle = [seat.seat for seat in hand.seats if seat.start_stack > 0 and not seat.dealt_in]
    blinds = hand.blinds
    for seat in (blinds.small_blind_seat, blinds.big_blind_seat):
        if seat in idle:
            raise Unexportable(f"seat {seat} posts a blind but is not dealt in")
    dealt = [seat for seat in hand.seats if seat.dealt_in]
    if len(dealt) < 2:
        raise Unexportable(f"{len(dealt)} players are dealt in")
    return tuple(sorted(dealt, key=lambda each: (each.seat <= blinds.button_seat, each.seat)))


def _posted(
    players: tuple[Seat, ...], seat: int, chips: int, *, kept: int
) -> tuple[int, int] | None:
    """What a seat posts of `chips` when `kept` of its stack are gone already."""
    stack = next((each.start_stack for each in players if each.seat == seat), 0)
    posted = min(chips, stack - kept)
    return (seat, posted) if posted > 0 else None


def _hole(seat: Seat) -> tuple[str, ...]:
    if len(seat.hole_cards) > HOLE_CARDS:
        raise Unexportable(f"seat {seat.seat} has {len(seat.hole_cards)} hole cards")
    cards = tuple(card_text(card) for card in seat.hole_cards)
    return cards + (UNKNOWN_CARD,) * (HOLE_CARDS - len(cards))


def _steps(hand: Hand, figures: Replay, players: tuple[Seat, ...]) -> tuple[Step, ...]:
    """Moves one by one, the cards that open a street as one deal."""
    told = zip(hand.actions, figures.streets, strict=True)
    if sum(action.kind == BOARD_CARD for action in hand.actions) > BOARD_CARDS_MAX:
        raise Unexportable(f"the board has more than {BOARD_CARDS_MAX} cards")
    bets = _Bets(hand, players)
    steps: list[Step] = []
    for (street, is_card), group in groupby(told, lambda each: (each[1], _is_card(each[0]))):
        actions = [action for action, _ in group]
        bets.enter(street)
        if is_card:
            cards = tuple(card_text(action.card or "") for action in actions)
            steps.append(Deal(street=street, cards=cards))
        else:
            steps.extend(bets.moves(actions, street))
    return tuple(steps)


def _is_card(action: Action) -> bool:
    return action.kind == BOARD_CARD


class _Bets:
    """Street totals and what is left of each stack, as the moves come."""

    def __init__(self, hand: Hand, players: tuple[Seat, ...]) -> None:
        blinds = hand.blinds
        self._left = {seat.seat: seat.start_stack for seat in players}
        self._put = dict.fromkeys(self._left, 0)
        self._folded: set[int] = set()
        self._street: Street = "preflop"
        for seat, chips in (
            (blinds.small_blind_seat, blinds.small_blind),
            (blinds.big_blind_seat, blinds.big_blind),
        ):
            if seat in self._left:
                self._put[seat] = min(chips, self._left[seat])
                self._left[seat] -= self._put[seat]
        if blinds.big_blind_seat in self._left:
            self._left[blinds.big_blind_seat] -= min(blinds.ante, self._left[blinds.big_blind_seat])

    def enter(self, street: Street) -> None:
        if street != self._street:
            self._street = street
            self._put = dict.fromkeys(self._put, 0)

    def moves(self, actions: list[Action], street: Street) -> Iterator[Move]:
        for action in actions:
            yield self._move(action, street)

    def _move(self, action: Action, street: Street) -> Move:
        seat = action.seat
        if seat not in self._left or seat in self._folded:
            raise Unexportable(f"seat {seat} acts ({action.kind}) but has no cards")
        put, left, level = self._put[seat], self._left[seat], max(self._put.values())
        total, verb = put, _verb(action)
        if verb == "chips":
            total = action.amount
            if not put <= total <= put + left:
                raise Unexportable(
                    f"seat {seat} has {put} in and {left} left, which {action.kind} {total} is not"
                )
            self._put[seat], self._left[seat] = total, left - (total - put)
        elif verb == "fold":
            self._folded.add(seat)
        return Move(
            seat=seat,
            street=street,
            verb=verb,
            put=put,
            total=total,
            level=level,
            to_call=min(level, put + left),
            all_in=verb == "chips" and self._left[seat] == 0,
        )


def _verb(action: Action) -> Literal["fold", "check", "chips"]:
    if action.kind in CHIP_ACTIONS:
        return "chips"
    if action.kind == FOLD:
        return "fold"
    if action.kind == CHECK:
        return "check"
    raise Unexportable(f"{action.kind!r} is not an action of a hold'em hand")
