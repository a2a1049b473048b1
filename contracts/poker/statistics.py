"""A player's own figures over the hands of one game, counted from the actions.

The source states running percentages too; they drift after seat moves and typed corrections, so
the two are shown side by side and never compared. Hands without any action do not count.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from contracts.poker.hand import Action
from contracts.poker.held import HeldHand, in_order
from contracts.poker.identity import Pick
from contracts.poker.replay import BOARD_CARD, FOLD

FLOP_CARDS = 3
# A list of pots on one screen or graphic; a whole game has about 170 hands.
BIGGEST_POTS_MAX = 100


class MissingFigure(ValueError):
    """A figure does not exist for these hands. `code` is one word."""

    def __init__(self, code: str, detail: str) -> None:
        """`detail` is a sentence for people."""
        super().__init__(detail)
        self.code = code


class Sighting(msgspec.Struct, frozen=True):
    """One hand that lists a person, and the seat the person has in it."""

    held: HeldHand
    seat: int

    @property
    def dealt_in(self) -> bool:
        """Whether the person takes part in the hand."""
        return self.seat in self.held.figures.dealt_seats


class OwnStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one person's hands and actions; percentages are rounded down, None of nothing.

    `dealt` hands dealt in with actions; `voluntary`, `raised` hands with such an action before the
    flop; `aggressive` and `passive` actions after it; `flops` hands the person was live in when
    the third board card came, `showdowns` those that ended with a showdown the person was in.
    """

    dealt: int = 0
    voluntary: int = 0
    raised: int = 0
    aggressive: int = 0
    passive: int = 0
    flops: int = 0
    showdowns: int = 0

    @property
    def vpip_percent(self) -> int | None:
        """Hands with chips put in freely before the flop, of hands dealt."""
        return _percent(self.voluntary, self.dealt)

    @property
    def pfr_percent(self) -> int | None:
        """Hands raised before the flop, of hands dealt."""
        return _percent(self.raised, self.dealt)

    @property
    def aggression_percent(self) -> int | None:
        """Bets and raises after the flop, of those and calls."""
        return _percent(self.aggressive, self.aggressive + self.passive)

    @property
    def wtsd_percent(self) -> int | None:
        """Showdowns, of hands in which the flop was seen."""
        return _percent(self.showdowns, self.flops)


def sightings(hands: Iterable[HeldHand], seats_of: Pick) -> tuple[Sighting, ...]:
    """The hands of one game that list a person, in order.

    Raises MissingFigure `identity_on_two_seats` where a hand names the person twice: whose chips
    to count is then for an operator to say. Raises ValueError for two hands of the same start.
    """
    found = []
    for held in in_order(hands):
        seats = seats_of(held.hand)
        if len(seats) > 1:
            raise MissingFigure(
                "identity_on_two_seats",
                f"hand {held.hand.hand_num} names this player on seats {sorted(seats)}",
            )
        found += [Sighting(held, seat) for seat in seats]
    return tuple(found)


def own_statistics(seen: Iterable[Sighting]) -> OwnStatistics:
    """The figures of one person over these hands."""
    totals = dict.fromkeys(OwnStatistics.__struct_fields__, 0)
    for sighting in seen:
        if sighting.dealt_in and sighting.held.hand.actions:
            for name, count in _counts(sighting.held, sighting.seat).items():
                totals[name] += count
    return OwnStatistics(**totals)


def biggest_pots(
    hands: Iterable[HeldHand],
    count: int,
    by: Literal["pot_called", "pot_total"] = "pot_called",
) -> tuple[HeldHand, ...]:
    """The hands with the largest pots, largest first, the earlier of equal ones first.

    `pot_called` leaves out what nobody called, so it is what was played for. At most
    `BIGGEST_POTS_MAX` hands.
    """
    ranked = sorted(in_order(hands), key=lambda held: -_pot(held, by))
    return tuple(ranked[: min(max(count, 0), BIGGEST_POTS_MAX)])


def _pot(held: HeldHand, by: Literal["pot_called", "pot_total"]) -> int:
    return held.figures.pot_called if by == "pot_called" else held.figures.pot_total


def _percent(part: int, whole: int) -> int | None:
    return 100 * part // whole if whole else None


def _counts(held: HeldHand, seat: int) -> dict[str, int]:
    figures, actions = held.figures, held.hand.actions
    counts = dict.fromkeys(OwnStatistics.__struct_fields__, 0) | {"dealt": 1}
    highest: dict[str, int] = {"preflop": held.hand.blinds.big_blind}
    for action, street in zip(actions, figures.streets, strict=True):
        bets = _is_bet(action, highest.get(street, 0))
        highest[street] = max(highest.get(street, 0), action.amount)
        if action.seat != seat or action.kind not in ("BET", "CALL", "ALL IN"):
            continue
        if street == "preflop":
            counts["voluntary"] = 1
            counts["raised"] |= bets
        else:
            counts["aggressive"] += bets
            counts["passive"] += not bets
    saw_flop = _live_at_flop(actions, seat)
    counts["flops"] += saw_flop
    counts["showdowns"] += saw_flop and figures.showdown and seat in figures.live_seats
    return counts


def _is_bet(action: Action, highest: int) -> bool:
    """Whether an action bets or raises; an all-in that does not pass the highest bet is a call."""
    return action.kind == "BET" or (action.kind == "ALL IN" and action.amount > highest)


def _live_at_flop(actions: Sequence[Action], seat: int) -> bool:
    cards = 0
    for action in actions:
        cards += action.kind == BOARD_CARD
        if cards == FLOP_CARDS:
            return True
        if action.kind == FOLD and action.seat == seat:
            return False
    return False
