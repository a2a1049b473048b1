"""The runs of a real folder, on a log in memory, and what screens are told of them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bus.api import recorded
from bus.decide import DeciderRunner
from bus.health import Health
from bus.memory import Log, MemoryBus
from contracts.messages import Event
from contracts.messages.gfx_sync import (
    SyncCompleted,
    SyncFailed,
    SyncNotice,
    SyncOutdated,
    SyncStarted,
    TriggerSync,
)
from services.gfx_ingest.domain import GfxDecider
from services.gfx_ingest.domain.sync import RegisterTable
from services.gfx_ingest.domain.table import Registration
from services.gfx_ingest.inputs.asking import decide
from services.gfx_ingest.inputs.poller import Outcome, Poller, Resting, Timing
from services.gfx_ingest.inputs.syncing import Syncer
from services.gfx_ingest.outputs.announcer import SyncAnnouncer
from tests.support.gfx_files import file_name

TABLE = "river"
HOUR = 3600


class Clock:
    """A clock that stands until the test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2031, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class Sink:
    """Takes everything; `outcome` is what becomes of it."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.outcome = Outcome.RECORDED

    def accounted(self, path: str, sha256: str) -> bool:
        return self.known.get(path) == sha256

    async def take(self, file: Resting) -> Outcome:
        if self.outcome is Outcome.RECORDED:
            self.known[file.path] = file.sha256
        return self.outcome

    async def refuse(self, path: str, size: int, code: str, detail: str) -> None:
        raise AssertionError(detail)

    def known_paths(self) -> list[str]:
        return list(self.known)

    async def removed(self, path: str) -> None:
        raise AssertionError(path)


class Desk:
    """One table's folder under watch, and what was said about its runs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = Log()
        self.clock = Clock()
        self.sink = Sink()
        self.bus = MemoryBus(self.log, "gfx-ingest")
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, timeout_s: float = 60) -> None:
        self.runner = DeciderRunner(self.bus, GfxDecider(), "gfx-ingest", self.clock)
        await self.runner.start()
        wanted = Registration(time_zone=None, interval_s=HOUR, enabled=True)
        await decide(self.runner, RegisterTable(table=TABLE, registration=wanted), "first")
        timing = Timing(quiet_s=0.01, poll_s=0.01, retry_s=0.01, gone_s=9, bytes_max=1000)
        health = Health()
        health.register("files", 60)
        running = asyncio.get_running_loop()
        poller = Poller(self.root, self.sink, timing, running.time)
        self.syncer = Syncer(self.runner, TABLE, poller, timeout_s, self.clock)
        self._tasks = [
            asyncio.create_task(poller.run(health, "files")),
            asyncio.create_task(self.syncer.run()),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def until[E: Event](self, kind: type[E], count: int = 1) -> list[E]:
        """All facts of a kind as soon as there are so many."""
        async with asyncio.timeout(20), self.log.changed:
            await self.log.changed.wait_for(lambda: len(self.of(kind)) >= count)
        return self.of(kind)

    def of[E: Event](self, kind: type[E]) -> list[E]:
        events = (recorded(message).event for message in self.log.events)
        return [event for event in events if isinstance(event, kind)]

    async def ask(self, sync_id: str) -> None:
        await decide(self.runner, TriggerSync(table=TABLE, sync_id=sync_id), sync_id)
        self.syncer.wake.set()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path / "river")
    desk.root.mkdir()
    yield desk
    await desk.stop()


async def test_every_file_is_counted_by_what_became_of_it(desk: Desk) -> None:
    for number in range(3):
        (desk.root / file_name(number)).write_bytes(b"%d" % number)
    await desk.start()
    [first] = await desk.until(SyncCompleted)
    (desk.root / file_name(3)).write_bytes(b"3")
    desk.sink.outcome = Outcome.SKIPPED
    await desk.ask("again")
    second = (await desk.until(SyncCompleted, 2))[1]

    assert (first.operation, first.files, first.recorded) == ("full_sync", 3, 3)
    assert (second.operation, second.sync_id) == ("manual", "again")
    assert (second.files, second.unchanged, second.skipped) == (4, 3, 1)


async def test_a_due_run_is_made_without_anybody_asking(desk: Desk) -> None:
    await desk.start()
    [first] = await desk.until(SyncCompleted)
    desk.clock.now = first.next_due_at
    desk.syncer.wake.set()
    await desk.until(SyncCompleted, 2)

    assert [event.effective_at for event in desk.of(SyncOutdated)] == [first.next_due_at]
    assert [event.operation for event in desk.of(SyncStarted)] == ["full_sync", "scheduled"]


async def test_a_folder_that_is_away_fails_the_run_until_it_is_back(desk: Desk) -> None:
    desk.root.rmdir()
    await desk.start()
    [failed] = await desk.until(SyncFailed)
    assert str(desk.root) in failed.error
    desk.root.mkdir()
    assert failed.retry_at is not None
    desk.clock.now = failed.retry_at
    desk.syncer.wake.set()
    [done] = await desk.until(SyncCompleted)

    assert (done.attempt, done.files) == (2, 0)


async def test_a_run_that_does_not_come_to_its_end_in_time_fails(desk: Desk) -> None:
    (desk.root / file_name()).write_bytes(b"half")
    desk.sink.outcome = Outcome.AGAIN
    await desk.start(timeout_s=0.05)
    [failed] = await desk.until(SyncFailed)

    assert failed.error == "it was not done within 0.05 s"


async def test_the_newest_state_of_a_table_is_said_again_where_it_is_missing(desk: Desk) -> None:
    await desk.start()
    await desk.until(SyncCompleted)
    announcer = SyncAnnouncer(desk.bus, desk.runner, "gfx-ingest")
    for _ in range(2):
        await announcer.restore()

    [message] = desk.log.live.values()
    notice = msgspec.json.decode(message.data, type=SyncNotice)
    assert (notice.verb, notice.status, notice.table) == ("sync:restored", "synced", TABLE)


async def test_each_fact_of_a_run_is_said_on_the_table_s_subject(desk: Desk) -> None:
    await desk.start()
    await desk.until(SyncCompleted)
    await desk.stop()
    announcer = SyncAnnouncer(desk.bus, desk.runner, "gfx-ingest")
    verbs = []
    for message in desk.log.events:
        await announcer.announce(recorded(message))
        said = desk.log.live["sync-status.gfx.river"]
        verbs.append(msgspec.json.decode(said.data, type=SyncNotice).verb)

    assert verbs == ["sync:enabled", "sync:scheduled", "sync:started", "sync:completed"]
