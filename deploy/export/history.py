"""The chip history of every seat: each stack that the hands state, while one person sits there."""

from collections.abc import AsyncIterable, AsyncIterator, Sequence

import msgspec

from contracts.poker.chips import chip_history
from contracts.poker.seat_record import SeatRecord
from contracts.poker.ticks import ticks_to_utc
from deploy.export.source import ViewRow

_KEPT = (
    "table_name",
    "event_id",
    "name",
    "long_name",
    "person_id",
    "person_name",
    "person_long_name",
    "ordinal",
    "hand_num",
    "big_blind",
)


async def statements(rows: AsyncIterable[ViewRow]) -> AsyncIterator[ViewRow]:
    """Rows of HISTORY_SQL as rows of CHIP_HISTORY; holds the records of one seat at a time."""
    held: list[ViewRow] = []
    async for row in rows:
        if held and _sitting(row) != _sitting(held[-1]):
            for told in _history(held):
                yield told
            held = []
        held.append(row)
    for told in _history(held):
        yield told


def _sitting(row: ViewRow) -> tuple[str, int, str]:
    return row["game_id"], row["seat"], row["person_id"]


def _history(rows: Sequence[ViewRow]) -> list[ViewRow]:
    by_start = {str(row["start_ticks"]): row for row in rows}
    told: list[ViewRow] = []
    for statement in chip_history([_record(row) for row in rows]):
        row = by_start[statement.start_ticks]
        told.append(
            msgspec.structs.asdict(statement)
            | {name: row[name] for name in _KEPT}
            | {
                "game_id": row["game_id"],
                "start_ticks": row["start_ticks"],
                "stated_utc": ticks_to_utc(statement.ticks),
            }
        )
    return told


def _record(row: ViewRow) -> SeatRecord:
    cells = {name: row[name] for name in SeatRecord.__struct_fields__}
    return SeatRecord(**cells | {"start_ticks": str(row["start_ticks"])})
