"""One behaviour, two implementations: the bus in memory and the bus on a real nats-server."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import msgspec
import pytest

from bus import commands, durable
from bus.api import Answer, Bus, Entity, recorded
from bus.clock import utc_now
from bus.decide import DeciderRunner
from bus.delivery import from_api
from bus.errors import Conflict, Fatal, Rejected, Retryable, Unavailable
from bus.memory import Log, MemoryBus
from bus.nats import NatsBus
from bus.provision import provision
from bus.react import durable as durable_named
from contracts import subjects
from contracts.decision import Refusal
from contracts.envelope import Envelope
from contracts.errors import BadMessage
from contracts.messages.cuesheet import CreateSession, SessionCreated
from contracts.messages.render import RenderNotice
from contracts.messages.system import CanarySaid
from tests.support import servers
from tests.support.bus import (
    NOW,
    Counting,
    Say,
    asked,
    canary,
    connected,
    drafted,
    eventually,
    numbers,
    running,
    said,
)

type MakeBus = Callable[[str], Bus]


@pytest.fixture(params=["memory", "nats"])
def kind(request) -> str:
    return request.param


@pytest.fixture
def server(kind, request):
    return request.getfixturevalue("nats_server") if kind == "nats" else None


@pytest.fixture
async def make_bus(kind, server) -> AsyncIterator[MakeBus]:
    """Buses of several services over one log."""
    if kind == "memory":
        shared = Log()
        yield lambda source: MemoryBus(shared, source)
        return
    await servers.delete_streams(server)
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(connected(server))
        await provision(connection)
        yield lambda source: NatsBus(connection, source)


@pytest.fixture
def bus(make_bus) -> Bus:
    return make_bus("test")


@pytest.fixture
def dead_letters(kind, bus):
    """What was set aside, as (subject, headers)."""

    async def read():
        if kind == "memory":
            return [(m.subject, m.headers) for m in bus._log.dead_letters]
        found = []
        info = await bus.connection.api("STREAM.INFO.DLQ")
        for sequence in range(1, info["state"]["last_seq"] + 1):
            stored = await bus.connection.api("STREAM.MSG.GET.DLQ", {"seq": sequence})
            message = from_api(stored["message"])
            found.append((message.subject, message.headers))
        return found

    return read


SHOW = Entity("cuesheet", "session", "s1")
SESSION = SessionCreated(
    session_id="s1", code="FT", event_name="Main", broadcast_date="2031-03-01", status="live"
)
OPEN = CreateSession(session_id="s1", code="FT", event_name="Main", broadcast_date="2031-03-01")


# Appending


async def test_an_append_returns_the_place_of_its_last_event(bus):
    assert await bus.append(canary("a"), 0, said("a", 1)) == 1
    assert await bus.append(canary("a"), 1, said("a", 2, 3)) == 3
    assert (await bus.head()).sequence == 3
    assert numbers(await bus.tail(canary("a"), 0)) == [1, 2, 3]


async def test_an_append_behind_a_stale_expectation_stores_nothing(bus):
    await bus.append(canary("a"), 0, said("a", 1, 2))
    for drafts in (said("a", 8), said("a", 8, 9)):
        for stale in (0, 1, 3):
            with pytest.raises(Conflict):
                await bus.append(canary("a"), stale, drafts)
    assert numbers(await bus.tail(canary("a"), 0)) == [1, 2]


async def test_an_expectation_is_about_its_own_entity_only(bus):
    await bus.append(canary("a"), 0, said("a", 1))
    assert await bus.append(canary("b"), 0, said("b", 1)) == 2
    assert await bus.append(canary("a"), 1, said("a", 2)) == 3


async def test_an_expectation_covers_every_event_of_an_entity_with_an_odd_id(bus):
    await bus.append(canary("a.b *"), 0, said("a.b *", 1))
    with pytest.raises(Conflict):
        await bus.append(canary("a.b *"), 0, said("a.b *", 2))


@pytest.mark.parametrize("other", ["b", "aa"])
async def test_an_event_of_another_entity_is_refused(bus, other):
    with pytest.raises(Fatal, match="is not an event of"):
        await bus.append(canary("a"), 0, [*said("a", 1), *said(other, 2)])
    assert (await bus.head()).sequence == 0


@pytest.mark.parametrize("count", [0, 1001])
async def test_an_append_has_one_to_a_thousand_events(bus, count):
    with pytest.raises(Fatal, match="1 to 1000"):
        await bus.append(canary("a"), 0, said("a", *range(count)))


async def test_a_batch_with_a_body_over_the_limit_stores_nothing(bus):
    small = drafted(SESSION)
    huge = drafted(msgspec.structs.replace(SESSION, event_name="x" * 300_000))
    for drafts in ([huge], [small, huge], [small, huge, small]):
        with pytest.raises(BadMessage, match="the limit is"):
            await bus.append(SHOW, 0, drafts)
    assert (await bus.head()).sequence == 0


async def test_of_many_writers_one_wins_each_place(bus):
    async def attempt(number: int) -> bool:
        try:
            await bus.append(canary("a"), 0, said("a", number))
        except Conflict:
            return False
        return True

    won = await asyncio.gather(*(attempt(n) for n in range(20)))
    assert won.count(True) == 1
    assert (await bus.head()).sequence == 1


# Reading


async def test_the_envelope_comes_back_as_it_was_said(bus):
    draft = drafted(CanarySaid(canary_id="ä.b", number=7), event_id="e 1%", command_id="c\n")
    await bus.append(canary("ä.b"), 0, [draft])
    for message in (await bus.event_at(1), *(await bus.tail(canary("ä.b"), 0))):
        fact = recorded(message)
        assert (fact.sequence, fact.envelope, fact.event) == (1, draft.envelope, draft.event)
    async with bus.reader("test_v1", None, 0) as reader:
        (message,) = await reader.next(10, 5)
    assert recorded(message).envelope == draft.envelope


async def test_a_tail_is_what_lies_behind_a_sequence_of_one_entity(bus):
    await bus.append(canary("a"), 0, said("a", 1, 2))
    await bus.append(canary("b"), 0, said("b", 9))
    await bus.append(canary("a"), 2, said("a", 3))
    found = await bus.tail(canary("a"), 1)
    assert [m.sequence for m in found] == [2, 4]
    assert numbers(found) == [2, 3]
    assert await bus.tail(canary("a"), 4) == []


async def test_the_last_sequence_under_a_filter_is_known(bus):
    await bus.append(canary("a"), 0, said("a", 1, 2))
    await bus.append(canary("b"), 0, said("b", 1))
    assert await bus.last_sequence(canary("a").filter) == 2
    assert await bus.last_sequence(subjects.context_events("system")) == 3
    assert await bus.last_sequence(subjects.context_events("cuesheet")) == 0
    assert await bus.event_at(4) is None


async def test_a_reader_reads_in_order_behind_its_place_and_follows(bus):
    await bus.append(canary("a"), 0, said("a", *range(1, 11)))
    async with bus.reader("test_v1", None, 3) as reader:
        found = []
        while len(found) < 7:
            found += await reader.next(4, 5)
        assert [m.sequence for m in found] == [4, 5, 6, 7, 8, 9, 10]
        assert await reader.next(4, 0.01) == []
        waiting = asyncio.create_task(reader.next(4, 5))
        await bus.append(canary("b"), 0, said("b", 5))
        assert [m.sequence for m in await waiting] == [11]


async def test_a_reader_gives_at_most_what_is_asked_for(bus):
    await bus.append(canary("a"), 0, said("a", *range(9)))
    async with bus.reader("test_v1", None, 0) as reader:
        sizes = []
        while sum(sizes) < 9:
            sizes.append(len(await reader.next(2, 5)))
    assert max(sizes) == 2


async def test_a_reader_with_a_subject_sees_only_that(bus):
    await bus.append(canary("a"), 0, said("a", 1))
    await bus.append(SHOW, 0, [drafted(SESSION)])
    await bus.append(canary("a"), 1, said("a", 2))
    async with bus.reader("test_v1", subjects.context_events("system"), 0) as reader:
        found = []
        while len(found) < 2:
            found += await reader.next(10, 5)
    assert [m.sequence for m in found] == [1, 3]


# Notices


def progress(percent: int) -> RenderNotice:
    return RenderNotice(
        verb="progress",
        render_id="r1",
        session_id="s1",
        item_id="i1",
        composition="table_leaderboard",
        progress=percent,
    )


def envelope(notice) -> Envelope:
    return Envelope(id="n", type=notice.TYPE.text, source="test", time=NOW, correlation_id="story")


async def test_the_newest_notice_of_a_subject_is_kept_with_its_sequence(bus):
    subject = progress(1).subject
    assert await bus.newest(subject) is None
    for percent, sequence in ((1, 5), (2, 8)):
        await bus.say(progress(percent), envelope(progress(percent)), sequence)
    newest = await bus.newest(subject)
    assert b'"progress":2' in newest.data
    assert newest.headers["rc-seq"] == "8"
    assert await bus.newest(subject + "-other") is None


async def test_a_watcher_hears_what_is_said_from_then_on(bus):
    await bus.say(progress(1), envelope(progress(1)), 1)
    async with bus.watch("render-progress.>") as notices:
        await bus.say(progress(2), envelope(progress(2)), 2)
        async with asyncio.timeout(5):
            heard = await anext(notices)
    assert heard.subject == progress(2).subject
    assert b'"progress":2' in heard.data


async def test_a_watcher_that_does_not_listen_loses_the_oldest_notices(bus, monkeypatch):
    for module in ("bus.memory", "bus.nats"):
        monkeypatch.setattr(f"{module}.WATCH_QUEUE_MAX", 2)
    async with bus.watch("render-progress.>") as notices:
        for percent in range(5):
            await bus.say(progress(percent), envelope(progress(percent)), percent)
        async with asyncio.timeout(5):
            first, second = await anext(notices), await anext(notices)
    assert b'"progress":3' in first.data
    assert b'"progress":4' in second.data


# Commands


async def test_a_command_is_answered_by_its_service(bus, make_bus):
    heard = []

    async def handler(command, context):
        heard.append((command, context))
        return Answer(sequence=7)

    expires = utc_now() + timedelta(minutes=1)
    context = asked("c 1", causation_id="e1", correlation_id="story", expires_at=expires)
    async with running(make_bus("cuesheet").serve("cuesheet", handler)):
        assert await bus.send(OPEN, context) == Answer(sequence=7)
    ((command, got),) = heard
    assert command == OPEN
    assert (got.command_id, got.actor, got.correlation_id) == ("c 1", "dana", "story")
    assert (got.causation_id, got.expires_at) == ("e1", expires)
    assert got.command_hash == commands.command_hash(OPEN)


async def test_a_refusal_is_an_answer(bus, make_bus):
    no = Refusal(code="conflict", reason="on_air", message="it is on air", allowed=("clear",))

    async def handler(command, context):
        return Answer(refusal=no)

    async with running(make_bus("cuesheet").serve("cuesheet", handler)):
        assert (await bus.send(OPEN, asked("c1"))).refusal == no


async def test_a_command_nobody_answers_is_unavailable_and_waits_for_its_service(
    bus, make_bus, monkeypatch
):
    monkeypatch.setattr(commands, "ANSWER_TIMEOUT_S", 0.1)
    with pytest.raises(Unavailable, match="did not answer"):
        await bus.send(OPEN, asked("c1"))
    heard = asyncio.Event()

    async def handler(command, context):
        heard.set()
        return Answer()

    async with running(make_bus("cuesheet").serve("cuesheet", handler)), asyncio.timeout(5):
        await heard.wait()


async def test_commands_run_side_by_side(bus, make_bus):
    both = asyncio.Barrier(2)

    async def handler(command, context):
        async with asyncio.timeout(5):
            await both.wait()
        return Answer(sequence=1)

    async with running(make_bus("cuesheet").serve("cuesheet", handler)):
        answers = await asyncio.gather(bus.send(OPEN, asked("c1")), bus.send(OPEN, asked("c2")))
    assert [a.sequence for a in answers] == [1, 1]


async def test_two_instances_of_a_service_share_its_commands(bus, make_bus):
    heard = []

    async def handler(command, context):
        heard.append(context.command_id)
        return Answer()

    work = [make_bus("cuesheet").serve("cuesheet", handler) for _ in range(2)]
    async with running(work[0]), running(work[1]):
        await asyncio.gather(*(bus.send(OPEN, asked(f"c{n}")) for n in range(20)))
    assert sorted(heard) == sorted(f"c{n}" for n in range(20))


async def test_a_sender_that_goes_away_does_not_spoil_the_next_one(bus, make_bus):
    gone = asyncio.create_task(bus.send(OPEN, asked("c1")))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)

    async def handler(command, context):
        return Answer(sequence=3)

    async with running(make_bus("cuesheet").serve("cuesheet", handler)):
        assert (await bus.send(OPEN, asked("c2"))).sequence == 3


# Durable consumers


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(durable, "RETRY_S_BASE", 0.005)
    monkeypatch.setattr(durable, "RETRY_S_MAX", 0.02)


ANNOUNCER = "cuesheet-announcer"


async def say_sessions(bus, count: int) -> None:
    await bus.append(SHOW, 0, [drafted(SESSION, f"session-{n}") for n in range(count)])


async def test_a_consumer_gets_what_matches_and_was_said_since_it_was_made(bus):
    heard = asyncio.Queue()

    async def handler(delivery):
        await heard.put((delivery.message.sequence, delivery.attempt))

    async with running(bus.consume(durable_named(ANNOUNCER), handler)):
        await asyncio.sleep(0)
        await bus.append(canary("a"), 0, said("a", 1))
        await say_sessions(bus, 2)
        async with asyncio.timeout(5):
            assert [await heard.get(), await heard.get()] == [(2, 1), (3, 1)]


async def test_what_cannot_be_done_now_is_tried_again_before_what_follows(bus, quick):
    heard = []

    async def handler(delivery):
        heard.append((delivery.message.sequence, delivery.attempt))
        if delivery.message.sequence == 1 and delivery.attempt < 3:
            raise Retryable("not now")

    async with running(bus.consume(durable_named(ANNOUNCER), handler)):
        await asyncio.sleep(0)
        await say_sessions(bus, 2)
        await eventually(lambda: (2, 1) in heard)
    assert heard == [(1, 1), (1, 2), (1, 3), (2, 1)]


@pytest.mark.parametrize("error", [Rejected("it is wrong"), KeyError("a bug")])
async def test_what_can_never_be_done_is_set_aside_at_once(bus, dead_letters, error):
    heard = []

    async def handler(delivery):
        heard.append(delivery.message.sequence)
        if delivery.message.sequence == 1:
            raise error

    async with running(bus.consume(durable_named(ANNOUNCER), handler)):
        await asyncio.sleep(0)
        await say_sessions(bus, 2)
        await eventually(lambda: 2 in heard)
    ((subject, headers),) = await dead_letters()
    assert heard == [1, 2]
    assert subject == subjects.dead_letter("test", ANNOUNCER)
    assert headers["rc-consumer"] == ANNOUNCER
    assert headers["rc-subject"] == SESSION.subject
    assert headers["rc-seq"] == "1"
    assert headers["ce-id"] == "session-0"
    assert type(error).__name__ in headers["rc-reason"]


async def test_what_fails_every_time_is_set_aside_after_the_last_try(
    bus, dead_letters, quick, monkeypatch
):
    for module in ("bus.memory", "bus.durable"):
        monkeypatch.setattr(f"{module}.ATTEMPTS_MAX", 3)
    heard = []

    async def handler(delivery):
        heard.append((delivery.message.sequence, delivery.attempt))
        if delivery.message.sequence == 1:
            raise Retryable("never")

    async with running(bus.consume(durable_named(ANNOUNCER), handler)):
        await asyncio.sleep(0)
        await say_sessions(bus, 2)
        await eventually(lambda: (2, 1) in heard)
    assert heard == [(1, 1), (1, 2), (1, 3), (2, 1)]
    ((_, headers),) = await dead_letters()
    assert headers["rc-seq"] == "1"


async def test_a_fatal_error_ends_the_consumer_and_keeps_the_message(bus, dead_letters):
    async def handler(delivery):
        raise Fatal("this process must not go on")

    await bus.append(canary("warm"), 0, said("warm", 1))
    consuming = asyncio.create_task(bus.consume(durable_named(ANNOUNCER), handler))
    await asyncio.sleep(0)
    await say_sessions(bus, 1)
    with pytest.raises(Fatal, match="must not go on"):
        async with asyncio.timeout(5):
            await consuming
    assert await dead_letters() == []


# Deciding


async def test_a_command_sent_twice_is_done_once_and_answered_twice(bus):
    async with DeciderRunner(bus, Counting(), "test") as runner:
        first = await runner.execute(Say(canary_id="a"), canary("a"), asked("c1"))
        again = await runner.execute(Say(canary_id="a"), canary("a"), asked("c1"))
    assert (first.sequence, first.repeated) == (1, False)
    assert (again.sequence, again.repeated) == (1, True)
    assert (await bus.head()).sequence == 1


async def test_an_id_used_for_another_command_is_refused(bus):
    async with DeciderRunner(bus, Counting(), "test") as runner:
        await runner.execute(Say(canary_id="a"), canary("a"), asked("c1"))
        answer = await runner.execute(Say(canary_id="a", times=2), canary("a"), asked("c1"))
    assert answer.refusal.code == "conflict"
    assert answer.refusal.reason == "idempotency_key_reused"
    assert (await bus.head()).sequence == 1


async def test_a_command_that_comes_too_late_is_refused_and_never_done(bus):
    late = asked("c1", expires_at=utc_now() - timedelta(milliseconds=1))
    async with DeciderRunner(bus, Counting(), "test") as runner:
        answer = await runner.execute(Say(canary_id="a"), canary("a"), late)
    assert answer.refusal.code == "expired"
    assert (await bus.head()).sequence == 0


async def test_two_instances_that_race_on_one_entity_say_every_number_once(make_bus):
    first = DeciderRunner(make_bus("one"), Counting(), "one")
    second = DeciderRunner(make_bus("two"), Counting(), "two")
    async with first, second, running(first.follow()), running(second.follow()):

        async def ask(number: int) -> Answer:
            runner = (first, second)[number % 2]
            while True:
                try:
                    return await runner.execute(
                        Say(canary_id="a"), canary("a"), asked(f"c{number}")
                    )
                except Unavailable:  # lost too many races; asked again like a person would
                    await asyncio.sleep(0)

        answers = await asyncio.gather(*(ask(n) for n in range(50)))
        await eventually(lambda: first.state("canary", "a") == second.state("canary", "a"))
        assert sorted(a.sequence for a in answers) == list(range(1, 51))
        assert first.state("canary", "a") == tuple(range(50))
