"""Looks at a running system from outside: its log, its views, and again whenever a row moves."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, Self
from urllib.parse import urlsplit

import asyncpg
from nats.errors import Error as NatsError

from bus.api import RawMessage
from bus.checkpoint import CHANNEL
from bus.connection import open_connection
from bus.errors import BusError
from bus.nats import NatsBus
from bus.settings import ProcessSettings
from contracts.streams import DURABLES, PROJECTIONS
from tests.support.system import System

# Far longer than anything takes here; it only ends a test that would wait for ever.
PATIENCE_S = 60
# A look without a commit that asked for it: a lost connection tells nothing.
LOOK_S = 0.2
# Log entries asked for side by side.
READ_AHEAD = 100

AWAY = (OSError, BusError, NatsError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Watch:
    """One test's eyes on a system, with the rights of `run.json`. Use as an async context."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._moved = asyncio.Event()
        self._database: asyncpg.Connection[asyncpg.Record] | None = None

    async def __aenter__(self) -> Self:
        address = urlsplit(self.system.places["nats"])
        settings = ProcessSettings(
            nats_url=f"nats://{address.hostname}:{address.port}",
            nats_user=address.username or "",
            nats_password=address.password or "",
        )
        self._connection = await open_connection(settings, "watch")
        self.bus = NatsBus(self._connection, "ops")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close(drain_s=0.2)
        await self._leave()

    async def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of the views. Raises one of AWAY while PostgreSQL is away."""
        try:
            if self._database is None:
                self._database = await asyncpg.connect(self.system.places["postgres"], timeout=2)
                await self._database.add_listener(CHANNEL, lambda *_: self._moved.set())
            return [dict(row) for row in await self._database.fetch(sql, *values, timeout=5)]
        except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError):
            await self._leave()
            raise

    async def one(self, sql: str, *values: Any) -> Any:
        """The only value of the only row."""
        (row,) = await self.rows(sql, *values)
        (value,) = row.values()
        return value

    async def _leave(self) -> None:
        if self._database is not None:
            self._database.terminate()
            self._database = None

    async def until[T](self, look: Callable[[], Awaitable[T]], within_s: float = PATIENCE_S) -> T:
        """Look at every commit until something true is seen; a server that is away is nothing."""
        async with asyncio.timeout(within_s):
            while True:
                self._moved.clear()
                with suppress(*AWAY):
                    if seen := await look():
                        return seen
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._moved.wait(), LOOK_S)

    async def unready(self, names: Iterable[str]) -> dict[str, str]:
        """What each process says that is not ready."""
        asked = {name: await asyncio.to_thread(self.system.readyz, name) for name in names}
        return {
            name: text or "no answer" for name, (status, text) in asked.items() if status != 200
        }

    async def ready(self, names: Iterable[str], within_s: float = PATIENCE_S) -> None:
        """Wait until each of these processes says that it is ready."""

        async def all_are() -> bool:
            return not await self.unready(names)

        try:
            await self.until(all_are, within_s)
        except TimeoutError:
            raise AssertionError(await self.unready(names)) from None

    async def head(self) -> int:
        """Last sequence of the log."""
        return (await self.bus.head()).sequence

    async def settled(self, within_s: float = PATIENCE_S) -> int:
        """Wait until nobody has anything left to do about the log; returns its last sequence."""
        return await self.until(self._settled, within_s)

    async def _settled(self) -> int:
        before = await self.head()
        for durable in DURABLES:
            verb = f"CONSUMER.INFO.{durable.stream}.{durable.name}"
            info = await self._connection.api(verb)
            if info["num_pending"] or info["num_ack_pending"]:
                return 0
        at = [row["seq"] for row in await self.rows("select seq from views.checkpoints")]
        done = len(at) == len(PROJECTIONS) and set(at) == {before} and before == await self.head()
        return before if done else 0

    async def _read(self, numbers: Iterable[int]) -> list[RawMessage]:
        """Entries of the log; a busy machine may answer late, then all are asked for again."""
        told = await asyncio.gather(*map(self.bus.event_at, numbers))
        return [message for message in told if message is not None]

    async def log(self) -> list[RawMessage]:
        """The whole log."""
        head, found = await self.head(), list[RawMessage]()
        for first in range(1, head + 1, READ_AHEAD):
            numbers = range(first, min(first + READ_AHEAD, head + 1))
            found += await self.until(partial(self._read, numbers))
        assert [message.sequence for message in found] == list(range(1, head + 1))
        return found


class Director:
    """Asks for a show over the public API; asks again, with the same key, until it is answered."""

    def __init__(self, system: System, name: str) -> None:
        """`name` tells this director's keys from another's."""
        self._system = system
        self._name = name
        # Sequence of every answer and the id of the thing it is about: these facts must be kept.
        self.acked: list[tuple[int, str]] = []

    async def open(self) -> str:
        """A session with one sheet; returns the sheet's id."""
        session = await self._made(
            "/sessions",
            {"code": "PIER-D1", "event_name": "Pier Classic", "broadcast_date": "2031-03-01"},
        )
        return await self._made(f"/sessions/{session}/sheets", {"name": "Main"})

    async def add(self, sheet: str, number: int, game_id: str) -> str:
        """A leaderboard cue; returns its id."""
        body = {
            "composition": "table_leaderboard",
            "title": f"Leaderboard {number}",
            "parameters": {"game_id": game_id, "subtitle": f"Part {number}"},
        }
        return await self._made(f"/sheets/{sheet}/items", body)

    async def take(self, item: str) -> int:
        """Put a cue on air; returns the sequence of the fact."""
        status, answer = await self._ask(
            f"/items/{item}/trigger", {"expires_in_ms": 60_000}, (202, 409)
        )
        assert status == 202, answer
        self.acked.append((answer["sequence"], item))
        return int(answer["sequence"])

    async def _made(self, path: str, body: dict[str, Any]) -> str:
        status, answer = await self._ask(path, body, (201,))
        assert status == 201, answer
        self.acked.append((answer["sequence"], answer["id"]))
        return str(answer["id"])

    async def _ask(self, path: str, body: Any, final: tuple[int, ...]) -> tuple[int, Any]:
        key = f"{self._name}:{path}:{body.get('title', '')}".replace(" ", "-")
        answer: Any = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    with suppress(OSError, ValueError):
                        status, answer = await asyncio.to_thread(self._system.ask, path, body, key)
                        missing = status == 409 and answer["code"] == "missing_data"
                        if status in final and not missing:
                            return status, answer
                        if status < 500 and not missing:
                            raise AssertionError(f"{path}: {status} {answer}")
                    await asyncio.sleep(LOOK_S)  # the pause of a client that was told to come back
        except TimeoutError:
            words = self._system.last_words("gateway")
            raise AssertionError(f"{path} is still answered by {answer}; {words}") from None
