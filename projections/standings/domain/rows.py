"""The rows of standings but for sets of places: events, imports, players, stacks, seats.

A row that says since when it holds is what is known now; what was known before moves into a row of
its own kind that no fold reads again.
"""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from contracts.rows import Row
from contracts.tournament import PayoutBand


class Moment(msgspec.Struct, frozen=True, array_like=True):
    """All stacks counted at one time: how many have chips, and how many chips.

    `future` is a time that the import could not have known yet.
    """

    at: datetime
    in_play: int
    chips: int
    future: bool = False


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
    """What one import tells: the events, and their snapshots, which count when it is closed."""

    TABLE: ClassVar = "import"
    KEY: ClassVar = ("import_id",)

    import_id: str
    events: tuple[str, ...] = ()
    snapshots: tuple[Pending, ...] = ()


class PlayerRow(Row, frozen=True, kw_only=True):
    """A player's name and country as the platform's list of players tells them.

    They are known since `first_seq`, by this `name_key` since `name_seq`.
    """

    TABLE: ClassVar = "player"
    KEY: ClassVar = ("holder",)
    AUDIT: ClassVar = ("first_seq", "name_seq")

    holder: str
    player_id: str
    name: str = ""
    name_key: str = ""
    country_code: str | None = None
    first_seq: int
    name_seq: int


class Run(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Statements in a row, in order of their own time, that say one thing of a player.

    `rank`, `prize_won` and `set_id` are of the newest of them that is a place, told at `placed_at`.
    """

    kind: Literal["in", "out", "winner"]
    first: datetime
    last: datetime
    rank: int | None = None
    prize_won: int | None = None
    set_id: str = ""
    placed_at: datetime | None = None


class EntrantRow(Row, frozen=True, kw_only=True):
    """A player who was told of in an event. `runs` is empty for who was never out.

    `state` is the kind of the last run, from `since` to `until`, with its rank, prize and set.
    `name` is that of a row of stacks or places: it names a player nobody told of (a stub). They are
    known in the event since `first_seq`, by this `name_key` since `name_seq`.
    """

    TABLE: ClassVar = "entrant"
    KEY: ClassVar = ("event_id", "holder")
    AUDIT: ClassVar = ("runs", "set_id", "last_sequence", "first_seq", "name_seq")

    event_id: str
    holder: str
    player_id: str
    name: str = ""
    name_key: str = ""
    runs: tuple[Run, ...] = ()
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    rank: int | None = None
    prize_won: int | None = None
    set_id: str | None = None
    re_entries: int = 0
    last_sequence: int
    first_seq: int
    name_seq: int


class FormerNameRow(Row, frozen=True, kw_only=True):
    """A name key somebody had: as a player (`event_id` is empty), or in the rows of an event."""

    TABLE: ClassVar = "former_name"
    KEY: ClassVar = ("event_id", "holder", "from_seq")
    READ: ClassVar = False

    event_id: str
    holder: str
    from_seq: int
    to_seq: int
    name_key: str


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
