"""Brings the rows of one file into the order in which they are told, each key once.

Twice in one file: an equal row is a duplicate; of different ones the last counts, and of events and
players the fields merge in file order. Both lines are noted. Stacks are grouped by event and
moment, standings by event and snapshot, in order of time.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import UNSET
from msgspec.structs import asdict, replace

from contracts.messages.wsop import Counts, RowFinding
from services.wsop_import.domain.records import (
    ChipRecord,
    EventRecord,
    Parsed,
    PlayerRecord,
    Record,
    StandingRecord,
    add_digests,
    content_digest,
)


class Group[R](msgspec.Struct, frozen=True, kw_only=True):
    """Records of one event and moment. `first` is the number of its first step; `digests` are those
    of the records, `digest` that of all of them, whatever their order.
    """

    event_id: str
    moment: datetime
    first: int
    records: Sequence[R]
    digests: Sequence[str]
    digest: str


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """All of one file in the order of its steps: findings, notes, then the records by group.

    `counts` holds what is decided by the file alone.
    """

    parsed: Parsed
    notes: tuple[RowFinding, ...]
    counts: Counts
    first: int
    people: tuple[EventRecord | PlayerRecord, ...] = ()
    moments: tuple[Group[ChipRecord], ...] = ()
    snapshots: tuple[Group[StandingRecord], ...] = ()


def arrange(parsed: Parsed) -> Work:
    """Order one content. The same content gives the same steps, so an import can be resumed."""
    once, notes, repeats = _once(parsed.records)
    people = [each for each in once if isinstance(each, EventRecord | PlayerRecord)]
    chips = [each for each in once if isinstance(each, ChipRecord)]
    standings = [each for each in once if isinstance(each, StandingRecord)]
    assert len(once) in (len(people), len(chips), len(standings)), "one file has one kind of rows"
    notes += [*_seat_conflicts(chips), *_disagreements(standings)]
    first = len(parsed.findings) + len(notes)
    counts = replace(
        repeats,
        rejected=parsed.rejected,
        fields_rejected=sum(each.scope == "field" for each in parsed.findings),
    )
    return Work(
        parsed=parsed,
        notes=tuple(notes),
        counts=counts,
        first=first,
        people=tuple(people),
        moments=tuple(_grouped(chips, first, chip_digest)),
        snapshots=tuple(
            _grouped(sorted(standings, key=lambda each: each.row.rank), first, standing_digest)
        ),
    )


def chip_digest(record: ChipRecord) -> str:
    """What is compared of a stack: all but the name beside an id, which never changes a player."""
    return content_digest(record.key, record.told)


def standing_digest(record: StandingRecord) -> str:
    """What is compared of a place: all it says, but not where in the file."""
    row = replace(record.row, at="", player_known=True)
    return content_digest(row, record.players_remaining, record.level_number, record.day_number)


def merge[F: msgspec.Struct](old: F, new: F) -> F:
    """Fields with those that are told replaced; a cleared one is as if it was never told."""
    told = {name: value for name, value in asdict(new).items() if value is not UNSET}
    return replace(old, **{name: UNSET if value is None else value for name, value in told.items()})


def _once(records: Iterable[Record]) -> tuple[list[Record], list[RowFinding], Counts]:
    """Each key once, at the place of its first row; what is noted; and how rows repeat."""
    kept: dict[tuple[object, ...], Record] = {}
    notes: list[RowFinding] = []
    duplicates = superseded = 0
    for record in records:
        key = _whole_key(record)
        before = kept.get(key)
        if before is None:
            kept[key] = record
        elif _content(merged := _merged(before, record)) == _content(before):
            duplicates += _rows(record)
        else:
            kept[key] = merged
            superseded += _rows(before)
            notes += _twice(before, record)
    return list(kept.values()), notes, Counts(duplicates=duplicates, superseded=superseded)


def _whole_key(record: Record) -> tuple[object, ...]:
    match record:
        case ChipRecord() | StandingRecord():
            return (record.event_id, record.moment, record.key)
        case _:
            return (record.key,)


def _merged(before: Record, record: Record) -> Record:
    """The later row; of events and players also what only the earlier one tells."""
    if not isinstance(record, EventRecord | PlayerRecord):
        return record
    assert isinstance(before, EventRecord | PlayerRecord), "one file has one kind of rows"
    told = {name: value for name, value in asdict(record.fields).items() if value is not UNSET}
    places = {
        name: before.places.get(name, before.at)
        for name, value in asdict(before.fields).items()
        if value is not UNSET and name not in told
    }
    fields = replace(before.fields, **told)
    return replace(record, fields=fields, places={**places, **record.places})


def _content(record: Record) -> object:
    match record:
        case ChipRecord():
            return chip_digest(record)
        case StandingRecord():
            return standing_digest(record)
        case EventRecord() | PlayerRecord():
            return record.fields


def _rows(record: Record) -> int:
    return record.rows if isinstance(record, EventRecord | PlayerRecord) else 1


def _twice(before: Record, record: Record) -> Iterable[RowFinding]:
    merges = isinstance(record, EventRecord | PlayerRecord)
    rule = "later values win" if merges else "the later row counts"
    for at, other in ((before.at, record.at), (record.at, before.at)):
        yield RowFinding(
            at=at, code="twice_in_file", sentence=f"{other} tells the same otherwise; {rule}"
        )


def _grouped[R: ChipRecord | StandingRecord](
    records: Iterable[R], first: int, digest: Callable[[R], str]
) -> Iterator[Group[R]]:
    found: dict[tuple[datetime, str], list[R]] = {}
    for record in records:
        found.setdefault((record.moment, record.event_id), []).append(record)
    for (moment, event_id), members in sorted(found.items(), key=lambda item: item[0]):
        digests = [digest(member) for member in members]
        yield Group(
            event_id=event_id,
            moment=moment,
            first=first,
            records=members,
            digests=digests,
            digest=add_digests("", digests),
        )
        first += len(members)


def _seat_conflicts(records: Iterable[ChipRecord]) -> list[RowFinding]:
    """Players with chips on the same seat at the same moment; all of them are kept."""
    seats: dict[tuple[object, ...], list[ChipRecord]] = {}
    for record in records:
        told = record.told
        if told.chip_count > 0 and told.table_num is not None and told.seat_num is not None:
            place = (record.event_id, record.moment, told.table_num, told.seat_num)
            seats.setdefault(place, []).append(record)
    return [
        RowFinding(
            at=record.at,
            code="seat_conflict",
            field="seat_num",
            sentence=f"{len(sharing)} players with chips on table {record.told.table_num}, "
            f"seat {record.told.seat_num} at this moment",
        )
        for sharing in seats.values()
        if len(sharing) > 1
        for record in sharing
    ]


def best[V](records: Iterable[StandingRecord], value: Callable[[StandingRecord], V]) -> V | None:
    """A figure of the whole snapshot: that of the best-ranked row which has it."""
    having = (record for record in records if value(record) is not None)
    found = min(having, key=lambda record: record.row.rank, default=None)
    return None if found is None else value(found)


def _disagreements(records: Iterable[StandingRecord]) -> list[RowFinding]:
    """Rows whose `players_remaining` is not that of the best-ranked row of their snapshot."""
    snapshots: dict[tuple[object, ...], list[StandingRecord]] = {}
    for record in records:
        snapshots.setdefault((record.event_id, record.moment), []).append(record)
    notes = []
    for members in snapshots.values():
        counts = best(members, lambda each: each.players_remaining)
        notes += [
            RowFinding(
                at=record.at,
                code="players_remaining_differs",
                field="players_remaining",
                sentence=f"{record.players_remaining} here, {counts} in the best-ranked row, "
                "which counts",
            )
            for record in members
            if record.players_remaining not in (None, counts)
        ]
    return notes
