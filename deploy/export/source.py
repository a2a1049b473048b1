"""The views as a stream of rows: a cursor inside one snapshot, so that memory does not grow."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from contracts.poker.hand import Action, Blinds, Hand, Seat
from deploy.export.record import HandRecord, Unexportable

# Rows fetched at a time: a hand is about 5 kB.
PREFETCH_ROWS = 100
CONNECT_TIMEOUT_S = 10.0
# A fetch of so few rows that takes longer means a server in trouble.
FETCH_TIMEOUT_S = 60.0

type ViewRow = asyncpg.Record | Mapping[str, Any]

HANDS_SQL = """
select *, legality->>'verdict' as legality_verdict, legality->>'code' as legality_code
from views.hands where $1::text is null or game_id = $1 order by game_id, start_ticks
"""
SEATS_SQL = """
select * from views.hand_seats where $1::text is null or game_id = $1
order by game_id, start_ticks, seat
"""
# The records of one seat behind each other, to be told as a history.
HISTORY_SQL = """
select * from views.hand_seats where $1::text is null or game_id = $1
order by game_id, seat, start_ticks
"""
CHIPS_SQL = """
select * from views.chips where $1::text is null or game_id = $1 order by game_id, seat
"""

_seats = msgspec.json.Decoder(tuple[Seat, ...])
_actions = msgspec.json.Decoder(tuple[Action, ...])


@asynccontextmanager
async def reading(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection in a read-only transaction: every row of one moment."""
    connection = await asyncpg.connect(
        dsn, timeout=CONNECT_TIMEOUT_S, command_timeout=FETCH_TIMEOUT_S
    )
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection
    finally:
        await connection.close()


async def rows(
    connection: asyncpg.Connection, sql: str, game_id: str | None
) -> AsyncIterator[asyncpg.Record]:
    """Rows of one of the queries above, of one game or of all."""
    async for row in connection.cursor(sql, game_id, prefetch=PREFETCH_ROWS):
        yield row


def hand_record(row: ViewRow) -> HandRecord:
    """A row of HANDS_SQL as a record; raises Unexportable if its JSON is not what it should be."""
    try:
        seats, actions = _seats.decode(row["players"]), _actions.decode(row["actions"])
    except msgspec.MsgspecError as error:
        raise Unexportable(f"the row cannot be read: {error}") from error
    blinds = Blinds(**{name: row[name] for name in Blinds.__struct_fields__})
    return HandRecord(
        game_id=row["game_id"],
        table=row["table_name"],
        ordinal=row["ordinal"],
        hand=Hand(
            hand_num=row["hand_num"],
            start_utc=row["start_utc"],
            start_ticks=str(row["start_ticks"]),
            duration_ticks=row["duration_ticks"],
            variant=row["variant"],
            bet_structure=row["bet_structure"],
            blinds=blinds,
            seats=seats,
            actions=actions,
        ),
        digest=row["digest"],
        revised=row["revised"],
        absent=row["absent"],
        incomplete=row["incomplete"],
    )
