"""Small things said on the bus for its own tests: canaries, a Decider that counts them, a fold."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import asyncpg
import msgspec

from bus.api import Bus, CommandContext, Draft, Entity
from bus.connection import Connection, open_connection
from bus.errors import Uncertain
from bus.health import Health
from bus.nats import NatsBus
from bus.project import ProjectionSpec, Projector
from bus.settings import ProcessSettings
from contracts import codec
from contracts.decision import Refusal
from contracts.envelope import Envelope, to_headers
from contracts.messages import Event
from contracts.messages.system import CanarySaid
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from deploy.local.servers import NatsServer
from tests.support.servers import TEST_ADMIN

NOW = datetime(2031, 3, 1, 18, 30, 0, 250_000, tzinfo=UTC)
# Longer than anything here should take, shorter than the patience of whoever runs the tests.
PATIENCE_S = 10.0


def canary(name: str) -> Entity:
    return Entity("system", "canary", name)


def said(name: str, *numbers: int) -> list[Draft]:
    """One canary said with these numbers."""
    return [drafted(CanarySaid(canary_id=name, number=number)) for number in numbers]


def drafted(event: Event, event_id: str = "", command_id: str = "") -> Draft:
    fallback = codec.digest(event)
    return Draft(
        event,
        Envelope(
            id=event_id or fallback,
            type=event.TYPE.text,
            source="test",
            time=NOW,
            correlation_id="story",
            causation_id=command_id,
        ),
    )


def numbers(messages: Iterable[Any]) -> list[int]:
    """The numbers of stored canaries."""
    return [codec.decode("system.said.v1", m.data).number for m in messages]


def asked(command_id: str, **more: Any) -> CommandContext:
    return CommandContext(command_id=command_id, actor="dana", **more)


@asynccontextmanager
async def connected(server: NatsServer, name: str = "test") -> AsyncIterator[Connection]:
    """A connection that may do everything, reconnects included."""
    settings = ProcessSettings(nats_url=server.url_for(TEST_ADMIN.name))
    async with asyncio.timeout(PATIENCE_S):
        connection = await open_connection(settings, name)
    try:
        yield connection
    finally:
        await connection.close(drain_s=0.2)


async def put(connection: Connection, subject: str, body: bytes, event_id: str = "raw") -> int:
    """Store bytes on a subject, as newer code or a stranger would. Returns the sequence."""
    type_text = f"{subject.split('.')[1]}.{subject.split('.')[-1]}.v1"
    envelope = Envelope(
        id=event_id, type=type_text, source="stranger", time=NOW, correlation_id="story"
    )
    reply = await connection.request(subject, body, to_headers(envelope))
    return int(msgspec.json.decode(reply.data)["seq"])


async def eventually(condition: Callable[[], Any], within_s: float = PATIENCE_S) -> None:
    """Wait until a condition holds; what it returns may be awaitable."""
    async with asyncio.timeout(within_s):
        while True:
            found = condition()
            if isinstance(found, Awaitable):
                found = await found
            if found:
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def running(work: Any) -> AsyncIterator[asyncio.Task[None]]:
    """A task for the length of a block; its own failure comes out at the end."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        found = (await asyncio.gather(task, return_exceptions=True))[0]
        if isinstance(found, Exception) and not isinstance(found, asyncio.CancelledError):
            raise found


def _state(thread: Path) -> str:
    return (thread / "stat").read_text().rpartition(")")[2].split()[0]


@contextmanager
def paused(pid: int):
    """A process that neither answers nor goes away."""
    os.kill(pid, signal.SIGSTOP)
    try:
        # The signal is given to one thread; the others may still answer something.
        while any(_state(thread) not in "TtZ" for thread in Path(f"/proc/{pid}/task").glob("*")):
            time.sleep(0.001)
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """Say the next number of a canary, `times` times. Negative is refused, zero says nothing."""

    canary_id: str
    times: int = 1


class Counting:
    """A Decider whose state is the numbers said so far; each number is the next one."""

    context = "system"

    def initial(self, entity: str, entity_id: str) -> tuple[int, ...]:
        return ()

    def evolve(self, state: tuple[int, ...], event: Event) -> tuple[int, ...]:
        assert isinstance(event, CanarySaid)
        return (*state, event.number)

    def decide(
        self, command: Say, state: tuple[int, ...], now: datetime
    ) -> Sequence[Event] | Refusal:
        if command.times < 0:
            return Refusal(code="invalid", reason="negative", message="nothing can be unsaid")
        first = len(state)
        return [
            CanarySaid(canary_id=command.canary_id, number=number)
            for number in range(first, first + command.times)
        ]


class LostAcks:
    """A bus that stores what it is given and then loses the acknowledgement, a few times."""

    def __init__(self, bus: Bus, times: int) -> None:
        self._bus = bus
        self.times = times
        self.appends = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bus, name)

    async def append(self, entity: Entity, expected: int, drafts: Sequence[Draft]) -> int:
        self.appends += 1
        sequence = await self._bus.append(entity, expected, drafts)
        if self.times > 0:
            self.times -= 1
            raise Uncertain("the acknowledgement was lost")
        return sequence


