"""What the reply subject of a delivered message tells: sequences, time, and how much is pending."""

import base64
from typing import NamedTuple

from nats.aio.msg import Msg

from bus.api import RawMessage
from bus.fast_client import HeaderBlock
from contracts.envelope import SEQUENCE, encode_value

# Enough for a sentence; a body quoted in an error must not outgrow the message it is about.
REASON_LENGTH_MAX = 1000


class Position(NamedTuple):
    """Where a delivery stands. `consumer` counts deliveries of this consumer from 1."""

    attempt: int
    stream: int
    consumer: int
    stored_ns: int
    pending: int


# Of what the server says itself.
NOWHERE = Position(0, 0, 0, 0, 0)


def position(reply: str) -> Position:
    """Read `$JS.ACK...`: nine tokens, or twelve with a domain and an account hash."""
    tokens = reply.split(".")
    start = 4 if len(tokens) == 9 else 6
    return Position(*map(int, tokens[start : start + 5]))


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


def from_socket(subject: str, data: bytes, block: bytes, at: Position) -> RawMessage:
    """A message of a direct subscription; its header block is read when somebody asks."""
    return RawMessage(subject, at.stream, HeaderBlock(block), data, at.stored_ns, at.pending)


def from_api(message: dict[str, str | int]) -> RawMessage:
    """A message of the JetStream API: base64 body and base64 header block."""
    headers = HeaderBlock(base64.b64decode(str(message.get("hdrs", ""))))
    data = base64.b64decode(str(message.get("data", "")))
    return RawMessage(str(message["subject"]), int(message["seq"]), headers, data)


def dead_letter_headers(consumer: str, message: RawMessage, reason: str) -> dict[str, str]:
    """Headers of a message set aside: its own, who set it aside, why, and where it came from."""
    # The server's own headers would be obeyed again (expectations, batches).
    own = {k: v for k, v in message.headers.items() if not k.startswith("Nats-")}
    return own | {
        "rc-reason": encode_value(reason[:REASON_LENGTH_MAX]),
        "rc-consumer": consumer,
        "rc-subject": message.subject,
        SEQUENCE: str(message.sequence),
    }
