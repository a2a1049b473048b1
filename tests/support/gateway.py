"""A gateway over real servers: every projection, the cue sheet service, and the gateway itself."""

import asyncio
import hashlib
import importlib
import itertools
import json
import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx

from bus import checkpoint
from bus.api import Draft, Entity
from bus.connection import open_connection
from bus.nats import NatsBus
from bus.objects import Objects
from bus.project import Projector
from bus.provision import provision
from bus.run import Process
from bus.settings import ProcessSettings
from contracts.messages import Event
from contracts.messages.render import Output, RenderCompleted, RenderRequested, RenderStarted
from contracts.streams import PROJECTIONS
from deploy.local.home import free_port
from deploy.local.servers import NatsServer, PostgresServer
from deploy.nats.permissions import user_name
from services.cuesheet import app as cuesheet
from services.cuesheet.settings import CuesheetSettings
from services.gateway import app as gateway
from services.gateway.settings import GatewaySettings
from tests.support.folding import log_of
from tests.support.gfx_facts import GAME, recorded_hand, seen, walk
from tests.support.servers import TEST_ADMIN

KEY = "key-of-the-test-desk"
KEY_SHA256 = hashlib.sha256(KEY.encode()).hexdigest()
CUE = {"composition": "table_leaderboard", "parameters": {"game_id": GAME, "subtitle": "Lake"}}
SESSION = {"code": "LAKE-D1", "event_name": "Lake Classic", "broadcast_date": "2031-03-01"}
STACKS = {2: 5000, 5: 6000, 8: 7000}
SPECS = [importlib.import_module(f"projections.{name}.store").SPEC for name in PROJECTIONS]


class Place:
    """Where the servers of one test are."""

    def __init__(self, nats: NatsServer, postgres: PostgresServer, dsn: str, folder: Path) -> None:
        reader = urlsplit(postgres.reader_dsn)._replace(path=urlsplit(dsn).path)
        self.nats = nats
        self.dsn = dsn
        self.reader_dsn = reader.geturl()
        self.objects = f"file://{folder / 'objects'}"
        self.port = free_port(0)
        self.url = f"http://127.0.0.1:{self.port}"

    def login(self, user: str) -> dict[str, str]:
        """Settings that log a process in on NATS."""
        known = {"nats_user": user, "nats_password": self.nats.passwords.get(user, "")}
        return {"nats_url": self.nats.url} | (known if user in self.nats.passwords else {})


class Stage:
    """One running system as a test uses it."""

    def __init__(self, place: Place, bus: NatsBus) -> None:
        self.place = place
        self.bus = bus
        self.gateway_bus: NatsBus = bus
        self._said = 0
        self._gateway: AsyncExitStack | None = None

    def client(self, **headers: str) -> httpx.AsyncClient:
        """A client with the API key; `headers` replace its headers."""
        chosen = headers or {"Authorization": f"Bearer {KEY}"}
        return httpx.AsyncClient(base_url=f"{self.place.url}/api/v1", headers=chosen, timeout=15)

    async def say(self, *events: Event) -> int:
        """Store facts as their owner would; returns the last sequence."""
        last = 0
        for fact in log_of(*events, after=self._said):
            kind = fact.event.TYPE
            entity = Entity(kind.owner, kind.entity, fact.event.subject_id)
            known = await self.bus.last_sequence(entity.filter)
            last = await self.bus.append(entity, known, [Draft(fact.event, fact.envelope)])
        self._said += len(events)
        return last

    async def say_hands(self, count: int, first: int = 0) -> int:
        """Hands of the one game; the first call also makes the game known."""
        game = [] if first else [seen()]
        hands = [recorded_hand(walk(n, STACKS), n) for n in range(first, first + count)]
        return await self.say(*game, *hands)

    async def finish_render(self, render_id: str, session_id: str, item_id: str, png: Path) -> int:
        """A render job as the render service would tell it, with a real picture."""
        content = await asyncio.to_thread(png.read_bytes)
        sha256 = hashlib.sha256(content).hexdigest()
        stored = await Objects(self.place.objects).put_file(png, sha256)
        output = Output(
            kind="png",
            object=stored.key,
            sha256=sha256,
            bytes=stored.bytes,
            width=64,
            height=36,
            frames=1,
            fps=30,
        )
        return await self.say(
            RenderCompleted(
                render_id=render_id,
                session_id=session_id,
                item_id=item_id,
                attempt=1,
                outputs=(output,),
                duration_ms=900,
            )
        )

    async def start_render(self, render_id: str, session_id: str, item_id: str) -> int:
        """A render job that is being drawn."""
        return await self.say(
            RenderRequested(
                render_id=render_id,
                session_id=session_id,
                item_id=item_id,
                composition="table_leaderboard",
                data={},
                field_hash="0" * 64,
                theme="midnight",
                duration_s=5,
            ),
            RenderStarted(
                render_id=render_id, attempt=1, worker="w1", engine="builtin", engine_version="1"
            ),
        )

    async def folded(self, sequence: int) -> None:
        """Wait until every projection has folded a sequence."""
        connection = await asyncpg.connect(self.place.dsn)
        moved = asyncio.Event()
        try:
            await connection.add_listener(checkpoint.CHANNEL, lambda *_: moved.set())
            while True:
                moved.clear()
                rows = await connection.fetch("select projection, seq from views.checkpoints")
                if {row["projection"] for row in rows if row["seq"] >= sequence} >= set(
                    PROJECTIONS
                ):
                    return
                await moved.wait()
        finally:
            await connection.close()

    async def start_gateway(self) -> None:
        """Start the gateway on its port; returns once it is ready."""
        self._gateway = AsyncExitStack()
        settings = GatewaySettings(
            reader_url=self.place.reader_dsn,
            objects_url=self.place.objects,
            http_port=self.place.port,
            api_key_sha256=KEY_SHA256,
            **self.place.login("gateway"),
        )
        process = await self._gateway.enter_async_context(running("gateway", settings))
        await gateway.main(process, settings)
        self.gateway_bus = process.bus
        async with httpx.AsyncClient(base_url=self.place.url) as client, asyncio.timeout(20):
            for look in itertools.count():
                if await _ready(client):
                    break
                await asyncio.sleep(min(0.01 * look, 0.2))

    async def stop_gateway(self) -> None:
        """Stop the gateway as SIGTERM would."""
        if self._gateway is not None:
            await self._gateway.aclose()
            self._gateway = None


