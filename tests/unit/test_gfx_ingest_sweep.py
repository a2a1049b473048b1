"""Files that look unchanged are read anew by a run, and files that are gone are told."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.syncing import Tally
from services.gfx_ingest.inputs import sweep
from services.gfx_ingest.inputs.folder import Look
from services.gfx_ingest.inputs.poller import Outcome, Poller, Resting, Timing
from services.gfx_ingest.inputs.sweep import SweepFailed
from tests.support.gfx_files import file_name

GONE_S = 30.0
TIMING = Timing(quiet_s=1.0, poll_s=0.25, retry_s=5.0, gone_s=GONE_S, bytes_max=1000)
NAME = file_name()


class Sink:
    """Keeps what it is given; `outcomes` say by content what becomes of it."""

    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}
        self.sha256: dict[str, str] = {}
        self.outcomes: dict[bytes, Outcome] = {}
        self.taken: list[bytes] = []
        self.refused: list[str] = []
        self.gone: list[str] = []

    def accounted(self, path: str, sha256: str) -> bool:
        return self.sha256.get(path) == sha256

    async def take(self, file: Resting) -> Outcome:
        self.taken.append(file.data)
        outcome = self.outcomes.get(file.data, Outcome.RECORDED)
        if outcome in (Outcome.RECORDED, Outcome.SKIPPED):
            self.known[file.path], self.sha256[file.path] = file.data, file.sha256
        return outcome

    async def refuse(self, path: str, size: int, code: str, detail: str) -> None:
        self.refused.append(path)

    def known_paths(self) -> list[str]:
        return list(self.known)

    async def removed(self, path: str) -> None:
        self.gone.append(path)
        del self.known[path], self.sha256[path]


class Desk:
    """A folder with its poller; time passes when the test says so."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.now = 0.0
        self.sink = Sink()
        self.poller = Poller(root, self.sink, TIMING, lambda: self.now)

    def write(self, path: str, data: bytes = b"one") -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        return place

    async def polls(self, *waits: float) -> None:
        for wait in waits:
            self.now += wait
            await self.poller.poll()

    async def sweep(self) -> "asyncio.Task[Tally]":
        """A run that is asked for; `polls` let it go on."""
        task = asyncio.create_task(self.poller.sweep())
        await asyncio.sleep(0)
        return task


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    root = tmp_path / "table"
    root.mkdir()
    return Desk(root)


