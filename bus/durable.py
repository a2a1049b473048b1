"""Durable consumers: explicit acknowledgement, signs of life while working, back-off, dead letters.

Provisioning makes the consumers; here they are only bound. One pull request is outstanding at a
time and is renewed when it ends, when the heartbeat stops and after every reconnect.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from bus import metrics, retry
from bus.api import Delivery, Handler, RawMessage
from bus.connection import Connection
from bus.delivery import Position, position, raw_message
from bus.errors import Fatal, Retryable
from contracts.streams import Durable

log = structlog.get_logger()

# Small, so that a second instance gets its share; a command takes about a millisecond.
PULL_MESSAGES = 64
PULL_EXPIRES_S = 30
HEARTBEAT_S = 1.0
SILENCE_S_MAX = 2.5
# Twice within the ack wait of five seconds.
PROGRESS_S = 2.0
# Tries of one message before it is set aside; with the waits below about two minutes.
ATTEMPTS_MAX = 10
RETRY_S_BASE = 0.2
RETRY_S_MAX = 30.0
NANO = 1_000_000_000

type SetAside = Callable[[str, RawMessage, str], Awaitable[None]]


class DurableConsumer:
    """Runs one durable consumer; `run` never returns on its own."""

    def __init__(
        self, connection: Connection, durable: Durable, handler: Handler, set_aside: SetAside
    ) -> None:
        """`handler` gets one message at a time unless `concurrency` says otherwise."""
        self._connection = connection
        self._durable = durable
        self._handler = handler
        self._set_aside = set_aside
        self._queue: asyncio.Queue[tuple[Msg, Position]] = asyncio.Queue()
        self._unfilled = 0
        self._pulls = 0
        self._heard = time.monotonic()
        self._wake = asyncio.Event()
        self._inbox = connection.client.new_inbox()
        self.concurrency = 1

    @property
    def idle_s(self) -> float:
        """Seconds since the last message or heartbeat."""
        return time.monotonic() - self._heard

    async def run(self) -> None:
        """Pull and handle until cancelled."""
        subscription = await self._connection.client.subscribe(f"{self._inbox}.*", cb=self._receive)
        self._connection.on_reconnect.append(self._restart)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep())
                for _ in range(self.concurrency):
                    group.create_task(self._work())
        finally:
            self._connection.on_reconnect.remove(self._restart)
            if not self._connection.client.is_closed:
                await subscription.unsubscribe()

    def _restart(self) -> None:
        self._unfilled = 0
        self._wake.set()

    async def _keep(self) -> None:
        waits = retry.delays()
        self._wake.set()
        while True:
            try:
                await asyncio.wait_for(self._wake.wait(), HEARTBEAT_S)
            except TimeoutError:
                if self.idle_s > SILENCE_S_MAX:
                    self._unfilled = 0
            self._wake.clear()
            if self._unfilled > 0:
                continue
            try:
                await self._pull()
                waits = retry.delays()
            except NatsError as error:
                log.warning("durable.retry", consumer=self._durable.name, error=str(error))
                await asyncio.sleep(next(waits))
                self._wake.set()

    async def _pull(self) -> None:
        self._pulls += 1
        self._unfilled = PULL_MESSAGES
        self._heard = time.monotonic()
        body = (
            f'{{"batch":{PULL_MESSAGES},"expires":{PULL_EXPIRES_S * NANO},'
            f'"idle_heartbeat":{int(HEARTBEAT_S * NANO)}}}'
        )
        await self._connection.client.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{self._durable.stream}.{self._durable.name}",
            body.encode(),
            reply=f"{self._inbox}.{self._pulls}",
        )

    async def _receive(self, message: Msg) -> None:
        self._heard = time.monotonic()
        if message.subject.startswith(self._inbox):
            status = (message.headers or {}).get("Status", "")
            if status == "503":
                self._heard = 0.0  # no leader now: the silence rule asks again in a second
            elif status != "100" and message.subject.endswith(f".{self._pulls}"):
                self._unfilled = 0
                self._wake.set()
            return
        self._unfilled -= 1
        if self._unfilled <= 0:
            self._wake.set()
        self._queue.put_nowait((message, position(message.reply)))

    async def _work(self) -> None:
        while True:
            message, at = await self._queue.get()
            await self._handle(message, at)

    async def _handle(self, message: Msg, at: Position) -> None:
        metrics.DELIVERIES.labels(self._durable.name).inc()
        alive = asyncio.create_task(self._say_alive(message.reply))
        raw = raw_message(message, at)
        try:
            await self._handler(Delivery(raw, at.attempt))
            await self._reply(message.reply, b"+ACK")
        except Fatal:
            raise
        except Retryable as error:
            await self._again(message, at, raw, error)
        except Exception as error:  # a bug stops this message, not the service
            log.exception("durable.failed", consumer=self._durable.name, sequence=at.stream)
            await self._give_up(message.reply, raw, f"{type(error).__name__}: {error}")
        finally:
            alive.cancel()

    async def _again(self, message: Msg, at: Position, raw: RawMessage, error: Retryable) -> None:
        if at.attempt >= ATTEMPTS_MAX:
            await self._give_up(message.reply, raw, f"after {at.attempt} tries: {error}")
            return
        wait = min(RETRY_S_BASE * 2 ** (at.attempt - 1), RETRY_S_MAX)
        log.warning(
            "durable.again", consumer=self._durable.name, sequence=at.stream, error=str(error)
        )
        await self._reply(message.reply, f'-NAK {{"delay":{int(wait * NANO)}}}'.encode())

    async def _give_up(self, reply: str, raw: RawMessage, reason: str) -> None:
        await self._set_aside(self._durable.name, raw, reason)
        await self._reply(reply, b"+TERM")

    async def _say_alive(self, reply: str) -> None:
        while True:
            await asyncio.sleep(PROGRESS_S)
            await self._reply(reply, b"+WPI")

    async def _reply(self, reply: str, body: bytes) -> None:
        try:
            await self._connection.client.publish(reply, body)
        except NatsError as error:
            # Not answered means delivered again: every handler is safe to repeat.
            log.info("durable.unanswered", consumer=self._durable.name, error=str(error))
