"""What is kept of every id, game, hand and file, so that a person can be told from it.

A person holds its ids as members. Each member keeps only what was said of that one id, so that a
link that is taken back takes its part away and leaves the rest as it was.
"""

from datetime import datetime
from typing import ClassVar

import msgspec

from contracts.messages.override import ImageType, OverrideField
from contracts.rows import Row
from projections.unified_players.domain.period import PeriodRow


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where something was told: the fact, and the record of the file that the fact names."""

    sequence: int
    told_at: datetime
    path: str = ""
    sha256: str = ""
    at: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a source."""

    value: str | int
    place: Place
    key: str = ""


class Stub(msgspec.Struct, frozen=True, kw_only=True):
    """A stack of a player nobody told of: the newest that has a name, or the newest of all."""

    recorded_at: datetime
    name: Told | None


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """How one game spells an identity in its newest hand, and the first hand that did so."""

    last_ticks: int
    name: str
    long_name: str
    place: Place
    counts: bool


class Naming(msgspec.Struct, frozen=True, kw_only=True):
    """A seat correction that names this person."""

    name: Told | None
    counts: bool


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An override that may hold now or later; what can be erased has no value here."""

    field: OverrideField
    value: str | None
    priority: int
    created_at: datetime
    effective: bool
    place: Place


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that was not taken away; `place` is what made it primary."""

    image_type: ImageType
    approved: bool = False
    primary: bool = False
    place: Place


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything said of one id: by games, by the platform, by people.

    `events` are the tournament events that told a stack of it.
    """

    games: dict[str, Sighting] = {}
    player: dict[str, Told] = {}
    known: bool = False
    stub: Stub | None = None
    events: tuple[str, ...] = ()
    created: Told | None = None
    named: dict[str, Naming] = {}
    overrides: dict[str, Held] = {}
    images: dict[str, Picture] = {}


class PersonRow(Row, frozen=True, kw_only=True):
    """A person: its ids with what was said of each, and the period that holds, if any."""

    TABLE: ClassVar = "person"
    KEY: ClassVar = ("person_id",)
    AUDIT: ClassVar = ("members", "open")

    person_id: str
    members: dict[str, Member] = {}
    open: PeriodRow | None = None


class AliasSpan(msgspec.Struct, frozen=True, kw_only=True):
    """Whom an id stood for, from one sequence up to, not including, another."""

    person_id: str
    from_seq: int
    to_seq: int | None = None


class AliasRow(Row, frozen=True, kw_only=True):
    """An identity that was ever linked, and whom it stands for now and stood for before."""

    TABLE: ClassVar = "alias"
    KEY: ClassVar = ("alias_id",)
    AUDIT: ClassVar = ("spans",)

    alias_id: str
    person_id: str
    spans: tuple[AliasSpan, ...]


class Spelling(msgspec.Struct, frozen=True, kw_only=True):
    """The hands (start ticks, in order) in which a game spells an identity this way."""

    name: str
    long_name: str
    hands: tuple[int, ...]


class GameRow(Row, frozen=True, kw_only=True):
    """A game: whether it counts, how it spells its identities, whom they and its corrections are.

    `people` leads from each of these ids to its person.
    """

    TABLE: ClassVar = "game"
    KEY: ClassVar = ("game_id",)

    game_id: str
    excluded: bool = False
    listed: dict[str, tuple[Spelling, ...]] = {}
    corrections: dict[str, str] = {}
    people: dict[str, str] = {}


class HandRow(Row, frozen=True, kw_only=True):
    """The record of a hand in its file; `entries` are the places of its identities in the list."""

    TABLE: ClassVar = "hand"
    KEY: ClassVar = ("game_id", "start_ticks")
    AUDIT: ClassVar = ("ordinal", "place")

    game_id: str
    start_ticks: int
    ordinal: int
    entries: dict[str, int]
    place: Place


class ImportRow(Row, frozen=True, kw_only=True):
    """The file of an import."""

    TABLE: ClassVar = "import"
    KEY: ClassVar = ("import_id",)

    import_id: str
    path: str
    sha256: str


class AddressRow(Row, frozen=True, kw_only=True):
    """Addresses of a player's photo by the sequence that told each; an erasure empties it."""

    TABLE: ClassVar = "address"
    KEY: ClassVar = ("person_id",)
    AUDIT: ClassVar = ("addresses",)

    person_id: str
    addresses: dict[str, str] = {}
