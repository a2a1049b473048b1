"""Bytes to message and back: one compact UTF-8 JSON object per body, readable in `nats sub`."""

import hashlib
from collections.abc import Mapping

import msgspec

from contracts.errors import BadMessage
from contracts.messages import Message
from contracts.registry import BY_TYPE, message_class, upcast

# One message on any subject; the streams are provisioned with the same figure.
MESSAGE_BYTES_MAX = 256 * 1024

_encoder = msgspec.json.Encoder()
_canonical = msgspec.json.Encoder(order="sorted")
_decoders: Mapping[str, "msgspec.json.Decoder[Message]"] = {
    text: msgspec.json.Decoder(cls) for text, cls in BY_TYPE.items()
}


def encode(message: Message) -> bytes:
    """Body of a message; raises BadMessage when it is over the limit."""
    body = _encoder.encode(message)
    if len(body) > MESSAGE_BYTES_MAX:
        raise BadMessage(
            f"{message.TYPE.text} has {len(body)} bytes, the limit is {MESSAGE_BYTES_MAX}"
        )
    return body


def decode(type_text: str, body: bytes) -> Message:
    """Message of a body, lifted to the newest version.

    Raises UnsupportedMessage for an unknown type, BadMessage for a body that does not fit it.
    """
    decoder = _decoders.get(type_text)
    if decoder is None:
        message_class(type_text)  # raises with the right sentence
        raise AssertionError(type_text)
    try:
        return upcast(decoder.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(f"{type_text}: {error}") from error


def canonical(value: object) -> bytes:
    """Compact JSON with sorted keys: the form that is hashed."""
    return _canonical.encode(value)


def digest(value: object) -> str:
    """SHA-256 (hex) of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()
