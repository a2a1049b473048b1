"""The senders of takes and bare messages, and the places where they are seen."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

from bus.api import CommandContext, Entity, Reader
from bus.nats import NatsBus
from contracts.codec import decode
from contracts.messages import Command, Notice
from contracts.messages.cuesheet import CueNotice, SessionNotice, TakeItem
from contracts.messages.notification import NotificationNotice
from tests.bench.bench_lab import WAIT_S_MAX, Lab, draft
from tests.bench.players.events import CONTEXT, TABLE, event

SESSION = "lake-d1"
BARE = Entity(CONTEXT, TABLE, "bare")

type Press = Callable[[str], Awaitable[None]]


class Screen:
    """When each awaited message was seen, in seconds of `time.perf_counter`."""

    def __init__(self) -> None:
        """Nothing is awaited yet."""
        self._waiting: dict[str, asyncio.Future[float]] = {}

    def expect(self, mark: str) -> asyncio.Future[float]:
        """The time at which the message with this mark will be seen."""
        self._waiting[mark] = asyncio.get_running_loop().create_future()
        return self._waiting[mark]

    def see(self, type_text: str, body: bytes) -> None:
        """A message arrived."""
        at = time.perf_counter()
        match decode(type_text, body):
            case (
                CueNotice(status="on_air", item_id=mark) | NotificationNotice(notification_id=mark)
            ):
                pass
            case SessionNotice(on_air=on_air):
                mark = f"session:{','.join(on_air.values())}"
            case _:
                return
        waiting = self._waiting.pop(mark, None)
        if waiting is not None:
            waiting.set_result(at)


class Fact:
    """Bare facts of one entity, and the reader that sees them."""

    def __init__(self, bus: NatsBus, reader: Reader) -> None:
        """Nothing was said yet."""
        self._bus = bus
        self._reader = reader
        self._last = 0
        self._number = 0

    async def said(self) -> float:
        """Milliseconds from a durable publish into the log to the reader."""
        self._number += 1
        fact = draft(event(self._number, BARE.id), self._number)
        started = time.perf_counter()
        append = asyncio.create_task(self._bus.append(BARE, self._last, [fact]))
        async with asyncio.timeout(WAIT_S_MAX):
            while not await self._reader.next(1, 1.0):
                pass
        seen_at = time.perf_counter()
        self._last = await append
        return 1e3 * (seen_at - started)


class Stage:
    """The senders and the two places where notices are seen."""

    def __init__(self, gateway: NatsBus, admin: NatsBus, fact: Fact) -> None:
        """`gateway` may send commands, `admin` may say anything."""
        self.gateway = gateway
        self.admin = admin
        self.fact = fact
        self.http = httpx.AsyncClient()
        self.consumer = Screen()
        self.screen = Screen()
        self._number = 0

    async def ask(self, command: Command) -> None:
        """Send a command that is not refused."""
        self._number += 1
        context = CommandContext(command_id=f"bench-{self._number}", actor="bench")
        answer = await self.gateway.send(command, context)
        if answer.refusal is not None:
            raise RuntimeError(f"{command.TYPE.text} was refused: {answer.refusal.message}")

    async def take_by_bus(self, item_id: str) -> None:
        """Take a cue with a command."""
        await self.ask(TakeItem(session_id=SESSION, item_id=item_id))

    async def take_by_http(self, item_id: str) -> None:
        """Take a cue as a desk does."""
        answer = await self.http.post(f"/api/v1/items/{item_id}/trigger", json={})
        answer.raise_for_status()

    async def take(self, item_id: str, press: Press) -> tuple[float, float, float]:
        """Milliseconds from a take to its notice at the consumer and the screen, and its answer."""
        at_consumer, at_screen = self.consumer.expect(item_id), self.screen.expect(item_id)
        settled = self.consumer.expect(f"session:{item_id}")
        started = time.perf_counter()
        await press(item_id)
        answered = time.perf_counter()
        async with asyncio.timeout(WAIT_S_MAX):
            await settled
            seen_at = await at_consumer, await at_screen
        return tuple(1e3 * (at - started) for at in (*seen_at, answered))  # type: ignore[return-value]

    async def bare(self, notice: Notice) -> float:
        """Milliseconds from a durable publish to the consumer."""
        at_consumer = self.consumer.expect(notice.subject_id)
        said = draft(notice, 0).envelope  # type: ignore[arg-type]
        started = time.perf_counter()
        await self.admin.say(notice, said, 0)
        async with asyncio.timeout(WAIT_S_MAX):
            return 1e3 * (await at_consumer - started)


@asynccontextmanager
async def open_stage(lab: Lab) -> AsyncIterator[Stage]:
    """The connected senders, with both screens listening."""
    async with (
        lab.bus("gateway") as gateway,
        lab.bus() as admin,
        lab.bus() as listener,
        listener.reader("bench_take", BARE.filter, 0) as reader,
    ):
        stage = Stage(gateway, admin, Fact(admin, reader))
        client = listener.connection.client

        def sees(screen: Screen):
            async def receive(message: Msg) -> None:
                screen.see((message.headers or {})["ce-type"], message.data)

            return receive

        config = ConsumerConfig(ack_policy="none", deliver_policy="new", mem_storage=True)
        consumer = client.jetstream()
        for subject in ("broadcast.>", "notifications.>"):
            await consumer.subscribe(
                subject, stream="LIVE", cb=sees(stage.consumer), config=config, manual_ack=True
            )
        await client.subscribe("broadcast.>", cb=sees(stage.screen))
        await client.flush()
        yield stage
