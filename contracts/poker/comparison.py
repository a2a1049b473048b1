"""Chip comparison: two people's shares of their sum, or one person against all others in play.

Shares of one graphic always add up to the whole: the first is rounded, the second is the rest.
"""

from collections.abc import Iterable

import msgspec

from contracts.poker.statistics import MissingFigure

WHOLE_PERCENT = 100
WHOLE_TENTHS = 1_000


class Holder(msgspec.Struct, frozen=True):
    """Somebody with chips; `who` is any name of the caller's, such as a person id or a seat."""

    who: str
    chips: int


class Share(msgspec.Struct, frozen=True):
    """One row; `share` in percent or in tenths of a percent. `who` None = all others."""

    who: str | None
    chips: int
    share: int


def compare_pair(first: Holder, second: Holder, *, tenths: bool = False) -> tuple[Share, Share]:
    """Two people, the larger stack first (equal stacks: as given).

    Raises MissingFigure `no_chips` when both have none, `negative_chips` for a negative stack.
    """
    if second.chips > first.chips:
        first, second = second, first
    one, other = percent_pair(first.chips, second.chips, tenths=tenths)
    return Share(first.who, first.chips, one), Share(second.who, second.chips, other)


def compare_rest(
    person: Holder, others: Iterable[int], *, tenths: bool = False
) -> tuple[Share, Share]:
    """One person, then the sum of the stacks of all others in play; raises as compare_pair."""
    stacks = tuple(others)
    if min(stacks, default=0) < 0:
        raise MissingFigure("negative_chips", "a stack below zero has no share")
    one, other = percent_pair(person.chips, sum(stacks), tenths=tenths)
    return Share(person.who, person.chips, one), Share(None, sum(stacks), other)


def percent_pair(first: int, second: int, *, tenths: bool = False) -> tuple[int, int]:
    """Shares of two amounts in their sum: the first rounded half up, the second what is left.

    In percent, or in tenths of a percent. Raises MissingFigure for nothing or less than nothing.
    """
    if min(first, second) < 0:
        raise MissingFigure("negative_chips", "a stack below zero has no share")
    total = first + second
    if total == 0:
        raise MissingFigure("no_chips", "there are no chips to share")
    whole = WHOLE_TENTHS if tenths else WHOLE_PERCENT
    share = (2 * whole * first + total) // (2 * total)
    return share, whole - share
