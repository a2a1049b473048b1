"""The projector on real servers: whatever happens, the rows are those of a clean replay."""

import asyncio
import json
import random
import shutil
from contextlib import AsyncExitStack

import asyncpg
import pytest

from bus import checkpoint, parking, project
from bus.api import Entity
from bus.delivery import from_api
from bus.errors import Fatal, Fenced
from bus.health import Health
from bus.nats import NatsBus
from bus.project import ProjectionSpec, Projector
from bus.provision import provision
from contracts.messages.system import CanarySaid
from tests.support.bus import (
    GONE,
    NOW,
    POISON,
    TALLY_SQL,
    UNREADABLE_KEY,
    UNSTORABLE,
    TallyFold,
    TallyRow,
    canary,
    connected,
    drafted,
    eventually,
    nats_bus,
    put,
    running,
    said,
)

NAME = "tallies"


class Stage:
    """One log, one database, and projectors of the same fold on them."""

    def __init__(self, server, dsn, folder):
        self.server, self.dsn, self.folder = server, dsn, folder
        for file, text in (("domain.py", ""), ("store.py", ""), ("table.sql", TALLY_SQL)):
            (folder / file).write_text(text)
        self.health = Health()

    def spec(self, version: int = 1, fold=None) -> ProjectionSpec:
        return ProjectionSpec(
            name=NAME,
            version=version,
            fold=fold or TallyFold(),
            rows=(TallyRow,),
            sql=self.folder / "table.sql",
        )

    def projector(self, bus, version: int = 1, health: Health | None = None) -> Projector:
        return Projector(self.spec(version), bus, self.dsn, health or self.health)

    async def fetch(self, query: str, *values):
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetch(query, *values)
        finally:
            await connection.close()

    async def reached(self, sequence: int, version: int = 1) -> bool:
        try:
            rows = await self.fetch(f"select seq from {NAME}_v{version}.checkpoint")
        except (OSError, asyncpg.PostgresError):
            return False
        return bool(rows) and rows[0]["seq"] >= sequence

    async def until(self, sequence: int, version: int = 1, within_s: float = 15.0) -> None:
        await eventually(lambda: self.reached(sequence, version), within_s)

    async def dump(self, version: int = 1) -> list[str]:
        """Every row of the table as text, in the order of the key."""
        rows = await self.fetch(f"select t::text from {NAME}_v{version}.tallies t order by 1")
        return [row[0] for row in rows]

    async def parked(self, version: int = 1):
        rows = await self.fetch(f"select * from {NAME}_v{version}.parked order by sequence")
        return {row["sequence"]: (row["block_key"], row["reason"]) for row in rows}

    async def replayed(self, version: int = 9) -> list[str]:
        """The rows of a clean replay, in a schema of its own."""
        async with AsyncExitStack() as stack:
            bus = await stack.enter_async_context(nats_bus(self.server, "replay"))
            head = (await bus.head()).sequence
            await stack.enter_async_context(running(self.projector(bus, version, Health()).run()))
            await self.until(head, version)
        return await self.dump(version)


@pytest.fixture
async def stage(bus_urls, database, tmp_path):
    return Stage(bus_urls, database, tmp_path)


@pytest.fixture
async def bus(stage):
    async with nats_bus(stage.server) as bus:
        await provision(bus.connection)
        yield bus


async def say(bus, name: str, *numbers: int) -> int:
    last = await bus.last_sequence(canary(name).filter)
    for start in range(0, len(numbers), 1000):
        last = await bus.append(canary(name), last, said(name, *numbers[start : start + 1000]))
    return last


async def dead_letters(bus) -> list[tuple[str, str]]:
    info = await bus.connection.api("STREAM.INFO.DLQ")
    found = []
    for sequence in range(1, info["state"]["last_seq"] + 1):
        stored = await bus.connection.api("STREAM.MSG.GET.DLQ", {"seq": sequence})
        message = from_api(stored["message"])
        found.append((message.subject, message.headers["rc-seq"]))
    return found


# Rows


async def test_rows_come_back_from_the_database_as_the_fold_left_them(stage, bus):
    last = await say(bus, "ä 'q\" \\", 3, 4, 7)
    async with running(stage.projector(bus).run()):
        await stage.until(last)
    (row,) = await stage.fetch(f"select * from {NAME}_v1.tallies")
    assert (row["canary_id"], row["total"], row["average"]) == ("ä 'q\" \\", 14, 14 / 3)
    assert (row["last"], row["odd"], row["note"]) == (7, False, None)
    assert json.loads(row["history"]) == [3, 4, 7]
    assert json.loads(row["detail"]) == {"größe": [1.5, None, {"a": "b\n"}]}
    assert row["said_at"] == NOW
    last = await say(bus, "ä 'q\" \\", 1)  # read back by the restarted projector
    async with running(stage.projector(bus).run()):
        await stage.until(last)
    (row,) = await stage.fetch(f"select * from {NAME}_v1.tallies")
    assert (row["last"], row["detail"], row["note"]) == (None, None, "five")
    assert json.loads(row["history"]) == [3, 4, 7, 1]
    assert await stage.dump() == await stage.replayed()


