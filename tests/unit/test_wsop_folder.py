"""The import folder: what rests is taken, in the order of its kinds; what moves is not."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from bus.errors import Unavailable
from bus.health import Health
from contracts.messages.wsop import (
    ImportClosed,
    ImportRejected,
    ImportStarted,
)
from services.wsop_import.inputs import folder, poller
from services.wsop_import.inputs.folder import Look, copy, scan
from services.wsop_import.inputs.poller import Poller, SweepFailed, Timing
from services.wsop_import.inputs.recognise import order_of
from services.wsop_import.inputs.wake import wake_on_changes
from tests.support.bus import eventually
from tests.support.wsop_files import (
    Imports,
    chip_row,
    event,
    events_json,
    importing,
    player,
    players_json,
    standing_row,
    table,
)

QUIET_S = 1.0
RETRY_S = 1.0
MALFORMED_S = 5.0
BYTES_MAX = 100_000
TIMING = Timing(
    quiet_s=QUIET_S, poll_s=0.5, retry_s=RETRY_S, malformed_s=MALFORMED_S, bytes_max=BYTES_MAX
)


class Desk:
    """A folder, the poller that watches it, and a clock that stands still."""

    def __init__(self, root: Path, imports: Imports) -> None:
        self.root = root
        self.imports = imports
        self.now = 0.0
        self.poller = Poller(root, imports.importer, TIMING, lambda: self.now)

    async def poll(self, after_s: float = 0.0) -> None:
        """Time passes, then the folder is looked at."""
        self.now += after_s
        await self.poller.poll()

    def put(self, path: str, data: bytes) -> None:
        """A file appears, or is rewritten in place."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    @property
    def taken(self) -> list[str]:
        """Paths in the order in which they were taken in."""
        return [each.file.path for each in self.imports.said(ImportStarted)]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with importing() as imports:
        yield Desk(tmp_path, imports)


async def test_a_file_is_taken_when_its_content_rested(desk: Desk) -> None:
    desk.put("chips.csv", table([chip_row(1)]))
    await desk.poll()
    await desk.poll(QUIET_S / 2)
    assert not desk.taken
    await desk.poll(QUIET_S / 2)
    assert desk.taken == ["chips.csv"]
    await desk.poll(60)
    assert len(desk.imports.said(ImportClosed)) == 1


async def test_a_file_that_is_rewritten_rests_anew(desk: Desk) -> None:
    desk.put("chips.csv", table([chip_row(1)]))
    await desk.poll()
    desk.put("chips.csv", table([chip_row(1), chip_row(2)]))
    await desk.poll(QUIET_S)
    assert not desk.taken
    await desk.poll(QUIET_S)
    assert desk.imports.closed().rows == 2


async def test_files_that_come_together_are_taken_in_the_order_of_their_kinds(desk: Desk) -> None:
    desk.put("1.csv", table([standing_row(1)]))
    desk.put("2.csv", table([chip_row(1)]))
    await desk.poll()
    desk.put("3.json", b"\xef\xbb\xbf" + players_json(player(1)))
    desk.put("4.json", events_json(event(), money_unit="cents"))
    await desk.poll(QUIET_S)
    assert not desk.taken
    await desk.poll(QUIET_S)
    assert desk.taken == ["4.json", "3.json", "2.csv", "1.csv"]


async def test_a_content_that_changed_without_a_sign_is_met_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("chips.csv", table([chip_row(1)]))
    with monkeypatch.context() as fooled:
        fooled.setattr(poller, "fingerprint", lambda *_: ("another content", b""))
        await desk.poll()
    await desk.poll(QUIET_S)
    assert not desk.taken
    await desk.poll()
    await desk.poll(QUIET_S)
    assert desk.taken == ["chips.csv"]


async def test_a_file_that_never_rests_does_not_hold_up_the_others(desk: Desk) -> None:
    desk.put("good.csv", table([chip_row(1)]))
    for number in range(8):
        desk.put("busy.csv", table([chip_row(number)]))
        await desk.poll(QUIET_S)
    assert desk.taken == ["good.csv"]


async def test_a_malformed_file_is_rejected_only_when_it_stays_so(desk: Desk) -> None:
    desk.put("players.json", players_json(player(1))[:-2])
    for _ in range(4):
        await desk.poll(QUIET_S)
    assert not desk.imports.events
    for _ in range(3):
        await desk.poll(RETRY_S)
    (rejected,) = desk.imports.said(ImportRejected)
    assert (rejected.code, rejected.file.path) == ("bad_json", "players.json")
    desk.put("players.json", players_json(player(1)))
    await desk.poll()
    await desk.poll(QUIET_S)
    assert desk.taken == ["players.json"]


async def test_a_file_over_the_limit_is_rejected_once_and_not_read(desk: Desk) -> None:
    desk.put("huge.csv", b"x" * (BYTES_MAX + 1))
    for _ in range(3):
        await desk.poll(QUIET_S)
    desk.put("huge.csv", b"x" * (BYTES_MAX + 2))
    await desk.poll(QUIET_S)
    (rejected,) = desk.imports.said(ImportRejected)
    assert (rejected.code, rejected.file.sha256) == ("too_large", "")


async def test_names_and_links_that_cannot_be_files_are_rejected_once(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "link.csv").symlink_to("/etc/hostname")
    (tmp_path / "bell\a.csv").write_bytes(b"x")
    (tmp_path / "notes.txt").write_bytes(b"x")
    (tmp_path / ".hidden.csv").write_bytes(b"x")
    for _ in range(3):
        await desk.poll(QUIET_S)
    assert [(r.file.path, r.code) for r in desk.imports.said(ImportRejected)] == [
        (r"bell\x07.csv", "bad_path"),
        ("link.csv", "bad_path"),
    ]


