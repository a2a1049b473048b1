"""What a take is made of: the data a graphic shows, read from the views in one snapshot.

One statement is one snapshot. Each read model in it must stand at or behind the newest fact that
can change what it answers: a number that the log has already corrected never goes on air.
"""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import asyncpg
import msgspec
import structlog

from contracts.compositions import (
    AtRiskParameters,
    BadParameters,
    ChipFlowParameters,
    CueParameters,
    LeaderboardParameters,
    MissingData,
    field_hash,
    fields_of,
    parameters_of,
)
from contracts.messages.cuesheet import Binding
from services.cuesheet.inputs import at_risk, chip_flow, leaderboard
from services.cuesheet.inputs.question import Bound, MissingBinding, Question

__all__ = ["Binder", "FactClock", "MissingBinding"]

log = structlog.get_logger()

# Between two looks while a projection catches up; a commit takes about 2 ms.
LOOK_S = 0.005
# Connections for takes that come at the same moment.
POOL_MAX = 4


class FactClock(Protocol):
    """Knows the log and the newest facts in it."""

    @property
    def log_id(self) -> str:
        """Which log `newest` looked into; rows folded from another one are never shown."""
        ...

    async def newest(self, filters: Iterable[str]) -> Mapping[str, int]:
        """Sequence of the newest fact under each of these subject filters; 0 if there is none."""
        ...


class Place(msgspec.Struct, frozen=True):
    """How far a projection is, and in which log."""

    sequence: int
    log_id: str


_places = msgspec.json.Decoder(dict[str, Place])
# Each statement looks rows up by keys: one plan fits all arguments, and planning again for every
# take costs more than reading.
_SERVER_SETTINGS = {"plan_cache_mode": "force_generic_plan"}
# Asked when nobody waits for an answer yet, so that it is planned before the first take.
_FIRST = LeaderboardParameters(game_id="0")


class Binder:
    """Reads what a composition shows."""

    def __init__(self, dsn: str, clock: FactClock, wait_s: float) -> None:
        """`dsn` is the reader's; `wait_s` bounds the wait for the read models."""
        self._dsn = dsn
        self._clock = clock
        self._wait_s = wait_s
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Connect and plan before the first take, which is late by it if this is not possible."""
        try:
            await self._ask(await self._connected(), leaderboard.question(_FIRST))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("binder.open", error=str(error) or type(error).__name__)

    async def bind(self, composition: str, parameters: Mapping[str, Any]) -> Binding:
        """The data of a cue as of now. Raises MissingBinding with a sentence."""
        try:
            asked = parameters_of(composition, parameters)
            question = _question(asked)
        except BadParameters as error:
            # It was checked when the cue was added, maybe by an older version.
            raise MissingBinding(f"the cue cannot be bound: {error}") from error
        try:
            async with asyncio.timeout(self._wait_s):
                answer, checkpoints = await self._read(question)
        except TimeoutError as error:
            names = " and ".join(question.reads)
            raise MissingBinding(
                f"the read models {names} did not reach the log within {self._wait_s:g} s"
            ) from error
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise MissingBinding(f"the read models cannot be read: {error}") from error
        bound = _bound(asked, answer)
        try:
            fields = fields_of(bound.data)
        except MissingData as error:
            raise MissingBinding(str(error)) from error
        return Binding(
            composition=composition,
            data=msgspec.to_builtins(bound.data) | {"warnings": list(fields.warnings)},
            field_hash=field_hash(fields, {}),
            point=bound.point,
            checkpoints=checkpoints,
        )

    async def _read(self, question: Question) -> tuple[str, dict[str, int]]:
        pool = await self._connected()
        filters = {each for facts in question.reads.values() for each in facts}
        newest, row = await asyncio.gather(self._clock.newest(filters), self._ask(pool, question))
        wanted = {
            name: max(newest[each] for each in facts) for name, facts in question.reads.items()
        }
        while True:
            if row is None:
                raise MissingBinding("the read models answered nothing")
            places = _places.decode(row["places"] or "{}")
            if all(self._shows(places.get(name), last) for name, last in wanted.items()):
                return row["found"], {name: place.sequence for name, place in places.items()}
            await asyncio.sleep(LOOK_S)
            row = await self._ask(pool, question)

    async def _ask(
        self, pool: "asyncpg.Pool[asyncpg.Record]", question: Question
    ) -> asyncpg.Record | None:
        return await pool.fetchrow(question.sql, list(question.reads), *question.arguments)

    def _shows(self, place: Place | None, newest: int) -> bool:
        """Whether a projection has folded our log up to the newest fact."""
        if place is None or place.log_id != self._clock.log_id:
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
                    server_settings=_SERVER_SETTINGS,
                )
            return self._pool

    async def close(self) -> None:
        """Give the connections back."""
        if self._pool is not None:
            await self._pool.close()


async def _keep(_: object) -> None:
    """Nothing to undo: one statement changes no session, and undoing costs every take a round."""


def _question(asked: CueParameters) -> Question:
    match asked:
        case LeaderboardParameters():
            return leaderboard.question(asked)
        case ChipFlowParameters():
            return chip_flow.question(asked)
        case AtRiskParameters():
            return at_risk.question(asked)


def _bound(asked: CueParameters, answer: str) -> Bound:
    match asked:
        case LeaderboardParameters():
            return leaderboard.bound(asked, answer)
        case ChipFlowParameters():
            return chip_flow.bound(asked, answer)
        case AtRiskParameters():
            return at_risk.bound(asked, answer)
