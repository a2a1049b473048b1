"""gfx-ingest as a process against a real nats-server: files in, facts out, killed and started."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bus.api import recorded
from bus.connection import open_connection
from bus.nats import NatsBus
from bus.provision import provision
from bus.settings import ProcessSettings
from contracts.messages import Event
from contracts.messages.gfx import (
    FileRejected,
    FileSkipped,
    HandRecorded,
    HandRevised,
    SnapshotRead,
)
from deploy.local.servers import NatsServer
from tests.support.gfx_files import encoded, export, file_name, game_file, hand, real_files
from tests.support.servers import TEST_ADMIN

USER = "gfx-ingest"
NAME = file_name()
GAMES = 8
HANDS = 25
KILLS = 4
FIRST_GAME = 639_700_000_000_000_001


class Said:
    """Follows the log."""

    def __init__(self, bus: NatsBus) -> None:
        self.events: list[Event] = []
        self._bus = bus
        self._moved = asyncio.Condition()

    async def follow(self) -> None:
        async with self._bus.reader("test-gfx", None, 0) as reader:
            while True:
                batch = await reader.next(1000, 1.0)
                async with self._moved:
                    self.events += [recorded(message).event for message in batch]
                    self._moved.notify_all()

    async def until(self, enough: Callable[[], bool]) -> None:
        async with self._moved:
            await self._moved.wait_for(enough)

    def of[E: Event](self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def closed(self, path: str, sha_count: int = 1) -> None:
        """Until a path's content was read or skipped `sha_count` times."""
        kinds = SnapshotRead | FileSkipped

        def enough() -> bool:
            done = [e for e in self.events if isinstance(e, kinds) and e.source.path == path]
            return len(done) >= sha_count

        await self.until(enough)


@pytest.fixture
async def said(bus_urls: NatsServer) -> AsyncIterator[Said]:
    """A provisioned log and all that is said on it."""
    settings = ProcessSettings(
        nats_url=bus_urls.url,
        nats_user=TEST_ADMIN.name,
        nats_password=bus_urls.passwords.get(TEST_ADMIN.name, ""),
    )
    connection = await open_connection(settings, TEST_ADMIN.name)
    await provision(connection)
    said = Said(NatsBus(connection, TEST_ADMIN.name))
    following = asyncio.create_task(said.follow())
    yield said
    following.cancel()
    await connection.close()


@asynccontextmanager
async def ingest(server: NatsServer, root: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process, logged in as itself, killed at the end."""
    environment = os.environ | {
        "RAILCAST_NATS_URL": server.url,
        "RAILCAST_NATS_USER": USER,
        "RAILCAST_NATS_PASSWORD": server.passwords.get(USER, ""),
        "RAILCAST_GFX_TABLES": f"river={root}",
        "RAILCAST_GFX_UNCHANGED_S_MAX": "0.5",
        "RAILCAST_GFX_RETRY_S": "0.3",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.gfx_ingest", env=environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_growing_file_is_said_hand_by_hand(
    bus_urls: NatsServer, said: Said, tmp_path: Path
) -> None:
    root = tmp_path / "river"
    root.mkdir()
    async with ingest(bus_urls, root):
        for number in range(1, 4):
            (root / NAME).write_bytes(game_file(*(hand(n) for n in range(number))))
            await said.closed(NAME, number)
        (root / NAME).write_bytes(game_file(hand(0), hand(1, won=150), hand(2)))
        await said.closed(NAME, 4)
    assert [event.ordinal for event in said.of(HandRecorded)] == [0, 1, 2]
    assert [event.reason for event in said.of(HandRevised)] == ["rewritten"]


async def test_killed_again_and_again_it_says_every_file_once(
    bus_urls: NatsServer, said: Said, tmp_path: Path
) -> None:
    root = tmp_path / "river"

    def write(number: int) -> None:
        path = root / f"day{number}" / file_name(FIRST_GAME + number)
        path.parent.mkdir(parents=True)
        path.write_bytes(encoded(export([hand(n) for n in range(HANDS)], FIRST_GAME + number)))

    for number in range(GAMES - 1):
        write(number)
    for kill in range(KILLS):
        async with ingest(bus_urls, root):
            await said.until(lambda kill=kill: len(said.of(SnapshotRead)) > kill)
    # Only the last process can say this one: it is up when it is told to stop.
    write(GAMES - 1)
    async with ingest(bus_urls, root) as process:
        await said.until(lambda: len(said.of(SnapshotRead)) >= GAMES)
        process.terminate()
        assert await process.wait() == 0
    keys = [(event.game_id, event.hand.start_ticks) for event in said.of(HandRecorded)]
    assert len(keys) == len(set(keys)) == GAMES * HANDS
    assert len(said.of(SnapshotRead)) == GAMES
    assert said.of(FileSkipped) == said.of(HandRevised) == []


async def test_bad_files_are_rejected_once_each_and_the_next_good_one_is_taken(
    bus_urls: NatsServer, said: Said, tmp_path: Path
) -> None:
    root = tmp_path / "river"
    root.mkdir()
    good = game_file(hand(0))
    bad = {
        "not_utf8": good.decode().encode("utf-16"),
        "truncated": good[:-5],
        "too_deep": b"[" * 100_000,
        "empty": b"",
        "not_json": good.replace(b'"AnteAmt":200', b'"AnteAmt":NaN'),
        "wrong_type": good.replace(b'"AnteAmt":200', b'"AnteAmt":"200"'),
        "out_of_range": good.replace(b'"AnteAmt":200', b'"AnteAmt":' + b"9" * 5000),
        "bad_text": good.replace(b"Quillfeather 2", b"A\\u0000B"),
    }
    for code, data in bad.items():
        (root / f"PGFX_live_data_export {code}.json").write_bytes(data)
    with (root / "PGFX_live_data_export too_large.json").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    (root / "PGFX_live_data_export bad_path\n.json").write_bytes(good)
    for _ in range(2):
        async with ingest(bus_urls, root) as process:
            await said.until(lambda: len(said.of(FileRejected)) >= len(bad) + 2)
            assert _peak_megabytes(process.pid) < 256
    async with ingest(bus_urls, root):
        (root / NAME).write_bytes(good)
        await said.closed(NAME)
    assert sorted(event.code for event in said.of(FileRejected)) == sorted(
        [*bad, "too_large", "bad_path"]
    )


def _peak_megabytes(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


async def test_a_share_that_comes_late_is_watched(
    bus_urls: NatsServer, said: Said, tmp_path: Path
) -> None:
    root = tmp_path / "river"
    async with ingest(bus_urls, root):
        root.mkdir()
        (root / NAME).write_bytes(game_file(hand(0)))
        await said.closed(NAME)
    assert len(said.of(HandRecorded)) == 1


async def test_the_real_folder_becomes_its_hands(
    bus_urls: NatsServer, said: Said, tmp_path: Path
) -> None:
    root = tmp_path / "river"
    async with AsyncExitStack() as stack:
        files = list(real_files())
        for path, data in files:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        process = await stack.enter_async_context(ingest(bus_urls, root))
        for path, _ in files:
            await said.closed(path)
        assert _peak_megabytes(process.pid) < 256
    keys = {(event.game_id, event.hand.start_ticks) for event in said.of(HandRecorded)}
    assert len(keys) == len(said.of(HandRecorded)) == 701
    assert len({game_id for game_id, _ in keys}) == 15
    assert said.of(HandRevised) == said.of(FileRejected) == []
