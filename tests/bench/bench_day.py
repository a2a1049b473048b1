"""One day of a large event: thousands of stacks and places every quarter of an hour.

The platform's files go through the real `wsop-import` and the projections that fold them. A file is
told as shown in a read model when that read model has committed the end of its import. What every
process works for it, in seconds of a processor, hardly depends on the machine's other work.
Afterwards the gateway is asked for what people look at.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import asyncpg
import httpx

from contracts import persons
from contracts.streams import PROJECTIONS
from deploy.local.servers import PostgresServer
from deploy.local.show import GATEWAY, Servers, processes
from services.wsop_import.settings import Settings
from tests.bench.bench_lab import (
    Commits,
    Figure,
    Lab,
    Run,
    commits,
    figure,
    lab,
    percentile,
)
from tests.support.servers import Runner
from tests.support.wsop_files import (
    EVENT,
    chip_row,
    event,
    events_json,
    player,
    players_json,
    standing_row,
    table,
)

PART = "day"
PLAYERS = 10_112
ENTRANTS = 10_000
FAMILIES = 101
SYLLABLE = ("bdfghklmnprstvz", "aeiouyäöüé")
# Imports of each kind; a day of twenty-four hours has ninety-six quarters.
IMPORTS = (4, 24, 96)
QUARTER = timedelta(minutes=15)
DAY = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=2)
STARTING_CHIPS = 50_000
# The smallest chip in play.
CHIP = 100
VIEWS = ("chip_counts", "standings", "events", "unified_players", "sync_status", "hands")
SAID_EVERY = 8
# Answers per page; the first ones are left out.
GETS = (100, 400, 400)
WARM = 5
SHOWN_S_MAX = 2.0
RSS_MIB_MAX = 256.0
STANDINGS_MS_MAX = 20.0
CLOSED = "select last_sequence from views.imports where path = $1 and closed_at is not null"

# Seconds by view or process, for each import of a kind.
type Figures = dict[str, list[dict[str, float]]]


class Day:
    """Who plays, and how the chips move from one quarter to the next."""

    def __init__(self, quarters: int) -> None:
        """Everybody enters; a tenth is left after the last quarter."""
        self._random = random.Random("a day of the bench")
        self._weights = dict.fromkeys(range(1, ENTRANTS + 1), 1.0)
        self._out: list[int] = []
        self._leave = ENTRANTS * 9 // 10 // quarters
        self.at = DAY

    def ranked(self) -> list[tuple[int, int]]:
        """Player and chips, the largest stack first, then those who are out, the last first."""
        total = sum(self._weights.values())
        share = STARTING_CHIPS * ENTRANTS / total / CHIP
        stacks = [(n, CHIP * max(1, int(w * share))) for n, w in self._weights.items()]
        stacks.sort(key=lambda each: (-each[1], each[0]))
        return stacks + [(number, 0) for number in reversed(self._out)]

    def play(self) -> None:
        """A quarter of an hour: stacks move, the smallest leave."""
        self.at += QUARTER
        for number in self._weights:
            self._weights[number] *= self._random.uniform(0.7, 1.4)
        for number in sorted(self._weights, key=self._weights.__getitem__)[: self._leave]:
            del self._weights[number]
            self._out.append(number)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Kind and content of what the platform exports now."""
        at, ranked = self.at.isoformat(), self.ranked()
        yield (
            "chip_counts",
            table(
                chip_row(who, chips, at, status="active" if chips else "", player_name=name(who))
                for who, chips in ranked
            ),
        )
        more = {"players_remaining": len(self._weights)}
        yield (
            "standings",
            table(
                standing_row(rank, chips, at, wsop_player_id=player_id(who), **more)
                for rank, (who, chips) in enumerate(ranked, 1)
            ),
        )


def name(number: int) -> str:
    """An invented name; a family has about a hundred members."""
    given, family = divmod(number, FAMILIES)
    return f"{_word(f'given {given}')} {_word(f'family {family}')}"


def _word(seed: str) -> str:
    spoken = random.Random(seed)
    return "".join(spoken.choice(letters) for letters in SYLLABLE * 3).capitalize()


def player_id(number: int) -> str:
    """The platform's id of a player."""
    return str(player(number)["wsop_player_id"])


async def measure(run: Run) -> list[Figure]:
    """Import a day, then read."""
    async with lab(run) as opened, opened.database() as postgres:
        servers = opened.servers(postgres)
        servers.wsop.mkdir()
        runner = Runner(opened.home)
        try:
            await _start(runner, servers, "wsop-import", *VIEWS)
            waits, work = await _import_all(opened, servers, runner, run.sized(*IMPORTS))
            # The gateway answers when every read model is alive.
            await _start(runner, servers, *sorted(PROJECTIONS.keys() - VIEWS), GATEWAY)
            pages = await _read(servers, run.sized(*GETS))
            memory = {child.spec.name: _peak_mib(child.pid) for child in runner.children}
        finally:
            await runner.stop()
    return [
        *_shown(waits),
        *_worked(work),
        *_pages(pages),
        *(
            figure(PART, f"peak memory of {who}", "MiB", [mib], at_most=RSS_MIB_MAX)
            for who, mib in memory.items()
        ),
    ]


async def _start(runner: Runner, servers: Servers, *names: str) -> None:
    specs = {spec.name: spec for spec in processes(servers)}
    for each in names:
        await runner.start(specs[each.replace("_", "-")])


