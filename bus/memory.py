"""The bus in memory: the same protocol, no server. For tests and for trying a core at a desk."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Self

import structlog

from bus import commands
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
from bus.append import check_entity
from bus.clock import Clock, utc_now
from bus.delivery import dead_letter_headers
from bus.durable import ATTEMPTS_MAX, RETRY_S_BASE
from bus.errors import Conflict, Fatal, Retryable, Unavailable
from contracts import codec, subjects
from contracts.envelope import SEQUENCE, Envelope, to_headers
from contracts.messages import Command, Notice
from contracts.streams import Durable

log = structlog.get_logger()


def matches(subject: str, pattern: str) -> bool:
    """Whether a NATS wildcard pattern covers a subject."""
    expression = re.escape(pattern).replace(r"\*", r"[^.]+")
    if expression.endswith(r"\.>"):
        expression = expression.removesuffix(">") + ".+"
    elif expression == ">":
        expression = ".+"
    return re.fullmatch(expression, subject) is not None


class Log:
    """What several memory buses share: the stored messages of all streams."""

    def __init__(self, log_id: str = "memory") -> None:
        """An empty log."""
        self.log_id = log_id
        self.events: list[RawMessage] = []
        self.commands: list[RawMessage] = []
        self.live: dict[str, RawMessage] = {}
        self.dead_letters: list[RawMessage] = []
        self.changed = asyncio.Condition()
        self.watchers: list[tuple[str, asyncio.Queue[RawMessage]]] = []
        self.answers: dict[str, asyncio.Future[Answer]] = {}
        self.done: dict[str, set[int]] = {}

    async def notify(self) -> None:
        """Wake whoever waits for something new."""
        async with self.changed:
            self.changed.notify_all()


class MemoryReader:
    """`bus.api.Reader` over a list."""

    def __init__(self, log_: Log, subject: str | None, after: int) -> None:
        """Read behind `after`."""
        self._log = log_
        self._subject = subject
        self._after = after

    async def __aenter__(self) -> Self:
        """Nothing to open."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to close."""

    @property
    def idle_s(self) -> float:
        """Memory is always there."""
        return 0.0

    async def next(self, most: int, wait_s: float) -> list[RawMessage]:
        """See `bus.api.Reader.next`."""
        if not self._waiting():
            try:
                async with asyncio.timeout(wait_s), self._log.changed:
                    await self._log.changed.wait_for(self._waiting)
            except TimeoutError:
                return []
        batch = self._waiting()[:most]
        if batch:
            self._after = batch[-1].sequence
        return batch

    def _waiting(self) -> list[RawMessage]:
        behind = self._log.events[self._after :]
        if self._subject is None:
            return behind
        return [m for m in behind if matches(m.subject, self._subject)]


