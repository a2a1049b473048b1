"""The real projector and folds whose events touch rows that only other rows can name."""

import random

import pytest

from bus import project
from bus.health import Health
from bus.project import ProjectionSpec, Projector
from bus.provision import provision
from contracts.messages.system import CanarySaid
from tests.support.bus import Stage, nats_bus, running, say
from tests.support.folding import Folding, log_of
from tests.support.links import LINKS_SQL, UNFOLLOWABLE, LinkRow, LinksFold, ShelfRow


@pytest.fixture
async def stage(bus_urls, database, tmp_path):
    stage = Stage(bus_urls, database, tmp_path)
    (tmp_path / "table.sql").write_text(LINKS_SQL)
    return stage


@pytest.fixture
async def bus(stage):
    async with nats_bus(stage.server) as bus:
        await provision(bus.connection)
        yield bus


def projector(stage, bus, version=1):
    spec = ProjectionSpec(
        name="tallies",
        version=version,
        fold=LinksFold(),
        rows=(ShelfRow, LinkRow),
        sql=stage.folder / "table.sql",
    )
    return Projector(spec, bus, stage.dsn, Health())


async def links(stage, version=1):
    rows = await stage.fetch(
        f"select shelf, number, weight from tallies_v{version}.link order by shelf, number"
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(("batch", "cache"), [(1, 1), (7, 3), (5000, 50_000)])
async def test_rows_that_other_rows_name_are_loaded_whatever_the_batches(
    stage, bus, monkeypatch, batch, cache
):
    monkeypatch.setattr(project, "BATCH_MAX", batch)
    monkeypatch.setattr(project, "CACHE_ROWS_MAX", cache)
    numbers = random.Random(11).sample(range(60), 60)
    middle = await say(bus, "s", *numbers[:30])
    async with running(projector(stage, bus).run()):
        await stage.until(middle)
    last = await say(bus, "s", *numbers[30:])
    async with running(projector(stage, bus).run()):  # a restart: nothing is in memory
        await stage.until(last)

    expected = Folding(LinksFold()).apply(
        log_of(*(CanarySaid(canary_id="s", number=number) for number in numbers))
    )
    assert await links(stage) == [(r.shelf, r.number, r.weight) for r in expected.rows(LinkRow)]
    assert await stage.parked() == {}


async def test_an_event_that_cannot_name_its_rows_is_parked_and_the_rest_flows(stage, bus):
    await say(bus, "good", 1)
    failed = await say(bus, "bad", 2, UNFOLLOWABLE)
    last = await say(bus, "good", 5)
    async with running(projector(stage, bus).run()):
        await stage.until(last)

    assert await links(stage) == [("bad", 2, 2), ("good", 1, 6), ("good", 5, 6)]
    assert list(await stage.parked()) == [failed]
