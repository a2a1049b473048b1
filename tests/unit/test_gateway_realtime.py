"""The realtime hub on a bus in memory."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bus.health import Health
from bus.memory import Log, MemoryBus
from bus.react import notice_envelope
from contracts.messages import Notice
from contracts.messages.cuesheet import CueNotice, SessionNotice
from contracts.messages.notification import NotificationNotice
from contracts.messages.render import RenderNotice
from services.gateway import realtime
from services.gateway.realtime import HEARTBEAT, RESYNC, Client, Hub
from services.gateway.wait import Checkpoints
from tests.support.folding import LOG_START

LONG_S = 60.0


def cue(session: str, status: Any = "on_air") -> CueNotice:
    return CueNotice(
        verb="cue_taken",
        session_id=session,
        sheet_id="main",
        item_id=f"item-{session}",
        cue_number="Q001",
        title="Leaderboard",
        status=status,
        layer="full",
    )


def session(session_id: str) -> SessionNotice:
    return SessionNotice(
        verb="cue_taken",
        session_id=session_id,
        code="LAKE",
        event_name="Lake Classic",
        status="live",
        on_air={},
        subjects=(cue(session_id).subject, "broadcast.gone.cue_item.x"),
    )


def progress(session_id: str) -> RenderNotice:
    return RenderNotice(
        verb="progress",
        render_id="r1",
        session_id=session_id,
        item_id="a",
        composition="table_leaderboard",
        progress=10,
    )


NEWS = NotificationNotice(
    verb="raised",
    notification_id="n1",
    type="info",
    level="low",
    title="Up",
    message="The table is read",
    audience="operator",
)


class Desk:
    """A hub with a bus to say notices on."""

    def __init__(self) -> None:
        self.bus = MemoryBus(Log(), "test")
        self.checkpoints = Checkpoints("postgresql://nowhere.invalid/x", Health())
        self.hub = Hub(self.bus, self.checkpoints)

    async def say(self, notice: Notice, sequence: int) -> None:
        await self.bus.say(notice, notice_envelope(notice, "test", LOG_START, None), sequence)

    def moved(self, projection: str, sequence: int) -> None:
        self.checkpoints._heard(None, 0, "", f"{projection}:{sequence}")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.hub.run())
        for _ in range(10):  # until every part of the hub has begun to listen
            await asyncio.sleep(0)
        assert len(self.bus._log.watchers) == 4
        yield
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def desk() -> Desk:
    return Desk()


async def chunks(client: Client, count: int, heartbeat_s: float = LONG_S) -> list[bytes]:
    found: list[bytes] = []
    stream = client.chunks(heartbeat_s)
    async with asyncio.timeout(10):
        while len(found) < count:
            found.append(await anext(stream))
    return found


def parsed(chunk: bytes) -> tuple[str, dict[str, Any], str]:
    fields = dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n"))
    return fields["event"], json.loads(fields["data"]), fields.get("id", "")


async def test_a_notice_reaches_a_client_with_its_body_and_the_sequence_as_id(desk: Desk) -> None:
    async with desk.running():
        with desk.hub.join("") as client:
            await desk.say(cue("s1"), 41)
            [chunk] = await chunks(client, 1)
    name, data, event_id = parsed(chunk)
    assert (name, event_id, data["sequence"]) == ("notice", "41", 41)
    assert data["subject"] == "broadcast.s1.cue_item.item-s1"
    assert data["type"] == "cuesheet.cue_item.v1"
    assert data["body"]["status"] == "on_air"


async def test_a_client_of_one_session_hears_that_session_and_what_belongs_to_none(
    desk: Desk,
) -> None:
    said = [cue("s2"), progress("s2"), cue("s1"), progress("s1"), NEWS]
    async with desk.running():
        with desk.hub.join("s1") as client:
            for number, notice in enumerate(said, 1):
                await desk.say(notice, number)
            heard = {parsed(chunk)[1]["sequence"] for chunk in await chunks(client, 3)}
    assert heard == {3, 4, 5}


async def test_moves_of_a_read_model_between_two_words_are_told_once_with_the_last_sequence(
    desk: Desk,
) -> None:
    async with desk.running():
        with desk.hub.join("") as client:
            for sequence in range(1, 50):
                desk.moved("hands", sequence)
            desk.moved("chip_counts", 7)
            told = [parsed(chunk)[1] for chunk in await chunks(client, 2)]
            assert client._queue.empty()
            desk.moved("hands", 50)
            told += [parsed(chunk)[1] for chunk in await chunks(client, 1)]
            assert client._queue.empty()
    assert told == [
        {"projection": "hands", "sequence": 49},
        {"projection": "chip_counts", "sequence": 7},
        {"projection": "hands", "sequence": 50},
    ]


async def test_a_client_that_reads_too_slowly_is_told_to_read_again(desk: Desk) -> None:
    with desk.hub.join("") as client:
        for number in range(realtime.CLIENT_QUEUE_MAX + 1):
            client.offer(b"event: %d\n\n" % number)
        assert await chunks(client, 2) == [
            RESYNC,
            b"event: %d\n\n" % realtime.CLIENT_QUEUE_MAX,
        ]


async def test_a_silent_stream_is_kept_open_by_comments(desk: Desk) -> None:
    with desk.hub.join("") as client:
        assert await chunks(client, 2, heartbeat_s=0.01) == [HEARTBEAT, HEARTBEAT]


async def test_a_late_joiner_gets_the_newest_notices_of_its_session_and_all_checkpoints(
    desk: Desk,
) -> None:
    for number, notice in enumerate([cue("s1", "pending"), cue("s1"), session("s1"), cue("s2")], 1):
        await desk.say(notice, number)
    desk.moved("hands", 9)
    first = [parsed(chunk) for chunk in await desk.hub.first(["s1", "never-said"])]
    assert [(name, event_id) for name, _, event_id in first] == [
        ("read-model", ""),
        ("notice", "3"),
        ("notice", "2"),
    ]


async def test_after_a_lost_connection_every_client_reads_again(desk: Desk) -> None:
    with desk.hub.join("") as one, desk.hub.join("s1") as two:
        desk.hub.resync()
        assert await chunks(one, 1) == await chunks(two, 1) == [RESYNC]


async def test_streams_end_with_the_hub_and_no_new_one_is_opened(desk: Desk) -> None:
    with desk.hub.join("") as client:
        client.offer(b"last\n\n")
        desk.hub.close()
        assert [chunk async for chunk in client.chunks(LONG_S)] == [b"last\n\n"]
    with pytest.raises(realtime.Problem, match="no more"):
        desk.hub.check_room()


async def test_only_so_many_streams_are_open_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(realtime, "CLIENTS_MAX", 1)
    desk.hub.check_room()
    with desk.hub.join(""), pytest.raises(realtime.Problem):
        desk.hub.check_room()
    desk.hub.check_room()


async def test_who_waits_for_a_sequence_is_woken_when_the_last_projection_has_it(
    desk: Desk,
) -> None:
    waiting = asyncio.create_task(desk.checkpoints.reached(["hands", "rundown"], 5, LONG_S))
    await asyncio.sleep(0)
    desk.moved("hands", 9)
    await asyncio.sleep(0)
    assert not waiting.done()
    desk.moved("rundown", 5)
    assert await waiting
    assert not await desk.checkpoints.reached(["hands", "rundown"], 6, 0.01)
