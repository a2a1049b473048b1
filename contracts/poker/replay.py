"""Replay of one hand: what went into the pot, and what the stacks say came out of it.

The export names no winner and no result. Contributions follow from the blinds and the actions
(every amount is the seat's total for its street); the collected chips follow from the stacks, and
only where stacks and contributions explain each other (`settled`).
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from contracts.poker.hand import Action, Hand

type HandState = Literal["settled", "unsettled", "edited"]
type Street = Literal["preflop", "flop", "turn", "river"]

BOARD_CARD = "BOARD CARD"
FOLD = "FOLD"
# The source's words for actions that put chips into the pot.
CHIP_ACTIONS = frozenset({"BET", "CALL", "ALL IN"})
BOARD_CARDS_MAX = 5
_STREET_STARTS: Mapping[int, Street] = {1: "flop", 4: "turn", 5: "river"}


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of one hand, all in chips; seats are the keys of every mapping.

    `contributions` is per listed seat with the ante, `bets` without it. `pots` and `streets` have
    one entry per action: the pot before it, the street it belongs to (a board card opens its own).
    `pot_checks` counts the actions whose pot the source states, `pot_mismatches` those where it
    differs from ours. `net`, `collected` list seats with a value other than 0; `collected` is
    empty unless settled, and a negative entry sets `over_award`.
    """

    contributions: dict[int, int]
    bets: dict[int, int]
    pots: tuple[int, ...]
    streets: tuple[Street, ...]
    pot_checks: int
    pot_mismatches: int
    pot_total: int
    uncalled: int
    uncalled_seat: int | None
    pot_called: int
    dealt_seats: tuple[int, ...]
    live_seats: tuple[int, ...]
    state: HandState
    net: dict[int, int]
    collected: dict[int, int]
    over_award: bool
    board: tuple[str, ...]
    showdown: bool
    busted_seats: tuple[int, ...]


class _Pot:
    """The running pot of one hand."""

    def __init__(self, hand: Hand) -> None:
        self._left = {seat.seat: seat.start_stack for seat in hand.seats}
        self.bets = dict.fromkeys(self._left, 0)
        self.antes: dict[int, int] = {}
        self._street_bets: dict[int, int] = {}
        self._cards = 0
        self._street: Street = "preflop"
        self.pots: list[int] = []
        self.streets: list[Street] = []
        self.checks = self.mismatches = 0
        self.total = 0
        blinds = hand.blinds
        self._post(blinds.small_blind_seat, blinds.small_blind)
        self._post(blinds.big_blind_seat, blinds.big_blind)
        # The ante is dead money: it is in the pot but no part of the bet others have to call.
        ante = min(blinds.ante, self._left.get(blinds.big_blind_seat, 0))
        self.antes[blinds.big_blind_seat] = ante
        self.total += ante

    def _post(self, seat: int, amount: int) -> None:
        if seat in self._left:
            posted = min(amount, self._left[seat])
            self._left[seat] -= posted
            self._add(seat, posted)

    def _add(self, seat: int, chips: int) -> None:
        self._street_bets[seat] = self._street_bets.get(seat, 0) + chips
        self.bets[seat] = self.bets.get(seat, 0) + chips
        self.total += chips

    def play(self, action: Action) -> None:
        if action.kind == BOARD_CARD:
            self._deal()
        self.pots.append(self.total)
        self.streets.append(self._street)
        if action.kind not in (FOLD, BOARD_CARD):
            self.checks += 1
            self.mismatches += action.pot != self.total
        if action.kind in CHIP_ACTIONS:
            self._add(action.seat, action.amount - self._street_bets.get(action.seat, 0))

    def _deal(self) -> None:
        self._cards += 1
        if self._cards in _STREET_STARTS:
            self._street = _STREET_STARTS[self._cards]
            self._street_bets.clear()


def replay(hand: Hand) -> Replay:
    """Every figure that follows from one hand record alone."""
    pot = _Pot(hand)
    for action in hand.actions:
        pot.play(action)
    uncalled, uncalled_seat = _uncalled(pot.bets)
    contributions = {seat: bet + pot.antes.get(seat, 0) for seat, bet in pot.bets.items()}
    state = _state(hand, contributions, pot.total)
    collected = _collected(hand, contributions) if state == "settled" else {}
    if uncalled_seat in collected:
        collected[uncalled_seat] -= uncalled
    net = {s.seat: s.end_stack - s.start_stack for s in hand.seats}
    dealt = tuple(sorted(seat.seat for seat in hand.seats if seat.dealt_in))
    folded = _folded(hand)
    live = tuple(seat for seat in dealt if seat not in folded)
    return Replay(
        contributions=contributions,
        bets=pot.bets,
        pots=tuple(pot.pots),
        streets=tuple(pot.streets),
        pot_checks=pot.checks,
        pot_mismatches=pot.mismatches,
        pot_total=pot.total,
        uncalled=uncalled,
        uncalled_seat=uncalled_seat,
        pot_called=pot.total - uncalled,
        dealt_seats=dealt,
        live_seats=live,
        state=state,
        net={seat: chips for seat, chips in net.items() if chips},
        collected={seat: chips for seat, chips in sorted(collected.items()) if chips},
        over_award=any(chips < 0 for chips in collected.values()),
        board=hand.board,
        showdown=len(hand.board) == BOARD_CARDS_MAX and len(live) > 1,
        busted_seats=tuple(sorted(s.seat for s in hand.seats if s.start_stack > 0 == s.end_stack)),
    )


def _folded(hand: Hand) -> set[int]:
    return {action.seat for action in hand.actions if action.kind == FOLD}


def _uncalled(bets: Mapping[int, int]) -> tuple[int, int | None]:
    """What the largest bet has over the second largest, and whose it is; None if they are equal."""
    if not bets:
        return 0, None
    seat = max(bets, key=lambda each: bets[each])
    second = max((bet for each, bet in bets.items() if each != seat), default=0)
    uncalled = bets[seat] - second
    return uncalled, seat if uncalled else None


def _collected(hand: Hand, contributions: Mapping[int, int]) -> dict[int, int]:
    """Chips each seat took out of the pot, its own uncalled part included."""
    return {s.seat: s.end_stack - s.start_stack + contributions.get(s.seat, 0) for s in hand.seats}


def _state(hand: Hand, contributions: Mapping[int, int], pot_total: int) -> HandState:
    if all(seat.end_stack == seat.start_stack for seat in hand.seats):
        return "unsettled"
    taken = _collected(hand, contributions)
    explained = (
        sum(taken.values()) == pot_total
        and min(taken.values()) >= 0
        and not any(taken.get(seat) for seat in _folded(hand))
    )
    return "settled" if explained else "edited"