async def test_after_a_restart_only_new_contents_are_taken(desk: Desk) -> None:
    desk.put("a.csv", table([chip_row(1)]))
    await desk.poll()
    await desk.poll(QUIET_S)
    again = Desk(desk.root, desk.imports)
    again.put("b.csv", table([chip_row(2)]))
    await again.poll()
    await again.poll(QUIET_S)
    assert desk.taken == ["a.csv", "b.csv"]


async def test_a_sweep_tells_what_became_of_each_file_of_its_kind(desk: Desk) -> None:
    for name, data in {
        "a.csv": table([chip_row(1)]),
        "copy/a.csv": table([chip_row(1)]),
        "players.json": players_json(player(1)),
    }.items():
        desk.put(name, data)
    await desk.poll()
    await desk.poll(QUIET_S)
    desk.put("bad.csv", b"hello,world\n")
    sweep = asyncio.create_task(desk.poller.sweep("chip_counts"))
    await asyncio.sleep(0)
    await desk.poll()
    assert not sweep.done()
    await desk.poll(QUIET_S)
    tally = await sweep
    assert (tally.files, tally.unchanged, tally.rejected, tally.recorded) == (3, 2, 1, 0)


async def test_a_sweep_fails_when_the_folder_is_away(tmp_path: Path) -> None:
    async with importing() as imports:
        poller = Poller(tmp_path / "gone", imports.importer, TIMING, lambda: 0.0)
        health = Health()
        health.register("folder", 60)
        running = asyncio.create_task(poller.run(health, "folder"))
        with pytest.raises(SweepFailed, match="gone"):
            await poller.sweep("events")
        assert "gone" in health.report()["folder"]
        running.cancel()


async def test_a_log_that_is_away_loses_no_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.put("a.csv", table([chip_row(1)]))
    await desk.poll()

    async def away(_: str) -> int:
        raise Unavailable("no server")

    with monkeypatch.context() as broken:
        broken.setattr(desk.imports.bus, "last_sequence", away)
        with pytest.raises(Unavailable):
            await desk.poll(QUIET_S)
    await desk.poll(QUIET_S)
    assert desk.taken == ["a.csv"]


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncIterator[tuple[Poller, Imports]]:
    """A poller that looks at its folder once a minute, unless something makes it look earlier."""
    timing = msgspec.structs.replace(TIMING, quiet_s=0.01, poll_s=60)
    async with importing() as imports:
        poller = Poller(tmp_path, imports.importer, timing, time.monotonic)
        health = Health()
        health.register("folder", 60)
        running = asyncio.create_task(poller.run(health, "folder"))
        yield poller, imports
        running.cancel()


async def test_a_folder_is_looked_at_when_a_content_is_due_and_when_it_is_woken(
    tmp_path: Path, patient: tuple[Poller, Imports]
) -> None:
    waker, imports = patient
    (tmp_path / "1.csv").write_bytes(table([chip_row(1)]))
    waker.wake.set()
    await eventually(lambda: len(imports.said(ImportClosed)) == 1)
    (tmp_path / "2.csv").write_bytes(table([chip_row(2)]))
    waker.wake.set()
    await eventually(lambda: len(imports.said(ImportClosed)) == 2)


async def test_a_change_in_the_folder_wakes_the_poller_of_exports(tmp_path: Path) -> None:
    wake = asyncio.Event()
    watching = asyncio.create_task(wake_on_changes(tmp_path, wake))
    number = 0
    while not wake.is_set():  # the watcher needs a moment to start
        number += 1
        (tmp_path / "chips.csv").write_bytes(b"%d" % number)
        await asyncio.sleep(0)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching


@pytest.mark.parametrize(("looked_s", "pause_s"), [(0.0, 0.02), (0.05, 0.2), (9.0, 0.5)])
def test_after_a_long_look_the_folder_is_left_alone_for_longer(
    looked_s: float, pause_s: float
) -> None:
    assert poller.pause_after(looked_s, TIMING.poll_s) == pytest.approx(pause_s)


def test_a_content_is_copied_only_as_it_was_looked_at(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_bytes(b"one")
    look = Look.of(place.stat())
    content = copy(tmp_path, "a.csv", look)
    assert content is not None
    assert content.bytes == 3
    content.close()
    place.write_bytes(b"one and more")
    assert copy(tmp_path, "a.csv", look) is None
    place.unlink()
    assert copy(tmp_path, "a.csv", look) is None


def test_a_content_that_moves_while_it_is_read_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "a.csv"
    place.write_bytes(b"one")
    read = os.read

    def read_and_write(handle: int, size: int) -> bytes:
        piece = read(handle, size)
        place.write_bytes(b"two")
        return piece

    look = Look.of(place.stat())
    with monkeypatch.context() as moving:
        moving.setattr(folder.os, "read", read_and_write)
        assert copy(tmp_path, "a.csv", look) is None


def test_a_scan_has_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "FILES_MAX", 2)
    monkeypatch.setattr(folder, "DEPTH_MAX", 1)
    for number in range(4):
        (tmp_path / f"{number}.csv").touch()
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    found = scan(tmp_path)
    assert list(found.files) == ["0.csv", "1.csv"]
    assert len(found.troubles) == 1


@pytest.mark.parametrize(
    ("head", "order"),
    [
        (events_json(event()), 0),
        (players_json(player(1)), 1),
        (table([chip_row(1)]), 2),
        (table([standing_row(1)]), 3),
        (b"tournament_number,place_start,place_end,amount\r\n", 0),
        (b"\xff\xfe nonsense", 4),
        (b"{", 4),
    ],
)
def test_the_order_of_a_scan_is_told_by_the_first_bytes(head: bytes, order: int) -> None:
    assert order_of(head) == order
