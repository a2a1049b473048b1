"""The Decider runner: state in memory, decide under the entity's lock, append, know repeats.

A service reads its own context once at start and then follows it. A decision is made on the state
in memory and stored behind the expectation that the entity has not moved; if it has, the tail is
read and the decision made again. The ids of commands that wrote something are kept per entity, so
a repeat gets the same answer and writes nothing.
"""

import asyncio
import uuid
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

import msgspec
import structlog

from bus import commands, metrics, retry, tracing
from bus.api import Answer, Bus, CommandContext, Draft, Entity, RawMessage, Reader, recorded
from bus.clock import Clock, utc_now
from bus.errors import Conflict, Fatal, LogMismatch, TooManyBatches, Unavailable, Uncertain
from contracts import codec, subjects
from contracts.decision import Refusal
from contracts.envelope import Envelope
from contracts.errors import ContractError
from contracts.messages import Event

log = structlog.get_logger()

# Another writer on the same entity is rare; five lost races mean something else is wrong.
ATTEMPTS_MAX = 5
# Repeats come within seconds; a thousand commands on one entity are hours of a show.
COMMANDS_KNOWN_MAX = 1000
# Events read at once while following.
BATCH_MAX = 2000
# How long one wait for new events of the own context lasts; it only bounds cancellation.
WAIT_S = 1.0


class Decider[C, S](Protocol):
    """The pure core of a service."""

    context: str

    def initial(self, entity: str, entity_id: str) -> S:
        """State of an entity nothing was ever said about."""
        ...

    def evolve(self, state: S, event: Event) -> S:
        """State after an event; may change and return the same object."""
        ...

    def decide(self, command: C, state: S, now: datetime) -> Sequence[Event] | Refusal:
        """Events that answer a command, none if there is nothing to say, or a refusal."""
        ...


class _Known(msgspec.Struct, frozen=True):
    hash: str
    sequence: int


class _Slot[S]:
    """One entity in memory: its state, last sequence, lock and known commands."""

    __slots__ = ("commands", "lock", "sequence", "state")

    def __init__(self, state: S) -> None:
        self.state = state
        self.sequence = 0
        self.lock = asyncio.Lock()
        self.commands: OrderedDict[str, _Known] = OrderedDict()

    def remember(self, command_id: str, command_hash: str, sequence: int) -> None:
        self.commands[command_id] = _Known(command_hash, sequence)
        if len(self.commands) > COMMANDS_KNOWN_MAX:
            self.commands.popitem(last=False)


