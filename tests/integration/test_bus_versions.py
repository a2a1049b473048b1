"""A projection's next version is filled beside the one the views show, and then takes its place."""

import asyncpg
import pytest

from bus import checkpoint
from bus.provision import provision
from tests.support.bus import TALLY_SQL, Stage, eventually, nats_bus, running, say

VIEW = "\ncreate or replace view views.tallies as select canary_id, total from {schema}.tallies;\n"


@pytest.fixture
async def stage(bus_urls, database, tmp_path):
    stage = Stage(bus_urls, database, tmp_path)
    (tmp_path / "table.sql").write_text(TALLY_SQL + VIEW)
    return stage


@pytest.fixture
async def bus(stage):
    async with nats_bus(stage.server) as bus:
        await provision(bus.connection)
        yield bus


async def shown(stage) -> str:
    rows = await stage.fetch("select schema_name from views.checkpoints")
    return rows[0]["schema_name"]


async def test_the_views_show_the_old_version_until_the_new_one_has_caught_up(stage, bus):
    last = await say(bus, "a", 1, 2, 3)
    async with running(stage.projector(bus).run()):
        await stage.until(last)
    spec = stage.spec(version=2)
    connection = await asyncpg.connect(stage.dsn)
    try:
        is_shown = await checkpoint.prepare(
            connection, spec.schema, spec.name, spec.sql.read_text(), spec.fingerprint
        )
    finally:
        await connection.close()
    assert not is_shown
    assert await shown(stage) == "tallies_v1"
    assert [tuple(row) for row in await stage.fetch("select * from views.tallies")] == [("a", 6)]

    async def moved() -> bool:
        return await shown(stage) == "tallies_v2"

    async with (
        nats_bus(stage.server, "next") as other,
        running(stage.projector(other, version=2).run()),
    ):
        await stage.until(last, version=2)
        await eventually(moved)
    rows = await stage.fetch("select seq, schema_name from views.checkpoints")
    assert [tuple(row) for row in rows] == [(last, "tallies_v2")]
    assert [tuple(row) for row in await stage.fetch("select * from views.tallies")] == [("a", 6)]
    assert await stage.dump(1) == await stage.dump(2)


async def test_a_dropped_schema_is_filled_and_shown_again(stage, bus):
    last = await say(bus, "a", 4)
    async with running(stage.projector(bus).run()):
        await stage.until(last)
    await stage.fetch("drop schema tallies_v1 cascade")
    async with nats_bus(stage.server, "again") as other, running(stage.projector(other).run()):
        await stage.until(last)
    assert [tuple(row) for row in await stage.fetch("select * from views.tallies")] == [("a", 4)]
