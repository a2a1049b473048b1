"""The poller: nothing that moves gets through, nothing is read outside the folder."""

import asyncio
import os
import resource
import threading
import time
from pathlib import Path

import pytest

from bus.errors import Unavailable
from bus.health import Health
from services.gfx_ingest.inputs import folder
from services.gfx_ingest.inputs.folder import scan
from services.gfx_ingest.inputs.poller import Outcome, Poller, Resting, Timing
from services.gfx_ingest.inputs.wake import wake_on_changes
from tests.support.gfx_files import file_name

QUIET_S = 1.0
RETRY_S = 5.0
BYTES_MAX = 1_000_000
NAME = file_name()
TIMING = Timing(quiet_s=QUIET_S, poll_s=0.25, retry_s=RETRY_S, gone_s=10, bytes_max=BYTES_MAX)


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Sink:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.taken: list[Resting] = []
        self.refused: list[tuple[str, int, str]] = []
        self.known: set[str] = set()
        self.paths: set[str] = set()
        self.gone: list[str] = []
        self.outcome = Outcome.RECORDED
        self.error: Exception | None = None
        self.news = asyncio.Event()

    def accounted(self, path: str, sha256: str) -> bool:
        return sha256 in self.known

    async def take(self, file: Resting) -> Outcome:
        if self.error:
            raise self.error
        self.taken.append(file)
        if self.outcome is Outcome.RECORDED:
            self.known.add(file.sha256)
            self.paths.add(file.path)
        self.news.set()
        return self.outcome

    async def refuse(self, path: str, size: int, code: str, detail: str) -> None:
        self.refused.append((path, size, code))

    def known_paths(self) -> frozenset[str]:
        return frozenset(self.paths)

    async def removed(self, path: str) -> None:
        self.gone.append(path)
        self.paths.discard(path)

    @property
    def contents(self) -> list[bytes]:
        return [file.data for file in self.taken]


class Desk:
    """A folder with its poller."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.clock = Clock()
        self.sink = Sink()
        self.poller = Poller(root, self.sink, TIMING, self.clock)

    async def polls(self, *waits: float) -> None:
        for wait in waits:
            self.clock.now += wait
            await self.poller.poll()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    root = tmp_path / "table"
    root.mkdir()
    return Desk(root)


async def test_a_file_is_taken_once_after_it_rested(desk: Desk) -> None:
    (desk.root / NAME).write_bytes(b"one")
    await desk.polls(0, 0.5)
    assert desk.sink.taken == []
    await desk.polls(0.5, 1, 1)
    assert desk.sink.contents == [b"one"]


async def test_every_change_starts_the_quiet_period_anew(desk: Desk) -> None:
    for number in range(5):
        (desk.root / NAME).write_bytes(b"%d" % number)
        await desk.polls(0.9)
    assert desk.sink.taken == []
    await desk.polls(1)
    assert desk.sink.contents == [b"4"]


async def test_a_rewrite_that_keeps_size_inode_and_time_is_seen(desk: Desk) -> None:
    path = desk.root / NAME
    path.write_bytes(b"old")
    before = path.stat()
    await desk.polls(0, 0.9)
    with path.open("r+b") as file:
        file.write(b"new")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    await desk.polls(0.1)
    assert desk.sink.taken == []
    await desk.polls(1)
    assert desk.sink.contents == [b"new"]


async def test_content_that_differs_between_two_readings_is_not_taken(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some shares do not tell a change in any time stamp; the second reading still does."""
    path = desk.root / NAME
    path.write_bytes(b"old")
    same = folder.Look(3, 0, 0, 0)
    monkeypatch.setattr(folder.Look, "of", classmethod(lambda cls, found: same))
    await desk.polls(0)
    path.write_bytes(b"new")
    await desk.polls(1)
    assert desk.sink.taken == []
    await desk.polls(0, 1)
    assert desk.sink.contents == [b"new"]


async def test_a_file_renamed_into_place_is_taken(desk: Desk) -> None:
    (desk.root / NAME).write_bytes(b"one")
    await desk.polls(0, 1)
    for data in (b"two", b"abc"):
        (desk.root / "next.tmp").write_bytes(data)
        (desk.root / "next.tmp").replace(desk.root / NAME)
    await desk.polls(0, 1)
    assert desk.sink.contents == [b"one", b"abc"]