class DeciderRunner[C, S]:
    """Runs one Decider on a bus. Use as an async context manager, or `start` and `stop`."""

    def __init__(
        self, bus: Bus, decider: Decider[C, S], source: str, clock: Clock = utc_now
    ) -> None:
        """`source` is the service's hyphenated name; it also names the reader."""
        self._bus = bus
        self._decider = decider
        self._source = source
        self._clock = clock
        self._slots: dict[tuple[str, str], _Slot[S]] = {}
        self._position = 0
        self._moved = asyncio.Condition()
        self._context: AbstractAsyncContextManager[Reader] | None = None
        self._reader: Reader | None = None
        self._log_id = ""

    async def __aenter__(self) -> Self:
        """Load the context from the log."""
        try:
            await self.start()
        except BaseException as error:
            await self.__aexit__(type(error), error, error.__traceback__)
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop following."""
        if self._context is not None:
            await self._context.__aexit__(kind, error, trace)

    async def start(self) -> None:
        """Read the whole context up to the head of the log. Call `follow` afterwards."""
        head = await self._bus.head()
        self._log_id = head.log_id
        self._context = self._bus.reader(
            self._source, subjects.context_events(self._decider.context), 0
        )
        self._reader = await self._context.__aenter__()
        last = await self._last_of_context(head.sequence)
        while self._position < last:
            await self._read(self._reader)
        log.info("decider.loaded", entities=len(self._slots), sequence=self._position)

    async def follow(self) -> None:
        """Keep the state current with what other instances say; until cancelled."""
        if self._reader is None:
            raise Fatal("follow before start")
        while True:
            await self._read(self._reader)

    async def check_log(self) -> None:
        """Raise LogMismatch when the server now holds another log than the one in memory."""
        head = await self._bus.head()
        if head.log_id != self._log_id or head.sequence < self._position:
            raise LogMismatch(
                f"memory holds log {self._log_id} up to {self._position}, the server has "
                f"{head.log_id} up to {head.sequence}"
            )

    @property
    def log_id(self) -> str:
        """Which log the state was read from; empty before the start."""
        return self._log_id

    @property
    def idle_s(self) -> float:
        """Seconds since the server was last heard on the own context."""
        return self._reader.idle_s if self._reader else float("inf")

    def state(self, entity: str, entity_id: str) -> S | None:
        """State of a known entity, for reading only."""
        slot = self._slots.get((entity, subjects.token(entity_id)))
        return slot.state if slot and slot.sequence else None

    def sequence(self, entity: str, entity_id: str) -> int:
        """Last known sequence of an entity, 0 if nothing was said about it."""
        slot = self._slots.get((entity, subjects.token(entity_id)))
        return slot.sequence if slot else 0

    def entities(self, entity: str) -> list[S]:
        """States of all known entities of a kind, for reading only."""
        return [
            slot.state
            for (name, _), slot in self._slots.items()
            if name == entity and slot.sequence
        ]

    async def reached(self, sequence: int) -> None:
        """Wait until the state has seen this sequence of the own context."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._position >= sequence)

    async def execute(self, command: C, entity: Entity, context: CommandContext) -> Answer:
        """Decide a command and store what follows.

        Order of checks: a known command id, the deadline, the decision. Raises Unavailable when the
        log cannot be reached or the entity never stops moving.
        """
        token = subjects.token(entity.id)
        slot = self._slot(entity.name, token, entity.id)
        digest = context.command_hash or codec.digest(
            {"type": type(command).__name__, "body": command}
        )
        try:
            async with slot.lock:
                with tracing.span(f"decide {type(command).__name__}", context.traceparent):
                    return await self._decide(command, entity, context, (slot, digest))
        finally:
            place = (entity.name, token)
            if not slot.sequence and not slot.lock.locked() and self._slots.get(place) is slot:
                # Refused commands about ids that never come to be must not fill the memory. Who
                # waited for this lock writes behind expectation 0 like anybody else.
                del self._slots[place]

    async def _decide(
        self, command: C, entity: Entity, context: CommandContext, at: tuple[_Slot[S], str]
    ) -> Answer:
        slot, digest = at
        waits, unanswered = retry.delays(), False
        for _ in range(ATTEMPTS_MAX):
            if known := slot.commands.get(context.command_id):
                return _answer_again(known, digest, repeated=not unanswered)
            now = self._clock()
            if commands.expired(context, now):
                return Answer(refusal=_too_late(context))
            decision = self._decider.decide(command, slot.state, now)
            if isinstance(decision, Refusal) or not decision:
                # An append proves that the state is current; what stores nothing must look.
                if await self._read_tail(slot, entity):
                    continue
                refusal = decision if isinstance(decision, Refusal) else None
                return Answer(sequence=0 if refusal else slot.sequence, refusal=refusal)
            try:
                return await self._append(decision, entity, (context, now), at)
            except Conflict:
                metrics.CONFLICTS.labels(entity.context).inc()
            except (Uncertain, TooManyBatches) as error:
                unanswered = unanswered or isinstance(error, Uncertain)
                log.warning("decide.again", entity=entity.filter, error=str(error))
                await asyncio.sleep(next(waits))
            await self._read_tail(slot, entity)
        raise Unavailable(f"{entity.filter} did not settle in {ATTEMPTS_MAX} tries")

    async def _append(
        self,
        events: Sequence[Event],
        entity: Entity,
        why: tuple[CommandContext, datetime],
        at: tuple[_Slot[S], str],
    ) -> Answer:
        slot, digest = at
        context, now = why
        drafts = [
            Draft(event, self._envelope(event, number, context, (now, digest)))
            for number, event in enumerate(events)
        ]
        sequence = await self._bus.append(entity, slot.sequence, drafts)
        for event in events:
            slot.state = self._decider.evolve(slot.state, event)
        slot.sequence = sequence
        slot.remember(context.command_id, digest, sequence)
        return Answer(sequence=sequence, said=len(events))

    def _envelope(
        self, event: Event, number: int, context: CommandContext, at: tuple[datetime, str]
    ) -> Envelope:
        now, digest = at
        return Envelope(
            id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{context.command_id}:{number}")),
            type=event.TYPE.text,
            source=self._source,
            time=now,
            correlation_id=context.correlation_id or context.command_id,
            causation_id=context.command_id,
            actor=context.actor,
            command_hash=digest,
            traceparent=tracing.traceparent(),
        )

    def _slot(self, entity: str, token: str, entity_id: str) -> _Slot[S]:
        slot = self._slots.get((entity, token))
        if slot is None:
            slot = _Slot(self._decider.initial(entity, entity_id))
            self._slots[entity, token] = slot
        return slot

    async def _read(self, reader: Reader) -> None:
        batch = await reader.next(BATCH_MAX, WAIT_S)
        for message in batch:
            slot = self._slots.get(_place(message))
            if slot is None or not slot.lock.locked():
                self._apply(message)
            else:
                # A decision is under way on this entity: its outcome decides what is new.
                async with slot.lock:
                    self._apply(message)
        if batch:
            async with self._moved:
                self._position = max(self._position, batch[-1].sequence)
                self._moved.notify_all()

    async def _read_tail(self, slot: _Slot[S], entity: Entity) -> bool:
        """Apply what the state lacks; returns whether there was anything."""
        waits, known = retry.delays(), slot.sequence
        for _ in range(ATTEMPTS_MAX):
            try:
                for message in await self._bus.tail(entity, slot.sequence):
                    self._apply(message)
            except Uncertain:
                await asyncio.sleep(next(waits))
            else:
                return slot.sequence > known
        raise Unavailable(f"the log did not answer for {entity.filter}")

    def _apply(self, message: RawMessage) -> None:
        try:
            fact = recorded(message)
        except ContractError as error:
            raise _unreadable(message, error) from error
        entity = fact.event.TYPE.entity
        token = subjects.token(fact.event.subject_id)
        slot = self._slot(entity, token, fact.event.subject_id)
        if message.sequence <= slot.sequence:
            return
        slot.state = self._decider.evolve(slot.state, fact.event)
        slot.sequence = message.sequence
        slot.remember(fact.envelope.causation_id, fact.envelope.command_hash, message.sequence)

    async def _last_of_context(self, head: int) -> int:
        """Sequence of the newest event of the own context, at most `head`."""
        if head == 0:
            return 0
        return await self._bus.last_sequence(subjects.context_events(self._decider.context))


def _answer_again(known: _Known, digest: str, *, repeated: bool) -> Answer:
    """Answer of a command in the log; one whose own acknowledgement was lost is no repeat."""
    if known.hash == digest:
        return Answer(sequence=known.sequence, repeated=repeated, said=0 if repeated else 1)
    return Answer(
        refusal=Refusal(
            code="conflict",
            reason="idempotency_key_reused",
            message="this idempotency key was used for another command",
        )
    )


def _place(message: RawMessage) -> tuple[str, str]:
    try:
        subject = subjects.parse_event(message.subject)
    except ContractError as error:
        raise _unreadable(message, error) from error
    return subject.entity, subject.entity_id


def _unreadable(message: RawMessage, error: ContractError) -> Fatal:
    return Fatal(
        f"event {message.sequence} of the own context cannot be read: {error}; "
        "it was written by newer code, start that"
    )


def _too_late(context: CommandContext) -> Refusal:
    return Refusal(
        code="expired",
        reason="expired",
        message=f"the command was to be done by {context.expires_at}, it came too late",
    )
