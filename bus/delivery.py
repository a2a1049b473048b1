"""What the reply subject of a delivered message tells: sequences, time, and how much is pending."""

from typing import NamedTuple

from nats.aio.msg import Msg

from bus.api import RawMessage


class Position(NamedTuple):
    """Where a delivery stands. `consumer` counts deliveries of this consumer from 1."""

    attempt: int
    stream: int
    consumer: int
    stored_ns: int
    pending: int


def position(reply: str) -> Position:
    """Read `$JS.ACK...`: nine tokens, or twelve with a domain and an account hash."""
    tokens = reply.split(".")
    start = 4 if len(tokens) == 9 else 6
    return Position(*(int(token) for token in tokens[start : start + 5]))


def raw_message(message: Msg, at: Position) -> RawMessage:
    """A delivered message in our terms."""
    return RawMessage(
        message.subject,
        at.stream,
        message.headers or {},
        message.data,
        at.stored_ns,
        at.pending,
    )