async def test_any_split_of_the_log_gives_the_same_rows(stage, bus, monkeypatch):
    chance = random.Random(3)
    for _ in range(60):
        numbers = [chance.choice([1, 2, 5, GONE]) for _ in range(chance.randint(1, 9))]
        await say(bus, f"c{chance.randint(0, 9)}", *numbers)
    head = (await bus.head()).sequence
    dumps = []
    for version, (batch, cache) in enumerate([(1, 2), (7, 3), (50, 5), (5000, 50_000)], 1):
        monkeypatch.setattr(project, "BATCH_MAX", batch)
        monkeypatch.setattr(project, "CACHE_ROWS_MAX", cache)
        async with running(stage.projector(bus, version).run()):
            await stage.until(head, version)
        dumps.append(await stage.dump(version))
    assert dumps[0]
    assert dumps[1:] == dumps[:1] * 3


async def test_the_cache_stays_within_its_limit(stage, bus, monkeypatch):
    monkeypatch.setattr(project, "BATCH_MAX", 20)
    monkeypatch.setattr(project, "CACHE_ROWS_MAX", 30)
    for number in range(200):
        await say(bus, f"c{number}", 1)
    sizes = []
    projector = stage.projector(bus)
    fold = projector._fold

    def watched(batch):
        sizes.append(projector._rows.size())
        fold(batch)

    monkeypatch.setattr(projector, "_fold", watched)
    async with running(projector.run()):
        await stage.until(200)
    assert max(sizes) <= 30 + 20
    assert len(await stage.dump()) == 200


async def test_the_checkpoint_moves_also_when_nothing_applies(stage, bus):
    sequence = await put(bus.connection, "evt.gfx.game.g1.unheard_of", b"{}")
    async with running(stage.projector(bus).run()):
        await stage.until(sequence)
    assert await stage.dump() == []
    assert await stage.parked() == {}
    (row,) = await stage.fetch("select * from views.checkpoints")
    assert (row["projection"], row["schema_name"], row["seq"]) == (NAME, f"{NAME}_v1", sequence)


async def test_every_commit_is_announced(stage, bus):
    heard: asyncio.Queue[str] = asyncio.Queue()
    connection = await asyncpg.connect(stage.dsn)
    await connection.add_listener(checkpoint.CHANNEL, lambda *args: heard.put_nowait(args[-1]))
    async with running(stage.projector(bus).run()), asyncio.timeout(10):
        assert await heard.get() == f"{NAME}:0"
        last = await say(bus, "a", 1)
        assert await heard.get() == f"{NAME}:{last}"
    await connection.close()


async def test_a_projection_becomes_ready_on_an_empty_log(stage, bus):
    async with running(stage.projector(bus).run()):
        await eventually(lambda: stage.health.ready)


# Events that fail


@pytest.mark.parametrize("bad", [POISON, UNSTORABLE, UNREADABLE_KEY])
@pytest.mark.parametrize("batch", [1, 5000])
async def test_an_event_that_fails_is_parked_with_what_follows_it_and_the_rest_flows(
    stage, bus, monkeypatch, bad, batch
):
    monkeypatch.setattr(project, "BATCH_MAX", batch)
    await say(bus, "good", 1)
    failed = await say(bus, "bad", 2, bad)
    await say(bus, "bad", 3)
    last = await say(bus, "good", 5)
    async with running(stage.projector(bus).run()):
        await stage.until(last)
        await eventually(lambda: stage.health.ready)
    totals = await stage.fetch(f"select canary_id, total from {NAME}_v1.tallies order by 1")
    assert [tuple(row) for row in totals] == [("bad", 2), ("good", 6)]
    parked = await stage.parked()
    assert list(parked) == [failed, failed + 1]
    assert parked[failed + 1][1] == f"behind parked event {failed}"
    subject = f"dlq.test.{NAME}_v1"
    assert set(await dead_letters(bus)) == {(subject, str(failed)), (subject, str(failed + 1))}
    (row,) = await stage.fetch("select parked from views.checkpoints")
    assert row["parked"] == 2


@pytest.mark.parametrize("batch", [1, 5000])
async def test_what_nobody_can_read_holds_back_its_entity_only(stage, bus, monkeypatch, batch):
    monkeypatch.setattr(project, "BATCH_MAX", batch)
    await say(bus, "bad", 2)
    failed = await put(bus.connection, "evt.system.canary.bad.said", b'{"number":"seven"}')
    await say(bus, "good", 1)
    last = await say(bus, "bad", 3)
    async with running(stage.projector(bus).run()):
        await stage.until(last)
    totals = await stage.fetch(f"select canary_id, total from {NAME}_v1.tallies order by 1")
    assert [tuple(row) for row in totals] == [("bad", 2), ("good", 1)]
    parked = await stage.parked()
    assert list(parked) == [failed, last]
    assert "BadMessage" in parked[failed][1]


