"""From a take to its notice at a consumer, against a bare durable publish at the same consumer.

The cue sheet and the chip counts run as processes of their own, the graphic is bound from the real
views. The consumer is a JetStream one on LIVE: what it gets is stored. Screens listen on the
subject itself and see a notice somewhat earlier; that is shown apart.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig

from bus.api import CommandContext, Entity, Reader
from bus.nats import NatsBus
from contracts.codec import decode
from contracts.compositions import TABLE_LEADERBOARD
from contracts.messages import Command, Notice
from contracts.messages.cuesheet import (
    AddItem,
    AddSheet,
    CreateSession,
    CueNotice,
    SessionNotice,
    TakeItem,
)
from contracts.messages.notification import NotificationNotice
from contracts.streams import PROJECTIONS
from deploy.local.servers import PostgresServer
from tests.bench.bench_lab import (
    WAIT_S_MAX,
    Figure,
    Lab,
    commits,
    draft,
    figure,
    percentile,
    rounds_of,
)
from tests.bench.players.events import CONTEXT, TABLE, event
from tests.support.gfx_facts import GAME, recorded_hand, seen, walk

PART = "take"
TAKES, TAKES_QUICK = 200, 60
ROUNDS = 5
OF_FACT_MAX = 2.5
SESSION, SHEET = "lake-d1", "main"
BARE = Entity(CONTEXT, TABLE, "bare")
STACKS = {2: 50_000, 3: 60_000, 5: 70_000, 6: 80_000, 8: 90_000, 9: 20_000}


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


async def measure(lab: Lab, quick: bool, full: bool) -> list[Figure]:
    """Takes and bare publishes in turn, first over the bus, then through the gateway."""
    takes = TAKES_QUICK if quick else TAKES
    by_http = takes // 2
    async with lab.database() as postgres, AsyncExitStack() as stack:
        servers = lab.servers(postgres)
        await stack.enter_async_context(lab.processes(servers, "chip-counts", "cuesheet"))
        stage = await stack.enter_async_context(_stage(lab))
        await _prepare(stage, postgres, takes + by_http)
        lab.say("take: takes and bare publishes in turn")
        taken, notices, facts = [], [], []
        for number in range(takes):
            taken.append(await stage.take(f"cue-{number}", stage.take_by_bus))
            facts.append(await stage.fact.said())
            notices.append(await stage.bare(_notice(number)))
        lab.say("take: the same through the gateway")
        # The gateway answers when every read model is alive.
        names = {name.replace("_", "-") for name in PROJECTIONS} - {"chip-counts"}
        await stack.enter_async_context(lab.processes(servers, *sorted(names), "gateway"))
        headers = {"Authorization": f"Bearer {servers.token}"}
        client = httpx.AsyncClient(base_url=servers.http, headers=headers)
        stage.http = await stack.enter_async_context(client)
        web, web_facts = [], []
        for number in range(takes, takes + by_http):
            web.append(await stage.take(f"cue-{number}", stage.take_by_http))
            web_facts.append(await stage.fact.said())
    return [*_figures(taken, facts, notices), *_http_figures(web, web_facts)]


@asynccontextmanager
async def _stage(lab: Lab) -> AsyncIterator[Stage]:
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


async def _prepare(stage: Stage, postgres: PostgresServer, takes: int) -> None:
    """A game with one hand in the view, and a sheet with a cue for every take."""
    game = Entity("gfx", "game", GAME)
    async with commits(postgres.dsn, "chip_counts") as heard:
        said = [draft(seen(), 0), draft(recorded_hand(walk(0, STACKS)), 1)]
        last = await stage.admin.append(game, 0, said)
        await heard.reached(last)
    await stage.ask(
        CreateSession(
            session_id=SESSION,
            code="LAKE-D1",
            event_name="Lake Classic",
            broadcast_date="2031-03-01",
        )
    )
    await stage.ask(AddSheet(session_id=SESSION, sheet_id=SHEET, name="Main"))
    for number in range(takes):
        await stage.ask(
            AddItem(
                session_id=SESSION,
                sheet_id=SHEET,
                item_id=f"cue-{number}",
                composition=TABLE_LEADERBOARD.name,
                title=f"Leaderboard {number}",
                parameters={"game_id": GAME},
            )
        )


def _notice(number: int) -> NotificationNotice:
    return NotificationNotice(
        verb="raised",
        notification_id=f"bare-{number}",
        type="info",
        level="low",
        title="Bench",
        message="A bare durable publish.",
        audience="bench",
    )


def _ms(name: str, values: list[float]) -> list[Figure]:
    """Median and 99th percentile in milliseconds."""
    return [
        figure(PART, f"{name}, p50", "ms", [percentile(r, 0.5) for r in rounds_of(values, ROUNDS)]),
        figure(PART, f"{name}, p99", "ms", [percentile(values, 0.99)]),
    ]


def _ratios(taken: list[float], bare: list[float]) -> list[float]:
    """Median over median, stretch by stretch."""
    pairs = zip(rounds_of(taken, ROUNDS), rounds_of(bare, ROUNDS), strict=True)
    return [percentile(take, 0.5) / percentile(one, 0.5) for take, one in pairs]


def _figures(
    taken: list[tuple[float, float, float]], facts: list[float], notices: list[float]
) -> list[Figure]:
    seen, shown, answered = (list(values) for values in zip(*taken, strict=True))
    fact, notice = _ratios(seen, facts), _ratios(seen, notices)
    return [
        figure(PART, "of a bare fact at a reader, p50", "x", fact, at_most=OF_FACT_MAX),
        figure(PART, "of a bare notice at a consumer, p50", "x", notice),
        *_ms("take to notice at a consumer", seen),
        *_ms("take to notice at a screen", shown),
        *_ms("take to answer", answered),
        *_ms("bare fact at a reader", facts),
        *_ms("bare notice at a consumer", notices),
    ]


def _http_figures(taken: list[tuple[float, float, float]], facts: list[float]) -> list[Figure]:
    seen, _, answered = (list(values) for values in zip(*taken, strict=True))
    ratios = _ratios(seen, facts)
    return [
        figure(PART, "over HTTP: of a bare fact at a reader, p50", "x", ratios),
        *_ms("over HTTP: take to notice at a consumer", seen),
        *_ms("over HTTP: take to answer", answered),
    ]
