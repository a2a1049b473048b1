"""The outside subscriber a partner copies, run as a partner would; and what a viewer cannot do."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bus.clock import utc_now
from bus.nats import NatsBus
from bus.react import notice_envelope
from contracts.messages import Notice
from contracts.messages.cuesheet import CueNotice, SessionNotice, SheetNotice
from contracts.messages.render import RenderNotice
from deploy.local.servers import NatsServer
from tests.support.live_bus import PATIENCE_S, bus_as, new_log
from tests.support.servers import FreshNats, connect

SCRIPT = Path(__file__).parents[2] / "docs/examples/subscriber.py"


def session_of(name: str = "s1", verb: str = "cue_taken") -> SessionNotice:
    return SessionNotice(
        verb=verb,
        session_id=name,
        code="LAKE-D1",
        event_name="Lake Classic",
        status="live",
        on_air={"full": "a"},
        subjects=(f"broadcast.{name}.cue_sheet.main", f"broadcast.{name}.cue_item.a"),
    )


def sheet_of(name: str = "s1") -> SheetNotice:
    return SheetNotice(
        verb="cue_taken",
        session_id=name,
        sheet_id="main",
        name="Main show",
        status="active",
        current_item_id="a",
        items=("a",),
    )


def cue_of(name: str = "s1", verb: str = "cue_taken") -> CueNotice:
    return CueNotice(
        verb=verb,
        session_id=name,
        sheet_id="main",
        item_id="a",
        cue_number="Q001",
        title="Zürich · 리더보드",
        status="on_air",
        layer="full",
        trigger_id="t1",
        render_id=f"r-{name}",
    )


def progress_of(name: str = "s1", frame: int = 10) -> RenderNotice:
    return RenderNotice(
        verb="progress",
        render_id=f"r-{name}",
        session_id=name,
        item_id="a",
        composition="table_leaderboard",
        progress=frame,
        frame=frame,
        frames=100,
    )


async def say(bus: NatsBus, notice: Notice, sequence: int) -> None:
    await bus.say(notice, notice_envelope(notice, "test", utc_now(), None), sequence)


async def say_show(bus: NatsBus, name: str, sequence: int) -> None:
    for notice in (session_of(name), sheet_of(name), cue_of(name), progress_of(name)):
        await say(bus, notice, sequence)


class Running:
    """The example as a process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> tuple[int, str, dict[str, object]]:
        """Sequence, subject and body of the next line."""
        assert self.process.stdout is not None
        raw = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE_S)
        assert raw, "the subscriber ended"
        sequence, subject, body = raw.decode().split(" ", 2)
        return int(sequence), subject, json.loads(body)

    async def complaint(self) -> str:
        """The next line on standard error."""
        assert self.process.stderr is not None
        return (await asyncio.wait_for(self.process.stderr.readline(), PATIENCE_S)).decode()


