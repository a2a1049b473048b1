"""The newest stack of every holder of an event, kept in buckets of fixed number.

A bucket is found by the holder alone, so that all stacks of an event can be named without a list.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import structs

from contracts.holders import holder_key
from contracts.messages.wsop import ChipCountsTold, ChipRow
from contracts.people.names import name_key
from contracts.rows import Key, Row, Rows
from projections.standings.domain.rows import EventRow, Moment, Stack, StackBucketRow

# Some 160 holders of a field of 10,000 in each; changing the number needs the next version.
BUCKETS = 64


def bucket_of(holder: str) -> int:
    """Bucket of a holder; `table.sql` computes the same."""
    return hashlib.sha256(holder.encode()).digest()[0] % BUCKETS


def bucket_keys(event_id: str) -> Iterator[tuple[type[Row], Key]]:
    """All buckets of an event."""
    for bucket in range(BUCKETS):
        yield StackBucketRow, (event_id, bucket)


def all_stacks(event_id: str, rows: Rows) -> dict[str, Stack]:
    """The newest stack of every holder of an event."""
    found: dict[str, Stack] = {}
    for bucket in range(BUCKETS):
        if row := rows.get(StackBucketRow, event_id, bucket):
            found |= row.stacks
    return found


def alive_at(event_id: str, holder: str, rows: Rows) -> datetime | None:
    """The largest time at which anything said that a holder has chips."""
    row = rows.get(StackBucketRow, event_id, bucket_of(holder))
    return row.alive.get(holder) if row else None


def keep_alive(event_id: str, seen: Iterable[tuple[str, datetime]], rows: Rows) -> None:
    """Remember when holders were seen with chips."""
    for bucket, members in _bucketed(seen).items():
        known = rows.get(StackBucketRow, event_id, bucket)
        row = known or StackBucketRow(event_id=event_id, bucket=bucket)
        newer = {
            holder: at
            for holder, at in members
            if holder not in row.alive or row.alive[holder] < at
        }
        if newer:
            rows.put(structs.replace(row, alive=row.alive | newer))


def forget_alive(event_id: str, corrected: Iterable[tuple[str, datetime]], rows: Rows) -> None:
    """Forget that holders were last seen with chips in a count that is told anew."""
    for bucket, members in _bucketed(corrected).items():
        row = rows.get(StackBucketRow, event_id, bucket)
        gone = {holder for holder, at in members if row and row.alive.get(holder) == at}
        if row and gone:
            alive = {holder: at for holder, at in row.alive.items() if holder not in gone}
            rows.put(structs.replace(row, alive=alive))


def keep_stacks(event: ChipCountsTold, rows: Rows) -> None:
    """Take in the stacks of one fact; of one holder the largest time counts, then the newest."""
    told = [(chip_holder(row), row) for row in event.rows]
    for bucket, members in _bucketed(told).items():
        known = rows.get(StackBucketRow, event.event_id, bucket)
        row = known or StackBucketRow(event_id=event.event_id, bucket=bucket)
        newer = {
            holder: _stack(event, told, old)
            for holder, told in members
            if (old := row.stacks.get(holder)) is None or old.recorded_at <= event.recorded_at
        }
        if newer:
            rows.put(structs.replace(row, stacks=row.stacks | newer))


def with_moment(row: EventRow, event: ChipCountsTold) -> EventRow:
    """The event with the sums of one more fact; a corrected row counts with what it changes."""
    in_play = chips = 0
    for told in event.rows:
        before = told.before.chip_count if told.before else 0
        in_play += (told.told.chip_count > 0) - (before > 0)
        chips += told.told.chip_count - before
    moments = {moment.at: moment for moment in row.moments}
    known = moments.get(event.recorded_at, Moment(event.recorded_at, 0, 0))
    future = known.future or event.future
    moments[known.at] = Moment(known.at, known.in_play + in_play, known.chips + chips, future)
    return structs.replace(row, moments=tuple(moments[at] for at in sorted(moments)))


def chip_holder(row: ChipRow) -> str:
    """Who a row of stacks is about."""
    return holder_key(row.player_id, row.player_name)


def _bucketed[T](members: Iterable[tuple[str, T]]) -> dict[int, list[tuple[str, T]]]:
    found: dict[int, list[tuple[str, T]]] = {}
    for holder, member in members:
        found.setdefault(bucket_of(holder), []).append((holder, member))
    return found


def _stack(event: ChipCountsTold, row: ChipRow, old: Stack | None) -> Stack:
    """A stack as it is kept; the key of a name that did not change is not made again."""
    name = row.player_name or ""
    return Stack(
        recorded_at=event.recorded_at,
        chips=row.told.chip_count,
        active=row.told.status == "active",
        player_id=row.player_id,
        name=name,
        name_key=old.name_key if old is not None and old.name == name else name_key(name),
        table=row.told.table_num,
        seat=row.told.seat_num,
        at=row.at,
    )
