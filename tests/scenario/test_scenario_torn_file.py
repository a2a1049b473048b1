"""A PC that rewrites one export in place a thousand times: nothing torn is ever said."""

# Files are written from the test itself; nothing else waits for its loop meanwhile.
# ruff: noqa: ASYNC240

import asyncio
import hashlib
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from contracts.messages.gfx import FileRejected, HandRecorded, HandRevised, SnapshotRead
from tests.support.audit import of
from tests.support.gfx_files import FIRST_TICKS, encoded, export, file_name, hand, sha256
from tests.support.system import QUIET_S, System
from tests.support.watch import Watch

pytestmark = pytest.mark.xdist_group("show")

SEED = 4711
REWRITES = 1000
HANDS = 12
# Every so often the PC rests, and what lies there must come through before it goes on.
REST_EVERY = 200
PARTS = 6
# Between two parts of one write: below the quiet time, as on any share that works.
PART_PAUSE_S = QUIET_S / 20
# From the end of the quiet time to the read model.
SHOWN_WITHIN_S = 1.0
GAME_ID = FIRST_TICKS % 10**18 + 77


def version(number: int) -> dict[str, Any]:
    """Always the same length, and every hand says the number: any mixture is valid JSON."""
    return export([hand(n, won=1000 + number) for n in range(HANDS)], GAME_ID)


def rewrite(path: Path, data: bytes, whims: random.Random) -> None:
    """Write in place and in parts; a few writes are slow enough to be looked at halfway."""
    slow = whims.random() < 0.03
    size = len(data) // PARTS + 1
    with path.open("r+b" if path.exists() else "xb", buffering=0) as file:
        for offset in range(0, len(data), size):
            file.write(data[offset : offset + size])
            if slow:
                time.sleep(PART_PAUSE_S)
        file.truncate()


async def test_a_file_rewritten_in_place_a_thousand_times_is_never_said_torn(
    show: System, watch: Watch
) -> None:
    whims = random.Random(SEED)
    path = show.tables["jetty"] / file_name(GAME_ID)
    digests: set[str] = set()
    contents: set[str] = set()
    waits: list[float] = []
    assert len({len(encoded(version(number))) for number in (0, 1, REWRITES)}) == 1
    for number in range(1, REWRITES + 1):
        tree = version(number)
        data = encoded(tree)
        contents.add(sha256(data))
        digests |= {hashlib.sha256(encoded(each)).hexdigest() for each in tree["Hands"]}
        await asyncio.to_thread(rewrite, path, data, whims)
        if number % REST_EVERY == 0:
            written = time.monotonic()
            won = 20_000 + 1000 + number
            sql = "select stack from views.chips where game_id = $1 and seat = 3"

            async def shown(won: int = won, sql: str = sql) -> bool:
                return await watch.one(sql, str(GAME_ID)) == won

            await watch.until(shown, QUIET_S + SHOWN_WITHIN_S)
            waits.append(time.monotonic() - written - QUIET_S)
    print(f"shown after the quiet time: {', '.join(f'{wait:.3f} s' for wait in waits)}")
    log = [m for m in await watch.log() if f".{GAME_ID}." in m.subject]
    said = [*of(log, HandRecorded), *of(log, HandRevised)]
    print(f"{len(said)} hands said of {len(of(log, SnapshotRead))} contents of {REWRITES}")
    assert len(said) >= HANDS * (REWRITES // REST_EVERY)
    assert {event.digest for event in said} <= digests
    assert {event.source.sha256 for event in of(log, SnapshotRead)} <= contents
    rejected = await watch.rows(
        "select * from views.sync_files where table_name = 'jetty' and outcome = 'rejected'"
    )
    assert rejected == []
    for row in await watch.rows("select * from views.hands where game_id = $1", str(GAME_ID)):
        ends = {player["name"]: player["end_stack"] for player in json.loads(row["players"])}
        assert set(ends.values()) == {10_000 - 1000 - REWRITES, 20_000 + 1000 + REWRITES}
    assert of(log, FileRejected) == []