async def test_accounted_content_is_not_offered(desk: Desk) -> None:
    (desk.root / NAME).write_bytes(b"")
    desk.sink.known.add("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    await desk.polls(0, 1, 1)
    assert desk.sink.taken == []


async def test_a_file_worth_another_look_is_offered_again_with_its_tries(desk: Desk) -> None:
    (desk.root / NAME).write_bytes(b"half")
    desk.sink.outcome = Outcome.AGAIN
    await desk.polls(0, QUIET_S, 1, RETRY_S, RETRY_S)
    assert [(file.tries, file.unchanged_s) for file in desk.sink.taken] == [
        (0, 1.0),
        (1, 7.0),
        (2, 12.0),
    ]


async def test_a_file_is_offered_again_after_the_log_was_away(desk: Desk) -> None:
    (desk.root / NAME).write_bytes(b"one")
    await desk.polls(0)
    desk.sink.error = Unavailable("away")
    with pytest.raises(Unavailable):
        await desk.polls(QUIET_S)
    desk.sink.error = None
    await desk.polls(0)
    assert desk.sink.contents == [b"one"]


async def test_files_are_taken_in_the_order_of_their_paths(desk: Desk) -> None:
    for name in ("b", "a/z", "c/new"):
        (desk.root / name).mkdir(parents=True)
        (desk.root / name / NAME).write_bytes(name.encode())
    (desk.root / "a" / "PGFX_live_data_export.txt").write_bytes(b"text")
    (desk.root / "a" / "other.json").write_bytes(b"{}")
    await desk.polls(0, 1)
    assert desk.sink.contents == [b"a/z", b"b", b"c/new"]


async def test_a_file_over_the_limit_is_refused_unread_in_flat_memory(desk: Desk) -> None:
    path = desk.root / NAME
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await desk.polls(0, 1, 1)
    assert desk.sink.refused == [(NAME, 200 * 1024 * 1024, "too_large")]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024
    path.write_bytes(b"small")
    await desk.polls(0, 1)
    assert desk.sink.contents == [b"small"]


async def test_links_out_of_the_folder_and_odd_names_are_refused_once_and_never_read(
    desk: Desk, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / NAME).write_bytes(b"secret")
    (desk.root / "linked").symlink_to(outside, target_is_directory=True)
    (desk.root / NAME).symlink_to(outside / NAME)
    (desk.root / "PGFX_live_data_export\n.json").write_bytes(b"x")
    (desk.root / "PGFX_live_data_export..\\..\\x.json").write_bytes(b"x")
    os.mkfifo(desk.root / "PGFX_live_data_export pipe.json")
    os.close(os.open(os.fsencode(desk.root) + b"/PGFX_live_data_export\xff.json", os.O_CREAT))
    await desk.polls(0, 1, 1)
    assert desk.sink.taken == []
    assert {code for _, _, code in desk.sink.refused} == {"bad_path"}
    assert sorted(path for path, _, _ in desk.sink.refused) == [
        NAME,
        "PGFX_live_data_export pipe.json",
        "PGFX_live_data_export..\\..\\x.json",
        "PGFX_live_data_export\\n.json",
        "PGFX_live_data_export\\udcff.json",
        "linked",
    ]


async def test_a_link_inside_the_folder_adds_nothing(desk: Desk) -> None:
    (desk.root / "day").mkdir()
    (desk.root / "day" / NAME).write_bytes(b"one")
    (desk.root / "again").symlink_to(desk.root / "day", target_is_directory=True)
    (desk.root / NAME).symlink_to(desk.root / "day" / NAME)
    await desk.polls(0, 1)
    assert [file.path for file in desk.sink.taken] == [f"day/{NAME}"]
    assert desk.sink.refused == []


def test_a_folder_that_cannot_be_listed_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("closed", "open"):
        (tmp_path / name).mkdir()
        (tmp_path / name / NAME).write_bytes(b"one")
    listing = os.scandir

    def scandir(path: Path) -> object:
        if path.name == "closed":
            raise PermissionError(13, "denied")
        return listing(path)

    monkeypatch.setattr(folder.os, "scandir", scandir)
    found = scan(tmp_path)
    assert list(found.files) == [f"open/{NAME}"]
    assert found.troubles == ["closed: denied"]


@pytest.mark.parametrize("limit", ["FILES_MAX", "ENTRIES_MAX", "DEPTH_MAX"])
def test_a_folder_beyond_a_limit_is_read_up_to_it_and_said(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / "a" / "b" / "c" / "d"
    deep.mkdir(parents=True)
    for number in range(5):
        (deep / file_name(number)).write_bytes(b"")
    assert (len(scan(tmp_path).files), scan(tmp_path).troubles) == (5, [])
    monkeypatch.setattr(folder, limit, 3)
    found = scan(tmp_path)
    assert len(found.files) < 5
    assert len(found.troubles) == 1


async def test_progress_is_told_with_every_file(desk: Desk) -> None:
    for number in range(3):
        (desk.root / file_name(number)).write_bytes(b"one")
    told = []
    await desk.poller.poll(lambda: told.append(len(desk.sink.taken)))
    desk.clock.now += QUIET_S
    await desk.poller.poll(lambda: told.append(len(desk.sink.taken)))
    assert told == [0, 0, 0, 0, 1, 2, 3, 3]


class Signals(Health):
    """Tells when a part is in trouble and when it is well."""

    def __init__(self) -> None:
        super().__init__()
        self.bad, self.good = asyncio.Event(), asyncio.Event()

    def trouble(self, part: str, reason: str) -> None:
        super().trouble(part, reason)
        self.bad.set()

    def beat(self, part: str) -> None:
        super().beat(part)
        self.good.set()


async def test_a_missing_folder_is_trouble_until_it_is_there(tmp_path: Path) -> None:
    sink, health = Sink(), Signals()
    root = tmp_path / "share"
    timing = Timing(quiet_s=0.02, poll_s=0.01, retry_s=0.01, gone_s=10, bytes_max=BYTES_MAX)
    poller = Poller(root, sink, timing, time.monotonic)
    health.register("files", 60)
    running = asyncio.create_task(poller.run(health, "files"))
    await health.bad.wait()
    assert not health.healthy
    assert str(root) in health.report()["files"]
    root.mkdir()
    (root / NAME).write_bytes(b"one")
    await sink.news.wait()
    await health.good.wait()
    assert health.ready
    running.cancel()
    assert sink.contents == [b"one"]


async def test_a_change_in_the_folder_wakes_the_poller(tmp_path: Path) -> None:
    wake = asyncio.Event()
    watching = asyncio.create_task(wake_on_changes(tmp_path, wake))
    number = 0
    while not wake.is_set():  # the watcher needs a moment to start
        number += 1
        (tmp_path / NAME).write_bytes(b"%d" % number)
        await asyncio.sleep(0)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


VERSIONS = 1000
BLOCK = 4096
BLOCKS = 64
# The writer's own pace: a share gives its blocks time to be read half old, half new.
PACE_S = 0.0001


class Rewriter(threading.Thread):
    """Rewrites a file in place block by block, keeps its size and restores its modification time.

    Every 50 versions it rests until the poller took one, as a PC rests between two hands.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.taken = threading.Event()
        self._path = path

    def run(self) -> None:
        for version in range(VERSIONS):
            times = self._path.stat()
            with self._path.open("r+b", buffering=0) as file:
                for block in range(BLOCKS):
                    file.write(version.to_bytes(2) * (BLOCK // 2))
                    if block % 16 == version % 16:
                        time.sleep(PACE_S)
            os.utime(self._path, ns=(times.st_atime_ns, times.st_mtime_ns))
            if version % 50 == 49:
                self.taken.clear()
                self.taken.wait(timeout=60)


async def test_no_torn_content_gets_through_a_thousand_rewrites_in_place(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(bytes(BLOCK * BLOCKS))
    rewriter = Rewriter(path)
    sink = Sink()
    timing = Timing(quiet_s=0.01, poll_s=0.001, retry_s=0.1, gone_s=10, bytes_max=BYTES_MAX)
    poller = Poller(tmp_path, sink, timing, time.monotonic)
    rewriter.start()
    last = (VERSIONS - 1).to_bytes(2)
    while last not in {data[:2] for data in sink.contents}:
        await poller.poll()
        if sink.news.is_set():
            sink.news.clear()
            rewriter.taken.set()
    rewriter.join()
    for data in sink.contents:
        assert data == data[:2] * (BLOCK // 2) * BLOCKS
    assert len(sink.contents) >= VERSIONS // 50
