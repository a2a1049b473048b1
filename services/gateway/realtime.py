"""Realtime: every notice and every move of a read model, as server-sent events.

A client that reads too slowly loses what waited for it and is told to read the state again
(`resync`): nothing here is worth a growing queue, since the newest state can always be asked for.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import structlog

from bus.api import Bus, RawMessage
from bus.errors import Retryable
from contracts import subjects
from contracts.envelope import SEQUENCE
from services.gateway.errors import Problem
from services.gateway.wait import Checkpoints

log = structlog.get_logger()

# A second of the busiest show has some 20 notices: ten seconds behind is too far behind.
CLIENT_QUEUE_MAX = 200
# Two desks and a few screens per operator, many times over.
CLIENTS_MAX = 200
# Proxies close a silent connection after 30 to 60 s.
HEARTBEAT_S = 15.0
# Read models are announced at most four times a second each: people read no faster.
COALESCE_S = 0.25
# Subjects asked for a late joiner; a longer session is read through the API.
NEWEST_MAX = 500
# What a client waits before it connects again.
RETRY_MS = 1000

HEARTBEAT = b": alive\n\n"
_END: bytes = b""


class _Body(msgspec.Struct):
    session_id: str = ""


_bodies = msgspec.json.Decoder(_Body)


class _Session(msgspec.Struct):
    subjects: tuple[str, ...] = ()


_sessions = msgspec.json.Decoder(_Session)


def event(name: str, data: dict[str, Any], event_id: str = "") -> bytes:
    """One server-sent event with JSON data on one line."""
    first = f"id: {event_id}\n" if event_id else ""
    return first.encode() + f"event: {name}\ndata: ".encode() + msgspec.json.encode(data) + b"\n\n"


RESYNC = event("resync", {"reason": "too_slow"})


def notice_event(message: RawMessage) -> bytes:
    """A notice as an event: subject, type, sequence of the newest fact it reflects, body."""
    sequence = message.headers.get(SEQUENCE, "0")
    data = {
        "subject": message.subject,
        "type": message.headers.get("ce-type", ""),
        "sequence": int(sequence),
        "body": msgspec.Raw(message.data),
    }
    return event("notice", data, sequence)


def read_model_event(projection: str, sequence: int) -> bytes:
    """A projection has folded up to a sequence."""
    return event("read-model", {"projection": projection, "sequence": sequence})


class Client:
    """One open stream with its bounded queue. `session_id` empty = every session."""

    def __init__(self, session_id: str) -> None:
        """Made by `Hub.join`."""
        self.session_id = session_id
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(CLIENT_QUEUE_MAX)

    def offer(self, chunk: bytes) -> None:
        """Add an event; a full queue is emptied and replaced by `resync`."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait(RESYNC)
        self._queue.put_nowait(chunk)

    def wants(self, message: RawMessage) -> bool:
        """Whether a notice belongs to this client's session or to none."""
        if not self.session_id:
            return True
        family, _, rest = message.subject.partition(".")
        match family:
            case "broadcast":
                return rest.partition(".")[0] == subjects.token(self.session_id)
            case "render-progress":
                return _bodies.decode(message.data).session_id == self.session_id
            case _:
                return True

    async def chunks(self, heartbeat_s: float) -> AsyncIterator[bytes]:
        """What to write, until the hub ends; a comment when there is nothing for a while."""
        while True:
            try:
                async with asyncio.timeout(heartbeat_s):
                    chunk = await self._queue.get()
            except TimeoutError:
                chunk = HEARTBEAT
            if chunk == _END:
                return
            yield chunk


class Hub:
    """Hears LIVE and the checkpoints once and passes them to every open stream."""

    def __init__(self, bus: Bus, checkpoints: Checkpoints) -> None:
        """`run` does the work."""
        self._bus = bus
        self._checkpoints = checkpoints
        self._clients: set[Client] = set()
        self._pending: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._ended = False
        self.heartbeat_s = HEARTBEAT_S
        checkpoints.listeners.append(self._moved)

    def check_room(self) -> None:
        """Raise Problem when no more streams may be opened."""
        if len(self._clients) >= CLIENTS_MAX or self._ended:
            raise Problem(503, "too_many_streams", f"{CLIENTS_MAX} streams are open, no more")

    @contextmanager
    def join(self, session_id: str) -> Iterator[Client]:
        """A new client until the context ends."""
        client = Client(session_id)
        self._clients.add(client)
        try:
            yield client
        finally:
            self._clients.discard(client)

    def close(self) -> None:
        """End every open stream; no new one is let in."""
        self._ended = True
        for client in self._clients:
            client.offer(_END)

    def resync(self) -> None:
        """Notices may have been missed: tell every client to read the state again."""
        for client in self._clients:
            client.offer(RESYNC)

    async def run(self) -> None:
        """Pass on what is heard until cancelled."""
        async with asyncio.TaskGroup() as group:
            for subject in subjects.LIVE_ALL:
                group.create_task(self._notices(subject))
            group.create_task(self._read_models())

    async def _notices(self, subject: str) -> None:
        async with self._bus.watch(subject) as messages:
            async for message in messages:
                self._pass_on(message)

    def _pass_on(self, message: RawMessage) -> None:
        try:
            chunk = notice_event(message)
            wanting = [client for client in self._clients if client.wants(message)]
        except (ValueError, msgspec.MsgspecError) as error:
            log.warning("realtime.unreadable", subject=message.subject, error=str(error))
            return
        for client in wanting:
            client.offer(chunk)

    def _moved(self, projection: str, sequence: int) -> None:
        self._pending[projection] = sequence
        self._wake.set()

    async def _read_models(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            moved, self._pending = self._pending, {}
            for projection, sequence in moved.items():
                for client in self._clients:
                    client.offer(read_model_event(projection, sequence))
            await asyncio.sleep(COALESCE_S)

    async def first(self, session_ids: list[str]) -> list[bytes]:
        """The state for who joins late: each session's newest notices, and all checkpoints."""
        found = [read_model_event(name, at) for name, at in sorted(self._checkpoints.at.items())]
        for session_id in session_ids:
            try:
                found += await self._newest(session_id)
            except Retryable as error:
                log.warning("realtime.newest", session=session_id, error=str(error))
        return found

    async def _newest(self, session_id: str) -> list[bytes]:
        whole = await self._bus.newest(subjects.broadcast_session(session_id))
        if whole is None:
            return []
        listed = _sessions.decode(whole.data).subjects[:NEWEST_MAX]
        parts = [await self._bus.newest(subject) for subject in listed]
        return [notice_event(message) for message in (whole, *parts) if message is not None]
