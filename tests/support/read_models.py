"""Projections as they run in production, beside a test: real log, real tables, real views."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

from bus import checkpoint
from bus.health import Health
from bus.project import ProjectionSpec, Projector
from deploy.local.servers import NatsServer
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from projections.events.store import SPEC as EVENTS
from projections.hands.store import SPEC as HANDS
from projections.unified_players.store import SPEC as UNIFIED_PLAYERS
from tests.support.live_bus import bus_as

SPECS = (HANDS, CHIP_COUNTS, UNIFIED_PLAYERS, EVENTS)


async def prepare(dsn: str) -> None:
    """Make the tables and views that graphics are bound from on first use."""
    for spec in SPECS:
        connection = await checkpoint.connect(dsn, "test")
        sql = spec.sql.read_text()
        await checkpoint.prepare(connection, spec.schema, spec.name, sql, spec.fingerprint)
        await connection.close()


@asynccontextmanager
async def folding(
    server: NatsServer, dsn: str, specs: Iterable[ProjectionSpec] = SPECS
) -> AsyncIterator[None]:
    """Fold what graphics are bound from, or some of it, for as long as it is open.

    All the views are there at once.
    """
    await prepare(dsn)
    async with AsyncExitStack() as stack:
        buses = [
            (spec, await stack.enter_async_context(bus_as(server, spec.name.replace("_", "-"))))
            for spec in specs
        ]
        tasks = [_start(spec, Projector(spec, bus, dsn, Health())) for spec, bus in buses]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _start(spec: ProjectionSpec, projector: Projector) -> "asyncio.Task[None]":
    return asyncio.create_task(projector.run(), name=spec.name)
