"""Standings made from the newest stacks: who is still in, in which order, and since when.

A moment is a full count if as many have chips as the newest snapshot not later than it says are
left, or if nearly all chips of the event were counted. Who is missing from the newest full count
is not among the players any more, but was not eliminated by that.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime

import msgspec

from contracts import codec
from contracts.recorded import Recorded
from contracts.rows import Rows
from projections.standings.domain.counting import RECOMPUTED, count
from projections.standings.domain.places import PART_ROWS, median, store_places
from projections.standings.domain.rows import EventRow, Stack
from projections.standings.domain.set_rows import CountedSetRow, Place, StandingRow
from projections.standings.domain.stacks import all_stacks

# Percent of all chips that make a count full.
FULL_PERCENT = 95


class Made(msgspec.Struct, frozen=True, array_like=True):
    """A recomputation: `remaining` is None where those in play are all who are left.

    `future` is true where the newest stack is of a time its import could not have known.
    """

    places: Sequence[Place]
    full_at: datetime | None
    at: datetime
    remaining: int | None
    future: bool


def recompute(event: EventRow, recorded: Recorded, rows: Rows) -> EventRow:
    """Store the standings as they follow from the stacks now, unless they follow as before."""
    # Who has none was in no count: nothing is known of stacks that a snapshot could be older than.
    if not event.recomputed and not any(moment.in_play for moment in event.moments):
        return event
    full_at = full_count_at(event)
    stacks = all_stacks(event.event_id, rows)
    places = ranked(stacks, full_at)
    # That nobody is in play any more was stated by the newest of all.
    stated = [place.stated_at for place in places if place.stated_at]
    at = max(stated or (stack.recorded_at for stack in stacks.values()))
    future = any(moment.future for moment in event.moments if moment.at == at)
    made = Made(places, full_at, at, snapshot_remaining(event, full_at, at), future)
    digest = codec.digest(made)
    if digest == event.recomputed:
        return event
    _store(event.event_id, made, recorded, rows)
    return msgspec.structs.replace(event, recomputed=digest)


def snapshot_remaining(event: EventRow, full_at: datetime | None, at: datetime) -> int | None:
    """Players left by the newest snapshot up to a time, unless a full count came after it.

    Between full counts only some are counted; those are not all who are left.
    """
    before = [each for each in event.snapshots if each.at <= at]
    if not before or (full_at is not None and full_at >= before[-1].at):
        return None
    return before[-1].remaining


def _store(event_id: str, made: Made, recorded: Recorded, rows: Rows) -> None:
    places = made.places
    set_id = f"{event_id}/{recorded.sequence}"
    stacks = [place.chips for place in places]
    remaining = len(places) if made.remaining is None else made.remaining
    store_places(set_id, places, rows)
    rows.put(
        StandingRow(
            set_id=set_id,
            event_id=event_id,
            source="recomputed",
            at=made.at,
            at_text="",
            import_id="",
            parts=-(-len(places) // PART_ROWS),
            rows=len(places),
            in_play=len(places),
            chips=sum(stacks),
            median=median(stacks, remaining),
            players_remaining=remaining,
            remaining_counted=made.remaining is None,
            full_count_at=made.full_at,
            future=made.future,
        )
    )
    counted = CountedSetRow(
        event_id=event_id,
        slot=RECOMPUTED,
        set_id=set_id,
        source="recomputed",
        at=made.at,
        from_seq=recorded.sequence,
        known_at=recorded.said_at,
    )
    count(counted, rows)


def full_count_at(event: EventRow) -> datetime | None:
    """Time of the newest full count, None if there was none."""
    times = [snapshot.at for snapshot in event.snapshots]
    total = (event.figures.starting_chips or 0) * (event.figures.total_entries or 0)
    for moment in reversed(event.moments):
        before = bisect_right(times, moment.at)
        left = event.snapshots[before - 1].remaining if before else None
        nobody_missing = left is not None and moment.in_play >= left
        nothing_missing = total > 0 and moment.chips * 100 >= total * FULL_PERCENT
        if moment.in_play and (nobody_missing or nothing_missing):
            return moment.at
    return None


def ranked(stacks: dict[str, Stack], full_at: datetime | None) -> Sequence[Place]:
    """Everybody still in by chips; equal chips share a rank."""
    playing = [
        (-stack.chips, stack.name_key, holder, stack)
        for holder, stack in stacks.items()
        if stack.active and stack.chips > 0 and (full_at is None or stack.recorded_at >= full_at)
    ]
    playing.sort(key=lambda entry: entry[:3])
    places: list[Place] = []
    for position, (_, key, holder, stack) in enumerate(playing, 1):
        equal = bool(places) and places[-1].chips == stack.chips
        places.append(
            Place(
                position=position,
                rank=places[-1].rank if equal else position,
                holder=holder,
                chips=stack.chips,
                player_id=stack.player_id,
                name=stack.name or None,
                name_key=key if stack.player_id is None else None,
                table_num=stack.table,
                seat_num=stack.seat,
                status="active",
                stated_at=stack.recorded_at,
                at=stack.at,
            )
        )
    return places