async def test_a_run_finds_a_change_that_no_look_tells(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = Look(3, 0, 0, 0)
    monkeypatch.setattr(Look, "of", classmethod(lambda cls, found: same))
    place = desk.write(NAME, b"old")
    desk.write(file_name(2), b"not")
    await desk.polls(0, 1)
    place.write_bytes(b"new")
    await desk.polls(1, 1)
    assert desk.sink.taken == [b"not", b"old"]
    run = await desk.sweep()
    await desk.polls(0, 1)
    assert desk.sink.taken == [b"not", b"old", b"new"]
    assert await run == Tally(files=2, recorded=1, unchanged=1)


async def test_a_run_counts_each_file_by_what_became_of_it_and_waits_for_the_last(
    desk: Desk,
) -> None:
    outcomes = (Outcome.RECORDED, Outcome.SKIPPED, Outcome.REJECTED, Outcome.AGAIN)
    for number, outcome in enumerate(outcomes):
        desk.write(file_name(number), b"%d" % number)
        desk.sink.outcomes[b"%d" % number] = outcome
    desk.write(file_name(8), b"x" * 1001)
    (desk.root / file_name(9)).symlink_to("/etc/hostname")
    run = await desk.sweep()
    await desk.polls(0, 1, 1)
    assert not run.done()
    desk.sink.outcomes[b"3"] = Outcome.RECORDED
    await desk.polls(5)
    assert await run == Tally(files=6, recorded=2, skipped=1, rejected=3)
    run = await desk.sweep()
    await desk.polls(0, 1)
    again = Tally(files=6, unchanged=3, rejected=3)
    assert await run == again, "a rejected file is rejected again, though nothing is said of it"


async def test_a_file_that_goes_away_does_not_hold_up_a_run(desk: Desk) -> None:
    desk.sink.outcomes[b"half"] = Outcome.AGAIN
    place = desk.write(NAME, b"half")
    desk.write(file_name(2))
    run = await desk.sweep()
    await desk.polls(0, 1)
    assert not run.done()
    place.unlink()
    await desk.polls(1)
    assert await run == Tally(files=2, recorded=1)


async def test_a_file_of_a_running_game_does_not_wait_for_a_whole_archive(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "RENEWED_MAX", 2)
    for number in range(5):
        desk.write(f"archive/{file_name(number)}", b"%d" % number)
    desk.write(f"today/{NAME}", b"hand 1")
    await desk.polls(0, 1)
    run = await desk.sweep()
    await desk.polls(0.1)
    desk.write(f"today/{NAME}", b"hand 1 and 2")
    await desk.polls(0.1)
    assert not run.done(), "two of the five are read anew at each look"
    await desk.polls(1)
    assert desk.sink.taken[-1] == b"hand 1 and 2"
    assert await run == Tally(files=6, recorded=1, unchanged=5)


async def test_a_run_fails_where_a_part_of_the_folder_cannot_be_listed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(f"a/b/c/d/{NAME}")
    monkeypatch.setattr("services.gfx_ingest.inputs.folder.DEPTH_MAX", 2)
    run = await desk.sweep()
    await desk.polls(0)
    with pytest.raises(SweepFailed, match="deeper than 2 folders"):
        await run


def without_mount(root: Path) -> None:
    """The empty folder that a mount had covered."""
    root.rename(root.with_name("share"))
    root.mkdir()


def without_disk(root: Path) -> None:
    """What a server shows that lost the disk behind its share: nothing ever happened there."""
    before = root.stat()
    for place in root.iterdir():
        place.unlink()
    os.utime(root, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("lose", [without_mount, without_disk])
async def test_an_empty_share_fails_a_run_and_removes_nothing(
    desk: Desk, lose: Callable[[Path], None]
) -> None:
    for number in range(2):
        desk.write(file_name(number), b"%d" % number)
    await desk.polls(0, 1, 1)
    lose(desk.root)
    run = await desk.sweep()
    await desk.polls(0, GONE_S, GONE_S)
    with pytest.raises(SweepFailed, match="empty, but 2 of its files are known"):
        await run
    assert desk.sink.gone == []


async def test_a_folder_that_is_empty_after_it_was_away_is_not_believed(desk: Desk) -> None:
    place = desk.write(NAME)
    await desk.polls(0, 1, 1)
    away = desk.root.rename(desk.root.with_name("away"))
    with pytest.raises(FileNotFoundError):
        await desk.polls(1)
    (away / place.name).unlink()
    away.rename(desk.root)
    run = await desk.sweep()
    await desk.polls(1, GONE_S, GONE_S)
    with pytest.raises(SweepFailed):
        await run
    assert desk.sink.gone == []


async def test_an_empty_folder_that_nobody_saw_full_is_not_believed(desk: Desk) -> None:
    desk.sink.known[NAME], desk.sink.sha256[NAME] = b"", ""
    await desk.polls(0, GONE_S, GONE_S)
    desk.write("notes.txt").unlink()
    await desk.polls(0, GONE_S, GONE_S)
    assert desk.sink.gone == []


@pytest.mark.parametrize("count", [1, 2])
async def test_the_files_of_a_folder_that_somebody_emptied_are_gone(desk: Desk, count: int) -> None:
    places = [desk.write(file_name(n), b"%d" % n) for n in range(count)]
    await desk.polls(0, 1, 1)
    for place in places:
        place.unlink()
    run = await desk.sweep()
    await desk.polls(1, GONE_S)
    assert await run == Tally(files=0)
    assert desk.sink.gone == [place.name for place in places]


async def test_a_lone_file_of_a_day_whose_folder_stays_is_gone(desk: Desk) -> None:
    place = desk.write(f"day/{NAME}")
    await desk.polls(0, 1, 1)
    place.unlink()
    await desk.polls(1, GONE_S)
    assert desk.sink.gone == [f"day/{NAME}"]


async def test_a_folder_with_other_files_than_the_known_ones_is_another_one(desk: Desk) -> None:
    desk.sink.known["before.json"] = b""
    desk.write(NAME)
    desk.sink.outcomes[b"one"] = Outcome.REJECTED
    run = await desk.sweep()
    await desk.polls(0, GONE_S, GONE_S)
    assert await run == Tally(files=1, rejected=1)
    assert desk.sink.gone == []


async def test_an_empty_folder_that_was_always_empty_is_a_whole_folder(desk: Desk) -> None:
    run = await desk.sweep()
    await desk.polls(0)
    assert await run == Tally(files=0)


async def test_a_file_is_told_to_be_gone_once_after_it_was_away_long_enough(desk: Desk) -> None:
    desk.write(file_name(2))
    place = desk.write(NAME)
    await desk.polls(0, 1)
    place.unlink()
    await desk.polls(0, GONE_S - 1)
    assert desk.sink.gone == []
    await desk.polls(1, GONE_S)
    assert desk.sink.gone == [NAME]


async def test_a_file_that_went_while_nobody_watched_is_told(desk: Desk) -> None:
    desk.write(file_name(2))
    desk.sink.known[NAME], desk.sink.sha256[NAME] = b"", ""
    desk.sink.known[file_name(2)] = b"one"
    await desk.polls(0, GONE_S)
    assert desk.sink.gone == [NAME]


def deleted_and_written(desk: Desk, place: Path) -> Callable[[], object]:
    place.unlink()
    return lambda: place.write_bytes(b"two")


def moved(desk: Desk, place: Path) -> Callable[[], object]:
    (desk.root / "new").mkdir()
    place.rename(desk.root / "new" / NAME)
    return lambda: None


def unmounted(desk: Desk, place: Path) -> Callable[[], object]:
    away = desk.root.with_name("away")
    (desk.root / "day").rename(away)
    return lambda: away.rename(desk.root / "day")


@pytest.mark.parametrize("change", [deleted_and_written, moved, unmounted])
async def test_what_a_pc_or_a_share_does_to_a_file_does_not_remove_it(
    desk: Desk, change: Callable[[Desk, Path], Callable[[], object]]
) -> None:
    desk.write(f"day/{file_name(2)}")
    place = desk.write(f"day/{NAME}")
    await desk.polls(0, 1)
    back = change(desk, place)
    await desk.polls(0, GONE_S - 1)
    back()
    await desk.polls(2, GONE_S, GONE_S)
    assert desk.sink.gone == []


async def test_a_folder_that_cannot_be_listed_whole_removes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(f"a/b/{file_name(2)}")
    place = desk.write(NAME)
    desk.write(file_name(3))
    await desk.polls(0, 1)
    place.unlink()
    monkeypatch.setattr("services.gfx_ingest.inputs.folder.DEPTH_MAX", 0)
    await desk.polls(1, GONE_S, GONE_S)
    assert desk.sink.gone == []
