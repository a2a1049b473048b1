"""What matching is done on: identities, players, and who was seen in the same seat."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

# A chip count is published up to half an hour after the chips were counted.
SEAT_SLACK = timedelta(minutes=30)


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Two names as a PokerGFX operator typed them."""

    player_hash: str
    name: str
    long_name: str


class Player(msgspec.Struct, frozen=True, kw_only=True):
    """A player of the tournament platform."""

    player_id: str
    name: str


class Seating(msgspec.Struct, frozen=True, kw_only=True):
    """Where an identity sat in hands bound to an event, from the first to the last of them.

    `table` is the platform's number of the feature table; a table without one seats nobody here.
    """

    player_hash: str
    event_id: str
    table: int
    seat: int
    first: datetime
    last: datetime


class ChipSeat(msgspec.Struct, frozen=True, kw_only=True):
    """Where a chip count of the platform lists a player."""

    player_id: str
    event_id: str
    table: int
    seat: int
    at: datetime


def co_occurrences(
    seatings: Iterable[Seating], counts: Iterable[ChipSeat]
) -> dict[tuple[str, str], int]:
    """How many chip counts list a player where an identity sat, by (player hash, player id)."""
    listed: dict[tuple[str, int, int], list[ChipSeat]] = defaultdict(list)
    for count in counts:
        listed[count.event_id, count.table, count.seat].append(count)
    together: set[tuple[str, str, datetime]] = set()
    for sat in seatings:
        for count in listed.get((sat.event_id, sat.table, sat.seat), ()):
            if sat.first - SEAT_SLACK <= count.at <= sat.last + SEAT_SLACK:
                together.add((sat.player_hash, count.player_id, count.at))
    found: dict[tuple[str, str], int] = defaultdict(int)
    for player_hash, player_id, _ in together:
        found[player_hash, player_id] += 1
    return dict(found)
