"""The render service on a real bus: requested jobs become files once, or one reason why not."""

import asyncio
import hashlib
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import av
import msgspec
import pytest

from bus.api import CommandContext
from bus.nats import NatsBus
from bus.objects import Objects
from bus.run import Process
from contracts.compositions import field_hash, leaderboard_fields
from contracts.envelope import SEQUENCE
from contracts.messages.render import (
    RenderCompleted,
    RenderFailed,
    RenderRequested,
    RenderStarted,
    SubmitRender,
)
from contracts.recorded import Recorded
from deploy.local.servers import NatsServer
from services.render.app import App, main
from services.render.domain import ATTEMPTS_MAX
from services.render.outputs.builtin.assets import assets_dir
from services.render.outputs.engine import EngineJob, EngineResult, OutputFile, RenderStopped
from services.render.settings import RenderSettings
from tests.support.leaderboards import entry, table
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
    say,
)

needs_assets = pytest.mark.skipif(
    not (assets_dir() / "manifest.json").is_file(),
    reason="fonts and flags are not vendored; run `npm ci && python -m deploy.assets`",
)
FRAMES = 60


def submit(render_id: str = "r1", data: Any = None, **changes: Any) -> SubmitRender:
    bound = data or table(3)
    values = {
        "composition": "table_leaderboard",
        "data": msgspec.to_builtins(bound),
        "field_hash": field_hash(leaderboard_fields(bound), {}),
        "duration_s": 2,
    }
    return SubmitRender(render_id=render_id, session_id="s1", item_id="a", **(values | changes))


REQUESTED = RenderRequested(**msgspec.structs.asdict(submit()))


