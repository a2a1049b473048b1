"""The reader on a real server: whatever happens, nothing is lost and nothing comes twice."""

import asyncio
import random
import shutil

import pytest

from bus import connection as connection_module
from bus import metrics, reader
from bus.api import Entity
from bus.connection import ApiError
from bus.decide import DeciderRunner
from bus.errors import LogMismatch, Uncertain
from bus.nats import NatsBus
from bus.provision import provision
from bus.reader import BATCH_BYTES, PULL_BYTES, PULL_MESSAGES, PULL_REQUESTS, EventReader
from contracts import subjects
from contracts.messages.cuesheet import SessionCreated
from tests.support.bus import (
    PATIENCE_S,
    Counting,
    Say,
    asked,
    canary,
    connected,
    drafted,
    eventually,
    nats_bus,
    numbers,
    paused,
    running,
    said,
)

OWNER = "test_v1"
IN_FLIGHT_MAX = PULL_REQUESTS * PULL_MESSAGES


@pytest.fixture
async def bus(bus_urls):
    """A bus on the shared server with fresh streams."""
    async with nats_bus(bus_urls) as bus:
        await provision(bus.connection)
        yield bus


@pytest.fixture
async def mortal(fresh_nats):
    """A bus on a server of this test alone."""
    async with nats_bus(fresh_nats.server) as bus:
        await provision(bus.connection)
        yield bus


@pytest.fixture
def quick(monkeypatch):
    """Notice silence in tenths of a second."""
    monkeypatch.setattr(reader, "HEARTBEAT_S", 0.15)
    monkeypatch.setattr(reader, "SILENCE_S_MAX", 0.4)
    monkeypatch.setattr(connection_module, "REQUEST_TIMEOUT_S", 0.5)


async def fill(bus: NatsBus, count: int, name: str = "a") -> None:
    """Put `count` canaries on an entity, numbered by their sequence."""
    last = await bus.last_sequence(canary(name).filter)
    first = (await bus.head()).sequence + 1
    for start in range(first, first + count, 1000):
        stop = min(start + 1000, first + count)
        last = await bus.append(canary(name), last, said(name, *range(start, stop)))


async def read(reader, count: int, most: int = 5000) -> list[int]:
    """Sequences of the next messages."""
    found: list[int] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(found) < count:
            found += [m.sequence for m in await reader.next(min(most, count - len(found)), 1)]
    return found


