"""Sets of places: an imported snapshot part by part, and the median of the stacks."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import structs

from contracts.holders import holder_key
from contracts.messages.wsop import StandingRow as ToldPlace
from contracts.messages.wsop import StandingsTold
from contracts.people.names import name_key
from contracts.rows import Rows
from projections.standings.domain.set_rows import (
    Place,
    RankPartRow,
    StandingPartRow,
    StandingRow,
)

# Rows of one stored part: a page of a list touches one or two.
PART_ROWS = 100
# Ranks of one stored part: below 2 KB, so that PostgreSQL stores it as it is.
PART_RANKS = 40
# Two rows of one name in a set: nobody can tell whose rank it is.
AMBIGUOUS = 0

_encode = msgspec.json.Encoder().encode


def imported_id(import_id: str, event_id: str, at: datetime) -> str:
    """Id of the set that an import tells of one event and time."""
    return f"{import_id}/{event_id}/{at.isoformat()}"


def told_id(event: StandingsTold) -> str:
    """Id of the set that a fact tells a part of."""
    return imported_id(event.import_id, event.event_id, event.snapshot_at)


def store_snapshot(event: StandingsTold, rows: Rows) -> None:
    """Store one part of a snapshot."""
    known = rows.get(StandingRow, told_id(event)) if event.part > 1 else None
    row = known or _snapshot(event)
    stacks = [told.chip_count for told in event.rows if told.chip_count > 0]
    places = [_place(told, position) for position, told in enumerate(event.rows, row.rows + 1)]
    row = structs.replace(
        row,
        rows=row.rows + len(places),
        in_play=row.in_play + len(stacks),
        chips=row.chips + sum(stacks),
        stacks=(*row.stacks, *stacks),
        ranks=_with_ranks(row.ranks, places),
    )
    store_places(row.set_id, places, rows)
    if event.part == event.parts:
        _store_ranks(row.set_id, row.ranks, rows)
        middle = median(row.stacks, row.players_remaining)
        row = structs.replace(row, median=middle, stacks=(), ranks={})
    rows.put(row)


def store_places(set_id: str, places: Sequence[Place], rows: Rows) -> None:
    """Store rows of a set, in parts."""
    for first in range(0, len(places), PART_ROWS):
        part = places[first : first + PART_ROWS]
        rows.put(
            StandingPartRow(
                set_id=set_id,
                first_position=part[0].position,
                last_position=part[-1].position,
                rows=msgspec.Raw(_encode(part)),
            )
        )


def _with_ranks(known: dict[str, int], places: Sequence[Place]) -> dict[str, int]:
    ranks = dict(known)
    for place in places:
        ranks[place.holder] = AMBIGUOUS if place.holder in ranks else place.rank
    return ranks


def _store_ranks(set_id: str, ranks: dict[str, int], rows: Rows) -> None:
    """Store the ranks of a whole set, so that a later one finds each of them by its holder."""
    # The order of code points is that of their UTF-8 bytes, hence that of the table's column.
    ordered = sorted(ranks)
    for first in range(0, len(ordered), PART_RANKS):
        part = {holder: ranks[holder] for holder in ordered[first : first + PART_RANKS]}
        rows.put(RankPartRow(set_id=set_id, first_holder=ordered[first], ranks=part))


def median(stacks: Sequence[int], remaining: int) -> int | None:
    """Middle of the stacks, that of the middle two floored; None unless all are known."""
    if not stacks or len(stacks) != remaining:
        return None
    ordered, middle = sorted(stacks), len(stacks) // 2
    return ordered[middle] if len(stacks) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def place_holder(row: ToldPlace) -> str:
    """Who a place is about; seats change from one snapshot to the next and tell nobody apart."""
    return holder_key(row.player_id, row.player_name)


def _place(row: ToldPlace, position: int) -> Place:
    return Place(
        position=position,
        rank=row.rank,
        holder=place_holder(row),
        chips=row.chip_count,
        player_id=row.player_id,
        name=row.player_name,
        name_key=name_key(row.player_name or "") if row.player_id is None else None,
        country_code=row.country_code,
        table_num=row.table_num,
        seat_num=row.seat_num,
        status=row.status,
        prize_won=row.prize_won,
        at=row.at,
    )


def _snapshot(event: StandingsTold) -> StandingRow:
    return StandingRow(
        set_id=told_id(event),
        event_id=event.event_id,
        source="imported",
        at=event.snapshot_at,
        at_text=event.snapshot_text,
        import_id=event.import_id,
        parts=event.parts,
        players_remaining=event.players_remaining,
        remaining_counted=event.remaining_counted,
        level_number=event.level_number,
        day_number=event.day_number,
        zone_assumed=event.zone_assumed,
        future=event.future,
        corrected=event.corrected,
    )
