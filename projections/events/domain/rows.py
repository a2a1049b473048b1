"""The rows of events. Money is integer cents, durations minutes, dates ISO texts."""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from contracts.rows import Row
from contracts.tournament import BlindLevel, PayoutBand


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Where a value was told: the fact, its import, and the place in the import's file."""

    import_id: str
    at: str
    sequence: int
    told_at: datetime


class EventRow(Row, frozen=True, kw_only=True):
    """One event: the values that hold and, by field, where each was told.

    `known` is false while only stacks or places name it. What nobody told, or a file cleared, is
    null; a list then has no entries.
    """

    TABLE: ClassVar = "event"
    KEY: ClassVar = ("event_id",)
    AUDIT: ClassVar = ("proofs", "first_sequence", "last_sequence", "said_at")

    event_id: str
    known: bool = False
    event_name: str | None = None
    event_number: int | None = None
    event_type: str | None = None
    start_date: str | None = None
    end_date: str | None = None
    start_time: str | None = None
    timezone: str | None = None
    buy_in: int | None = None
    rake: int | None = None
    fee: int | None = None
    prize_pool: int | None = None
    guaranteed_pool: int | None = None
    total_entries: int | None = None
    unique_entries: int | None = None
    reentries_count: int | None = None
    starting_chips: int | None = None
    table_count: int | None = None
    status: str | None = None
    venue: str | None = None
    description: str | None = None
    notes: str | None = None
    tags: tuple[str, ...] = ()
    blind_structure: tuple[BlindLevel, ...] = ()
    payouts: tuple[PayoutBand, ...] = ()
    places_paid: int | None = None
    proofs: dict[str, Proof] = {}
    first_sequence: int
    last_sequence: int
    said_at: datetime


class ImportRow(Row, frozen=True, kw_only=True):
    """One import and its file; `closed_seq` is None until it is closed."""

    TABLE: ClassVar = "import"
    KEY: ClassVar = ("import_id",)
    AUDIT: ClassVar = ("started_at", "closed_seq")

    import_id: str
    kind: str
    path: str
    sha256: str
    content_at: datetime
    started_at: datetime
    status: str = ""
    closed_seq: int | None = None


class RemainingRow(Row, frozen=True, kw_only=True):
    """How many players one file says are left, at its own time; null takes the figure back.

    `counted`: the file does not say it, its rows with chips were counted.
    """

    TABLE: ClassVar = "remaining"
    KEY: ClassVar = ("event_id", "source", "own_at", "import_id")
    AUDIT: ClassVar = ("import_id", "sequence")

    event_id: str
    source: Literal["events", "standings"]
    own_at: datetime
    import_id: str
    players_remaining: int | None
    counted: bool
    at: str
    sequence: int


class WordRow(Row, frozen=True, kw_only=True):
    """One thing an operator said of an event, in the order it was said; none is ever taken away.

    `minutes` are those of a hold; `person_id` and `place` are of somebody who went out, without a
    place where it was taken back. `person_id` is the id that was named.
    """

    TABLE: ClassVar = "word"
    KEY: ClassVar = ("event_id", "sequence")
    AUDIT: ClassVar = ("said_at", "sequence")

    event_id: str
    sequence: int
    word: Literal["hold_set", "elimination_set", "elimination_withdrawn"]
    minutes: int | None = None
    person_id: str | None = None
    place: int | None = None
    reason: str = ""
    actor: str
    said_at: datetime


class HandRow(Row, frozen=True, kw_only=True):
    """The blinds of one hand."""

    TABLE: ClassVar = "hand"
    KEY: ClassVar = ("game_id", "start_ticks")

    game_id: str
    start_ticks: int
    small_blind: int
    big_blind: int
    ante: int
