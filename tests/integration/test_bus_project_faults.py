"""The projector while servers die and logs are swapped: the rows stay right, or it says why not."""

import asyncio
import random
import shutil

import pytest

from bus import project
from bus.nats import NatsBus
from bus.provision import provision
from tests.support.bus import (
    GONE,
    Stage,
    connected,
    eventually,
    nats_bus,
    running,
    say,
)

# Servers that die


@pytest.fixture
async def mortal(fresh_nats, fresh_postgres, tmp_path):
    """A stage on servers of this test alone."""
    folder = tmp_path / "projection"
    folder.mkdir()
    return Stage(fresh_nats.server, fresh_postgres.server.dsn, folder)


@pytest.mark.fault
async def test_rows_are_those_of_a_clean_replay_whatever_was_killed_meanwhile(
    mortal, fresh_nats, fresh_postgres, monkeypatch
):
    monkeypatch.setattr(project, "BATCH_MAX", 200)
    async with nats_bus(mortal.server) as bus:
        await provision(bus.connection)
        chance = random.Random(11)
        for number in range(20):
            numbers = [chance.choice([1, 2, 3, GONE]) for _ in range(500)]
            await say(bus, f"c{number % 9}", *numbers)
        async with running(mortal.projector(bus).run()):
            for server, place in (
                (fresh_postgres, 500),
                (fresh_nats, 4000),
                (fresh_postgres, 9000),
            ):
                await mortal.until(place)
                await server.kill9()
                await server.restart()
            last = await say(bus, "late", 5)
            await mortal.until(last)
            await eventually(lambda: mortal.health.ready)
    assert len(await mortal.dump()) > 5
    assert await mortal.dump() == await mortal.replayed()


@pytest.mark.fault
async def test_a_projection_without_its_database_is_unhealthy_and_comes_back(
    mortal, fresh_postgres
):
    async with nats_bus(mortal.server) as bus:
        await provision(bus.connection)
        async with running(mortal.projector(bus).run()):
            await eventually(lambda: mortal.health.ready)
            await fresh_postgres.kill9()
            await eventually(lambda: not mortal.health.healthy, 5)
            await fresh_postgres.restart()
            await eventually(lambda: mortal.health.ready)


# Another log


REMEDY = "restore the log this database belongs to, or drop the projection's schema and replay"


@pytest.fixture
def alert(monkeypatch):
    """Look for the log's identity more often than in a show, to see many looks in a test."""
    monkeypatch.setattr(project, "VERIFY_S", 0.1)


async def refused(stage, rows: list[str]) -> None:
    """Within five seconds it says what to do; it neither recovers nor touches a row."""
    await eventually(lambda: REMEDY in stage.health.report()["tallies"], 5)
    for _ in range(30):
        await asyncio.sleep(0.02)
        assert not stage.health.healthy
    assert await stage.dump() == rows


@pytest.mark.parametrize(("said_there", "verify_s"), [(0, 0.1), (2, project.VERIFY_S), (10, 0.1)])
async def test_another_log_is_refused_with_the_remedy(
    fresh_nats, database, tmp_path, monkeypatch, said_there, verify_s
):
    monkeypatch.setattr(project, "VERIFY_S", verify_s)
    stage = Stage(fresh_nats.server, database, tmp_path)
    async with nats_bus(stage.server) as bus:
        await provision(bus.connection)
        last = await say(bus, "a", *range(10))
        async with running(stage.projector(bus).run()):
            await stage.until(last)
            rows = await stage.dump()
            await fresh_nats.wipe()
            async with connected(fresh_nats.server) as other:
                await provision(other)
                if said_there:  # ten of them are the very same events
                    await say(NatsBus(other, "other"), "a", *range(said_there))
            await refused(stage, rows)


async def test_a_log_that_is_gone_is_refused(fresh_nats, database, tmp_path, alert):
    stage = Stage(fresh_nats.server, database, tmp_path)
    async with nats_bus(stage.server) as bus:
        await provision(bus.connection)
        async with running(stage.projector(bus).run()):
            await stage.until(await say(bus, "a", 1))
            await fresh_nats.wipe()
            await eventually(lambda: "does not exist" in stage.health.report()["tallies"], 5)
            assert not stage.health.healthy


@pytest.mark.parametrize("said_there", [0, 3, 40])
@pytest.mark.parametrize("running_meanwhile", [True, False])
async def test_an_earlier_copy_of_the_log_is_refused_with_the_remedy(
    fresh_nats, database, tmp_path, alert, said_there, running_meanwhile
):
    folder = tmp_path / "projection"
    folder.mkdir()
    stage = Stage(fresh_nats.server, database, folder)
    store = fresh_nats._runner.home.nats / "jetstream"
    async with nats_bus(stage.server) as bus:
        await provision(bus.connection)
        await say(bus, "a", 1, 2)
        await fresh_nats.stop()
        shutil.copytree(store, tmp_path / "copy")
        await fresh_nats.restart()
        last = await say(bus, "a", 3, 4, 5)

        async def restore():
            await fresh_nats.stop()
            shutil.rmtree(store)
            shutil.copytree(tmp_path / "copy", store)
            await fresh_nats.restart()
            async with connected(fresh_nats.server) as other:
                if said_there:
                    await say(NatsBus(other, "other"), "b", *range(said_there))

        async with running(stage.projector(bus).run()):
            await stage.until(last)
            rows = await stage.dump()
            if running_meanwhile:
                await restore()
                await refused(stage, rows)
        if not running_meanwhile:
            await restore()
            async with running(stage.projector(bus).run()):
                await refused(stage, rows)