class MemoryBus:
    """`bus.api.Bus` over a shared `Log`."""

    def __init__(self, shared: Log, source: str, clock: Clock = utc_now) -> None:
        """`source` is the service's hyphenated name."""
        self._log = shared
        self.source = source
        self.clock = clock

    async def append(self, entity: Entity, expected: int, drafts: Sequence[Draft]) -> int:
        """See `bus.api.Bus.append`."""
        check_entity(entity, drafts)
        bodies = [codec.encode(draft.event) for draft in drafts]
        if await self.last_sequence(entity.filter) != expected:
            raise Conflict(f"{entity.filter} is not at {expected}")
        for draft, body in zip(drafts, bodies, strict=True):
            self._store(self._log.events, draft.event.subject, to_headers(draft.envelope), body)
        await self._log.notify()
        return len(self._log.events)

    def _store(
        self, stream: list[RawMessage], subject: str, headers: dict[str, str], data: bytes
    ) -> RawMessage:
        stored_ns = int(self.clock().timestamp() * 1e9)
        message = RawMessage(subject, len(stream) + 1, headers, data, stored_ns)
        stream.append(message)
        return message

    async def tail(self, entity: Entity, after: int) -> list[RawMessage]:
        """See `bus.api.Bus.tail`."""
        return [m for m in self._log.events[after:] if matches(m.subject, entity.filter)]

    def reader(
        self, owner: str, subject: str | None, after: int
    ) -> AbstractAsyncContextManager[Reader]:
        """See `bus.api.Bus.reader`."""
        log.debug("memory.reader", owner=owner)
        return MemoryReader(self._log, subject, after)

    async def head(self) -> Head:
        """See `bus.api.Bus.head`."""
        return Head(self._log.log_id, len(self._log.events))

    async def last_sequence(self, subject: str) -> int:
        """See `bus.api.Bus.last_sequence`."""
        found = (m.sequence for m in reversed(self._log.events) if matches(m.subject, subject))
        return next(found, 0)

    async def event_at(self, sequence: int) -> RawMessage | None:
        """See `bus.api.Bus.event_at`."""
        known = 1 <= sequence <= len(self._log.events)
        return self._log.events[sequence - 1] if known else None

    async def say(self, notice: Notice, envelope: Envelope, sequence: int) -> None:
        """See `bus.api.Bus.say`."""
        headers = to_headers(envelope) | {SEQUENCE: str(sequence)}
        message = RawMessage(notice.subject, 0, headers, codec.encode(notice))
        self._log.live[notice.subject] = message
        for pattern, queue in self._log.watchers:
            if matches(notice.subject, pattern):
                if queue.full():
                    queue.get_nowait()
                queue.put_nowait(message)

    async def newest(self, subject: str) -> RawMessage | None:
        """See `bus.api.Bus.newest`."""
        return self._log.live.get(subject)

    async def send(self, command: Command, context: CommandContext) -> Answer:
        """See `bus.api.Bus.send`."""
        headers = commands.command_headers(command, context, self.source, self.clock())
        message = self._store(self._log.commands, command.subject, headers, codec.encode(command))
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._log.answers[str(message.sequence)] = answer
        await self._log.notify()
        try:
            async with asyncio.timeout(commands.ANSWER_TIMEOUT_S):
                return await answer
        except TimeoutError as error:
            raise Unavailable(f"{command.TYPE.owner} did not answer") from error
        finally:
            self._log.answers.pop(str(message.sequence), None)

    async def serve(self, service: str, handler: CommandHandler) -> None:
        """See `bus.api.Bus.serve`."""

        async def handle(delivery: Delivery) -> None:
            answer, _ = await commands.answer_command(delivery, service, handler)
            waiting = self._log.answers.get(str(delivery.message.sequence))
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)

        durable = Durable(
            name=service,
            stream="COMMANDS",
            filter=f"cmd.{service}.>",
            deliver="all",
            description="",
        )
        async with asyncio.TaskGroup() as group:
            for _ in range(commands.CONCURRENCY):
                group.create_task(self.consume(durable, handle))

    async def consume(self, durable: Durable, handler: Handler) -> None:
        """See `bus.api.Bus.consume`."""
        stream = self._log.commands if durable.stream == "COMMANDS" else self._log.events
        start = 0 if durable.deliver == "all" else len(stream)
        done = self._log.done.setdefault(durable.name, set(range(1, start + 1)))

        def waiting() -> RawMessage | None:
            fresh = (m for m in stream if m.sequence not in done)
            return next((m for m in fresh if matches(m.subject, durable.filter)), None)

        while True:
            async with self._log.changed:
                await self._log.changed.wait_for(lambda: waiting() is not None)
            message = waiting()
            if message is not None:
                done.add(message.sequence)  # first: other instances share what is left
                try:
                    await self._deliver(durable, handler, message)
                except BaseException:
                    done.discard(message.sequence)  # not finished: somebody else's turn
                    raise

    async def _deliver(self, durable: Durable, handler: Handler, message: RawMessage) -> None:
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                await handler(Delivery(message, attempt))
            except Fatal:
                raise
            except Retryable as error:
                if attempt == ATTEMPTS_MAX:
                    await self.set_aside(durable.name, message, str(error))
                    return
                await asyncio.sleep(RETRY_S_BASE / 100)
            except Exception as error:  # noqa: BLE001  # a bug stops this message, not the service
                await self.set_aside(durable.name, message, f"{type(error).__name__}: {error}")
                return
            else:
                return

    async def set_aside(self, consumer: str, message: RawMessage, reason: str) -> None:
        """See `bus.api.Bus.set_aside`."""
        headers = dead_letter_headers(consumer, message, reason)
        subject = subjects.dead_letter(self.source, consumer)
        self._store(self._log.dead_letters, subject, headers, message.data)

    @asynccontextmanager
    async def watch(self, subject: str) -> AsyncIterator[AsyncIterator[RawMessage]]:
        """See `bus.api.Bus.watch`."""
        queue: asyncio.Queue[RawMessage] = asyncio.Queue(WATCH_QUEUE_MAX)
        entry = (subject, queue)
        self._log.watchers.append(entry)

        async def notices() -> AsyncIterator[RawMessage]:
            while True:
                yield await queue.get()

        try:
            yield notices()
        finally:
            self._log.watchers.remove(entry)
