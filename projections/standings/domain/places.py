"""Sets of places: an imported snapshot part by part, and the median of the stacks."""

from collections.abc import Sequence

import msgspec
from msgspec import structs

from contracts.holders import holder_key
from contracts.messages.wsop import StandingRow as ToldPlace
from contracts.messages.wsop import StandingsTold
from contracts.people.names import name_key
from contracts.recorded import Recorded
from contracts.rows import Rows
from projections.standings.domain.rows import Place, StandingPartRow, StandingRow

# Rows of one stored part: a page of a list touches one or two.
PART_ROWS = 200
# Two rows of one name in a set: nobody can tell whose rank it is.
AMBIGUOUS = 0

_encode = msgspec.json.Encoder().encode


def imported_id(event: StandingsTold) -> str:
    """Id of the set that an import tells of one event and time."""
    return f"{event.import_id}/{event.event_id}/{event.snapshot_at.isoformat()}"


def store_snapshot(event: StandingsTold, recorded: Recorded, rows: Rows) -> None:
    """Store one part of a snapshot."""
    known = rows.get(StandingRow, imported_id(event)) if event.part > 1 else None
    row = known or _snapshot(event, recorded)
    stacks = [told.chip_count for told in event.rows if told.chip_count > 0]
    row = structs.replace(
        row,
        told_seq=recorded.sequence,
        said_at=recorded.said_at,
        rows=row.rows + len(event.rows),
        in_play=row.in_play + len(stacks),
        chips=row.chips + sum(stacks),
        stacks=(*row.stacks, *stacks),
    )
    first = row.rows - len(event.rows) + 1
    places = [_place(told, position) for position, told in enumerate(event.rows, first)]
    store_part(row.set_id, event.part, places, rows)
    if event.part == event.parts:
        row = structs.replace(row, median=median(row.stacks, row.players_remaining), stacks=())
    rows.put(row)


def store_part(set_id: str, part: int, places: Sequence[Place], rows: Rows) -> None:
    """Store some rows of a set as one."""
    ranks: dict[str, int] = {}
    for place in places:
        ranks[place.holder] = AMBIGUOUS if place.holder in ranks else place.rank
    rows.put(
        StandingPartRow(
            set_id=set_id,
            part=part,
            first_position=places[0].position,
            last_position=places[-1].position,
            rows=msgspec.Raw(_encode(places)),
            ranks=ranks,
        )
    )


def median(stacks: Sequence[int], remaining: int) -> int | None:
    """Middle of the stacks, that of the middle two floored; None unless all are known."""
    if not stacks or len(stacks) != remaining:
        return None
    ordered, middle = sorted(stacks), len(stacks) // 2
    return ordered[middle] if len(stacks) % 2 else (ordered[middle - 1] + ordered[middle]) // 2


def place_holder(row: ToldPlace) -> str:
    """Who a place is about; seats change from one snapshot to the next and tell nobody apart."""
    return holder_key(row.player_id, row.player_name, None, None)


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


def _snapshot(event: StandingsTold, recorded: Recorded) -> StandingRow:
    return StandingRow(
        set_id=imported_id(event),
        event_id=event.event_id,
        source="imported",
        at=event.snapshot_at,
        at_text=event.snapshot_text,
        import_id=event.import_id,
        told_seq=recorded.sequence,
        said_at=recorded.said_at,
        parts=event.parts,
        players_remaining=event.players_remaining,
        remaining_counted=event.remaining_counted,
        level_number=event.level_number,
        day_number=event.day_number,
        zone_assumed=event.zone_assumed,
        future=event.future,
        corrected=event.corrected,
    )
