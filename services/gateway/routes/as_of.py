"""Reads of what was known before: at a sequence of the log, or by a moment."""

from datetime import UTC, datetime

from pydantic import Field, field_validator

from bus.api import Bus
from contracts.envelope import parse_time
from contracts.errors import BadEnvelope
from services.gateway.errors import Problem
from services.gateway.routes.context import SEQUENCE_MAX, Gateway, ReadQuery

# A sequence, or a moment with its zone.
AS_OF_LENGTH_MAX = 40


class AsOfQuery(ReadQuery):
    """Query of a read that may go back to what was known then."""

    as_of: str | None = Field(
        default=None,
        max_length=AS_OF_LENGTH_MAX,
        description="what was known at a sequence of the log, or by a moment (RFC 3339)",
    )

    @field_validator("as_of")
    @classmethod
    def _check(cls, given: str | None) -> str | None:
        if given is not None and not _is_sequence(given):
            try:
                parse_time(given)
            except BadEnvelope as error:
                raise ValueError(str(error)) from error
        return given


def _is_sequence(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) <= SEQUENCE_MAX


async def sequence_of(gateway: Gateway, as_of: str | None) -> int | None:
    """The sequence that an `as_of` means, None for now.

    A moment means the last event said by then. Raises Problem 422 for a sequence that the log has
    not reached.
    """
    if as_of is None:
        return None
    head = (await gateway.bus.head()).sequence
    if not _is_sequence(as_of):
        return await last_stored(gateway.bus, as_of, head)
    sequence = int(as_of)
    if sequence > head:
        raise Problem(422, "as_of_ahead", f"the log ends at {head}, {sequence} is not told yet")
    return sequence


async def moment_of(gateway: Gateway, as_of: str | None, sequence: int | None) -> datetime:
    """The moment an answer is of: now, the moment asked for, or when a sequence was said."""
    if as_of is None or sequence is None:
        return datetime.now(UTC)
    if not _is_sequence(as_of):
        return parse_time(as_of)
    message = await gateway.bus.event_at(sequence) if sequence else None
    return datetime.now(UTC) if message is None else parse_time(message.headers["ce-time"])


async def last_stored(bus: Bus, text: str, head: int) -> int:
    """Sequence of the last event said by a moment, by halving: a log may be long."""
    by, low, high = parse_time(text), 1, head + 1
    while low < high:
        middle = (low + high) // 2
        message = await bus.event_at(middle)
        if message is not None and parse_time(message.headers["ce-time"]) > by:
            high = middle
        else:
            low = middle + 1
    return low - 1
