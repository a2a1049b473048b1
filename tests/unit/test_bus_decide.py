"""The Decider runner: given what was said, when a command comes, then this is said."""

import asyncio
from datetime import timedelta

import pytest

from bus import decide, retry
from bus.api import Entity
from bus.decide import DeciderRunner
from bus.errors import Fatal, LogMismatch, TooManyBatches, Unavailable, Uncertain
from bus.memory import Log, MemoryBus
from contracts.envelope import to_headers
from tests.support.bus import (
    NOW,
    Counting,
    LostAcks,
    Say,
    asked,
    canary,
    eventually,
    numbers,
    running,
    said,
)


@pytest.fixture
def log():
    return Log()


@pytest.fixture
def bus(log):
    return MemoryBus(log, "test")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """Back-off without the wait."""
    monkeypatch.setattr(retry, "DELAY_S_BASE", 0.0)
    monkeypatch.setattr(retry.delays, "__defaults__", (0.0, 0.0))


def runner_on(bus, name: str = "test", clock=lambda: NOW) -> DeciderRunner:
    return DeciderRunner(bus, Counting(), name, clock)


async def say(runner, command_id: str, times: int = 1, name: str = "a", **more):
    command = Say(canary_id=name, times=times)
    return await runner.execute(command, canary(name), asked(command_id, **more))


async def test_given_events_when_a_command_comes_then_the_next_ones_are_said(bus):
    await bus.append(canary("a"), 0, said("a", 0, 1))
    async with runner_on(bus) as runner:
        answer = await say(runner, "c1", times=2)
        assert answer.sequence == 4
        assert runner.state("canary", "a") == (0, 1, 2, 3)
        assert runner.sequence("canary", "a") == 4
    assert numbers(await bus.tail(canary("a"), 0)) == [0, 1, 2, 3]


async def test_what_is_said_names_who_asked_and_why(bus):
    async with runner_on(bus) as runner:
        await say(runner, "c1", times=2, correlation_id="story", causation_id="click")
        await say(runner, "c2")
    first, second, alone = (decide.recorded(m).envelope for m in await bus.tail(canary("a"), 0))
    assert (first.causation_id, first.correlation_id, first.actor) == ("c1", "story", "dana")
    assert first.source == "test"
    assert first.time == NOW
    assert first.command_hash == second.command_hash != alone.command_hash
    assert len({first.id, second.id, alone.id}) == 3
    assert alone.correlation_id == "c2"


async def test_a_refusal_stores_nothing_and_leaves_nothing_in_memory(bus):
    async with runner_on(bus) as runner:
        answer = await say(runner, "c1", times=-1)
        assert answer.refusal.reason == "negative"
        assert runner.state("canary", "a") is None
        assert runner.entities("canary") == []
        assert runner._slots == {}
    assert (await bus.head()).sequence == 0


async def test_a_command_that_changes_nothing_is_answered_with_the_last_sequence(bus):
    await bus.append(canary("b"), 0, said("b", 0))
    await bus.append(canary("a"), 0, said("a", 0))
    async with runner_on(bus) as runner:
        answer = await say(runner, "c1", times=0)
    assert (answer.sequence, answer.repeated, answer.refusal) == (2, False, None)


async def test_events_of_another_instance_are_followed(bus, log):
    async with runner_on(bus) as runner, running(runner.follow()):
        other = MemoryBus(log, "other")
        await other.append(canary("a"), 0, said("a", 0, 1))
        async with asyncio.timeout(5):
            await runner.reached(2)
        assert runner.state("canary", "a") == (0, 1)
        assert runner.entities("canary") == [(0, 1)]


async def test_a_decision_made_on_an_old_state_is_made_again_on_the_new_one(bus):
    async with runner_on(bus) as runner:
        await bus.append(canary("a"), 0, said("a", 0, 1, 2))  # nobody follows
        answer = await say(runner, "c1")
    assert answer.sequence == 4
    assert numbers(await bus.tail(canary("a"), 0)) == [0, 1, 2, 3]


async def test_a_lost_acknowledgement_is_found_in_the_log_and_is_no_repeat(bus):
    lossy = LostAcks(bus, times=1)
    async with runner_on(lossy) as runner:
        answer = await say(runner, "c1", times=2)
        again = await say(runner, "c1", times=2)
    assert (answer.sequence, answer.repeated) == (2, False)
    assert (again.sequence, again.repeated) == (2, True)
    assert lossy.appends == 1
    assert numbers(await bus.tail(canary("a"), 0)) == [0, 1]


class Failing:
    """A bus whose appends store nothing and fail, a few times."""

    def __init__(self, bus, *errors):
        self._bus = bus
        self.errors = list(errors)

    def __getattr__(self, name):
        return getattr(self._bus, name)

    async def append(self, entity, expected, drafts):
        if self.errors:
            raise self.errors.pop(0)
        return await self._bus.append(entity, expected, drafts)


@pytest.mark.parametrize("error", [Uncertain("no answer"), TooManyBatches("fifty are open")])
async def test_an_append_that_stored_nothing_is_made_again(bus, error):
    async with runner_on(Failing(bus, error, error)) as runner:
        answer = await say(runner, "c1")
    assert (answer.sequence, answer.repeated) == (1, False)
    assert (await bus.head()).sequence == 1


async def test_a_log_that_never_answers_is_unavailable_after_a_few_tries(bus):
    failing = Failing(bus, *[Uncertain("no answer")] * 100)
    async with runner_on(failing) as runner:
        with pytest.raises(Unavailable, match="did not settle"):
            await say(runner, "c1")
    assert len(failing.errors) == 100 - decide.ATTEMPTS_MAX


