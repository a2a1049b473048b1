"""Reactors: an event in, a command, a notice or an outside effect out; never part of a replay.

The id of what a reactor says is made from its name and the source event, so that a redelivery is
recognised by whoever gets it.
"""

import uuid
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime

import structlog

from bus.api import Answer, Bus, CommandContext, Delivery, recorded
from bus.clock import Clock, utc_now
from bus.errors import Rejected, Retryable, Unavailable
from contracts.envelope import Envelope
from contracts.errors import ContractError
from contracts.messages import Command, Notice
from contracts.recorded import Recorded
from contracts.streams import DURABLES, Durable

log = structlog.get_logger()

type React = Callable[[Recorded], Awaitable[None]]


def durable(name: str) -> Durable:
    """A durable consumer of the catalogue."""
    return next(d for d in DURABLES if d.name == name)


def effect_id(reactor: str, event_id: str) -> str:
    """Id of the one effect a reactor has for one event."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{reactor}:{event_id}"))


async def react(bus: Bus, name: str, handler: React) -> None:
    """Run a reactor until cancelled; what cannot be read is set aside by the bus."""

    async def handle(delivery: Delivery) -> None:
        try:
            fact = recorded(delivery.message)
        except ContractError as error:
            raise Rejected(str(error)) from error
        await handler(fact)

    await bus.consume(durable(name), handle)


async def ask(bus: Bus, reactor: str, fact: Recorded, command: Command) -> Answer:
    """Send the command that follows from an event. Raises Unavailable to be tried again."""
    context = CommandContext(
        command_id=effect_id(reactor, fact.envelope.id),
        actor=reactor,
        correlation_id=fact.envelope.correlation_id,
        causation_id=fact.envelope.id,
        traceparent=fact.envelope.traceparent,
    )
    answer = await bus.send(command, context)
    if answer.refusal and answer.refusal.code == "unavailable":
        raise Unavailable(answer.refusal.message)
    if answer.refusal:
        raise Rejected(f"{command.TYPE.text} was refused: {answer.refusal.message}")
    return answer


def notice_envelope(notice: Notice, source: str, now: datetime, fact: Recorded | None) -> Envelope:
    """Envelope of a notice; it follows from `fact` where there is one."""
    cause = fact.envelope if fact else None
    reason = f"{notice.TYPE.text}:{notice.subject}:{cause.id if cause else now.isoformat()}"
    event_id = str(uuid.uuid5(uuid.NAMESPACE_OID, reason))
    return Envelope(
        id=event_id,
        type=notice.TYPE.text,
        source=source,
        time=now,
        correlation_id=cause.correlation_id if cause else event_id,
        causation_id=cause.id if cause else "",
        actor=cause.actor if cause else source,
        traceparent=cause.traceparent if cause else "",
    )


class Announcer:
    """Says the notices of one context's facts, in their order."""

    def __init__(self, bus: Bus, source: str, clock: Clock = utc_now) -> None:
        """`source` is the service's name."""
        self._bus = bus
        self._source = source
        self._clock = clock

    async def say(self, notices: Iterable[Notice], sequence: int, fact: Recorded | None) -> None:
        """Say notices that reflect everything up to `sequence`."""
        for notice in notices:
            envelope = notice_envelope(notice, self._source, self._clock(), fact)
            await self._bus.say(notice, envelope, sequence)

    async def restore(self, notices: Iterable[Notice], sequence: int) -> int:
        """Say again what LIVE lost or never had; returns how many were said."""
        said = 0
        for notice in notices:
            try:
                newest = await self._bus.newest(notice.subject)
            except Retryable as error:
                log.warning("announcer.restore", subject=notice.subject, error=str(error))
                newest = None
            if newest is None or int(newest.headers.get("rc-seq", "0")) < sequence:
                await self.say([notice], sequence, None)
                said += 1
        return said
