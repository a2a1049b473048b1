"""The projector on real servers: whatever happens, the rows are those of a clean replay."""

import asyncio
import json
import random

import asyncpg
import pytest

from bus import checkpoint, parking, project
from bus.api import Entity
from bus.delivery import from_api
from bus.errors import Fatal, Fenced
from bus.health import Health
from bus.provision import provision
from contracts.messages.system import CanarySaid
from tests.support.bus import (
    GONE,
    NOW,
    POISON,
    UNREADABLE_KEY,
    UNSTORABLE,
    Stage,
    drafted,
    eventually,
    nats_bus,
    put,
    running,
    say,
)


@pytest.fixture
async def stage(bus_urls, database, tmp_path):
    return Stage(bus_urls, database, tmp_path)


@pytest.fixture
async def bus(stage):
    async with nats_bus(stage.server) as bus:
        await provision(bus.connection)
        yield bus


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
    (row,) = await stage.fetch("select * from tallies_v1.tallies")
    assert (row["canary_id"], row["total"], row["average"]) == ("ä 'q\" \\", 14, 14 / 3)
    assert (row["last"], row["odd"], row["note"]) == (7, False, None)
    assert json.loads(row["history"]) == [3, 4, 7]
    assert json.loads(row["detail"]) == {"größe": [1.5, None, {"a": "b\n"}]}
    assert row["said_at"] == NOW
    last = await say(bus, "ä 'q\" \\", 1)  # read back by the restarted projector
    async with running(stage.projector(bus).run()):
        await stage.until(last)
    (row,) = await stage.fetch("select * from tallies_v1.tallies")
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
    assert (row["projection"], row["schema_name"], row["seq"]) == (
        "tallies",
        "tallies_v1",
        sequence,
    )


async def test_every_commit_is_announced(stage, bus):
    heard: asyncio.Queue[str] = asyncio.Queue()
    connection = await asyncpg.connect(stage.dsn)
    await connection.add_listener(checkpoint.CHANNEL, lambda *args: heard.put_nowait(args[-1]))
    async with running(stage.projector(bus).run()), asyncio.timeout(10):
        assert await heard.get() == "tallies:0"
        last = await say(bus, "a", 1)
        assert await heard.get() == f"tallies:{last}"
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
    totals = await stage.fetch("select canary_id, total from tallies_v1.tallies order by 1")
    assert [tuple(row) for row in totals] == [("bad", 2), ("good", 6)]
    parked = await stage.parked()
    assert list(parked) == [failed, failed + 1]
    assert parked[failed + 1][1] == f"behind parked event {failed}"
    subject = "dlq.test.tallies_v1"
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
    totals = await stage.fetch("select canary_id, total from tallies_v1.tallies order by 1")
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
    names = ("tallies", "tallies_v1")
    old = await checkpoint.load(connection, "tallies_v1")
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


async def test_an_event_that_says_what_was_never_said_there_is_noticed(stage, bus):
    last = await say(bus, "a", 1)
    async with running(stage.projector(bus).run()):
        await stage.until(last)
    await stage.fetch("update tallies_v1.checkpoint set event_id = 'another' returning 1")
    async with running(stage.projector(bus).run()):
        await eventually(
            lambda: "the rows know it as another" in stage.health.report()["tallies"], 5
        )


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
