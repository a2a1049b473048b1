"""Durable consumers: explicit acknowledgement, signs of life while working, back-off, dead letters.

Provisioning makes the consumers; here they are only bound. One pull request is outstanding at a
time and is renewed when it ends, when the heartbeat stops and after every reconnect. Every message
held here, also one that waits its turn, gives signs of life, so the server does not deliver it to
somebody else meanwhile.
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
        self._held: dict[int, Msg] = {}
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
        """Pull and handle until cancelled. Raises what the handler calls Fatal."""
        subscription = await self._connection.client.subscribe(f"{self._inbox}.*", cb=self._receive)
        self._connection.on_reconnect.append(self._restart)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep())
                group.create_task(self._say_alive())
                for _ in range(self.concurrency):
                    group.create_task(self._work())
        except ExceptionGroup as group:
            if fatal := group.subgroup(Fatal):
                raise fatal.exceptions[0] from group
            raise
        finally:
            self._connection.on_reconnect.remove(self._restart)
            for message in self._held.values():  # another instance may have them now
                await self._reply(message.reply, b"-NAK")
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
            # No more is asked for while over half of what was given is unfinished here.
            full = len(self._held) > self._durable.batch // 2
            if self._unfilled > 0 or full or not self._connection.client.is_connected:
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
        self._unfilled = self._durable.batch - len(self._held)
        self._heard = time.monotonic()
        body = (
            f'{{"batch":{self._unfilled},"expires":{PULL_EXPIRES_S * NANO},'
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
        at = position(message.reply)
        if at.stream in self._held:
            return  # delivered again while it waits or is worked on
        self._held[at.stream] = message
        self._queue.put_nowait((message, at))

    async def _work(self) -> None:
        while True:
            message, at = await self._queue.get()
            await self._handle(message, at)
            del self._held[at.stream]
            self._wake.set()

    async def _handle(self, message: Msg, at: Position) -> None:
        metrics.DELIVERIES.labels(self._durable.name).inc()
        raw = raw_message(message, at)
        if at.attempt > ATTEMPTS_MAX:
            # Whoever had it never answered: it may be what ends the process.
            await self._give_up(message.reply, raw, f"{at.attempt - 1} deliveries never finished")
            return
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
        """Only what is safe among the dead letters is taken off the consumer."""
        for wait in retry.delays():
            try:
                await self._set_aside(self._durable.name, raw, reason)
                break
            except Retryable as error:
                name = self._durable.name
                log.warning("durable.set_aside", consumer=name, error=str(error))
                await asyncio.sleep(wait)
        await self._reply(reply, b"+TERM")

    async def _say_alive(self) -> None:
        while True:
            await asyncio.sleep(PROGRESS_S)
            for message in list(self._held.values()):
                await self._reply(message.reply, b"+WPI")

    async def _reply(self, reply: str, body: bytes) -> None:
        try:
            await self._connection.client.publish(reply, body)
        except NatsError as error:
            # Not answered means delivered again: every handler is safe to repeat.
            log.info("durable.unanswered", consumer=self._durable.name, error=str(error))
