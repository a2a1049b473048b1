"""The cue sheet on a real bus: commands in, facts, notices and one render request out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bus.api import Answer, CommandContext
from bus.nats import NatsBus
from bus.run import Process
from contracts import codec
from contracts.decision import Refusal
from contracts.envelope import SEQUENCE
from contracts.messages.cuesheet import (
    AddItem,
    AddSheet,
    Binding,
    CreateSession,
    CueTaken,
    SessionCreated,
    SessionNotice,
    TakeItem,
    TakeRefused,
)
from contracts.messages.render import RenderRequested
from deploy.local.servers import NatsServer
from services.cuesheet.app import App
from services.cuesheet.inputs.binder import MissingBinding
from services.render.app import App as RenderApp
from services.render.settings import RenderSettings
from tests.support.live_bus import (
    PATIENCE_S,
    Facts,
    bus_as,
    collect,
    dead_letters,
    emptied,
    facts_of,
    new_log,
    running,
)

GAME = {"game_id": "639700000000000001"}
CREATE = CreateSession(
    session_id="s1", code="LAKE-D1", event_name="Lake Classic", broadcast_date="2031-03-01"
)
ADD_SHEET = AddSheet(session_id="s1", sheet_id="main", name="Main show")
BINDING = Binding(
    composition="table_leaderboard",
    data={"rows": []},
    field_hash="f" * 64,
    point=None,
    checkpoints={"chip_counts": 1},
)
DURATION_S = 4


class ReadyBinder:
    """Has the data at once, unless it is told a sentence."""

    def __init__(self, missing: str = "") -> None:
        self.missing = missing

    async def bind(self, composition: str, parameters: dict[str, str]) -> Binding:
        if self.missing:
            raise MissingBinding(self.missing)
        return BINDING


def add(item_id: str) -> AddItem:
    return AddItem(
        session_id="s1",
        sheet_id="main",
        item_id=item_id,
        composition="table_leaderboard",
        title=f"Cue {item_id}",
        parameters=GAME,
    )


def take(item_id: str) -> TakeItem:
    return TakeItem(session_id="s1", item_id=item_id)


def by(command_id: str, **changes: object) -> CommandContext:
    return CommandContext(command_id=command_id, actor="dana", **changes)


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        yield bus


@pytest.fixture
async def facts(log: NatsBus) -> AsyncIterator[Facts]:
    async with facts_of(log) as facts:
        yield facts


class Desk:
    """The gateway's side: sends commands, and may start more instances of the service."""

    def __init__(self, server: NatsServer, bus: NatsBus, stack: AsyncExitStack) -> None:
        self._server = server
        self._stack = stack
        self.bus = bus
        self.apps: list[App] = []

    async def send(self, command, command_id: str, **changes: object) -> Answer:
        return await self.bus.send(command, by(command_id, **changes))

    async def start(self, binder: object = None) -> App:
        """One more instance with all its parts."""

        async def main(process: Process) -> None:
            self.apps.append(App(process.bus, binder or ReadyBinder(), DURATION_S))
            await self.apps[-1].start(process)

        await self._stack.enter_async_context(running(self._server, "cuesheet", main))
        return self.apps[-1]

    async def idle(self) -> App:
        """One more instance that has read the log and does not follow it yet."""
        bus = await self._stack.enter_async_context(bus_as(self._server, "cuesheet"))
        app = App(bus, ReadyBinder(), DURATION_S)
        await self._stack.enter_async_context(app.runner)
        return app

    async def show(self, *items: str) -> Answer:
        """A live session with one sheet and these cues."""
        answer = Answer()
        for command in (CREATE, ADD_SHEET, *map(add, items)):
            name = getattr(command, "item_id", "")
            answer = await self.send(command, f"{type(command).__name__}-{name}")
            assert answer.refusal is None
        return answer


@pytest.fixture
async def desk(bus_urls: NatsServer, log: NatsBus) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(bus_as(bus_urls, "gateway"))
        yield Desk(bus_urls, gateway, stack)


async def test_a_session_is_built_and_a_cue_taken_by_commands(desk: Desk, facts: Facts):
    await desk.start()
    await desk.show("a")

    answer = await desk.send(take("a"), "take-1", correlation_id="story-7")

    [taken] = await facts.until(CueTaken)
    assert (answer.sequence, answer.repeated, answer.refusal) == (taken.sequence, False, None)
    assert (taken.event.item_id, taken.event.binding) == ("a", BINDING)
    said_by = taken.envelope
    assert (said_by.actor, said_by.source) == ("dana", "cuesheet")
    assert (said_by.causation_id, said_by.correlation_id) == ("take-1", "story-7")


async def test_a_repeated_command_gets_its_first_answer_and_says_nothing(desk: Desk, facts: Facts):
    await desk.start()
    await desk.show("a", "b")
    first = await desk.send(take("a"), "take-1")
    await desk.send(take("b"), "take-2")

    again = await desk.send(take("a"), "take-1")

    assert (again.sequence, again.repeated, again.refusal) == (first.sequence, True, None)
    assert len(await facts.up_to(6)) == 6
    assert [fact.event.item_id for fact in facts.of(CueTaken)] == ["a", "b"]