def _peak_mib(pid: int) -> float:
    """The largest resident memory of a process so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    told = dict(line.split(":", 1) for line in lines)
    return int(told["VmHWM"].split()[0]) / 1024


def _cpu_s(pid: int) -> float:
    """Seconds a process has worked so far; they are counted in hundredths."""
    # Behind the name, which may hold blanks, stands the state, then the rest.
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


async def _import_all(
    lab: Lab, servers: Servers, runner: Runner, quarters: int
) -> tuple[Figures, Figures]:
    """By kind of file: seconds from rest to each view, and seconds that each process worked."""
    day = Day(quarters)
    waits: Figures = {}
    work: Figures = {}

    async def put(kind: str, place: Path, data: bytes) -> None:
        before = {child.spec.name: _cpu_s(child.pid) for child in runner.children}
        waits.setdefault(kind, []).append(await watch.put(place, data))
        after = {child.spec.name: _cpu_s(child.pid) for child in runner.children}
        work.setdefault(kind, []).append({who: s - before[who] for who, s in after.items()})

    async with _watching(servers.postgres) as watch:
        for kind, data in _before():
            lab.say(f"day: {kind}, {len(data):,} bytes")
            await put(kind, servers.wsop / f"{kind}.json", data)
        for quarter in range(1, quarters + 1):
            day.play()
            for kind, data in day.files():
                await put(kind, servers.wsop / f"{kind}-{quarter:02d}.csv", data)
            if quarter % SAID_EVERY == 0:
                lab.say(f"day: quarter {quarter} of {quarters}")
    return waits, work


def _before() -> Iterator[tuple[str, bytes]]:
    """What the platform says before the first hand."""
    main = event(starting_chips=STARTING_CHIPS, total_entries=ENTRANTS, status="running")
    yield "events", events_json(main)
    people = (player(number, name=name(number)) for number in range(1, PLAYERS + 1))
    yield "players", players_json(*people)


class Watch:
    """Puts files into the folder and hears of the views that show them."""

    def __init__(self, reader: asyncpg.Connection, heard: Mapping[str, Commits]) -> None:
        """`heard` are the commits of each projection."""
        self._reader = reader
        self._heard = heard

    async def put(self, place: Path, data: bytes) -> dict[str, float]:
        """Put a file at once; seconds from its rest to the end of its import, by view."""
        part = place.with_suffix(".part")
        part.write_bytes(data)
        part.replace(place)
        written = asyncio.get_running_loop().time()
        while (end := await self._reader.fetchval(CLOSED, place.name)) is None:
            await self._heard["sync_status"].next()
        for commits_ in self._heard.values():
            await commits_.reached(end)
        rested = written + Settings().wsop_quiet_s
        return {
            view: next(at for sequence, at in commits_.seen if sequence >= end) - rested
            for view, commits_ in self._heard.items()
        }


@asynccontextmanager
async def _watching(postgres: PostgresServer) -> AsyncIterator[Watch]:
    async with AsyncExitStack() as stack:
        heard = {
            view: await stack.enter_async_context(commits(postgres.dsn, view)) for view in VIEWS
        }
        reader = await asyncpg.connect(postgres.reader_dsn)
        stack.push_async_callback(reader.close)
        yield Watch(reader, heard)


def _shown(waits: Figures) -> Iterator[Figure]:
    """Seconds from rest to each view; chip counts in their own view have an aim."""
    for kind, imports in waits.items():
        for view in VIEWS:
            seconds = [each[view] for each in imports]
            yield figure(PART, f"{kind} at rest to {view}", "s", seconds)
    slowest = max(each["chip_counts"] for each in waits["chip_counts"])
    told = "chip_counts at rest to chip_counts, max"
    yield figure(PART, told, "s", [slowest], at_most=SHOWN_S_MAX)


def _worked(work: Figures) -> Iterator[Figure]:
    """What each process worked for one import of a kind; the first one of a kind is the largest."""
    for kind, imports in work.items():
        for who in imports[0]:
            yield figure(PART, f"{kind}, work of {who}", "s", [each[who] for each in imports])


async def _read(servers: Servers, count: int) -> dict[str, list[float]]:
    """Milliseconds of each page, asked one at a time over one connection."""
    chosen = random.Random("readers").choices(range(1, PLAYERS + 1), k=count)
    asked: dict[str, Callable[[int], str]] = {
        "standings": lambda _: f"/events/{EVENT}/standings",
        "chips": lambda _: f"/events/{EVENT}/chips",
        "players": lambda _: "/players",
        "players search": lambda number: f"/players/search?q={quote(name(number))}",
        "one player": lambda number: f"/players/{persons.of_wsop_player(player_id(number))}",
    }
    taken: dict[str, list[float]] = {}
    key = {"Authorization": f"Bearer {servers.token}"}
    async with httpx.AsyncClient(base_url=f"{servers.http}/api/v1", headers=key) as client:
        for page, path in asked.items():
            # The first answers open connections and plans.
            for number in chosen[:WARM]:
                (await client.get(path(number))).raise_for_status()
            taken[page] = []
            for number in chosen:
                started = time.perf_counter()
                answer = await client.get(path(number))
                taken[page].append(1e3 * (time.perf_counter() - started))
                answer.raise_for_status()
    return taken


def _pages(pages: Mapping[str, list[float]]) -> Iterator[Figure]:
    """Each page and its p99; the standings have an aim."""
    for page, taken in pages.items():
        yield figure(PART, f"{page} over HTTP", "ms", taken)
        aim = {"at_most": STANDINGS_MS_MAX} if page == "standings" else {}
        yield figure(PART, f"{page} over HTTP, p99", "ms", [percentile(taken, 0.99)], **aim)
