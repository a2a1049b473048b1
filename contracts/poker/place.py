"""Places and prizes: what somebody at risk plays for, and what somebody who is out has won.

The number of players left is never guessed from a table: it is set by an operator, stated by a
source, or, at a final table only, counted in the hand.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from contracts.formats import currency, ordinal

type PlaceSource = Literal["operator", "standings", "final_table"]


class FieldStatement(msgspec.Struct, frozen=True):
    """A source said at `ticks` (100 ns since year 1, UTC) how many players are left.

    None: from then on it no longer says it. `counted`: it listed places without saying how many
    are left, and its rows with chips were counted; such a list may be the best few only.
    """

    ticks: int
    players_left: int | None
    source: str = ""
    counted: bool = False


class FieldSources(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of the field; `final_table_dealt` only where the game is one."""

    operator: int | None = None
    statements: tuple[FieldStatement, ...] = ()
    final_table_dealt: int | None = None


class PlayersLeft(msgspec.Struct, frozen=True, kw_only=True):
    """Players left before a hand and where that is from; `later_than_hand` = stated after it.

    `counted` as in the statement it is from: a number that must not air unchecked.
    """

    count: int
    source: PlaceSource
    later_than_hand: bool = False
    counted: bool = False


class PayoutBand(msgspec.Struct, frozen=True):
    """Places `first` to `last`, each paid `cents`."""

    first: int
    last: int
    cents: int


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A place reached, shared by `shared` players; `cents` None = not in the money."""

    number: int
    shared: int
    cents: int | None


def players_left(start_ticks: int, sources: FieldSources) -> PlayersLeft | None:
    """Players left before the hand that starts at `start_ticks`, None if nothing says it.

    The operator's figure first; else the newest statement up to the start of the hand; else the
    oldest after it, marked; else the players dealt in at a final table. A source that took its
    figure back before the hand has none from before it.
    """
    if sources.operator is not None:
        return PlayersLeft(count=sources.operator, source="operator")
    before: dict[str, FieldStatement] = {}
    after: list[FieldStatement] = []
    for each in sorted(sources.statements, key=lambda each: (each.ticks, each.source)):
        if each.ticks > start_ticks:
            after.append(each)
        else:
            before[each.source] = each
    newest = sorted(before.values(), key=lambda each: (each.ticks, each.source), reverse=True)
    for each in (*newest, *after):
        if each.players_left is not None:
            return PlayersLeft(
                count=each.players_left,
                source="standings",
                later_than_hand=each.ticks > start_ticks,
                counted=each.counted,
            )
    if sources.final_table_dealt is not None:
        return PlayersLeft(count=sources.final_table_dealt, source="final_table")
    return None


def prize(place: int, bands: Sequence[PayoutBand]) -> int | None:
    """Cents paid for a place, None if no band contains it."""
    return next((band.cents for band in bands if band.first <= place <= band.last), None)


def at_risk_text(place: int, bands: Sequence[PayoutBand]) -> str:
    """`AT RISK OF ELIMINATION - 12TH ($4,500)`; without a prize the bracket is left out.

    Raises FormatError for a place below one.
    """
    cents = prize(place, bands)
    bracket = "" if cents is None else f" ({currency(cents)})"
    return f"AT RISK OF ELIMINATION - {ordinal(place)}{bracket}"


def elimination_places(
    start_stacks: Mapping[int, int], left_before: int, bands: Sequence[PayoutBand]
) -> dict[int, Place]:
    """Places of the seats that one hand put out, by the stacks they began it with.

    The larger stack has the better place. Equal stacks share the better number and the mean of
    the prizes of their places (rounded down, an unpaid place counting nothing). `left_before`
    counts the players before the hand. Raises ValueError if more are out than were left.
    """
    best = left_before - len(start_stacks) + 1
    if best < 1:
        raise ValueError(f"{len(start_stacks)} players out of {left_before} leave no place")
    places: dict[int, Place] = {}
    for stack in sorted(set(start_stacks.values()), reverse=True):
        tied = sorted(seat for seat, chips in start_stacks.items() if chips == stack)
        paid = [prize(number, bands) for number in range(best, best + len(tied))]
        known = [cents for cents in paid if cents is not None]
        cents = sum(known) // len(tied) if known else None
        for seat in tied:
            places[seat] = Place(number=best, shared=len(tied), cents=cents)
        best += len(tied)
    return places
