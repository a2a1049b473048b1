"""What a take is made of: the data a graphic shows, read from the views in one snapshot.

One statement is one snapshot. It must stand at or behind the newest fact of the game: a number that
the log has already corrected never goes on air.
"""

import asyncio
from typing import Any, Protocol

import asyncpg
import msgspec
import structlog

from contracts.compositions import (
    LeaderboardData,
    LeaderboardEntry,
    MissingData,
    field_hash,
    leaderboard_fields,
)
from contracts.messages.cuesheet import Binding, HandPoint

log = structlog.get_logger()

# Between two looks while a projection catches up; a commit takes about 2 ms.
LOOK_S = 0.005
# Connections for takes that come at the same moment.
POOL_MAX = 4
READS = ("chip_counts",)

_SQL = """
select
    (select json_object_agg(projection, json_build_object('sequence', seq, 'log_id', log_id))
        from views.checkpoints where projection = any($2::text[])) as places,
    (select coalesce(json_agg(c), '[]') from (
        select seat, name, long_name, stack, in_play, dealt_in, small_blind, big_blind, ante,
               ordinal, table_name, incomplete
        from views.chips where game_id = $1) c) as chips
"""


class MissingBinding(Exception):
    """There are no data for the graphic; the sentence says which."""


class GameClock(Protocol):
    """Knows the log and the newest fact of a game in it."""

    @property
    def log_id(self) -> str:
        """Which log `newest` looked into; rows folded from another one are never shown."""
        ...

    async def newest(self, game_id: str) -> int:
        """Sequence of the newest fact of the game in the log, 0 if it has none."""
        ...


class Seat(msgspec.Struct, frozen=True):
    """One row of the view `chips`."""

    seat: int
    name: str
    long_name: str
    stack: int
    in_play: bool
    dealt_in: bool
    small_blind: int
    big_blind: int
    ante: int
    ordinal: int
    table_name: str
    incomplete: bool


class Place(msgspec.Struct, frozen=True):
    """How far a projection is, and in which log."""

    sequence: int
    log_id: str


_seats = msgspec.json.Decoder(list[Seat])
_places = msgspec.json.Decoder(dict[str, Place])


class Binder:
    """Reads what a composition shows."""

    def __init__(self, dsn: str, games: GameClock, wait_s: float) -> None:
        """`dsn` is the reader's; `wait_s` bounds the wait for the read model."""
        self._dsn = dsn
        self._games = games
        self._wait_s = wait_s
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Connect and plan before the first take, which is late by it if this is not possible."""
        try:
            pool = await self._connected()
            await pool.fetchrow(_SQL, "", list(READS))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("binder.open", error=str(error) or type(error).__name__)

    async def bind(self, composition: str, parameters: dict[str, Any]) -> Binding:
        """Data of a table leaderboard as of now. Raises MissingBinding with a sentence."""
        game_id = str(parameters["game_id"])
        try:
            async with asyncio.timeout(self._wait_s):
                seats, checkpoints = await self._read(game_id)
        except TimeoutError as error:
            raise MissingBinding(
                f"the chip counts of game {game_id} did not reach the log within {self._wait_s:g} s"
            ) from error
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise MissingBinding(f"the read models cannot be read: {error}") from error
        data = leaderboard(game_id, seats, parameters)
        try:
            digest = field_hash(leaderboard_fields(data), {})
        except MissingData as error:
            raise MissingBinding(str(error)) from error
        return Binding(
            composition=composition,
            data=msgspec.to_builtins(data),
            field_hash=digest,
            point=HandPoint(game_id=game_id, ordinal=seats[0].ordinal, at="end"),
            checkpoints=checkpoints,
        )

    async def _read(self, game_id: str) -> tuple[list[Seat], dict[str, int]]:
        pool = await self._connected()
        newest, row = await asyncio.gather(
            self._games.newest(game_id), pool.fetchrow(_SQL, game_id, list(READS))
        )
        while True:
            if row is None:
                raise MissingBinding("the read models answered nothing")
            places = _places.decode(row["places"] or "{}")
            if all(self._shows(places.get(name), newest) for name in READS):
                checkpoints = {name: place.sequence for name, place in places.items()}
                return _seats.decode(row["chips"]), checkpoints
            await asyncio.sleep(LOOK_S)
            row = await pool.fetchrow(_SQL, game_id, list(READS))

    def _shows(self, place: Place | None, newest: int) -> bool:
        """Whether a projection has folded our log up to the newest fact of the game."""
        if place is None or place.log_id != self._games.log_id:
            return False
        return place.sequence >= newest

    async def _connected(self) -> "asyncpg.Pool[asyncpg.Record]":
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._dsn,
                    min_size=1,
                    max_size=POOL_MAX,
                    timeout=2,
                    command_timeout=2,
                    reset=_keep,
                )
            return self._pool

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.close()


async def _keep(_: object) -> None:
    """Nothing to undo: one statement changes no session, and undoing costs every take a round."""


def leaderboard(game_id: str, seats: list[Seat], parameters: dict[str, Any]) -> LeaderboardData:
    """Bound data of a table leaderboard from its chip rows.

    Shown are the seats that were dealt in or still have chips. Raises MissingBinding when a later
    fact of the game could not be folded, or nobody sits there.
    """
    if any(seat.incomplete for seat in seats):
        raise MissingBinding(f"a fact of game {game_id} was set aside; its chip counts may be old")
    shown = [seat for seat in seats if seat.dealt_in or seat.in_play]
    if not shown:
        raise MissingBinding(f"game {game_id} has no hand with players yet")
    table = str(parameters.get("table_name") or f"Table {shown[0].table_name}")
    in_play = [seat for seat in shown if seat.in_play]
    return LeaderboardData(
        table_name=table,
        subtitle=str(parameters.get("subtitle", "")),
        rows=tuple(
            LeaderboardEntry(seat=s.seat, name=s.long_name or s.name, country=None, chips=s.stack)
            for s in shown
        ),
        small_blind=shown[0].small_blind,
        big_blind=shown[0].big_blind,
        ante=shown[0].ante,
        players=len(in_play),
    )
