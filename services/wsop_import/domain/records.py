"""What one file says, row by row, in our words and units, before it is compared with anything."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec

from contracts import codec
from contracts.holders import holder_key
from contracts.messages.wsop import ImportFile, Kind, Layout, RowFinding, StandingRow
from contracts.tournament import ChipCount, EventFields, PlayerFields


class EventRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of one event. `rows` of the file stand behind it: a list has many.

    `places`: where a field stands that is not told at `at`.
    """

    at: str
    event_id: str
    fields: EventFields
    rows: int = 1
    places: Mapping[str, str] = MappingProxyType({})

    @property
    def key(self) -> str:
        """The event's id."""
        return self.event_id


class PlayerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of one player. `places` as in `EventRecord`."""

    at: str
    player_id: str
    fields: PlayerFields
    rows: int = 1
    places: Mapping[str, str] = MappingProxyType({})

    @property
    def key(self) -> str:
        """The player's id."""
        return self.player_id


class ChipRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One stack at one moment. Flags as in `ChipCountsTold`."""

    at: str
    event_id: str
    moment: datetime
    moment_text: str
    zone_assumed: bool = False
    time_assumed: bool = False
    player_id: str | None = None
    player_name: str | None = None
    told: ChipCount

    @property
    def key(self) -> str:
        """Who it is within its moment."""
        return chip_key(self.player_id, self.player_name)


class StandingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One place of a snapshot, with what the row says of the whole of it."""

    at: str
    event_id: str
    moment: datetime
    moment_text: str
    zone_assumed: bool = False
    row: StandingRow
    players_remaining: int | None = None
    level_number: int | None = None
    day_number: int | None = None

    @property
    def key(self) -> str:
        """Who it is within its snapshot; two people of one name have places of their own."""
        if self.row.player_id is not None:
            return f"#{self.row.player_id}"
        return f"~{self.row.rank}~{self.row.player_name}"


type Record = EventRecord | PlayerRecord | ChipRecord | StandingRecord


class Parsed(msgspec.Struct, frozen=True, kw_only=True):
    """One whole content. `rows` are all of the file; `findings` say which were not taken, or which
    field of them; the rest are `records` in file order, all of the same class.
    """

    import_id: str
    kind: Kind
    layout: Layout
    file: ImportFile
    rows: int
    exported_at: datetime | None = None
    unknown_columns: tuple[str, ...] = ()
    unknown_columns_count: int = 0
    records: tuple[Record, ...] = ()
    findings: tuple[RowFinding, ...] = ()
    rejected: int = 0


# Of a row whose time has no offset, of an event that is in no known time zone.
NO_OFFSET = "no_offset"
# Of a file that names no event, while none is set for it; it is taken as soon as one is.
NO_EVENT = "no_event"


def unzoned_rows(findings: Iterable[RowFinding]) -> int:
    """How many rows were refused for want of a time zone."""
    return sum(each.code == NO_OFFSET and each.scope == "row" for each in findings)


def chip_key(player_id: str | None, player_name: str | None) -> str:
    """Key of a stack within its moment: the read models know no other."""
    return holder_key(player_id, player_name)


def content_digest(*parts: object) -> str:
    """SHA-256 (hex) of a row's content."""
    return codec.digest(parts)


# Sums of row digests wrap here; they tell sets of rows apart whatever their order.
_MODULUS = 1 << 128


def add_digests(total: str, added: Iterable[str], removed: Iterable[str] = ()) -> str:
    """The digest of a set of rows with some more and some less, by theirs; "" is no row."""
    more, less = (sum(int(each[:32], 16) for each in digests) for digests in (added, removed))
    return f"{(int(total or '0', 16) + more - less) % _MODULUS:032x}"
