"""The rows of standings: sets of places, and what is kept of events, imports and players.

A set of places is written once, in parts of some hundred rows, and never changed: which set holds,
and since when, follows in the views from the imports that were closed.
"""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from contracts.rows import Row
from contracts.tournament import PayoutBand

type Source = Literal["imported", "recomputed"]


class Moment(msgspec.Struct, frozen=True, array_like=True):
    """All stacks counted at one time: how many have chips, and how many chips."""

    at: datetime
    in_play: int
    chips: int


class Counted(msgspec.Struct, frozen=True, array_like=True):
    """Players left by a snapshot whose import is closed."""

    at: datetime
    remaining: int


class Pending(msgspec.Struct, frozen=True, array_like=True):
    """A snapshot that an import tells."""

    event_id: str
    counted: Counted


class FigureRow(Row, frozen=True, kw_only=True):
    """Figures of an event as known for a while; what nobody told is null."""

    TABLE: ClassVar = "event_figure"
    KEY: ClassVar = ("event_id", "from_seq")
    AUDIT: ClassVar = ("from_seq", "to_seq", "said_at")

    event_id: str
    from_seq: int
    to_seq: int | None = None
    said_at: datetime
    starting_chips: int | None = None
    total_entries: int | None = None
    payouts: tuple[PayoutBand, ...] = ()


class EventRow(Row, frozen=True, kw_only=True):
    """What the fold must know of an event: `figures` are those that hold.

    `moments` and `snapshots` are in order of time; `recomputed` is the digest of the last
    recomputation.
    """

    TABLE: ClassVar = "event"
    KEY: ClassVar = ("event_id",)
    AUDIT: ClassVar = ("figures",)

    event_id: str
    figures: FigureRow
    moments: tuple[Moment, ...] = ()
    snapshots: tuple[Counted, ...] = ()
    recomputed: str = ""


class ImportRow(Row, frozen=True, kw_only=True):
    """One import: `closed_seq` is None until it is closed. `events` are those it told of."""

    TABLE: ClassVar = "import"
    KEY: ClassVar = ("import_id",)
    AUDIT: ClassVar = ("closed_seq", "closed_at")

    import_id: str
    status: str = ""
    closed_seq: int | None = None
    closed_at: datetime | None = None
    events: tuple[str, ...] = ()
    snapshots: tuple[Pending, ...] = ()


class PlayerRow(Row, frozen=True, kw_only=True):
    """A player's name and country as the platform's list of players tells them."""

    TABLE: ClassVar = "player"
    KEY: ClassVar = ("holder",)

    holder: str
    player_id: str
    name: str
    name_key: str
    country_code: str | None


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Statements in a row, in order of their own time, that say one thing of a player.

    `rank`, `prize_won` and `set_id` are of the newest of them.
    """

    kind: Literal["in", "out", "winner"]
    first: datetime
    last: datetime
    rank: int | None = None
    prize_won: int | None = None
    set_id: str = ""


class EntrantRow(Row, frozen=True, kw_only=True):
    """A player who was told of in an event. `runs` is empty for who was never out.

    `state` is the kind of the last run, from `since` to `until`, with its rank, prize and set.
    `name` is that of a row of stacks or places: it names a player nobody told of (a stub).
    """

    TABLE: ClassVar = "entrant"
    KEY: ClassVar = ("event_id", "holder")
    AUDIT: ClassVar = ("runs", "set_id", "last_sequence")

    event_id: str
    holder: str
    player_id: str
    name: str
    name_key: str
    runs: tuple[Run, ...] = ()
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    rank: int | None = None
    prize_won: int | None = None
    set_id: str | None = None
    re_entries: int = 0
    last_sequence: int


class OperatorPlaceRow(Row, frozen=True, kw_only=True):
    """The place an operator says of somebody in an event."""

    TABLE: ClassVar = "operator_place"
    KEY: ClassVar = ("event_id", "person_id")
    AUDIT: ClassVar = ("said_at", "sequence")

    event_id: str
    person_id: str
    place: int
    reason: str
    actor: str
    said_at: datetime
    sequence: int


class Stack(msgspec.Struct, frozen=True, array_like=True):
    """The statement of the largest time about one holder's stack. `at` is its place in the file."""

    recorded_at: datetime
    chips: int
    active: bool
    player_id: str | None
    name: str
    name_key: str
    table: int | None
    seat: int | None
    at: str


class StackBucketRow(Row, frozen=True, kw_only=True):
    """A part of an event's holders: their newest stacks, and when each last had chips."""

    TABLE: ClassVar = "stack_bucket"
    KEY: ClassVar = ("event_id", "bucket")

    event_id: str
    bucket: int
    stacks: dict[str, Stack] = {}
    alive: dict[str, datetime] = {}


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
    """One set of places. `told_seq` is the fact that completed it; an imported set counts when its
    import is closed. `stacks` are collected until all `parts` came, for the median.

    `in_play` counts rows with chips, `chips` is their sum; `players_remaining` as told, or,
    `remaining_counted`, counted.
    """

    TABLE: ClassVar = "standing"
    KEY: ClassVar = ("set_id",)
    AUDIT: ClassVar = ("set_id", "import_id", "told_seq", "said_at")

    set_id: str
    event_id: str
    source: Source
    at: datetime
    at_text: str
    import_id: str
    told_seq: int
    said_at: datetime
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


class StandingPartRow(Row, frozen=True, kw_only=True):
    """Rows of a set from one position to another; `ranks` is the rank of each holder."""

    TABLE: ClassVar = "standing_part"
    KEY: ClassVar = ("set_id", "part")

    set_id: str
    part: int
    first_position: int
    last_position: int
    rows: msgspec.Raw
    ranks: dict[str, int]


class GameRow(Row, frozen=True, kw_only=True):
    """A game; only a final table's ranks are places of the event."""

    TABLE: ClassVar = "game"
    KEY: ClassVar = ("game_id",)

    game_id: str
    table_name: str
    table_type: str


class SeatRow(Row, frozen=True, kw_only=True):
    """A seat of a hand: chips before and after it, and when that was."""

    TABLE: ClassVar = "seat"
    KEY: ClassVar = ("game_id", "start_ticks", "seat")
    AUDIT: ClassVar = ("last_sequence",)

    game_id: str
    start_ticks: int
    seat: int
    name: str
    long_name: str
    player_hash: str
    start_stack: int
    chips: int
    busted: bool
    elimination_rank: int
    stated_at: datetime
    last_sequence: int


class SittingRow(Row, frozen=True, kw_only=True):
    """That an identity was ever listed at a seat of a game: where its hands are to be found."""

    TABLE: ClassVar = "sitting"
    KEY: ClassVar = ("game_id", "seat", "player_hash")

    game_id: str
    seat: int
    player_hash: str
