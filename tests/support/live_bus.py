"""Services on a real bus, each logged in as itself with the rights it has in production."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bus.api import Draft, Entity, RawMessage, Reader, recorded
from bus.connection import open_connection
from bus.nats import NatsBus
from bus.provision import provision
from bus.run import Process
from bus.settings import ProcessSettings
from contracts.messages import Event
from contracts.recorded import Recorded
from deploy.local.servers import NatsServer
from tests.support.folding import log_of
from tests.support.servers import TEST_ADMIN

# Far longer than anything takes here; it only ends a test that would wait for ever.
PATIENCE_S = 30


def login(server: NatsServer, user: str) -> ProcessSettings:
    """Settings of a process that logs in as one user; without a login where we know none."""
    settings = {"nats_url": server.url, "log_level": "warning"}
    if user in server.passwords:
        settings |= {"nats_user": user, "nats_password": server.passwords[user]}
    return ProcessSettings.model_validate(settings)


@asynccontextmanager
async def bus_as(server: NatsServer, user: str) -> AsyncIterator[NatsBus]:
    """The bus of one user."""
    connection = await open_connection(login(server, user), user)
    try:
        yield NatsBus(connection, user)
    finally:
        await connection.close()


@asynccontextmanager
async def new_log(server: NatsServer) -> AsyncIterator[NatsBus]:
    """The catalogue's streams and consumers on an empty server, and a bus that may do all."""
    async with bus_as(server, "provision") as bus:
        await provision(bus.connection)
    async with bus_as(server, TEST_ADMIN.name) as bus:
        yield bus


@asynccontextmanager
async def running(
    server: NatsServer, name: str, main: Callable[[Process], Awaitable[None]]
) -> AsyncIterator[Process]:
    """A service with all its parts, as `bus.run.run` starts it; raises what a part failed with."""
    settings = login(server, name)
    connection = await open_connection(settings, name)
    process = Process(name, settings, connection)
    try:
        await main(process)
        yield process
    finally:
        failed = [task for task in process._tasks if task.done() and not task.cancelled()]
        await process.drain()
        await connection.close()
    for task in failed:
        task.result()


class Facts:
    """The log as it grows."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.seen: list[Recorded] = []

    async def until[E: Event](self, kind: type[E], count: int = 1) -> list[Recorded]:
        """All facts of one kind as soon as there are `count` of them."""
        async with asyncio.timeout(PATIENCE_S):
            while len(found := self.of(kind)) < count:
                self.seen += [recorded(raw) for raw in await self._reader.next(100, 1.0)]
        return found

    async def up_to(self, sequence: int) -> list[Recorded]:
        """Everything up to a sequence."""
        async with asyncio.timeout(PATIENCE_S):
            while not self.seen or self.seen[-1].sequence < sequence:
                self.seen += [recorded(raw) for raw in await self._reader.next(100, 1.0)]
        return self.seen

    def of(self, kind: type[Event]) -> list[Recorded]:
        """The facts of one kind seen so far."""
        return [fact for fact in self.seen if isinstance(fact.event, kind)]


@asynccontextmanager
async def facts_of(bus: NatsBus) -> AsyncIterator[Facts]:
    """Follow the whole log from its beginning."""
    async with bus.reader("test-facts", None, 0) as reader:
        yield Facts(reader)


async def say(bus: NatsBus, *events: Event) -> int:
    """Put facts into the log as their owners would; returns the last sequence."""
    last = 0
    for fact in log_of(*events, after=(await bus.head()).sequence):
        kind = fact.event.TYPE
        entity = Entity(kind.owner, kind.entity, fact.event.subject_id)
        known = await bus.last_sequence(entity.filter)
        last = await bus.append(entity, known, [Draft(fact.event, fact.envelope)])
    return last


async def dead_letters(bus: NatsBus) -> int:
    """How many messages were set aside."""
    info = await bus.connection.api("STREAM.INFO.DLQ")
    return int(info["state"]["messages"])


async def emptied(bus: NatsBus, durable: str) -> None:
    """Wait until a durable consumer on EVENTS has nothing more to do."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            info = await bus.connection.api(f"CONSUMER.INFO.EVENTS.{durable}")
            if info["num_pending"] == info["num_ack_pending"] == 0:
                return


async def collect(
    notices: AsyncIterator[RawMessage], last: Callable[[RawMessage], bool]
) -> list[RawMessage]:
    """Notices as they come, up to and with the first that `last` accepts."""
    found: list[RawMessage] = []
    async with asyncio.timeout(PATIENCE_S):
        async for message in notices:
            found.append(message)
            if last(message):
                return found
    raise AssertionError("notices never end by themselves")
