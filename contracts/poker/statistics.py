"""A player's own figures over the hands of one game, counted from the actions.

The source states running percentages too; they drift after seat moves and typed corrections, so
the two are shown side by side and never compared. Hands without any action do not count.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Literal

import msgspec

from contracts.poker.held import HeldHand, in_order
from contracts.poker.seat_record import SeatRecord

# A list of pots on one screen or graphic; a whole game has about 170 hands.
BIGGEST_POTS_MAX = 100


class MissingFigure(ValueError):
    """A figure does not exist for these hands. `code` is one word."""

    def __init__(self, code: str, detail: str) -> None:
        """`detail` is a sentence for people."""
        super().__init__(detail)
        self.code = code


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


def in_sequence(records: Iterable[SeatRecord]) -> tuple[SeatRecord, ...]:
    """The records of one person in one game by start ticks.

    Raises MissingFigure `identity_on_two_seats` where a hand names the person twice: whose chips
    to count is then for an operator to say. Raises ValueError for records of several games.
    """
    ordered = tuple(sorted(records, key=lambda each: int(each.start_ticks)))
    for before, after in pairwise(ordered):
        if before.game_id != after.game_id:
            raise ValueError(f"games {before.game_id} and {after.game_id} have no common order")
        if before.start_ticks == after.start_ticks:
            raise MissingFigure(
                "identity_on_two_seats",
                f"hand {after.hand_num} names this player on seats {before.seat} and {after.seat}",
            )
    return ordered


def own_statistics(records: Iterable[SeatRecord]) -> OwnStatistics:
    """The figures of one person over the records of one game; raises as `in_sequence`."""
    counted = [record for record in in_sequence(records) if record.counted]
    return OwnStatistics(
        dealt=len(counted),
        voluntary=sum(record.voluntary for record in counted),
        raised=sum(record.raised for record in counted),
        aggressive=sum(record.aggressive for record in counted),
        passive=sum(record.passive for record in counted),
        flops=sum(record.flops for record in counted),
        showdowns=sum(record.showdowns for record in counted),
    )


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