async def test_a_restarted_service_still_knows_what_it_answered(desk: Desk):
    first = await desk.start()
    await desk.show("a")
    done = await first.handle(take("a"), by("take-1"))

    second = await desk.idle()
    again = await second.handle(take("a"), by("take-1"))

    assert (again.sequence, again.repeated) == (done.sequence, True)


async def test_an_id_that_was_used_for_another_command_is_a_conflict(desk: Desk):
    await desk.start()
    await desk.show("a", "b")
    await desk.send(take("a"), "take-1")

    answer = await desk.send(take("b"), "take-1")

    assert answer.refusal.reason == "idempotency_key_reused"


async def test_refusals_come_back_with_their_sentence(desk: Desk):
    await desk.start(ReadyBinder("game 7 has no hand with players yet"))
    await desk.show("a")

    missing = (await desk.send(take("a"), "take-1")).refusal
    unknown = (await desk.send(take("z"), "take-2")).refusal

    assert (missing.reason, missing.message) == (
        "missing_data",
        "game 7 has no hand with players yet",
    )
    assert (unknown.code, unknown.reason) == ("not_found", "cue_not_found")


async def test_of_two_instances_that_take_one_cue_at_once_one_wins_and_the_other_conflicts(
    desk: Desk, facts: Facts
):
    await desk.start()
    await desk.show("a")
    app, rival = await desk.idle(), await desk.idle()
    # Its clock shows a press so late that it cannot be merged with the other.
    rival.runner._clock = lambda: datetime.now(UTC) + timedelta(seconds=5)

    won = await app.handle(take("a"), by("take-1"))
    lost = await rival.handle(take("a"), by("take-2"))

    assert won.refusal is None
    assert (lost.refusal.code, lost.refusal.reason) == ("conflict", "already_on_air")
    assert [fact.sequence for fact in await facts.until(CueTaken)] == [won.sequence]


async def test_two_instances_that_take_different_cues_at_once_agree_on_what_is_on_air(
    desk: Desk, facts: Facts
):
    await desk.start()
    await desk.show("a", "b")
    apps = await desk.idle(), await desk.idle()

    answers = await asyncio.gather(
        apps[0].handle(take("a"), by("take-1")), apps[1].handle(take("b"), by("take-2"))
    )

    first, second = await facts.until(CueTaken, 2)
    assert sorted(answer.sequence for answer in answers) == [first.sequence, second.sequence]
    assert first.event.ended == ()
    assert [ended.item_id for ended in second.event.ended] == [first.event.item_id]


async def test_a_burst_of_presses_over_two_instances_is_one_take(desk: Desk, facts: Facts):
    await desk.start()
    await desk.show("a", "b")
    await desk.start()

    answers = await asyncio.gather(*(desk.send(take("a"), f"take-{n}") for n in range(12)))
    last = await desk.send(take("b"), "last")

    assert {answer.refusal for answer in answers} == {None}
    await facts.up_to(last.sequence)
    assert [fact.event.item_id for fact in facts.of(CueTaken)] == ["a", "b"]


async def test_a_cue_that_another_instance_added_a_moment_ago_can_be_taken(desk: Desk):
    behind = await desk.idle()
    await desk.start()
    await desk.show("a")

    taking = asyncio.create_task(behind.handle(take("a"), by("take-1")))
    following = asyncio.create_task(behind.runner.follow())
    answer = await asyncio.wait_for(taking, PATIENCE_S)
    following.cancel()

    assert answer.refusal is None


async def test_what_another_instance_did_a_moment_ago_is_no_reason_to_refuse(desk: Desk):
    behind = await desk.idle()
    await desk.start()
    await desk.send(CREATE, "create")

    answer = await behind.handle(ADD_SHEET, by("sheet"))

    assert answer.refusal is None


async def test_a_take_that_comes_too_late_is_refused_and_kept(desk: Desk, facts: Facts):
    await desk.start()
    await desk.show("a")
    past = datetime.now(UTC) - timedelta(seconds=1)

    answers = [
        await desk.send(take("a"), "take-1", expires_at=past, correlation_id="story-7")
        for _ in range(2)
    ]
    last = await desk.send(add("b"), "add-b")

    assert {answer.refusal.code for answer in answers} == {"expired"}
    await facts.up_to(last.sequence)
    [kept] = facts.of(TakeRefused)
    assert (kept.event.item_id, kept.event.code) == ("a", "expired")
    assert kept.event.reason == answers[0].refusal.message
    assert (kept.envelope.actor, kept.envelope.correlation_id) == ("dana", "story-7")
    assert facts.of(CueTaken) == []