# What the fold below makes of these numbers.
POISON = -1
UNSTORABLE = -2
UNREADABLE_KEY = -3
GONE = -4

TALLY_SQL = """
create table "{schema}".tallies (
    canary_id text primary key,
    total bigint not null,
    last bigint,
    average double precision not null,
    odd boolean not null,
    note text,
    history jsonb not null,
    detail jsonb,
    said_at timestamptz not null
);
"""


class TallyRow(Row, frozen=True, kw_only=True):
    """One canary: every kind of column there is."""

    TABLE: ClassVar = "tallies"
    KEY: ClassVar = ("canary_id",)
    canary_id: str
    total: int
    last: int | None
    average: float
    odd: bool
    note: str | None
    history: tuple[int, ...]
    detail: dict[str, Any] | None
    said_at: datetime


class TallyFold:
    """Adds up numbers; order matters, because the history is kept."""

    handles = (CanarySaid,)

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        event = recorded.event
        assert isinstance(event, CanarySaid)
        if event.number == UNREADABLE_KEY:
            raise ValueError("no key follows from this")
        return [(TallyRow, (event.canary_id,))]

    def block_key(self, recorded: Recorded) -> str:
        return recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        event = recorded.event
        assert isinstance(event, CanarySaid)
        old = rows.get(TallyRow, event.canary_id)
        if event.number == GONE:
            rows.delete(TallyRow, event.canary_id)
            return
        history = (*(old.history if old else ()), event.number)
        total = sum(history)
        rows.put(
            TallyRow(
                canary_id=event.canary_id,
                total=total,
                last=None if total % 3 == 0 else event.number,
                average=total / len(history),
                odd=total % 2 == 1,
                note="\0" if UNSTORABLE in history else None if total % 5 else "five",
                history=history,
                detail=None if total % 7 else {"größe": [1.5, None, {"a": "b\n"}]},
                said_at=recorded.said_at,
            )
        )
        if event.number == POISON:
            raise ValueError("this number cannot be folded")


@asynccontextmanager
async def nats_bus(server: NatsServer, source: str = "test") -> AsyncIterator[NatsBus]:
    """The bus over a connection of its own."""
    async with connected(server, source) as connection:
        yield NatsBus(connection, source)


async def say(bus, name: str, *numbers: int) -> int:
    last = await bus.last_sequence(canary(name).filter)
    for start in range(0, len(numbers), 1000):
        last = await bus.append(canary(name), last, said(name, *numbers[start : start + 1000]))
    return last


class Stage:
    """One log, one database, and projectors of the same fold on them."""

    def __init__(self, server, dsn, folder):
        self.server, self.dsn, self.folder = server, dsn, folder
        for file, text in (("domain.py", ""), ("store.py", ""), ("table.sql", TALLY_SQL)):
            (folder / file).write_text(text)
        self.health = Health()

    def spec(self, version: int = 1, fold=None) -> ProjectionSpec:
        return ProjectionSpec(
            name="tallies",
            version=version,
            fold=fold or TallyFold(),
            rows=(TallyRow,),
            sql=self.folder / "table.sql",
        )

    def projector(self, bus, version: int = 1, health: Health | None = None) -> Projector:
        return Projector(self.spec(version), bus, self.dsn, health or self.health)

    async def fetch(self, query: str, *values):
        connection = await asyncpg.connect(self.dsn)
        try:
            return await connection.fetch(query, *values)
        finally:
            await connection.close()

    async def reached(self, sequence: int, version: int = 1) -> bool:
        try:
            rows = await self.fetch(f"select seq from tallies_v{version}.checkpoint")
        except (OSError, asyncpg.PostgresError):
            return False
        return bool(rows) and rows[0]["seq"] >= sequence

    async def until(self, sequence: int, version: int = 1, within_s: float = 15.0) -> None:
        await eventually(lambda: self.reached(sequence, version), within_s)

    async def dump(self, version: int = 1) -> list[str]:
        """Every row of the table as text, in the order of the key."""
        rows = await self.fetch(f"select t::text from tallies_v{version}.tallies t order by 1")
        return [row[0] for row in rows]

    async def parked(self, version: int = 1):
        rows = await self.fetch(f"select * from tallies_v{version}.parked order by sequence")
        return {row["sequence"]: (row["block_key"], row["reason"]) for row in rows}

    async def replayed(self, version: int = 9) -> list[str]:
        """The rows of a clean replay, in a schema of its own."""
        async with AsyncExitStack() as stack:
            bus = await stack.enter_async_context(nats_bus(self.server, "replay"))
            head = (await bus.head()).sequence
            await stack.enter_async_context(running(self.projector(bus, version, Health()).run()))
            await self.until(head, version)
        return await self.dump(version)
