"""The rules of no-limit betting, applied to the actions of one hand in their order.

A bet is at least the big blind, a raise at least the last full bet or raise of the street. An
all-in below that is legal, but a seat that has acted may raise again only when what it now faces is
a full raise more than what it answered; several short all-ins may add up to one. The ante is dead.
"""

from collections.abc import Iterable

import msgspec

from contracts.poker.hand import Action, Hand
from contracts.poker.replay import BOARD_CARD, BOARD_CARDS_MAX, FOLD

FLOP_CARDS = 3
KINDS = frozenset({FOLD, "CHECK", "CALL", "BET", "ALL IN", BOARD_CARD})


class Illegal(msgspec.Struct, frozen=True, kw_only=True):
    """One broken rule: a word for it, whose it is, and by how many chips it is broken."""

    code: str
    seat: int | None = None
    amount: int = 0


class Betting:
    """A hand as the rules see it; `play` takes its actions one by one."""

    def __init__(self, hand: Hand) -> None:
        """Post what the blinds of `hand` say; its big blind seat must be dealt in."""
        blinds = hand.blinds
        self._left = {seat.seat: seat.start_stack for seat in hand.seats if seat.dealt_in}
        self._order = clockwise(self._left, blinds.button_seat)
        self._big = blinds.big_blind
        self._live = list(self._order)
        self._waiting: list[int] = []
        self._cards = 0
        self._open(clockwise(self._left, blinds.big_blind_seat))
        self._facing = blinds.big_blind
        self._post(blinds.small_blind_seat, blinds.small_blind)
        self._post(blinds.big_blind_seat, blinds.big_blind)
        self._left[blinds.big_blind_seat] -= min(blinds.ante, self._left[blinds.big_blind_seat])
        self._waiting = [seat for seat in self._waiting if self._left[seat]]

    def play(self, action: Action) -> Illegal | None:
        """Apply one action if it is legal; else say what rule it breaks, and change nothing."""
        if action.kind == BOARD_CARD:
            return self._deal()
        if action.seat not in self._live:
            return Illegal(code="not_in_hand", seat=action.seat)
        if len(self._live) == 1 or not self._waiting:
            return Illegal(code="nothing_to_decide", seat=action.seat)
        if 0 < self._cards < FLOP_CARDS:
            return Illegal(code="flop_not_dealt", seat=action.seat)
        if action.seat != self._waiting[0]:
            return Illegal(code="out_of_turn", seat=action.seat)
        match action.kind:
            case "FOLD":
                self._live.remove(action.seat)
            case "CHECK":
                behind = self._facing - self._bets[action.seat]
                if behind:
                    return Illegal(code="check_facing_bet", seat=action.seat, amount=behind)
            case _:
                illegal = self._check_chips(action)
                if illegal:
                    return illegal
                self._put(action.seat, action.amount)
        self._answered[action.seat] = self._facing
        self._waiting = [seat for seat in self._waiting if seat != action.seat]
        return None

    def waits_for(self) -> int | None:
        """The seat whose decision is still needed on this street, None if there is none."""
        if len(self._live) == 1 or not self._waiting:
            return None
        seat = self._waiting[0]
        others = [other for other in self._live if other != seat]
        # Against players who are all in for no more than it has bet, a seat decides nothing.
        idle = not any(self._left[other] for other in others) and self._bets[seat] >= max(
            self._bets[other] for other in others
        )
        return None if idle else seat

    @property
    def finished(self) -> bool:
        """Whether one seat is left, or the board is full and nobody has to answer."""
        dealt = self._cards == BOARD_CARDS_MAX and self.waits_for() is None
        return len(self._live) == 1 or dealt

    def _post(self, seat: int, amount: int) -> None:
        if seat in self._left:
            posted = min(amount, self._left[seat])
            self._left[seat] -= posted
            self._bets[seat] = posted

    def _open(self, order: Iterable[int]) -> None:
        """Begin a street; the seats that still can act wait in this order."""
        self._bets = dict.fromkeys(self._left, 0)
        self._answered: dict[int, int] = {}
        self._facing = 0
        self._raise = self._big
        self._waiting = [seat for seat in order if seat in self._live and self._left[seat]]

    def _deal(self) -> Illegal | None:
        if len(self._live) == 1:
            return Illegal(code="card_after_end")
        if self._cards == BOARD_CARDS_MAX:
            return Illegal(code="sixth_card")
        if self._cards not in (1, 2):
            waited = self.waits_for()
            if waited is not None:
                return Illegal(code="street_not_closed", seat=waited)
            self._open(self._order)
        self._cards += 1
        return None

    def _check_chips(self, action: Action) -> Illegal | None:
        seat, to = action.seat, action.amount
        most = self._bets[seat] + self._left[seat]
        if to > most:
            return Illegal(code="more_than_stack", seat=seat, amount=to - most)
        if action.kind == "ALL IN" and to < most:
            return Illegal(code="all_in_of_part", seat=seat, amount=most - to)
        if to <= self._bets[seat]:
            return Illegal(code="no_chips", seat=seat)
        if to <= self._facing:
            short = self._facing - to
            return (
                Illegal(code="below_bet", seat=seat, amount=short) if short and to < most else None
            )
        if action.kind == "CALL":
            return Illegal(code="call_above_bet", seat=seat, amount=to - self._facing)
        return self._check_raise(seat, to, most)

    def _check_raise(self, seat: int, to: int, most: int) -> Illegal | None:
        answered = self._answered.get(seat)
        if answered is not None and self._facing - answered < self._raise:
            return Illegal(code="not_reopened", seat=seat, amount=to - self._facing)
        if to < min(self._facing + self._raise, most):
            return Illegal(code="below_minimum", seat=seat, amount=self._facing + self._raise - to)
        return None

    def _put(self, seat: int, to: int) -> None:
        self._left[seat] -= to - self._bets[seat]
        self._bets[seat] = to
        if to > self._facing:
            self._raise = max(self._raise, to - self._facing)
            self._facing = to
            self._waiting = [
                other
                for other in clockwise(self._left, seat)
                if other != seat and other in self._live and self._left[other]
            ]


def clockwise(seats: Iterable[int], after: int) -> list[int]:
    """The seats round the table, first the one left of `after`, which itself comes last."""
    return sorted(seats, key=lambda seat: (seat <= after, seat))
