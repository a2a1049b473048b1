"""The names to compare, read from the published views in one snapshot."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import unquote_to_bytes

import asyncpg
import structlog

from bus import checkpoint
from bus.api import Head
from bus.tables import Connection
from contracts import persons
from contracts.people.records import ChipSeat, Identity, Player, Seating, co_occurrences
from services.override.inputs.suggesting import Names

log = structlog.get_logger()

# The projections whose views are read.
READS = ("hands", "unified_players", "chip_counts")
# A festival's tables list a few hundred identities; the newest ones are what is on air.
IDENTITIES_MAX = 10_000
# Somewhat more than a whole series has players; 100,000 names take some 20 MB.
PLAYERS_MAX = 100_000
# An identity in each seat of each game.
SEATINGS_MAX = 20_000
# Nine seats of a feature table, counted every quarter of an hour for weeks.
COUNTS_MAX = 100_000
# Seconds the server may take: reading the whole field takes one or two.
READ_S_MAX = 20.0
# A server that is gone must not hold up the next try.
CLOSE_S_MAX = 2.0

_PLACES = "select projection, seq, log_id from views.checkpoints where projection = any($1)"
_IDENTITIES = """
select player_hash, name, long_name from views.identities where person_id = identity_id
order by last_start_ticks desc, player_hash limit $1
"""
# The platform's own word, not what people made of it.
_PLAYERS = """
select person_id, name from (
    select
        person_id,
        jsonb_path_query_first(fields, '$.name[*] ? (@.origin == "wsop")') ->> 'value' as name
    from views.unified_players
    where starts_with(person_id, 'w-')
) as player
where name <> '' order by person_id limit $1
"""
_SEATINGS = """
select player_hash, event_id, table_name, seat, min(started_at) as first, max(started_at) as last
from views.hand_seats
where event_id is not null and correction_id is null and table_name = any($1)
group by game_id, player_hash, event_id, table_name, seat
order by last desc, player_hash, game_id, seat limit $2
"""
_COUNTS = """
select player_id, event_id, table_num, seat_num, recorded_at from views.player_chip_history
where to_seq is null and player_id is not null and seat_num is not null and table_num = any($1)
order by recorded_at desc, player_id limit $2
"""

# What `contracts.subjects.token` makes of an id that is too long.
_HASHED = re.compile(rf"{persons.WSOP}-=[0-9a-f]{{63}}\Z")

type Places = Mapping[str, tuple[str, int]]


class Views:
    """One connection of the reader."""

    def __init__(self, connection: Connection, tables: Mapping[str, int]) -> None:
        """Made by `opened`."""
        self._connection = connection
        self._tables = tables

    async def places(self) -> Places:
        """Log and sequence that each projection has reached; none before the first one started."""
        if not await self._connection.fetchval("select to_regclass('views.checkpoints')"):
            return {}
        rows = await self._connection.fetch(_PLACES, READS)
        return {row["projection"]: (row["log_id"], row["seq"]) for row in rows}

    async def names(self, head: Head) -> Names | None:
        """All names as of one moment; None while a projection has not reached the log's end.

        So nothing is ever made of a past that a projection is just folding again.
        """
        # One moment for all: a link and the person it makes are seen both or not at all.
        async with self._connection.transaction(isolation="repeatable_read", readonly=True):
            places = await self.places()
            if not all(_reached(places, name, head) for name in READS):
                return None
            identities = [
                Identity(**row) for row in await self._rows(_IDENTITIES, limit=IDENTITIES_MAX)
            ]
            players = [
                Player(player_id=player_id, name=row["name"])
                for row in await self._rows(_PLAYERS, limit=PLAYERS_MAX)
                if (player_id := player_of(row["person_id"])) is not None
            ]
            return Names(
                identities=tuple(identities), players=tuple(players), seats=await self._seats()
            )

    async def _seats(self) -> dict[tuple[str, str], int]:
        if not self._tables:
            return {}
        seatings = await self._rows(_SEATINGS, list(self._tables), limit=SEATINGS_MAX)
        counts = await self._rows(_COUNTS, list(self._tables.values()), limit=COUNTS_MAX)
        return co_occurrences(
            [
                Seating(table=self._tables[row.pop("table_name")], **row)
                for row in map(dict, seatings)
            ],
            [
                ChipSeat(
                    player_id=row["player_id"],
                    event_id=row["event_id"],
                    table=row["table_num"],
                    seat=row["seat_num"],
                    at=row["recorded_at"],
                )
                for row in counts
            ],
        )

    async def _rows(self, sql: str, *values: object, limit: int) -> list[asyncpg.Record]:
        rows = await self._connection.fetch(sql, *values, limit, timeout=READ_S_MAX)
        if len(rows) == limit:
            log.warning("suggester.limit", limit=limit, reads=sql.split(" from ")[-1].split()[0])
        return rows


def _reached(places: Places, projection: str, head: Head) -> bool:
    log_id, sequence = places.get(projection, ("", 0))
    return log_id == head.log_id and sequence >= head.sequence


def player_of(person_id: str) -> str | None:
    """The platform's own id of a player; None where the person id holds only its hash."""
    if _HASHED.match(person_id):
        return None
    try:
        player_id = unquote_to_bytes(person_id[2:].replace("=", "%")).decode()
    except UnicodeDecodeError:
        return None
    return player_id if player_id and persons.of_wsop_player(player_id) == person_id else None


@asynccontextmanager
async def opened(dsn: str, tables: Mapping[str, int]) -> AsyncIterator[Views]:
    """Connect as the reader. `tables` are the platform's numbers of our tables, by name."""
    connection = await checkpoint.connect(dsn, "override-suggester")
    try:
        yield Views(connection, tables)
    finally:
        await connection.close(timeout=CLOSE_S_MAX)
