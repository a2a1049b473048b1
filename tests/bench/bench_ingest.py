"""Export files to rows: how many hands a second from cold files, and how long a long file takes.

Cold: whole games appear in the folder at once and go through the `gfx-ingest` and `hands` processes
into the log and PostgreSQL. The same bytes are decoded by msgspec alone in the same run.

Long: a file as large as the largest real one (that file itself, if it lies beside the checkout)
gets one more hand, again and again, and each time the view must show it.
"""

import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

import asyncpg
import msgspec

from contracts.poker.ticks import TICKS_PER_SECOND
from deploy.local.servers import PostgresServer
from deploy.simulate.export import Game, encode_hand, export, file_name
from deploy.simulate.options import HANDS_PER_GAME, GameOptions, Quirks
from deploy.simulate.pc import rewrite
from deploy.simulate.table import play
from services.gfx_ingest.inputs.parse import Origin, parse
from services.gfx_ingest.inputs.source import SourceExport, SourceHand
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
from tests.support.gfx_files import GAME_ID

PART = "ingest"
# Each for a quick, a default and a full run. All games together have more hands than the parser
# remembers, so that each is parsed as if for the first time.
GAMES = (8, 12, 40)
APPENDS = (10, 60, 200)
ROUNDS = 4
# How often a decoder is run over the same bytes; the median of them counts.
REPEATS = 7
P99_MS_MAX = 250.0
# The largest real file.
LONG_HANDS = 173
TAIL = b'],"ID":'
SHOWN = "select count(*) from views.hands"


class Whole(SourceExport, frozen=True, kw_only=True):
    """The source's model with its hands decoded in place, for the comparison only."""

    hands: list[SourceHand]  # type: ignore[assignment]


async def measure(run: Run) -> list[Figure]:
    """Cold files first, then the long one, each on servers of its own."""
    for name in ("cold", "long"):
        (run.folder / name).mkdir()
    cold = await _measure_cold(msgspec.structs.replace(run, folder=run.folder / "cold"))
    long = await _measure_long(msgspec.structs.replace(run, folder=run.folder / "long"))
    return cold + long


async def _measure_cold(run: Run) -> list[Figure]:
    games = [_game(number) for number in range(run.sized(*GAMES))]
    files = [data for _, data in games]
    hands = HANDS_PER_GAME * len(games)
    ready, share = run.folder / "ready", run.folder / "share"
    ready.mkdir()
    share.mkdir()
    for game_id, data in games:
        (ready / file_name(game_id)).write_bytes(data)
    alone = {
        "JSON to plain objects": _rate(files, hands, msgspec.json.decode),
        "JSON to the source's model": _rate(files, hands, msgspec.json.Decoder(Whole).decode),
        "our parser": _rate(files, hands, lambda data: parse(data, Origin("main", "a.json", ""))),
    }
    async with _processes(run, share) as (postgres, heard):
        run.say(f"ingest: {hands:,} hands in {len(games)} cold files")
        ready.rename(share / "day1")
        seconds = await _shown(postgres, heard, hands) - quiet_s()
    rate = hands / seconds
    return [
        figure(PART, "cold files to rows", "hands/s", [rate]),
        *(figure(PART, f"{name}, alone", "hands/s", rates) for name, rates in alone.items()),
        *(
            figure(PART, f"cold files to rows, of {name}", "x", [rate / each for each in rates])
            for name, rates in alone.items()
        ),
    ]