async def test_repeats_are_known_after_a_restart(bus):
    async with runner_on(bus) as runner:
        await say(runner, "c1", times=2)
        await say(runner, "c2")
    async with runner_on(bus) as restarted:
        again = await say(restarted, "c1", times=2)
        changed = await say(restarted, "c1", times=1)
    assert (again.sequence, again.repeated) == (2, True)
    assert changed.refusal.reason == "idempotency_key_reused"
    assert (await bus.head()).sequence == 3


async def test_the_hash_of_the_command_as_it_was_sent_decides_what_a_repeat_is(bus):
    async with runner_on(bus) as runner:
        await say(runner, "c1", command_hash="as sent")
        assert (await say(runner, "c1", times=2, command_hash="as sent")).repeated
        assert (await say(runner, "c1", command_hash="other")).refusal


async def test_only_the_newest_commands_of_an_entity_are_remembered(bus, monkeypatch):
    monkeypatch.setattr(decide, "COMMANDS_KNOWN_MAX", 3)
    async with runner_on(bus) as runner:
        for number in range(4):
            await say(runner, f"c{number}")
        assert (await say(runner, "c1")).repeated
        assert not (await say(runner, "c0")).repeated
        assert len(runner._slots["canary", "a"].commands) == 3


async def test_a_known_command_is_answered_also_when_its_time_is_over(bus):
    async with runner_on(bus) as runner:
        await say(runner, "c1", expires_at=NOW)
        runner._clock = lambda: NOW + timedelta(seconds=1)
        known = await say(runner, "c1", expires_at=NOW)
        late = await say(runner, "c2", expires_at=NOW)
        refused_late = await say(runner, "c3", times=-1, expires_at=NOW)
    assert known.repeated
    assert late.refusal.code == "expired"
    assert refused_late.refusal.code == "expired"  # nothing is decided any more
    assert (await bus.head()).sequence == 1


async def test_a_command_whose_time_runs_out_between_two_tries_is_not_done(bus):
    moments = iter([NOW, NOW + timedelta(seconds=2)])
    failing = Failing(bus, Uncertain("no answer"))
    async with runner_on(failing, clock=lambda: next(moments)) as runner:
        answer = await say(runner, "c1", expires_at=NOW + timedelta(seconds=1))
    assert answer.refusal.code == "expired"
    assert (await bus.head()).sequence == 0


def store_raw(log, bus, subject: str, body: bytes) -> None:
    headers = to_headers(said("a", 0)[0].envelope)
    bus._store(log.events, subject, headers, body)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("evt.system.canary.a.said", b'{"canary_id":"a","number":"many"}'),
        ("evt.system.canary.a.said", b"\xff"),
        ("evt.system.canary", b"{}"),
    ],
)
@pytest.mark.parametrize("when", ["at the start", "while following"])
async def test_an_event_of_the_own_context_that_cannot_be_read_is_fatal(
    bus, log, subject, body, when
):
    if when == "at the start":
        store_raw(log, bus, subject, body)
        with pytest.raises(Fatal, match="event 1 of the own context cannot be read"):
            await runner_on(bus).start()
        return
    async with runner_on(bus) as runner:
        following = asyncio.create_task(runner.follow())
        store_raw(log, bus, subject, body)
        await log.notify()
        with pytest.raises(Fatal, match="written by newer code"):
            async with asyncio.timeout(5):
                await following


async def test_events_of_other_contexts_are_none_of_its_business(bus, log):
    store_raw(log, bus, "evt.gfx.game.g1.unknown", b"\xff")
    async with runner_on(bus) as runner:
        assert (await say(runner, "c1")).sequence == 2


async def test_another_log_than_the_one_in_memory_is_noticed(bus, log):
    async with runner_on(bus) as runner:
        await say(runner, "c1")
        await runner.reached(0)
        await runner.check_log()
        log.log_id = "another"
        with pytest.raises(LogMismatch, match="memory holds log"):
            await runner.check_log()


async def test_a_log_that_became_shorter_is_noticed(bus, log):
    async with runner_on(bus) as runner, running(runner.follow()):
        await say(runner, "c1", times=2)
        async with asyncio.timeout(5):
            await runner.reached(2)
        log.events.pop()
        with pytest.raises(LogMismatch):
            await runner.check_log()


async def test_commands_on_one_entity_are_decided_one_after_the_other(bus):
    async with runner_on(bus) as runner, running(runner.follow()):
        answers = await asyncio.gather(*(say(runner, f"c{n}") for n in range(50)))
        assert sorted(a.sequence for a in answers) == list(range(1, 51))
        await eventually(lambda: runner.state("canary", "a") == tuple(range(50)))
    assert numbers(await bus.tail(canary("a"), 0)) == list(range(50))


async def test_an_event_of_another_context_is_never_said(bus):
    class Foreign(Counting):
        def decide(self, command, state, now):
            return [said("b", 0)[0].event]

    async with DeciderRunner(bus, Foreign(), "test", lambda: NOW) as runner:
        with pytest.raises(Fatal, match="is not an event of"):
            await runner.execute(Say(canary_id="a"), Entity("system", "canary", "a"), asked("c"))


async def test_following_before_the_start_is_a_mistake(bus):
    with pytest.raises(Fatal, match="before start"):
        await runner_on(bus).follow()