async def read_on(reader) -> None:
    """Wait for a message that must never come, until the reader gives up."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            assert await reader.next(10, 1) == []


async def delivered(bus: NatsBus, name: str) -> int:
    """How much the server gave to a consumer."""
    try:
        info = await bus.connection.api(f"CONSUMER.INFO.EVENTS.{name}")
    except ApiError:
        return 0
    return info["delivered"]["consumer_seq"]


def rebuilds() -> float:
    return metrics.REBUILDS.labels(OWNER)._value.get()


async def test_a_reader_goes_on_after_its_server_was_killed(mortal, fresh_nats):
    await fill(mortal, 10)
    async with mortal.reader(OWNER, None, 0) as reader:
        assert await read(reader, 10) == list(range(1, 11))
        await fresh_nats.kill9()
        await fresh_nats.restart()
        await fill(mortal, 10)
        assert await read(reader, 10) == list(range(11, 21))


async def test_a_reader_waits_for_a_server_that_comes_later(mortal, fresh_nats):
    await fill(mortal, 3)
    await fresh_nats.kill9()
    async with mortal.reader(OWNER, None, 0) as reader:
        assert await reader.next(10, 0.1) == []
        await fresh_nats.restart()
        assert await read(reader, 3) == [1, 2, 3]


async def test_a_reader_goes_on_after_its_consumer_was_deleted(bus):
    await fill(bus, 5)
    async with bus.reader(OWNER, None, 0) as reader:
        assert await read(reader, 5) == [1, 2, 3, 4, 5]
        for name in (f"{OWNER}_0", f"{OWNER}_1"):
            await bus.connection.client.request(f"$JS.API.CONSUMER.DELETE.EVENTS.{name}")
        await fill(bus, 5)
        assert await read(reader, 5) == [6, 7, 8, 9, 10]


async def test_a_reader_notices_a_server_that_stands_still_and_goes_on_afterwards(
    mortal, fresh_nats, quick
):
    await fill(mortal, 5)
    before = rebuilds()
    async with mortal.reader(OWNER, None, 0) as reader:
        assert await read(reader, 5) == [1, 2, 3, 4, 5]
        with paused(fresh_nats.pid):
            await eventually(lambda: rebuilds() > before)
            assert reader.idle_s > 0.4
        async with connected(fresh_nats.server) as other:
            await fill(NatsBus(other, "other"), 5)
        assert await read(reader, 5) == [6, 7, 8, 9, 10]


async def test_a_gap_in_the_deliveries_is_read_again(bus, monkeypatch):
    receive, seen = EventReader._receive, []

    def lossy(self, subject, *rest):
        seen.append(subject)
        if len(seen) not in (4, 5, 300):
            receive(self, subject, *rest)

    monkeypatch.setattr(EventReader, "_receive", lossy)
    await fill(bus, 1000)
    before = rebuilds()
    async with bus.reader(OWNER, None, 0) as reader:
        assert await read(reader, 1000) == list(range(1, 1001))
    assert rebuilds() > before


async def test_a_slow_reader_holds_a_bounded_number_of_messages(bus, quick):
    await fill(bus, 2 * IN_FLIGHT_MAX)
    before = rebuilds()
    async with bus.reader(OWNER, None, 0) as reader:
        await eventually(lambda: len(reader._queue) == IN_FLIGHT_MAX)
        await asyncio.sleep(0.6)  # longer than the silence that would count as a fault
        assert len(reader._queue) == IN_FLIGHT_MAX
        assert await delivered(bus, reader._name) == IN_FLIGHT_MAX
        assert rebuilds() == before
        assert await read(reader, 2 * IN_FLIGHT_MAX, 700) == list(range(1, 2 * IN_FLIGHT_MAX + 1))


async def test_a_slow_reader_holds_a_bounded_number_of_bytes(bus):
    size, count, last = 200_000, 300, 0
    big = drafted(
        SessionCreated(
            session_id="s1",
            code="FT",
            event_name="x" * size,
            broadcast_date="2031-03-01",
            status="live",
        )
    )
    for _ in range(0, count, 25):
        last = await bus.append(Entity("cuesheet", "session", "s1"), last, [big] * 25)
    bound = (PULL_REQUESTS + 1) * PULL_BYTES
    assert count * size > 1.5 * bound
    async with bus.reader(OWNER, None, 0) as reader:
        await eventually(
            lambda: (
                (reader._queued_bytes >= PULL_BYTES and reader._in_flight == 0)
                or len(reader._queue) == count
            )
        )
        assert PULL_BYTES <= reader._queued_bytes <= bound
        first = await reader.next(count, 1)
        assert BATCH_BYTES <= sum(len(m.data) for m in first) < BATCH_BYTES + 2 * size
        seen = [m.sequence for m in first] + await read(reader, count - len(first), 20)
        assert seen == list(range(1, count + 1))
        assert reader._queued_bytes == 0


@pytest.mark.fault
async def test_nothing_is_lost_and_nothing_comes_twice_over_many_restarts(mortal, fresh_nats):
    total, chance = 50_000, random.Random(7)
    await fill(mortal, total)
    kills = sorted(chance.sample(range(1, total), 4))
    seen: list[int] = []
    async with mortal.reader(OWNER, None, 0) as reader:
        while len(seen) < total:
            seen += [m.sequence for m in await reader.next(chance.randint(1, 3000), 1)]
            if kills and len(seen) >= kills[0]:
                kills.pop(0)
                await fresh_nats.kill9()
                await fresh_nats.restart()
    assert seen == list(range(1, total + 1))


async def test_two_instances_of_one_owner_read_beside_each_other(bus):
    await fill(bus, 5000)
    before = rebuilds()
    async with bus.reader(OWNER, None, 0) as first, bus.reader(OWNER, None, 0) as second:
        everything = list(range(1, 5001))
        both = await asyncio.gather(read(first, 5000, 900), read(second, 5000, 1100))
        assert both == [everything, everything]
        names = {f"{OWNER}_0", f"{OWNER}_1"}
        await eventually(lambda: {first._name, second._name} == names)
        await fill(bus, 10)
        late = list(range(5001, 5011))
        assert await asyncio.gather(read(first, 10), read(second, 10)) == [late, late]
        assert {first._name, second._name} == names
    assert rebuilds() - before < 10


async def test_two_instances_that_begin_at_one_moment_do_not_share_a_consumer(bus, monkeypatch):
    """The second finds no consumer, then the first makes one and is given every message."""
    found_none, first_has_all = asyncio.Event(), asyncio.Event()
    delete = EventReader._delete

    async def between(self):
        await delete(self)
        if self is second and not found_none.is_set():
            found_none.set()
            await first_has_all.wait()

    monkeypatch.setattr(EventReader, "_delete", between)
    await fill(bus, 100)
    second = bus.reader(OWNER, None, 0)
    async with second:
        await found_none.wait()
        async with bus.reader(OWNER, None, 0) as first:
            everything = list(range(1, 101))
            assert await read(first, 100) == everything
            first_has_all.set()
            assert await read(second, 100) == everything
            await fill(bus, 10)
            late = list(range(101, 111))
            assert await asyncio.gather(read(first, 10), read(second, 10)) == [late, late]


async def test_a_failed_reader_says_so_and_never_looks_idle(bus, monkeypatch):
    async def broken(self):
        raise RuntimeError("a bug in the reader")

    monkeypatch.setattr(EventReader, "_rebuild", broken)
    async with bus.reader(OWNER, None, 0) as reader:
        with pytest.raises(RuntimeError, match="a bug in the reader"):
            await read_on(reader)


async def test_leaving_a_reader_does_not_hide_why_it_was_left(mortal, fresh_nats, quick):
    with pytest.raises(LookupError, match="the real reason"):  # noqa: PT012
        async with mortal.reader(OWNER, None, 0) as reader:
            await reader.next(1, 0.1)
            with paused(fresh_nats.pid):
                await reader.__aexit__(None, None, None)
                mortal.connection.on_reconnect.append(reader._reconnected)
                raise LookupError("the real reason")


async def test_a_reader_takes_its_consumer_along(bus):
    async with bus.reader(OWNER, None, 0) as reader:
        await reader.next(1, 0.1)
        await eventually(lambda: reader._in_flight)
    info = await bus.connection.api("CONSUMER.NAMES.EVENTS")
    assert not [name for name in info["consumers"] or [] if name.startswith(OWNER)]


# Another log


async def test_a_reader_refuses_another_log_at_the_same_address(mortal, fresh_nats):
    await fill(mortal, 5)
    async with mortal.reader(OWNER, None, 0) as reader:
        await read(reader, 5)
        await fresh_nats.wipe()
        async with connected(fresh_nats.server) as other:
            await provision(other)
            await fill(NatsBus(other, "other"), 50)
        with pytest.raises(LogMismatch, match="was read up to 5"):
            await read_on(reader)


@pytest.mark.parametrize("later", [0, 1, 30])
async def test_a_reader_refuses_an_earlier_copy_of_its_log(mortal, fresh_nats, tmp_path, later):
    store = fresh_nats._runner.home.nats / "jetstream"
    await fill(mortal, 5)
    async with mortal.reader(OWNER, None, 0) as reader:
        await read(reader, 5)
        await fresh_nats.stop()
        shutil.copytree(store, tmp_path / "copy")
        await fresh_nats.restart()
        await fill(mortal, 3)
        assert await read(reader, 3) == [6, 7, 8]
        await fresh_nats.stop()
        shutil.rmtree(store)
        shutil.copytree(tmp_path / "copy", store)
        await fresh_nats.restart()
        async with connected(fresh_nats.server) as other:
            await fill(NatsBus(other, "other"), later, "b")
        with pytest.raises(LogMismatch):
            await read_on(reader)


# The connection under it


async def test_what_is_said_without_a_server_is_not_said_later(mortal, fresh_nats, quick):
    await fill(mortal, 1)
    await fresh_nats.kill9()
    await eventually(lambda: not mortal.connection.client.is_connected)
    with pytest.raises(Uncertain, match="not connected"):
        await mortal.append(canary("a"), 1, said("a", 2))
    await fresh_nats.restart()
    await eventually(lambda: mortal.connection.client.is_connected)
    await mortal.append(canary("b"), 0, said("b", 1))
    assert numbers(await mortal.tail(canary("a"), 0)) == [1]


async def test_what_was_asked_on_a_broken_connection_is_not_waited_for(
    mortal, fresh_nats, monkeypatch
):
    monkeypatch.setattr(connection_module, "REQUEST_TIMEOUT_S", 10 * PATIENCE_S)
    with paused(fresh_nats.pid):
        asked_for = asyncio.create_task(mortal.append(canary("a"), 0, said("a", 1)))
        await eventually(lambda: mortal.connection._asked)
        await fresh_nats.kill9()
    with pytest.raises(Uncertain, match="TimeoutError"):
        async with asyncio.timeout(PATIENCE_S):
            await asked_for
    await fresh_nats.restart()


async def test_a_decider_decides_on_after_its_server_was_killed(mortal, fresh_nats):
    runner = DeciderRunner(mortal, Counting(), "test")
    async with runner, running(runner.follow()):

        async def ask(command_id: str):
            return await runner.execute(Say(canary_id="a"), canary("a"), asked(command_id))

        await ask("c0")
        await fresh_nats.kill9()
        waiting = asyncio.create_task(ask("c1"))
        await fresh_nats.restart()
        assert (await waiting).sequence == 2
        async with connected(fresh_nats.server) as other:
            await NatsBus(other, "other").append(canary("b"), 0, said("b", 0))
        async with asyncio.timeout(PATIENCE_S):
            await runner.reached(3)
        assert runner.state("canary", "b") == (0,)
        assert await mortal.last_sequence(subjects.context_events("system")) == 3