async def _ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def first_event(client: httpx.AsyncClient, name: str, path: str = "/stream") -> dict:
    """Data of the first event of this name on a new stream."""
    async with asyncio.timeout(10), client.stream("GET", path) as answer:
        heard = ""
        async for line in answer.aiter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                heard = value
            if field == "data" and heard == name:
                return json.loads(value)
    raise AssertionError(f"the stream ended without {name}")


async def post(api: httpx.AsyncClient, path: str, body: Any, key: str) -> httpx.Response:
    return await api.post(path, json=body, headers={"Idempotency-Key": key})


async def cue_of(api: httpx.AsyncClient, name: str = "a") -> tuple[str, str, str]:
    """Ids of a new session, sheet and cue, each made right behind the other."""
    session = (await post(api, "/sessions", SESSION, f"session-{name}")).json()["id"]
    made = await post(api, f"/sessions/{session}/sheets", {"name": "Main"}, f"sheet-{name}")
    sheet = made.json()["id"]
    made = await post(api, f"/sheets/{sheet}/items", CUE, f"item-{name}")
    assert made.status_code == 201, made.text
    return session, sheet, made.json()["id"]


def assert_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    ), answer.text
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    assert {"type", "title", "status", "detail", "instance"} <= set(body)
    assert body["status"] == status
    return body


def png(path: Path, width: int = 64, height: int = 36) -> Path:
    """A small real PNG, one colour with alpha."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    rows = zlib.compress((b"\0" + b"\x10\x20\xa0\xc0" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts)
    return path


@asynccontextmanager
async def running(name: str, settings: ProcessSettings) -> AsyncIterator[Process]:
    """A process of ours without its signals and its health port."""
    connection = await open_connection(settings, name)
    process = Process(name, settings, connection)
    process.health.register("nats", 60)
    process.health.beat("nats")
    try:
        yield process
    finally:
        await process.drain()
        await connection.close()


@asynccontextmanager
async def stage(place: Place) -> AsyncIterator[Stage]:
    """Provisioned streams, all projections, the cue sheet service and the gateway."""
    async with AsyncExitStack() as stack:
        admin = ProcessSettings(**place.login(TEST_ADMIN.name))
        connection = await open_connection(admin, TEST_ADMIN.name)
        stack.push_async_callback(connection.close)
        await provision(connection)
        for spec in SPECS:
            settings = ProcessSettings(**place.login(user_name(spec.name)))
            process = await stack.enter_async_context(running(user_name(spec.name), settings))
            process.spawn(Projector(spec, process.bus, place.dsn, process.health).run(), spec.name)
        service = CuesheetSettings(reader_url=place.reader_dsn, **place.login("cuesheet"))
        process = await stack.enter_async_context(running("cuesheet", service))
        await cuesheet.main(process, service)
        system = Stage(place, NatsBus(connection, TEST_ADMIN.name))
        stack.push_async_callback(system.stop_gateway)
        await system.start_gateway()
        yield system
