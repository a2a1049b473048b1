"""Durable consumers on a real server: a message is finished, or set aside with its reason."""

import asyncio

import pytest

from bus import durable as durable_module
from bus.connection import ApiError
from bus.durable import DurableConsumer
from bus.errors import LogFull, Retryable
from bus.provision import _consumer, provision
from contracts.streams import Durable
from tests.support.bus import (
    PATIENCE_S,
    canary,
    eventually,
    nats_bus,
    numbers,
    running,
    said,
)

WORKER = Durable(
    name="test-worker",
    stream="EVENTS",
    filter="evt.system.>",
    deliver="all",
    ack_wait_s=1,
    description="Works in tests",
)


@pytest.fixture
async def bus(bus_urls):
    async with nats_bus(bus_urls) as bus:
        await provision(bus.connection)
        await _consumer(bus.connection, WORKER)
        yield bus


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(durable_module, "RETRY_S_BASE", 0.01)
    monkeypatch.setattr(durable_module, "RETRY_S_MAX", 0.05)
    monkeypatch.setattr(durable_module, "PROGRESS_S", 0.3)


class Work:
    """A handler that notes what it got; `act` decides what becomes of it."""

    def __init__(self, act=None):
        self.got: list[tuple[int, int]] = []
        self.done: list[int] = []
        self.act = act

    async def __call__(self, delivery):
        (number,) = numbers([delivery.message])
        self.got.append((number, delivery.attempt))
        if self.act:
            await self.act(number, delivery.attempt)
        self.done.append(number)


async def state(bus, durable=WORKER):
    return await bus.connection.api(f"CONSUMER.INFO.EVENTS.{durable.name}")


async def settled(bus, durable=WORKER):
    """Whether the server knows every message as finished."""
    info = await state(bus, durable)
    head = (await bus.head()).sequence
    return info["num_ack_pending"] == 0 and info["ack_floor"]["stream_seq"] == head


async def dead_letters(bus):
    return (await bus.connection.api("STREAM.INFO.DLQ"))["state"]["messages"]


async def test_what_is_done_is_acknowledged(bus):
    await bus.append(canary("a"), 0, said("a", *range(200)))
    work = Work()
    async with running(bus.consume(WORKER, work)):
        await eventually(lambda: settled(bus))
    assert work.got == [(n, 1) for n in range(200)]


async def test_a_message_that_waits_for_another_try_does_not_hold_up_the_rest(bus, monkeypatch):
    monkeypatch.setattr(durable_module, "RETRY_S_BASE", 0.2)
    monkeypatch.setattr(durable_module, "RETRY_S_MAX", 0.2)

    async def act(number, attempt):
        if number == 1 and attempt == 1:
            raise Retryable("later")

    await bus.append(canary("a"), 0, said("a", 1, 2, 3))
    work = Work(act)
    async with running(bus.consume(WORKER, work)):
        await eventually(lambda: settled(bus))
    assert work.got == [(1, 1), (2, 1), (3, 1), (1, 2)]


async def test_a_long_task_and_what_waits_behind_it_are_delivered_once(bus):
    """The wait for an acknowledgement is one second; the first message takes longer."""
    release = asyncio.Event()

    async def act(number, attempt):
        if number == 1:
            await release.wait()

    await bus.append(canary("a"), 0, said("a", *range(1, 41)))
    work = Work(act)
    async with running(bus.consume(WORKER, work)):
        await eventually(lambda: work.got)
        await asyncio.sleep(2.2)
        assert (await state(bus))["num_redelivered"] == 0
        release.set()
        await eventually(lambda: settled(bus))
    assert work.got == [(n, 1) for n in range(1, 41)]


async def test_no_more_is_held_than_was_asked_for(bus):
    release = asyncio.Event()

    async def act(number, attempt):
        await release.wait()

    await bus.append(canary("a"), 0, said("a", *range(300)))
    work = Work(act)
    consumer = DurableConsumer(bus.connection, WORKER, work, bus.set_aside)
    async with running(consumer.run()):
        await eventually(lambda: len(consumer._held) == consumer._durable.batch)
        await asyncio.sleep(0.1)
        assert len(consumer._held) == consumer._durable.batch
        release.set()
        await eventually(lambda: settled(bus))
    assert work.done == list(range(300))


async def test_a_message_of_a_process_that_died_is_delivered_again(bus):
    await bus.append(canary("a"), 0, said("a", 7))
    hang = Work(lambda *_: asyncio.Event().wait())
    async with running(bus.consume(WORKER, hang)):
        await eventually(lambda: hang.got == [(7, 1)])
    work = Work()
    async with running(bus.consume(WORKER, work)):
        await eventually(lambda: settled(bus))
    assert work.got == [(7, 2)]