class StubEngine:
    """Makes two small files once it is let go, unless nobody wants them any more."""

    name = "stub"
    version = "1"

    def __init__(self, content: bytes = b"picture", error: Exception | None = None) -> None:
        self.content = content
        self.error = error
        self.drawing = threading.Event()
        self.go = threading.Event()
        self.stopped = threading.Event()

    def render(self, job: EngineJob, progress: Callable[[int, int], None]) -> EngineResult:
        self.drawing.set()
        self._wait(job.should_stop)
        if self.error is not None:
            raise self.error
        progress(FRAMES, FRAMES)
        files = [self._file(job.still_path), self._file(job.movie_path)]
        size = {"width": 1920, "height": 1080, "fps": 30}
        return EngineResult(
            still=files[0], movie=files[1], frames=FRAMES, frames_drawn=FRAMES, **size
        )

    def _wait(self, should_stop: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        while not self.go.wait(0.01):
            if should_stop():
                self.stopped.set()
                raise RenderStopped("nobody waits")
            if time.monotonic() > until:
                raise AssertionError("never told to go on or to stop")

    def _file(self, path: Path) -> OutputFile:
        content = self.content + path.suffix.encode()
        path.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        return OutputFile(path=path, size_bytes=len(content), sha256=digest)


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        yield bus


@pytest.fixture
async def facts(log: NatsBus) -> AsyncIterator[Facts]:
    async with facts_of(log) as facts:
        yield facts


@pytest.fixture
async def gateway(bus_urls: NatsServer, log: NatsBus) -> AsyncIterator[NatsBus]:
    async with bus_as(bus_urls, "gateway") as bus:
        yield bus


@pytest.fixture
def settings(tmp_path: Path) -> RenderSettings:
    return RenderSettings(
        objects_url=f"file://{tmp_path}/objects", work_dir=tmp_path / "work", worker="w-1"
    )


def object_path(settings: RenderSettings, key: str) -> Path:
    return Path(settings.objects_url.removeprefix("file://")) / key


async def order(gateway: NatsBus, command: SubmitRender) -> None:
    answer = await gateway.send(command, CommandContext(command_id="order", actor="dana"))
    assert answer.refusal is None


@asynccontextmanager
async def worker(
    server: NatsServer, settings: RenderSettings, engine: StubEngine
) -> AsyncIterator[App]:
    """An instance that follows its jobs, and works only when the test hands it one."""
    apps = []

    async def start(process: Process) -> None:
        apps.append(App(process.bus, engine, Objects(settings.objects_url), settings))
        await process.start_decider(apps[0].runner)

    async with running(server, "render", start):
        yield apps[0]


def assert_decodes(settings: RenderSettings, completed: RenderCompleted) -> None:
    """Both files are what the fact says they are."""
    for output in completed.outputs:
        path = object_path(settings, output.object)
        content = path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == output.sha256
        assert len(content) == output.bytes
        with av.open(str(path)) as container:
            frames = list(container.decode(video=0))
        assert len(frames) == output.frames
        assert (frames[0].width, frames[0].height) == (output.width, output.height) == (1920, 1080)


@needs_assets
async def test_a_requested_picture_becomes_two_proved_files_with_notices_on_the_way(
    bus_urls: NatsServer,
    gateway: NatsBus,
    log: NatsBus,
    facts: Facts,
    settings: RenderSettings,
):
    async with (
        gateway.watch("render-progress.r1") as notices,
        running(bus_urls, "render", partial(main, settings=settings)),
    ):
        await order(gateway, submit())
        heard = await collect(notices, lambda raw: b'"verb":"completed"' in raw.data)
        await emptied(log, "render-worker")

    [completed] = await facts.until(RenderCompleted)
    assert [type(fact.event) for fact in facts.seen] == [
        RenderRequested,
        RenderStarted,
        RenderCompleted,
    ]
    assert facts.of(RenderStarted)[0].event.attempt == completed.event.attempt == 1
    assert [output.kind for output in completed.event.outputs] == ["png", "mp4"]
    assert [output.frames for output in completed.event.outputs] == [1, FRAMES]
    assert_decodes(settings, completed.event)
    assert list(settings.work_dir.iterdir()) == []

    told = [msgspec.json.decode(raw.data) for raw in heard]
    percents = [one["progress"] for one in told]
    assert percents[-1] == 100
    assert all(percent < 100 for percent in percents[:-1])
    progress = [one["frame"] for one in told if one["verb"] == "progress"]
    assert progress
    assert progress == sorted(progress)
    assert {one["frames"] for one in told if one["verb"] == "progress"} == {FRAMES}
    facts_told = [
        (one["verb"], int(raw.headers[SEQUENCE]))
        for one, raw in zip(told, heard, strict=True)
        if one["verb"] != "progress"
    ]
    assert facts_told == [("requested", 1), ("started", 2), ("completed", 3)]
    newest = await gateway.newest("render-progress.r1")
    assert msgspec.json.decode(newest.data)["verb"] == "completed"


@needs_assets
async def test_the_job_of_a_killed_worker_is_completed_once_by_the_next_one(
    bus_urls: NatsServer,
    gateway: NatsBus,
    log: NatsBus,
    facts: Facts,
    settings: RenderSettings,
):
    async with (
        gateway.watch("render-progress.r1") as notices,
        running(bus_urls, "render", partial(main, settings=settings)),
    ):
        await order(gateway, submit())
        await collect(notices, lambda raw: b'"verb":"progress"' in raw.data)
    second = settings.model_copy(update={"worker": "w-2"})
    async with running(bus_urls, "render", partial(main, settings=second)):
        [completed] = await facts.until(RenderCompleted)
        await emptied(log, "render-worker")

    starts = [(fact.event.attempt, fact.event.worker) for fact in facts.of(RenderStarted)]
    assert starts == [(1, "w-1"), (2, "w-2")]
    assert completed.event.attempt == 2
    assert (await log.head()).sequence == completed.sequence
    assert_decodes(settings, completed.event)


@needs_assets
@pytest.mark.parametrize(
    ("command", "code", "word"),
    [
        (submit(data=table(rows=(entry(1, 5_000, name="Ada 𐎠"),))), "missing_glyph", "U+103A0"),
        (submit(field_hash="0" * 64), "bad_job", "do not run the same version"),
        (submit(data=table(rows=(entry(1, 5_000),)), duration_s=90), "bad_job", "90000 ms"),
    ],
)
async def test_a_picture_that_cannot_be_made_fails_with_a_code_and_a_sentence(
    bus_urls: NatsServer,
    gateway: NatsBus,
    log: NatsBus,
    facts: Facts,
    settings: RenderSettings,
    command: SubmitRender,
    code: str,
    word: str,
):
    async with (
        gateway.watch("render-progress.r1") as notices,
        running(bus_urls, "render", partial(main, settings=settings)),
    ):
        await order(gateway, command)
        heard = await collect(notices, lambda raw: b'"verb":"failed"' in raw.data)
        await emptied(log, "render-worker")

    [failed] = await facts.until(RenderFailed)
    assert (failed.event.code, failed.event.attempt) == (code, 1)
    assert word in failed.event.message
    assert msgspec.json.decode(heard[-1].data)["error"] == failed.event.message
    assert list(settings.work_dir.iterdir()) == []
    assert await dead_letters(log) == 0


async def requested(log: NatsBus, facts: Facts) -> Recorded:
    """A job in the log that no consumer hands out."""
    await say(log, REQUESTED)
    return (await facts.until(RenderRequested))[0]


async def test_a_bug_in_the_engine_ends_the_job_with_its_name(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, settings: RenderSettings
):
    engine = StubEngine(error=ZeroDivisionError("by zero"))
    engine.go.set()
    async with worker(bus_urls, settings, engine) as app:
        await app.work(await requested(log, facts))

    [failed] = await facts.until(RenderFailed)
    assert failed.event.code == "bug"
    assert failed.event.message == "ZeroDivisionError: by zero"


async def test_a_worker_that_was_thought_lost_cannot_complete_after_the_next_one(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, settings: RenderSettings
):
    slow, quick = StubEngine(b"old"), StubEngine(b"new")
    quick.go.set()
    async with (
        worker(bus_urls, settings, slow) as zombie,
        worker(bus_urls, settings, quick) as successor,
    ):
        job = await requested(log, facts)
        lingering = asyncio.create_task(zombie.work(job))
        await asyncio.to_thread(slow.drawing.wait, PATIENCE_S)
        await successor.work(job)
        slow.go.set()
        await lingering
        end = await log.head()

    await facts.up_to(end.sequence)
    [completed] = facts.of(RenderCompleted)
    assert completed.event.attempt == 2
    assert facts.of(RenderFailed) == []
    still = object_path(settings, completed.event.outputs[0].object)
    assert still.read_bytes() == b"new.png"


async def test_both_workers_of_one_job_keep_their_files_apart(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, settings: RenderSettings
):
    first, second = StubEngine(b"old"), StubEngine(b"new")
    async with (
        worker(bus_urls, settings, first) as zombie,
        worker(bus_urls, settings, second) as successor,
    ):
        job = await requested(log, facts)
        works = [asyncio.create_task(zombie.work(job))]
        await asyncio.to_thread(first.drawing.wait, PATIENCE_S)
        works.append(asyncio.create_task(successor.work(job)))
        await asyncio.to_thread(second.drawing.wait, PATIENCE_S)
        first.go.set()
        await works[0]
        second.go.set()
        await works[1]

    [completed] = await facts.until(RenderCompleted)
    still = object_path(settings, completed.event.outputs[0].object)
    assert still.read_bytes() == b"new.png"


async def test_a_cancelled_worker_stops_its_engine_and_leaves_no_file(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, settings: RenderSettings
):
    engine = StubEngine()
    async with worker(bus_urls, settings, engine) as app:
        work = asyncio.create_task(app.work(await requested(log, facts)))
        await asyncio.to_thread(engine.drawing.wait, PATIENCE_S)
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

        assert await asyncio.to_thread(engine.stopped.wait, PATIENCE_S)
    assert list(settings.work_dir.iterdir()) == []
    assert facts.of(RenderFailed) == []


async def test_a_job_that_is_delivered_again_after_its_end_is_left_alone(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, settings: RenderSettings
):
    engine = StubEngine()
    engine.go.set()
    async with worker(bus_urls, settings, engine) as app:
        job = await requested(log, facts)
        await app.work(job)
        end = await log.head()
        engine.drawing.clear()
        await app.work(job)

        assert not engine.drawing.is_set()
        assert await log.head() == end


async def test_a_job_that_lost_too_many_workers_fails_without_another_try(
    bus_urls: NatsServer, log: NatsBus, facts: Facts, settings: RenderSettings
):
    starts = [
        RenderStarted(render_id="r1", attempt=n, worker="w", engine="stub", engine_version="1")
        for n in range(1, ATTEMPTS_MAX + 1)
    ]
    await say(log, REQUESTED, *starts)
    engine = StubEngine()
    async with worker(bus_urls, settings, engine) as app:
        await app.work((await facts.until(RenderRequested))[0])

    [failed] = await facts.until(RenderFailed)
    assert (failed.event.code, failed.event.attempt) == ("worker_lost", ATTEMPTS_MAX)
    assert not engine.drawing.is_set()