async def test_a_take_whose_data_took_until_after_its_deadline_is_refused(desk: Desk, facts: Facts):
    deadline = datetime.now(UTC) + timedelta(minutes=1)

    class SlowBinder(ReadyBinder):
        async def bind(self, composition: str, parameters: dict[str, str]) -> Binding:
            app.runner._clock = lambda: deadline + timedelta(seconds=1)
            return await super().bind(composition, parameters)

    app = await desk.start(SlowBinder())
    await desk.show("a")

    answer = await desk.send(take("a"), "take-1", expires_at=deadline)

    assert answer.refusal.code == "expired"
    assert len(await facts.until(TakeRefused)) == 1
    assert facts.of(CueTaken) == []


async def test_notices_follow_the_facts_in_their_order(desk: Desk, facts: Facts):
    await desk.start()
    async with desk.bus.watch("broadcast.s1.>") as notices:
        await desk.show("a", "b")
        await desk.send(take("a"), "take-1")
        await desk.send(take("b"), "take-2")
        last = (await facts.until(CueTaken, 2))[1].envelope.id
        heard = await collect(
            notices,
            lambda raw: raw.headers["ce-causationid"] == last and raw.subject.endswith(".session"),
        )

    sequences = [int(raw.headers[SEQUENCE]) for raw in heard]
    assert sequences == sorted(sequences)
    newest = {raw.subject: msgspec.json.decode(raw.data) for raw in heard}
    assert newest["broadcast.s1.cue_item.a"]["status"] == "completed"
    assert newest["broadcast.s1.cue_item.b"]["status"] == "on_air"
    assert newest["broadcast.s1.cue_sheet.main"]["current_item_id"] == "b"
    whole = newest["broadcast.s1.session"]
    assert whole["on_air"] == {"full": "b"}
    assert set(whole["subjects"]) == set(newest) - {"broadcast.s1.session"}


async def test_a_notice_names_the_fact_it_follows_from(desk: Desk, facts: Facts):
    await desk.start()
    async with desk.bus.watch("broadcast.s1.session") as notices:
        await desk.send(CREATE, "create")
        [heard] = await collect(notices, lambda raw: True)

    [created] = await facts.until(SessionCreated)
    assert heard.headers["ce-causationid"] == created.envelope.id
    assert heard.headers["ce-type"] == SessionNotice.TYPE.text
    assert codec.decode(heard.headers["ce-type"], heard.data).verb == "session_created"


async def test_what_the_live_stream_lost_is_said_again_at_the_next_start(desk: Desk, log: NatsBus):
    await desk.start()
    await desk.show("a", "b")
    last = await desk.send(take("a"), "take-1")
    await emptied(log, "cuesheet-announcer")
    await log.connection.api("STREAM.PURGE.LIVE")

    await desk.start()

    whole = await desk.bus.newest("broadcast.s1.session")
    assert int(whole.headers[SEQUENCE]) == last.sequence
    told = msgspec.json.decode(whole.data)
    assert (told["verb"], told["on_air"]) == ("restored", {"full": "a"})
    for subject in told["subjects"]:
        assert await desk.bus.newest(subject) is not None


async def test_a_start_says_nothing_about_what_everybody_knows(desk: Desk):
    await desk.start()
    async with desk.bus.watch("broadcast.s1.session") as notices:
        await desk.send(CREATE, "create")
        await collect(notices, lambda raw: True)
        await desk.start()
        await desk.send(ADD_SHEET, "sheet")
        [next_one] = await collect(notices, lambda raw: True)

    assert msgspec.json.decode(next_one.data)["verb"] == "sheet_added"


async def test_the_picture_of_a_take_is_asked_for_once_also_when_the_answer_was_lost(
    bus_urls: NatsServer, desk: Desk, log: NatsBus, facts: Facts
):
    answers: list[Answer] = []

    async def render(process: Process) -> None:
        app = RenderApp(process.bus, None, None, RenderSettings())
        await process.start_decider(app.runner)

        async def handle(command, context) -> Answer:
            answers.append(await app.handle(command, context))
            if len(answers) == 1:
                gone = Refusal(code="unavailable", reason="unavailable", message="no answer")
                return Answer(refusal=gone)
            return answers[-1]

        process.spawn(process.bus.serve("render", handle), "commands")

    async with running(bus_urls, "render", render):
        await desk.start()
        await desk.show("a")
        await desk.send(take("a"), "take-1", correlation_id="story-7")
        [requested] = await facts.until(RenderRequested)
        await emptied(log, "cuesheet-render")

    [taken] = facts.of(CueTaken)
    assert [answer.repeated for answer in answers] == [False, True]
    assert len(facts.of(RenderRequested)) == 1
    request = requested.event
    assert (request.render_id, request.item_id) == (taken.event.render_id, "a")
    assert (request.field_hash, request.duration_s) == (BINDING.field_hash, DURATION_S)
    assert requested.envelope.correlation_id == "story-7"
    assert await dead_letters(log) == 0
