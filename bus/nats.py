"""The bus on NATS JetStream."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import msgspec
import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from bus import append as appending
from bus import commands, metrics
from bus.api import (
    WATCH_QUEUE_MAX,
    Answer,
    CommandContext,
    CommandHandler,
    Delivery,
    Draft,
    Entity,
    Handler,
    Head,
    RawMessage,
    Reader,
)
from bus.clock import Clock, utc_now
from bus.connection import ApiError, Connection
from bus.delivery import dead_letter_headers, from_api
from bus.durable import DurableConsumer
from bus.errors import Fatal, LogMismatch, Uncertain
from bus.reader import EventReader
from contracts import codec, subjects
from contracts.envelope import SEQUENCE, Envelope, to_headers
from contracts.messages import Command, Notice
from contracts.streams import DURABLES, LOG_ID, Durable

log = structlog.get_logger()

# An entity whose unknown tail is longer was written by a flood; reading on would block its lock.
TAIL_MAX = 10_000

_NOT_FOUND = 10037
_NO_STREAM = 10059


class NatsBus:
    """`bus.api.Bus` over one connection. `source` is the service's hyphenated name."""

    def __init__(self, connection: Connection, source: str, clock: Clock = utc_now) -> None:
        """Use `open_bus` for a connected one."""
        self.connection = connection
        self.source = source
        self.clock = clock
        self._commands = commands.CommandClient(connection, source, clock)

    async def append(self, entity: Entity, expected: int, drafts: Sequence[Draft]) -> int:
        """See `bus.api.Bus.append`."""
        return await appending.append(self.connection, entity, expected, drafts)

    async def tail(self, entity: Entity, after: int) -> list[RawMessage]:
        """See `bus.api.Bus.tail`."""
        found: list[RawMessage] = []
        while len(found) < TAIL_MAX:
            message = await self._stored({"seq": after + 1, "next_by_subj": entity.filter})
            if message is None:
                return found
            found.append(message)
            after = message.sequence
        raise Fatal(f"more than {TAIL_MAX} unknown events on {entity.filter}")

    def reader(
        self, owner: str, subject: str | None, after: int
    ) -> AbstractAsyncContextManager[Reader]:
        """See `bus.api.Bus.reader`."""
        return EventReader(self.connection, owner, subject, after)

    async def head(self) -> Head:
        """See `bus.api.Bus.head`."""
        try:
            info = await self.connection.api("STREAM.INFO.EVENTS")
        except ApiError as error:
            if error.code == _NO_STREAM:
                raise LogMismatch("the stream EVENTS does not exist on this server") from error
            raise
        metadata = info["config"].get("metadata") or {}
        return Head(metadata.get(LOG_ID, ""), info["state"]["last_seq"])

    async def last_sequence(self, subject: str) -> int:
        """See `bus.api.Bus.last_sequence`."""
        message = await self._stored({"last_by_subj": subject})
        return message.sequence if message else 0

    async def event_at(self, sequence: int) -> RawMessage | None:
        """See `bus.api.Bus.event_at`."""
        return await self._stored({"seq": sequence})

    async def _stored(self, query: dict[str, object]) -> RawMessage | None:
        try:
            reply = await self.connection.api("STREAM.MSG.GET.EVENTS", query)
        except ApiError as error:
            if error.code == _NOT_FOUND:
                return None
            raise Uncertain(str(error)) from error
        return from_api(reply["message"])

    async def say(self, notice: Notice, envelope: Envelope, sequence: int) -> None:
        """See `bus.api.Bus.say`."""
        headers = to_headers(envelope) | {SEQUENCE: str(sequence)}
        reply = await self.connection.request(notice.subject, codec.encode(notice), headers)
        appending.acknowledged(reply.data)
        metrics.NOTICES.labels(notice.TYPE.text).inc()

    async def newest(self, subject: str) -> RawMessage | None:
        """See `bus.api.Bus.newest`."""
        reply: Msg = await self.connection.request(f"$JS.API.DIRECT.GET.LIVE.{subject}")
        headers = reply.headers or {}
        if headers.get("Status") == "404":
            return None
        return RawMessage(
            headers["Nats-Subject"], int(headers["Nats-Sequence"]), headers, reply.data
        )

    async def send(self, command: Command, context: CommandContext) -> Answer:
        """See `bus.api.Bus.send`."""
        return await self._commands.send(command, context)

    async def serve(self, service: str, handler: CommandHandler) -> None:
        """See `bus.api.Bus.serve`."""
        durable = next(d for d in DURABLES if d.stream == "COMMANDS" and d.name == service)

        async def handle(delivery: Delivery) -> None:
            answer, headers = await commands.answer_command(delivery, service, handler)
            if address := commands.reply_address(headers):
                try:
                    await self.connection.client.publish(address, msgspec.json.encode(answer))
                except NatsError as error:
                    # The command is done all the same; who asks again gets the same answer.
                    log.warning("command.unanswered", service=service, error=str(error))

        consumer = DurableConsumer(self.connection, durable, handle, self.set_aside)
        consumer.concurrency = commands.CONCURRENCY
        await consumer.run()

    async def consume(self, durable: Durable, handler: Handler) -> None:
        """See `bus.api.Bus.consume`."""
        await DurableConsumer(self.connection, durable, handler, self.set_aside).run()

    async def set_aside(self, consumer: str, message: RawMessage, reason: str) -> None:
        """See `bus.api.Bus.set_aside`."""
        # The same message set aside twice by the same consumer is one dead letter.
        once = {"Nats-Msg-Id": f"{consumer}:{message.subject}:{message.sequence}"}
        reply = await self.connection.request(
            subjects.dead_letter(self.source, consumer),
            message.data,
            dead_letter_headers(consumer, message, reason) | once,
        )
        appending.acknowledged(reply.data)
        metrics.DEAD_LETTERS.labels(consumer).inc()
        log.error("dead_letter", consumer=consumer, sequence=message.sequence, reason=reason)

    @asynccontextmanager
    async def watch(self, subject: str) -> AsyncIterator[AsyncIterator[RawMessage]]:
        """See `bus.api.Bus.watch`."""
        queue: asyncio.Queue[RawMessage] = asyncio.Queue(WATCH_QUEUE_MAX)

        async def receive(message: Msg) -> None:
            headers = message.headers or {}
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(RawMessage(message.subject, 0, headers, message.data))

        async def notices() -> AsyncIterator[RawMessage]:
            while True:
                yield await queue.get()

        subscription = await self.connection.client.subscribe(subject, cb=receive)
        await self.connection.client.flush()
        try:
            yield notices()
        finally:
            if not self.connection.client.is_closed:
                try:
                    await subscription.unsubscribe()
                except NatsError as error:
                    log.debug("watch.unsubscribe", error=str(error))
