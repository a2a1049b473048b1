"""A PC that rewrites one export in place a thousand times: nothing torn is ever said."""

import asyncio
import hashlib
import random
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from contracts.messages.gfx import HandRecorded, HandRevised, SnapshotRead
from tests.support.audit import of
from tests.support.gfx_files import FIRST_TICKS, encoded, export, file_name, hand, sha256
from tests.support.system import QUIET_S, System
from tests.support.watch import Watch

pytestmark = pytest.mark.xdist_group("show")

SEED = 4711
REWRITES = 1000
HANDS = 12
# Keeps the number of digits of every stack the same.
OFFSET = 1000
# Every so often the PC rests, and what lies there must come through before it goes on.
REST_EVERY = 100
PARTS = 6
# Some writes stop halfway: for less than the quiet time, as on any share that works.
STALL_S = 0.6 * QUIET_S
STALL_SHARE = 0.03
# From the end of the quiet time to the read model.
SHOWN_WITHIN_S = 1.0
GAME_ID = FIRST_TICKS % 10**18 + 77


def version(number: int) -> dict[str, Any]:
    """Always the same length, and every stack says the number: any mixture is valid JSON."""
    hands = [hand(n) for n in range(HANDS)]
    for player in (player for each in hands for player in each["Players"]):
        player["StartStackAmt"] += OFFSET + number
        player["EndStackAmt"] += OFFSET + number
    return export(hands, GAME_ID)


def rewrite(path: Path, data: bytes, whims: random.Random) -> None:
    """Write in place and in parts; a few writes stall between two of them."""
    stall = whims.randrange(1, PARTS) if whims.random() < STALL_SHARE else 0
    size = len(data) // PARTS + 1
    with path.open("r+b" if path.exists() else "xb", buffering=0) as file:
        for part in range(PARTS):
            if part and part == stall:
                time.sleep(STALL_S)
            file.write(data[part * size : (part + 1) * size])
        file.truncate()


async def shown(watch: Watch, number: int) -> bool:
    """Whether both stacks are those of a version."""
    rows = await watch.rows("select seat, stack from views.chips where game_id = $1", str(GAME_ID))
    return {row["seat"]: row["stack"] for row in rows} == {
        2: 9_900 + OFFSET + number,
        3: 20_100 + OFFSET + number,
    }


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
            await watch.until(partial(shown, watch, number), QUIET_S + SHOWN_WITHIN_S)
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
    last = {hashlib.sha256(encoded(each)).hexdigest() for each in version(REWRITES)["Hands"]}
    rows = await watch.rows("select digest from views.hands where game_id = $1", str(GAME_ID))
    assert {row["digest"] for row in rows} == last
    assert len(rows) == HANDS