async def test_a_message_that_ends_every_process_is_set_aside(bus, monkeypatch):
    monkeypatch.setattr(durable_module, "ATTEMPTS_MAX", 1)
    await bus.append(canary("a"), 0, said("a", 7, 8))
    hang = Work(lambda *_: asyncio.Event().wait())
    async with running(bus.consume(WORKER, hang)):
        await eventually(lambda: hang.got == [(7, 1)])
    reasons: list[tuple[int, str]] = []

    async def note(consumer, message, reason):
        reasons.append((message.sequence, reason))

    work = Work()
    async with running(DurableConsumer(bus.connection, WORKER, work, note).run()):
        await eventually(lambda: settled(bus))
    assert (1, "1 deliveries never finished") in reasons
    assert (7, 2) not in work.got


async def test_one_at_a_time_keeps_the_order_also_over_retries(bus):
    single = Durable(
        name="test-single",
        stream="EVENTS",
        filter="evt.system.>",
        deliver="all",
        max_ack_pending=1,
        description="One after the other",
    )
    await _consumer(bus.connection, single)

    async def act(number, attempt):
        if number in (1, 3) and attempt < 3:
            raise Retryable("not now")

    await bus.append(canary("a"), 0, said("a", *range(5)))
    work = Work(act)
    async with running(bus.consume(single, work)):
        await eventually(lambda: settled(bus, single))
    assert work.done == [0, 1, 2, 3, 4]
    assert work.got == [(0, 1), (1, 1), (1, 2), (1, 3), (2, 1), (3, 1), (3, 2), (3, 3), (4, 1)]


async def test_two_instances_share_the_work(bus):
    await bus.append(canary("a"), 0, said("a", *range(400)))
    first, second = Work(), Work()
    async with running(bus.consume(WORKER, first)), running(bus.consume(WORKER, second)):
        await eventually(lambda: settled(bus))
    assert sorted(first.done + second.done) == list(range(400))
    assert first.done
    assert second.done


async def test_nothing_leaves_the_consumer_before_it_is_safe_among_the_dead_letters(bus):
    tries: list[str] = []

    async def set_aside(consumer, message, reason):
        tries.append(reason)
        info = await state(bus)
        assert info["num_ack_pending"] == 1
        if len(tries) < 3:
            raise Retryable("the dead letters do not answer")

    async def act(number, attempt):
        raise KeyError("a bug")

    await bus.append(canary("a"), 0, said("a", 1))
    async with running(DurableConsumer(bus.connection, WORKER, Work(act), set_aside).run()):
        await eventually(lambda: settled(bus))
    assert tries == ["KeyError: 'a bug'"] * 3


async def test_dead_letters_that_are_full_are_not_taken_for_stored(bus):
    config = (await bus.connection.api("STREAM.INFO.DLQ"))["config"]
    await bus.connection.api("STREAM.UPDATE.DLQ", config | {"max_msgs": 1})
    await bus.append(canary("a"), 0, said("a", 1, 2))
    first, second = await bus.tail(canary("a"), 0)
    await bus.set_aside("test-worker", first, "wrong")
    await bus.set_aside("test-worker", first, "wrong")  # the same one again is no second letter
    assert await dead_letters(bus) == 1
    with pytest.raises(LogFull):
        await bus.set_aside("test-worker", second, "wrong")


@pytest.mark.fault
@pytest.mark.parametrize("told", [True, False])
async def test_a_consumer_goes_on_after_its_server_was_killed(fresh_nats, monkeypatch, told):
    """The connection tells of the restart; where it does not, the silence does."""
    monkeypatch.setattr(durable_module, "SILENCE_S_MAX", 1000 if told else 0.5)
    monkeypatch.setattr(durable_module, "HEARTBEAT_S", 0.2)
    if not told:
        monkeypatch.setattr(DurableConsumer, "_restart", lambda self: None)
    async with nats_bus(fresh_nats.server) as bus:
        await provision(bus.connection)
        await _consumer(bus.connection, WORKER)
        work = Work()
        async with running(bus.consume(WORKER, work)):
            await bus.append(canary("a"), 0, said("a", 1))
            await eventually(lambda: work.done == [1])
            await fresh_nats.kill9()
            await fresh_nats.restart()
            await bus.append(canary("a"), 1, said("a", 2))
            async with asyncio.timeout(PATIENCE_S):
                await eventually(lambda: 2 in work.done)


async def test_a_consumer_that_is_not_there_is_waited_for(bus):
    late = Durable(
        name="test-late",
        stream="EVENTS",
        filter="evt.system.>",
        deliver="all",
        description="Made after its reader",
    )
    with pytest.raises(ApiError):
        await state(bus, late)
    await bus.append(canary("a"), 0, said("a", 1))
    work = Work()
    async with running(bus.consume(late, work)):
        await asyncio.sleep(0.1)
        await _consumer(bus.connection, late)
        await eventually(lambda: work.done == [1])
