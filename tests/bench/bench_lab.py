"""The bench: servers of our own, a log to fill, databases, and processes as `up` starts them."""

import asyncio
import math
import statistics
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import asyncpg
import msgspec

from bus import checkpoint
from bus.api import Draft, Entity
from bus.connection import open_connection
from bus.nats import NatsBus
from bus.provision import provision
from bus.settings import ProcessSettings
from contracts.envelope import Envelope
from contracts.messages import Event
from deploy.local.home import Home
from deploy.local.servers import NatsServer, PostgresServer
from deploy.local.show import Servers, processes
from tests.bench.players import events
from tests.support import servers
from tests.support.servers import TEST_ADMIN, FreshNats, FreshPostgres, Runner

# One atomic batch, the largest the server takes.
FILL_BATCH = 1_000
LOG_START = datetime(2031, 3, 1, tzinfo=UTC)
# Nothing that is measured takes that long; a bench that hangs must end with a sentence.
WAIT_S_MAX = 60.0
REPLAY_S_MAX = 900.0


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured figure: its median with the smallest and largest, and the aim if it has one.

    `aim` is a limit, from below or above as `better` says; None = for information.
    """

    part: str
    name: str
    unit: str
    median: float
    least: float
    most: float
    n: int
    aim: float | None = None
    better: str = "higher"

    @property
    def met(self) -> bool | None:
        """Whether the median reaches the aim."""
        if self.aim is None:
            return None
        return self.median >= self.aim if self.better == "higher" else self.median <= self.aim


class Run(msgspec.Struct, frozen=True):
    """What one part is told: a folder of its own, how large to measure, and where to say so."""

    folder: Path
    size: Literal["quick", "default", "full"]
    say: Callable[[str], None]

    def sized[T](self, quick: T, default: T, full: T) -> T:
        """The value of this size."""
        return {"quick": quick, "default": default, "full": full}[self.size]


def figure(part: str, name: str, unit: str, values: Sequence[float], **aim: float | str) -> Figure:
    """The figure of one value per round; `aim` takes `at_least` or `at_most`."""
    limit = aim.get("at_least", aim.get("at_most"))
    return Figure(
        part=part,
        name=name,
        unit=unit,
        median=statistics.median(values),
        least=min(values),
        most=max(values),
        n=len(values),
        aim=None if limit is None else float(limit),
        better="lower" if "at_most" in aim else "higher",
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Nearest-rank percentile; `share` 0..1."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def rounds_of(values: Sequence[float], rounds: int) -> list[Sequence[float]]:
    """The same values in `rounds` stretches, so that a figure can show how much it moves."""
    size = max(1, len(values) // rounds)
    return [values[at : at + size] for at in range(0, size * rounds, size)]


class Lab:
    """Both servers, provisioned, with every right."""

    def __init__(self, home: Home, nats: NatsServer, postgres: PostgresServer, run: Run) -> None:
        """Made by `lab`."""
        self.home = home
        self.nats = nats
        self.postgres = postgres
        self.say = run.say
        self.filled = 0

    @asynccontextmanager
    async def bus(self, user: str = TEST_ADMIN.name) -> AsyncIterator[NatsBus]:
        """A connected bus."""
        connection = await open_connection(self.settings(user), user)
        try:
            yield NatsBus(connection, user)
        finally:
            await connection.close()

    def settings(self, user: str = TEST_ADMIN.name) -> ProcessSettings:
        """What a process of this user is told."""
        prefix = "RAILCAST_"
        env = self.nats.environment(user)
        return ProcessSettings(**{k.removeprefix(prefix).lower(): v for k, v in env.items()})

    @asynccontextmanager
    async def database(self) -> AsyncIterator[PostgresServer]:
        """An empty database with our roles, dropped afterwards."""
        name = f"bench_{uuid.uuid4().hex}"
        dsn = await servers.create_database(self.postgres, name)
        reader = self.postgres.reader_dsn.rpartition("/")[0] + f"/{name}"
        try:
            yield PostgresServer(dsn=dsn, reader_dsn=reader)
        finally:
            await servers.drop_database(self.postgres, name)

    async def fill(self, count: int) -> None:
        """Bring the log to at least `count` events of the players, in atomic batches."""
        if count > self.filled:
            self.say(f"putting {count - self.filled:,} events into the log")
        async with self.bus() as bus:
            while self.filled < count:
                await put(bus, self.filled, FILL_BATCH)
                self.filled += FILL_BATCH

    @asynccontextmanager
    async def processes(self, known: Servers, *names: str) -> AsyncIterator[None]:
        """Some of the processes of `up`, ready on entry, stopped on exit."""
        specs = {spec.name: spec for spec in processes(known)}
        runner = Runner(self.home)
        try:
            for name in names:
                await runner.start(specs[name])
            yield
        finally:
            await runner.stop()

    def servers(self, postgres: PostgresServer, share: Path | None = None) -> Servers:
        """The servers as `up` knows them; `share` is the folder of the one table."""
        return Servers(
            home=self.home,
            nats=self.nats,
            postgres=postgres,
            http_port=self.home.port("http"),
            tables={} if share is None else {"main": share},
            wsop=self.home.root / "tournament",
        )


async def put(bus: NatsBus, first: int, count: int) -> None:
    """Append the events `first` to `first + count - 1` of the players; one entity per batch."""
    table_id = f"table-{first // FILL_BATCH}"
    entity = Entity(events.CONTEXT, events.TABLE, table_id)
    said = [events.event(number, table_id) for number in range(first, first + count)]
    await bus.append(entity, 0, [draft(event, first + at) for at, event in enumerate(said)])


def draft(event: Event, number: int) -> Draft:
    """An event with the envelope a service would give it."""
    # The form of our ids without the work of making them: there are hundreds of thousands.
    event_id, command = (f"00000000-0000-5000-800{kind}-{number:012x}" for kind in (0, 1))
    envelope = Envelope(
        id=event_id,
        type=event.TYPE.text,
        source="bench",
        time=LOG_START + timedelta(milliseconds=number),
        correlation_id=command,
        causation_id=command,
        actor="bench",
        command_hash="0" * 64,
    )
    return Draft(event, envelope)


class Commits:
    """Checkpoints of one projection as they are committed, heard from PostgreSQL."""

    def __init__(self, projection: str) -> None:
        """Use `commits`."""
        self._projection = projection
        self._moved = asyncio.Event()
        self.seen: list[tuple[int, float]] = []
        self.on_commit: Callable[[], None] = lambda: None

    def hear(self, text: str, at: float) -> None:
        """One notification, `<projection>:<sequence>`, heard at `at` seconds."""
        projection, _, sequence = text.partition(":")
        if projection == self._projection:
            self.seen.append((int(sequence), at))
            self.on_commit()
            self._moved.set()

    async def next(self) -> None:
        """Wait for a commit that nobody has waited for yet."""
        async with asyncio.timeout(WAIT_S_MAX):
            await self._moved.wait()
        self._moved.clear()

    async def reached(self, sequence: int) -> None:
        """Wait until the checkpoint stands at or behind a sequence."""
        async with asyncio.timeout(REPLAY_S_MAX):
            while not self.seen or self.seen[-1][0] < sequence:
                await self.next()


@asynccontextmanager
async def commits(dsn: str, projection: str) -> AsyncIterator[Commits]:
    """Listen to one projection's checkpoints."""
    heard = Commits(projection)
    clock = asyncio.get_running_loop().time
    connection = await asyncpg.connect(dsn)
    try:
        await connection.add_listener(
            checkpoint.CHANNEL, lambda *args: heard.hear(str(args[-1]), clock())
        )
        yield heard
    finally:
        await connection.close()


@asynccontextmanager
async def running(work: Awaitable[None]) -> AsyncIterator[None]:
    """A task for as long as the block lasts."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def lab(run: Run) -> AsyncIterator[Lab]:
    """Both servers in the part's folder, ended on exit."""
    events.register(*events.EVENTS)
    home = Home(run.folder)
    nats, postgres = FreshNats(home), FreshPostgres(home)
    try:
        await nats.restart()
        await postgres.restart()
        opened = Lab(home, nats.server, postgres.server, run)
        async with opened.bus() as bus:
            await provision(bus.connection)
        yield opened
    finally:
        await nats.stop()
        await postgres.stop()
