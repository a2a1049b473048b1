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
from projections.standings.domain.places import PART_ROWS, median, store_part
from projections.standings.domain.rows import EventRow, Place, Stack, StandingRow
from projections.standings.domain.stacks import all_stacks

# Percent of all chips that make a count full.
FULL_PERCENT = 95


def recompute(event: EventRow, recorded: Recorded, rows: Rows) -> EventRow:
    """Store the standings as they follow from the stacks now, unless they follow as before."""
    if not event.moments:
        return event
    full_at = full_count_at(event)
    places = ranked(all_stacks(event.event_id, rows), full_at)
    if not places:
        return event
    digest = codec.digest([places, full_at])
    if digest == event.recomputed:
        return event
    set_id = f"{event.event_id}/{recorded.sequence}"
    chunks = [places[first : first + PART_ROWS] for first in range(0, len(places), PART_ROWS)]
    for part, chunk in enumerate(chunks, 1):
        store_part(set_id, part, chunk, rows)
    stacks = [place.chips for place in places]
    rows.put(
        StandingRow(
            set_id=set_id,
            event_id=event.event_id,
            source="recomputed",
            at=max(place.stated_at for place in places if place.stated_at),
            at_text="",
            import_id="",
            told_seq=recorded.sequence,
            said_at=recorded.said_at,
            parts=len(chunks),
            rows=len(places),
            in_play=len(places),
            chips=sum(stacks),
            median=median(stacks, len(places)),
            players_remaining=len(places),
            remaining_counted=True,
            full_count_at=full_at,
        )
    )
    return msgspec.structs.replace(event, recomputed=digest)


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