@asynccontextmanager
async def subscriber(server: NatsServer, *session: str) -> AsyncIterator[Running]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(SCRIPT), server.url, "viewer", server.passwords["viewer"]),
        *session,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Running(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        yield bus


async def test_a_late_joiner_reads_the_session_then_its_sheets_cues_and_renders(
    bus_urls: NatsServer, log: NatsBus
):
    await say_show(log, "s1", 5)
    await say_show(log, "s2", 6)
    async with subscriber(bus_urls, "s1") as running:
        lines = [await running.line() for _ in range(4)]
        await say(log, session_of(verb="last"), 9)
        after = await running.line()

    assert lines[0][:2] == (5, "broadcast.s1.session")
    assert {line[1] for line in lines[1:3]} == {
        "broadcast.s1.cue_sheet.main",
        "broadcast.s1.cue_item.a",
    }
    assert lines[3][:2] == (5, "render-progress.r-s1")
    assert next(body for _, subject, body in lines if "cue_item" in subject)["title"] == (
        "Zürich · 리더보드"
    )
    assert after[2]["verb"] == "last"


async def test_notices_are_printed_as_they_come_except_those_that_are_old(
    bus_urls: NatsServer, log: NatsBus
):
    await say(log, session_of(), 5)
    async with subscriber(bus_urls, "s1") as running:
        await running.line()
        for verb, sequence in (("one", 7), ("old", 6), ("same", 7), ("next", 8)):
            await say(log, cue_of(verb=verb), sequence)
        heard = [await running.line() for _ in range(3)]

    assert [(sequence, body["verb"]) for sequence, _, body in heard] == [
        (7, "one"),
        (7, "same"),
        (8, "next"),
    ]


async def test_progress_of_other_sessions_is_left_out(bus_urls: NatsServer, log: NatsBus):
    await say(log, session_of(), 5)
    async with subscriber(bus_urls, "s1") as running:
        await running.line()
        await say(log, progress_of("s2"), 6)
        await say(log, progress_of("s1", 20), 6)
        await say(log, progress_of("s1", 30), 6)
        heard = [await running.line() for _ in range(2)]

    assert [(body["session_id"], body["frame"]) for _, _, body in heard] == [("s1", 20), ("s1", 30)]


async def test_without_a_session_every_session_is_heard(bus_urls: NatsServer, log: NatsBus):
    async with subscriber(bus_urls) as running:
        first = asyncio.create_task(running.line())
        while not first.done():  # until it listens: without a session there is nothing to read
            await say(log, session_of("s1"), 5)
            await asyncio.wait([first], timeout=0.1)
        await say(log, progress_of("s2"), 6)
        subjects = [(await first)[1]]
        while subjects[-1] != "render-progress.r-s2":
            subjects.append((await running.line())[1])

    assert set(subjects) == {"broadcast.s1.session", "render-progress.r-s2"}


async def test_a_session_nobody_spoke_of_is_named_and_waited_for(
    bus_urls: NatsServer, log: NatsBus
):
    async with subscriber(bus_urls, "s1") as running:
        assert "session s1" in await running.complaint()
        await say(log, session_of(), 5)

        assert (await running.line())[:2] == (5, "broadcast.s1.session")


async def test_what_was_said_while_the_server_was_away_is_read_after_the_reconnect(
    fresh_nats: FreshNats,
):
    async with new_log(fresh_nats.server) as log:
        await say_show(log, "s1", 5)
    async with subscriber(fresh_nats.server, "s1") as running:
        for _ in range(4):
            await running.line()
        running.process.send_signal(signal.SIGSTOP)
        await fresh_nats.kill9()
        await fresh_nats.restart()
        async with bus_as(fresh_nats.server, "test-admin") as bus:
            await say(bus, cue_of(verb="meanwhile"), 8)
        running.process.send_signal(signal.SIGCONT)

        sequence, subject, body = await running.line()

    assert (sequence, subject, body["verb"]) == (8, "broadcast.s1.cue_item.a", "meanwhile")


REFUSED_TO_SAY = (
    "broadcast.s1.session",
    "render-progress.r-s1",
    "evt.cuesheet.session.s1.session_created",
    "cmd.cuesheet.session.s1.take_item",
    "notifications.operators",
    "$JS.API.STREAM.INFO.EVENTS",
    "$JS.API.STREAM.INFO.LIVE",
    "$JS.API.STREAM.MSG.GET.LIVE",
    "$JS.API.CONSUMER.CREATE.LIVE",
    "$JS.API.CONSUMER.CREATE.LIVE.mine.broadcast.>",
    "$JS.API.CONSUMER.CREATE.EVENTS.mine",
    "$JS.API.DIRECT.GET.LIVE",
    "$JS.API.DIRECT.GET.LIVE.notifications.operators",
    "$JS.API.DIRECT.GET.EVENTS",
    "_INBOX.gateway.answer",
)
REFUSED_TO_HEAR = (
    ">",
    "*.>",
    "evt.>",
    "cmd.>",
    "_INBOX.>",
    "_INBOX.gateway.>",
    "sync-status.>",
    "notifications.>",
    "$JS.API.>",
)


async def test_a_viewer_is_refused_everything_else(bus_urls: NatsServer, log: NatsBus):
    await say_show(log, "s1", 5)
    refused: list[str] = []

    async def complain(error: Exception) -> None:
        refused.append(str(error))

    viewer = await connect(bus_urls, "viewer", error_cb=complain)
    heard = []

    async def hear(message: object) -> None:
        heard.append(message)

    for subject in REFUSED_TO_HEAR:
        await viewer.subscribe(subject, cb=hear)
    for subject in REFUSED_TO_SAY:
        await viewer.publish(subject, b'{"multi_last":[">"],"batch":9}', reply=viewer.new_inbox())
    await viewer.flush()
    await say(log, session_of(), 6)
    await log.connection.client.publish("_INBOX.gateway.answer", b"not yours")
    await log.connection.client.flush()
    await viewer.flush()
    await viewer.close()

    text = "\n".join(refused).lower()
    for subject in REFUSED_TO_SAY:
        assert f'publish to "{subject}"'.lower() in text
    for subject in REFUSED_TO_HEAR:
        assert f'subscription to "{subject}"'.lower() in text
    assert heard == []
    for stream, messages in (("EVENTS", 0), ("COMMANDS", 0), ("LIVE", 4)):
        info = await log.connection.api(f"STREAM.INFO.{stream}")
        assert info["state"]["messages"] == messages
    assert info["state"]["consumer_count"] == 0
    newest = await log.newest("broadcast.s1.session")
    assert int(newest.headers["rc-seq"]) == 6
