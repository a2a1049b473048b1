"""Damaged exports: whatever is in a file, it ends in facts or in one rejection, and nothing falls.

RAILCAST_FUZZ=100000 takes so many files instead of a part of them:

    RAILCAST_FUZZ=100000 pytest tests/integration/test_gfx_fuzz.py -k seeds -s
"""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import asyncpg
import msgspec
import pytest

from bus import checkpoint
from bus.health import Health
from bus.project import Projector
from contracts.messages.gfx import FileRejected, FileSkipped, SnapshotRead
from deploy.local.servers import NatsServer
from services.gfx_ingest.inputs.parse import HANDS_MAX, BadFile, Origin, parse
from services.gfx_ingest.settings import Settings
from tests.support.fuzzing import SPECS, Found, peak_mib
from tests.support.gfx_files import GAME_ID, encoded, file_name, game_file, hand, sha256
from tests.support.live_bus import Facts, bus_as, facts_of, new_log
from tests.support.mutations import mutated
from tests.support.servers import TEST_ADMIN

ROOT = Path(__file__).parents[2]
FILES = int(os.environ.get("RAILCAST_FUZZ", "2000"))
# Each part is a process of its own, so that its memory is that of the path and nothing else.
PARTS = 4
PEAK_MIB_MAX = 256
# One file alone may not take longer than the service may be silent.
SLOWEST_S_MAX = 15.0
# Seeds of the files the real process gets; other ones than those above, which start at 0.
PROCESS_SEEDS = range(1_000_000, 1_000_300)
GAMES = 60
USER = "gfx-ingest"


def fuzzed(first: int, count: int) -> Found:
    """The result of a process that takes these seeds."""
    command = [sys.executable, "-m", "tests.support.fuzzing", str(first), str(count)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return msgspec.json.decode(done.stdout, type=Found)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_files_of_many_seeds_end_in_facts_or_in_one_rejection(part: int) -> None:
    size = FILES // PARTS
    found = fuzzed(part * size, size)
    print(msgspec.json.encode(found).decode())
    assert found.broken == []
    assert found.files == size
    assert found.outcomes["read"] > size // 8
    assert found.peak_mib < PEAK_MIB_MAX
    assert found.slowest_s < SLOWEST_S_MAX


def filled(before: bytes, piece: bytes, after: bytes) -> bytes:
    """As many pieces between two ends as the largest file that is read can hold."""
    room = Settings().gfx_file_bytes_max - len(before) - len(after)
    return before + piece * (room // len(piece)) + after


def greedy() -> dict[str, bytes]:
    """Files of the largest size, each built of what costs a reader the most memory for its bytes,
    by the code they are rejected with.
    """
    one = encoded(hand(0))
    head, tail = game_file(hand(0)).split(one)
    start = hand(0)["StartDateTimeUTC"].encode()
    moments = [
        b"2031-03-01T18:%02d:%02d.%03dZ" % (n // 6000, n // 100 % 60, n % 100)
        for n in range(HANDS_MAX + 1)
    ]
    return {
        "wrong_type": filled(head, b"0,", b"0" + tail),
        "missing_field": filled(head, b"{},", b"{}" + tail),
        "hand_too_large": filled(head + one[:-1] + b',"Z":[', b"[],", b"[]]}" + tail),
        "too_large": filled(head + one + tail[:-1] + b', "Z":[', b"[],", b"[]]}"),
        "too_many_hands": head + b",".join(one.replace(start, at) for at in moments) + tail,
    }


async def test_the_process_outlives_every_file_and_says_one_end_of_each(
    bus_urls: NatsServer, database: str, tmp_path: Path
) -> None:
    root = tmp_path / "river"
    expected = lay_out(root)
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(new_log(bus_urls))
        facts = await stack.enter_async_context(facts_of(bus))
        process = await stack.enter_async_context(ingest(bus_urls, root))
        ended = await ends(facts, len(expected))
        assert process.returncode is None
        assert peak_mib(Path(f"/proc/{process.pid}/status")) < PEAK_MIB_MAX
        (root / file_name(GAME_ID + GAMES)).write_bytes(game_file(hand(0), game_id=GAME_ID + GAMES))
        await ends(facts, len(expected) + 1)
        head = (await bus.head()).sequence
        await stack.enter_async_context(projected(bus_urls, database))
        assert await parked(database, head) == dict.fromkeys((s.name for s in SPECS), 0)
    assert {path: word for path, word in ended.items() if word != expected[path]} == {}
    assert Counter(ended.values()) == Counter(expected.values())


def of_game(number: int, data: bytes) -> bytes:
    """The same file as one of another game."""
    return data.replace(b'"ID":%d' % GAME_ID, b'"ID":%d' % (GAME_ID + number))


def lay_out(root: Path) -> dict[str, str]:
    """Write the files of the process test; what each must end as, by path."""
    root.mkdir()
    expected = {}
    for code, data in greedy().items():
        path = f"PGFX_live_data_export {code}.json"
        (root / path).write_bytes(data)
        expected[path] = code
    for seed in PROCESS_SEEDS:
        path, data = f"PGFX_live_data_export {seed}.json", of_game(seed % GAMES, mutated(seed).data)
        (root / path).write_bytes(data)
        try:
            parse(data, Origin("river", path, sha256(data)))
            expected[path] = "taken"
        except BadFile as error:
            expected[path] = error.code
    return expected


@asynccontextmanager
async def ingest(server: NatsServer, root: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process over one folder, killed at the end."""
    environment = os.environ | {
        "RAILCAST_NATS_URL": server.url,
        "RAILCAST_NATS_USER": USER,
        "RAILCAST_NATS_PASSWORD": server.passwords.get(USER, ""),
        "RAILCAST_GFX_TABLES": f"river={root}",
        "RAILCAST_GFX_UNCHANGED_S_MAX": "0.5",
        "RAILCAST_GFX_RETRY_S": "0.3",
        "RAILCAST_LOG_LEVEL": "error",
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


async def ends(facts: Facts, count: int) -> dict[str, str]:
    """What became of so many files, by path; each has one end."""
    kinds = (SnapshotRead, FileSkipped, FileRejected)
    while len(found := [fact for kind in kinds for fact in facts.of(kind)]) < count:
        await facts.up_to(facts.seen[-1].sequence + 1 if facts.seen else 1)
    words = {}
    for event in (fact.event for fact in found):
        assert event.source.path not in words, event
        words[event.source.path] = event.code if isinstance(event, FileRejected) else "taken"
    return words


@asynccontextmanager
async def projected(server: NatsServer, dsn: str) -> AsyncIterator[None]:
    """The projections that hear of files, on a real database."""
    async with bus_as(server, TEST_ADMIN.name) as bus:
        work = [asyncio.create_task(Projector(s, bus, dsn, Health()).run()) for s in SPECS]
        try:
            yield
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)


async def parked(dsn: str, sequence: int) -> dict[str, int]:
    """Events set aside, by projection, as soon as all have come to a sequence."""
    connection = await asyncpg.connect(dsn)
    moved = asyncio.Event()
    try:
        await connection.add_listener(checkpoint.CHANNEL, lambda *_: moved.set())
        while True:
            moved.clear()
            there = await connection.fetchval("select to_regclass('views.checkpoints')")
            rows = await connection.fetch("select * from views.checkpoints") if there else []
            done = {row["projection"]: row["parked"] for row in rows if row["seq"] >= sequence}
            if len(done) == len(SPECS):
                return done
            await moved.wait()
    finally:
        await connection.close()
