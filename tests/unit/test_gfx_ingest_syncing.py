"""The runs of a real folder, on a log in memory, and what screens are told of them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bus import pulse, syncing
from bus.announce import StateAnnouncer
from bus.api import recorded
from bus.decide import DeciderRunner
from bus.errors import Uncertain
from bus.health import Health
from bus.memory import Log, MemoryBus
from bus.syncing import Syncer
from contracts.messages import Event
from contracts.messages.gfx_sync import (
    SyncCompleted,
    SyncFailed,
    SyncNotice,
    SyncOutdated,
    SyncStarted,
    TriggerSync,
)
from contracts.syncing import Tally
from contracts.syncing.rules import INTERRUPTED
from services.gfx_ingest.domain import TABLE as TABLE_ENTITY
from services.gfx_ingest.domain import GfxDecider, RegisterTable, sync_notice
from services.gfx_ingest.domain.table import Registration
from services.gfx_ingest.inputs.poller import Outcome, Poller, Resting, Timing
from services.gfx_ingest.inputs.syncing import own_table, table_source
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


class CountedPoller(Poller):
    """Counts its runs."""

    runs = 0

    async def sweep(self) -> Tally:
        self.runs += 1
        return await super().sweep()


class Desk:
    """One table's folder under watch, and what was said about its runs."""

    def __init__(self, root: Path, log: Log | None = None) -> None:
        self.root = root
        self.log = log or Log()
        self.clock = Clock()
        self.sink = Sink()
        self.bus = MemoryBus(self.log, "gfx-ingest")
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, timeout_s: float = 60) -> None:
        await self.load(timeout_s)
        self.go()

    async def load(self, timeout_s: float = 60) -> None:
        self.runner = DeciderRunner(self.bus, GfxDecider(), "gfx-ingest", self.clock)
        await self.runner.start()
        wanted = Registration(time_zone=None, interval_s=HOUR, enabled=True)
        self.own = own_table(self.runner, TABLE)
        await self.own.decide(RegisterTable(table=TABLE, registration=wanted))
        timing = Timing(quiet_s=0.01, poll_s=0.01, retry_s=0.01, gone_s=9, bytes_max=1000)
        running = asyncio.get_running_loop()
        self.poller = CountedPoller(self.root, self.sink, timing, running.time)
        source = table_source(self.own, self.poller, timeout_s)
        self.syncer = Syncer(self.bus, source, self.clock)

    def go(self) -> None:
        health = Health()
        health.register("files", 60)
        self._tasks = [
            asyncio.create_task(self.runner.follow()),
            asyncio.create_task(self.poller.run(health, "files")),
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
        await self.own.decide(TriggerSync(table=TABLE, sync_id=sync_id), sync_id)
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
    announcer = StateAnnouncer(desk.bus, desk.runner, "gfx-ingest", TABLE_ENTITY, sync_notice)
    for _ in range(2):
        await announcer.restore()

    [message] = desk.log.live.values()
    notice = msgspec.json.decode(message.data, type=SyncNotice)
    assert (notice.verb, notice.status, notice.table) == ("sync:restored", "synced", TABLE)


async def test_each_fact_of_a_run_is_said_on_the_table_s_subject(desk: Desk) -> None:
    await desk.start()
    await desk.until(SyncCompleted)
    await desk.stop()
    announcer = StateAnnouncer(desk.bus, desk.runner, "gfx-ingest", TABLE_ENTITY, sync_notice)
    verbs = []
    for message in desk.log.events:
        await announcer.announce(recorded(message))
        said = desk.log.live["sync-status.gfx.river"]
        verbs.append(msgspec.json.decode(said.data, type=SyncNotice).verb)

    assert verbs == ["sync:enabled", "sync:scheduled", "sync:started", "sync:completed"]


@pytest.fixture
def quick_pulse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life every few milliseconds, and little patience."""
    monkeypatch.setattr(pulse, "BEAT_S", 0.01)
    monkeypatch.setattr(pulse, "SILENCE_S_MAX", 0.3)
    monkeypatch.setattr(syncing, "LOOK_S", 0.01)


@pytest.fixture
async def other(desk: Desk) -> AsyncIterator[Desk]:
    """Another instance that watches the same folder."""
    other = Desk(desk.root, desk.log)
    yield other
    await other.stop()


async def beats(desk: Desk, count: int) -> None:
    """Until a run was told to go on so many times."""
    async with asyncio.timeout(20), desk.bus.watch("sync-status.gfx.river") as notices:
        async for message in notices:
            notice = msgspec.json.decode(message.data, type=SyncNotice)
            assert (notice.verb, notice.status) == ("sync:restored", "in_progress")
            count -= 1
            if not count:
                return


@pytest.mark.usefixtures("quick_pulse")
async def test_an_instance_leaves_the_run_of_another_living_one_alone(
    desk: Desk, other: Desk
) -> None:
    (desk.root / file_name()).write_bytes(b"half")
    desk.sink.outcome = Outcome.AGAIN
    await desk.start()
    [begun] = await desk.until(SyncStarted)
    await other.start()
    await beats(desk, 100)
    assert not desk.of(SyncFailed)
    desk.sink.outcome = Outcome.RECORDED
    [done] = await desk.until(SyncCompleted)

    assert done.sync_id == begun.sync_id
    assert len(desk.of(SyncStarted)) == 1


@pytest.mark.usefixtures("quick_pulse")
async def test_a_run_of_which_nothing_is_heard_any_more_has_failed_and_is_made_up_for(
    desk: Desk, other: Desk
) -> None:
    (desk.root / file_name()).write_bytes(b"half")
    desk.sink.outcome = Outcome.AGAIN
    await desk.start()
    [begun] = await desk.until(SyncStarted)
    await other.start()
    await beats(desk, 1)
    await desk.stop()
    [failed] = await other.until(SyncFailed)
    [done] = await other.until(SyncCompleted)

    assert (failed.sync_id, failed.error) == (begun.sync_id, INTERRUPTED)
    assert (done.operation, done.files) == ("full_sync", 1)


@pytest.mark.usefixtures("quick_pulse")
async def test_who_hears_nothing_because_the_server_is_away_interrupts_nobody(
    desk: Desk, other: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk.root / file_name()).write_bytes(b"half")
    desk.sink.outcome = Outcome.AGAIN
    await desk.start()
    await desk.until(SyncStarted)
    asked = asyncio.Event()

    async def away(subject: str) -> None:
        asked.set()
        raise Uncertain("no answer")

    monkeypatch.setattr(other.bus, "newest", away)
    await other.start()
    async with asyncio.timeout(20):
        for _ in range(50):
            asked.clear()
            await asked.wait()
    assert not desk.of(SyncFailed)


async def test_of_two_instances_that_begin_a_run_at_the_same_time_one_makes_it(
    desk: Desk, other: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.load()
    await desk.ask("m")
    await other.load()
    both, append = asyncio.Barrier(2), MemoryBus.append

    async def append_together(self: MemoryBus, *told: Any) -> int:
        if isinstance(told[-1][0].event, SyncStarted):
            await both.wait()
        return await append(self, *told)

    monkeypatch.setattr(MemoryBus, "append", append_together)
    desk.go()
    other.go()
    [done] = await desk.until(SyncCompleted)

    assert done.sync_id == "m"
    assert desk.poller.runs + other.poller.runs == 1