async def _measure_long(run: Run) -> list[Figure]:
    base, source = _long_file()
    share = run.folder / "share"
    share.mkdir()
    async with _processes(run, share) as (postgres, heard):
        run.say(f"ingest: appending to {len(base):,} bytes, {source}")
        waits = await _append(share, base, postgres, heard, run.sized(*APPENDS))
    beyond = [1e3 * (wait - quiet_s()) for wait in waits]
    stretches = rounds_of(beyond, ROUNDS)
    p99 = figure(PART, "long file at rest to view, p99", "ms", [percentile(beyond, 0.99)])
    return [
        msgspec.structs.replace(p99, aim=P99_MS_MAX, better="lower", n=len(beyond)),
        figure(
            PART, "long file at rest to view, p50", "ms", [percentile(s, 0.5) for s in stretches]
        ),
        figure(PART, "the quiet period before it", "ms", [1e3 * quiet_s()]),
        *(
            figure(PART, f"reading {hands} hands of it again", "ms", _parse_ms(base, hands))
            for hands in (1, LONG_HANDS // 4, LONG_HANDS // 2, LONG_HANDS)
        ),
    ]


def quiet_s() -> float:
    """How long a content must rest before it is taken."""
    return max(Settings().gfx_quiet_s, Settings().gfx_poll_s)


def _game(number: int, hands: int = HANDS_PER_GAME) -> tuple[int, bytes]:
    """Id and file of a simulated game."""
    game = Game(GAME_ID + number)
    options = GameOptions(hands=hands, quirks=Quirks.none())
    return game.id, export(game, play(f"ingest {number}", options))


def _rate(files: list[bytes], hands: int, read: Callable[[bytes], object]) -> list[float]:
    """Hands a second of reading all files, once per repeat."""
    rates = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        for data in files:
            read(data)
        rates.append(hands / (time.perf_counter() - started))
    return rates


@asynccontextmanager
async def _processes(run: Run, share: Path) -> AsyncIterator[tuple[PostgresServer, Commits]]:
    """Both servers and both processes over a folder; the database and its commits."""
    async with lab(run) as opened, opened.database() as postgres:
        running = opened.processes(opened.servers(postgres, share), "gfx-ingest", "hands")
        async with running, commits(postgres.dsn, "hands") as heard:
            yield postgres, heard


async def _shown(postgres: PostgresServer, heard: Commits, hands: int) -> float:
    """Seconds until the view shows so many hands."""
    started = time.perf_counter()
    view = await asyncpg.connect(postgres.reader_dsn)
    try:
        while await view.fetchval(SHOWN) < hands:
            await heard.next()
    finally:
        await view.close()
    return time.perf_counter() - started


def _long_file() -> tuple[bytes, str]:
    """The largest real file, or a simulated one of as many hands; and a word which."""
    sibling = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("RAILCAST_SHARED_DATA", sibling)) / "pgfx"
    real = sorted(folder.rglob("PGFX_live_data_export*.json"), key=lambda each: each.stat().st_size)
    if real:
        return real[-1].read_bytes(), "a real file"
    return _game(0, LONG_HANDS)[1], "a simulated file"


def _longer(base: bytes) -> Iterator[bytes]:
    """The file after each of the hands that follow its own."""
    last = parse(base, Origin("main", "a.json", "")).hands[-1].hand
    later = Game(int(last.start_ticks) + last.duration_ticks + TICKS_PER_SECOND)
    head, tail, rest = base.rpartition(TAIL)
    for hand in play("longer", GameOptions(hands=APPENDS[-1], quirks=Quirks.none())):
        head += b"," + encode_hand(later, hand)
        yield head + tail + rest


async def _append(
    share: Path, base: bytes, postgres: PostgresServer, heard: Commits, count: int
) -> list[float]:
    """Seconds from the end of each write to its hand in the view."""
    told = parse(base, Origin("main", "a.json", ""))
    file, waits = share / file_name(int(told.game_id)), []
    rewrite(file, base)
    await _shown(postgres, heard, len(told.hands))
    view = await asyncpg.connect(postgres.reader_dsn)
    try:
        for hands, data in enumerate(islice(_longer(base), count), len(told.hands) + 1):
            rewrite(file, data)
            started = time.perf_counter()
            while await view.fetchval(SHOWN) < hands:
                await heard.next()
            waits.append(time.perf_counter() - started)
    finally:
        await view.close()
    return waits


def _parse_ms(base: bytes, hands: int) -> list[float]:
    """Milliseconds of parsing a file whose hands were parsed before, as one that grew is."""
    tree = msgspec.json.decode(base, type=dict[str, msgspec.Raw])
    kept = msgspec.json.decode(tree["Hands"], type=list[msgspec.Raw])[:hands]
    data = msgspec.json.encode({**tree, "Hands": kept})
    waits = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        parse(data, Origin("main", "a.json", ""))
        waits.append(1e3 * (time.perf_counter() - started))
    return waits
