"""From a file that came to rest to a hand that the view shows, through the real processes."""

import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import asyncpg

from deploy.local.servers import PostgresServer
from deploy.simulate.export import Game, assemble, encode_hand, file_name, ticks_of
from deploy.simulate.options import GameOptions, Quirks
from deploy.simulate.pc import rewrite
from deploy.simulate.table import play
from services.gfx_ingest.settings import Settings
from tests.bench.bench_lab import (
    Commits,
    Figure,
    Run,
    commits,
    figure,
    lab,
    percentile,
    rounds_of,
)

PART = "file"
# For a quick, a default and a full run.
HANDS = (12, 80, 80)
ROUNDS = 4
CREATED = datetime.now(UTC) - timedelta(days=1)
SHOWN = "select count(*) from views.hands where game_id = $1"


async def measure(run: Run) -> list[Figure]:
    """Append hand by hand in place and wait for each in the view."""
    share = run.folder / "share"
    share.mkdir()
    quiet_s = max(Settings().gfx_quiet_s, Settings().gfx_poll_s)
    async with lab(run) as opened, opened.database() as postgres:
        servers = opened.servers(postgres, share)
        running = opened.processes(servers, "gfx-ingest", "hands")
        async with running, commits(postgres.dsn, "hands") as heard:
            run.say("file: writing hand after hand")
            waits = await _write(share, postgres, heard, run.sized(*HANDS))
    beyond = [1e3 * (wait - quiet_s) for wait in waits]
    stretches = rounds_of(beyond, ROUNDS)
    return [
        figure(PART, "quiet file to view, p50", "ms", [percentile(s, 0.5) for s in stretches]),
        figure(PART, "quiet file to view, p99", "ms", [percentile(beyond, 0.99)]),
        figure(PART, "last write to view, p50", "ms", [1e3 * percentile(waits, 0.5)]),
    ]


async def _write(share: Path, postgres: PostgresServer, heard: Commits, count: int) -> list[float]:
    """Seconds from the end of each write to the hand in the view."""
    game = Game(ticks_of(CREATED))
    file, written, waits = share / file_name(game.id), [], []
    view = await asyncpg.connect(postgres.reader_dsn)
    try:
        for hand in islice(play("bench", GameOptions(quirks=Quirks.none())), count):
            written.append(encode_hand(game, hand))
            rewrite(file, assemble(game, written))
            started = time.perf_counter()
            while await view.fetchval(SHOWN, str(game.id)) < len(written):
                await heard.next()
            waits.append(time.perf_counter() - started)
    finally:
        await view.close()
    return waits
