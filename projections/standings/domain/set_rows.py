"""Rows of sets of places: what they tell, and which of them counts since when.

A set is written once, in parts of a hundred rows, and never changed.
"""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from contracts.rows import Row

type Source = Literal["imported", "recomputed"]


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a set as it is stored; without `player_id` it names somebody by text only."""

    position: int
    rank: int
    holder: str
    chips: int
    player_id: str | None = None
    name: str | None = None
    name_key: str | None = None
    country_code: str | None = None
    table_num: int | None = None
    seat_num: int | None = None
    status: str | None = None
    prize_won: int | None = None
    stated_at: datetime | None = None
    at: str = ""


class StandingRow(Row, frozen=True, kw_only=True):
    """One set of places; an imported one counts when its import is closed. `ranks`, and `stacks`
    for the median, are collected until all `parts` came.

    `in_play` counts rows with chips, `chips` is their sum; `players_remaining` as told, or,
    `remaining_counted`, counted.
    """

    TABLE: ClassVar = "standing"
    KEY: ClassVar = ("set_id",)
    AUDIT: ClassVar = ("set_id", "import_id")

    set_id: str
    event_id: str
    source: Source
    at: datetime
    at_text: str
    import_id: str
    parts: int
    rows: int = 0
    in_play: int = 0
    chips: int = 0
    median: int | None = None
    players_remaining: int
    remaining_counted: bool
    full_count_at: datetime | None = None
    level_number: int | None = None
    day_number: int | None = None
    zone_assumed: bool = False
    future: bool = False
    corrected: bool = False
    stacks: tuple[int, ...] = ()
    ranks: dict[str, int] = {}


class CountedSetRow(Row, frozen=True, kw_only=True):
    """The set that counts in a slot of an event: that of one snapshot's time, or the recomputed."""

    TABLE: ClassVar = "counted_set"
    KEY: ClassVar = ("event_id", "slot")
    AUDIT: ClassVar = ("set_id", "from_seq", "known_at")

    event_id: str
    slot: str
    set_id: str
    source: Source
    at: datetime
    from_seq: int
    known_at: datetime


class FormerSetRow(Row, frozen=True, kw_only=True):
    """A set that counted until another one took its slot."""

    TABLE: ClassVar = "former_set"
    KEY: ClassVar = ("set_id",)
    READ: ClassVar = False

    set_id: str
    event_id: str
    source: Source
    at: datetime
    from_seq: int
    to_seq: int
    known_at: datetime


class StandingPartRow(Row, frozen=True, kw_only=True):
    """Rows of a set from one position to another."""

    TABLE: ClassVar = "standing_part"
    KEY: ClassVar = ("set_id", "first_position")
    READ: ClassVar = False

    set_id: str
    first_position: int
    last_position: int
    rows: msgspec.Raw


class RankPartRow(Row, frozen=True, kw_only=True):
    """Ranks of some holders of an imported set, from `first_holder` on by the order of bytes."""

    TABLE: ClassVar = "rank_part"
    KEY: ClassVar = ("set_id", "first_holder")
    READ: ClassVar = False

    set_id: str
    first_holder: str
    ranks: dict[str, int]
