"""The bus as services see it: one protocol, two implementations (NATS and memory)."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

import msgspec

from contracts import codec, subjects
from contracts.decision import Refusal
from contracts.envelope import Envelope, from_headers
from contracts.errors import BadMessage
from contracts.messages import Command, Event, Notice
from contracts.recorded import Recorded
from contracts.streams import Durable

# A screen that reads slower than this loses the oldest notices and re-reads the newest state.
WATCH_QUEUE_MAX = 1000


class Entity(msgspec.Struct, frozen=True):
    """The thing a decision is about: one subject prefix, one lock, one expectation."""

    context: str
    name: str
    id: str

    @property
    def filter(self) -> str:
        """Subject filter over every event of this entity."""
        return subjects.entity(self.context, self.name, self.id)


class Draft(msgspec.Struct, frozen=True):
    """An event that is about to be said."""

    event: Event
    envelope: Envelope


class RawMessage(msgspec.Struct, frozen=True):
    """A stored message before decoding. `stored_ns` is the server's clock, Unix nanoseconds."""

    subject: str
    sequence: int
    headers: Mapping[str, str]
    data: bytes
    stored_ns: int = 0
    pending: int = 0


class Head(msgspec.Struct, frozen=True):
    """End of the log: which log it is and its last sequence (0 = empty)."""

    log_id: str
    sequence: int


class CommandContext(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks and how often it may count. `command_id` makes a repeat harmless.

    `command_hash` is that of the command as it was sent; empty = the Decider's command is hashed.
    """

    command_id: str
    actor: str
    correlation_id: str = ""
    causation_id: str = ""
    expires_at: datetime | None = None
    traceparent: str = ""
    command_hash: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command. `sequence` is the last one it wrote, or where the entity stands
    when there was nothing to say; `said` counts the events it wrote just now.
    """

    sequence: int = 0
    said: int = 0
    repeated: bool = False
    refusal: Refusal | None = None


class Delivery(msgspec.Struct, frozen=True):
    """One message given to a durable consumer; `attempt` counts from 1."""

    message: RawMessage
    attempt: int


type Handler = Callable[[Delivery], Awaitable[None]]
type CommandHandler = Callable[[Command, CommandContext], Awaitable[Answer]]


class Reader(Protocol):
    """A positioned reader of a stream: no acknowledgement, nothing lost, nothing twice."""

    async def next(self, most: int, wait_s: float) -> list[RawMessage]:
        """At most `most` messages in order; waits up to `wait_s` for the first; may be empty."""
        ...

    @property
    def idle_s(self) -> float:
        """Seconds since the server last showed a sign of life on this reader."""
        ...


class Bus(Protocol):
    """Everything a service may do on the bus."""

    async def append(self, entity: Entity, expected: int, drafts: Sequence[Draft]) -> int:
        """Store all drafts or none, if the entity's last sequence is still `expected`.

        Returns the sequence of the last one. Raises Conflict, Uncertain, LogFull or TooManyBatches.
        """
        ...

    async def tail(self, entity: Entity, after: int) -> list[RawMessage]:
        """Events of one entity behind a sequence, read from the leader."""
        ...

    def reader(
        self, owner: str, subject: str | None, after: int
    ) -> AbstractAsyncContextManager[Reader]:
        """Read EVENTS behind a sequence and follow it; `owner` names the consumer."""
        ...

    async def head(self) -> Head:
        """The log's identity and end. Raises Unavailable, or LogMismatch when there is no log."""
        ...

    async def last_sequence(self, subject: str) -> int:
        """Sequence of the newest event under a filter, 0 if there is none."""
        ...

    async def event_at(self, sequence: int) -> RawMessage | None:
        """One stored event, or None."""
        ...

    async def say(self, notice: Notice, envelope: Envelope, sequence: int) -> None:
        """Put a notice on LIVE; `sequence` is that of the newest fact it reflects."""
        ...

    async def newest(self, subject: str) -> RawMessage | None:
        """The newest notice on a subject, or None."""
        ...

    async def send(self, command: Command, context: CommandContext) -> Answer:
        """Send a command and wait for its answer. Raises Unavailable when none comes in time."""
        ...

    async def serve(self, service: str, handler: CommandHandler) -> None:
        """Answer the commands of a service until cancelled."""
        ...

    async def consume(self, durable: Durable, handler: Handler) -> None:
        """Run a durable consumer until cancelled: acknowledge what the handler finished.

        Retryable errors come again with back-off; anything else is set aside with its reason.
        """
        ...

    async def set_aside(self, consumer: str, message: RawMessage, reason: str) -> None:
        """Put a message into the dead letters with its reason."""
        ...

    def watch(self, subject: str) -> AbstractAsyncContextManager[AsyncIterator[RawMessage]]:
        """Notices as they are said from now on; for screens only, may lose under overload."""
        ...


def recorded(message: RawMessage) -> Recorded:
    """Decode a stored event. Raises a ContractError that says what is wrong."""
    envelope = from_headers(message.headers)
    event = codec.decode(envelope.type, message.data)
    if not isinstance(event, Event):
        raise BadMessage(f"{envelope.type} is not an event")
    return Recorded(message.sequence, envelope, event)