async def test_what_is_parked_stays_parked_after_a_restart(stage, bus):
    failed = await say(bus, "bad", POISON)
    async with running(stage.projector(bus).run()):
        await stage.until(failed)
    last = await say(bus, "bad", 1)
    async with running(stage.projector(bus).run()):
        await stage.until(last)
    assert list(await stage.parked()) == [failed, last]
    assert await stage.dump() == []


async def test_too_many_parked_events_stop_the_projection(stage, bus, monkeypatch):
    monkeypatch.setattr(parking, "PARKED_MAX", 5)
    await say(bus, "bad", POISON, *range(5))
    with pytest.raises(Fatal, match="its code is wrong"):
        async with asyncio.timeout(10):
            await stage.projector(bus).run()


async def test_a_dead_letter_is_written_before_the_event_counts_as_seen(stage, bus, monkeypatch):
    commits, letters = [], []

    async def set_aside(consumer, message, reason):
        letters.append(message.sequence)
        assert not await stage.reached(message.sequence)
        if len(letters) == 1:
            raise Fenced("the dead letters do not answer")
        commits.append(message.sequence)

    monkeypatch.setattr(bus, "set_aside", set_aside)
    failed = await say(bus, "bad", POISON)
    async with running(stage.projector(bus).run()):
        await stage.until(failed)
    assert letters == [failed, failed]
    assert list(await stage.parked()) == [failed]


# Other instances


async def test_a_checkpoint_moves_only_from_where_it_is_known_to_be(stage, bus):
    async with running(stage.projector(bus).run()):
        await stage.until(0)
    connection = await checkpoint.connect(stage.dsn, "test")
    names = (NAME, f"{NAME}_v1")
    old = await checkpoint.load(connection, f"{NAME}_v1")
    new = checkpoint.Checkpoint(old.log_id, 1, "e1")
    try:
        async with connection.transaction():
            await checkpoint.move(connection, names, old, new)
        for stale in (old, None):
            with pytest.raises(Fenced, match="another instance"):
                async with connection.transaction():
                    await checkpoint.move(connection, names, stale, new)
    finally:
        await connection.close()


async def test_two_instances_write_the_rows_of_one(stage, bus, monkeypatch):
    monkeypatch.setattr(project, "BATCH_MAX", 40)
    other_health = Health()
    async with nats_bus(stage.server, "other") as other:
        first = stage.projector(bus)
        second = stage.projector(other, health=other_health)
        async with running(first.run()), running(second.run()):
            for number in range(40):
                last = await say(bus, f"c{number % 7}", *range(number, number + 10))
            await stage.until(last)
    assert await stage.dump() == await stage.replayed()


async def test_a_database_filled_by_other_code_is_refused(stage, bus):
    async with running(stage.projector(bus).run()):
        await stage.until(0)
    (stage.folder / "domain.py").write_text("# another fold")
    with pytest.raises(Fatal, match="the next version in contracts"):
        async with asyncio.timeout(10):
            await stage.projector(bus).run()


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
    await eventually(lambda: REMEDY in stage.health.report()[NAME], 5)
    for _ in range(30):
        await asyncio.sleep(0.02)
        assert not stage.health.healthy
    assert await stage.dump() == rows


@pytest.mark.parametrize(("said_there", "verify_s"), [(0, 0.1), (2, project.VERIFY_S), (40, 0.1)])
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
                if said_there:
                    await say(NatsBus(other, "other"), "b", *range(said_there))
            await refused(stage, rows)


async def test_a_log_that_is_gone_is_refused(fresh_nats, database, tmp_path, alert):
    stage = Stage(fresh_nats.server, database, tmp_path)
    async with nats_bus(stage.server) as bus:
        await provision(bus.connection)
        async with running(stage.projector(bus).run()):
            await stage.until(await say(bus, "a", 1))
            await fresh_nats.wipe()
            await eventually(lambda: "does not exist" in stage.health.report()[NAME], 5)
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


async def test_an_event_that_says_what_was_never_said_there_is_noticed(stage, bus):
    last = await say(bus, "a", 1)
    async with running(stage.projector(bus).run()):
        await stage.until(last)
    await stage.fetch(f"update {NAME}_v1.checkpoint set event_id = 'another' returning 1")
    async with running(stage.projector(bus).run()):
        await eventually(lambda: "the rows know it as another" in stage.health.report()[NAME], 5)


def test_a_fingerprint_covers_names_and_contents(tmp_path):
    one, two = tmp_path / "domain.py", tmp_path / "store.py"
    one.write_text("a")
    two.write_text("b")
    first = checkpoint.fingerprint([one, two])
    two.write_text("c")
    second = checkpoint.fingerprint([one, two])
    one.rename(tmp_path / "other.py")
    third = checkpoint.fingerprint([tmp_path / "other.py", two])
    assert len({first, second, third}) == 3


async def test_an_event_about_nothing_we_know_is_left_alone(stage, bus):
    entity = Entity("system", "canary", "a")
    await bus.append(entity, 0, [drafted(CanarySaid(canary_id="a", number=1))])
    async with running(stage.projector(bus).run()):
        await stage.until(1)
    assert len(await stage.dump()) == 1
