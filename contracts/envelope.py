"""The metadata of a message, and its form in NATS headers: CloudEvents 1.0, binary mode.

Attribute names get the prefix `ce-`, values are percent-encoded as the CloudEvents NATS binding
asks (everything outside U+0021..U+007E, plus space, quote and percent). `rc-command-hash` and
`traceparent` are ours and W3C's.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import unquote

import msgspec

from contracts.errors import BadEnvelope

SPEC_VERSION = "1.0"
COMMAND_HASH = "rc-command-hash"
SEQUENCE = "rc-seq"
EXPIRES = "rc-expires"
REPLY_TO = "reply-to"
TRACEPARENT = "traceparent"
_ENCODED = frozenset(' "%')


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """Who said a message, when, and what it follows from.

    `id` names the message for ever; `type` is e.g. `gfx.hand_recorded.v1`; `source` the service;
    `time` when it was decided (UTC). `correlation_id` is the whole story, `causation_id` the direct
    parent: the command of an event, the event of a reactor's command. `actor` is the person or
    service that asked. `command_hash` lets a repeated command be told from a changed one.
    """

    id: str
    type: str
    source: str
    time: datetime
    correlation_id: str
    causation_id: str = ""
    actor: str = ""
    command_hash: str = ""
    traceparent: str = ""


def encode_value(text: str) -> str:
    """Percent-encode one header value by the CloudEvents rule."""
    if text.isascii() and text.isprintable() and not _ENCODED.intersection(text):
        return text
    return "".join(
        c
        if "\x21" <= c <= "\x7e" and c not in _ENCODED
        else "".join(f"%{b:02X}" for b in c.encode())
        for c in text
    )


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, e.g. `2026-05-01T12:00:00.000001Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> datetime:
    """Read RFC 3339; raises BadEnvelope when it has no zone or cannot be read."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadEnvelope(f"time {text!r} cannot be read") from error
    if moment.tzinfo is None:
        raise BadEnvelope(f"time {text!r} has no zone")
    # Every event of a replay comes by here, and nearly all are said in UTC.
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def to_headers(envelope: Envelope) -> dict[str, str]:
    """Headers of one message; empty attributes are left out."""
    headers = {
        "ce-specversion": SPEC_VERSION,
        "ce-id": encode_value(envelope.id),
        "ce-type": envelope.type,
        "ce-source": encode_value(envelope.source),
        "ce-time": format_time(envelope.time),
        "ce-correlationid": encode_value(envelope.correlation_id),
    }
    if envelope.causation_id:
        headers["ce-causationid"] = encode_value(envelope.causation_id)
    if envelope.actor:
        headers["ce-actor"] = encode_value(envelope.actor)
    if envelope.command_hash:
        headers[COMMAND_HASH] = envelope.command_hash
    if envelope.traceparent:
        headers[TRACEPARENT] = envelope.traceparent
    return headers


def from_headers(headers: Mapping[str, str] | None) -> Envelope:
    """Read the envelope; raises BadEnvelope that names what is missing."""
    if not headers:
        raise BadEnvelope("the message has no headers")
    text = headers.get
    try:
        return Envelope(
            id=_decoded(headers["ce-id"]),
            type=headers["ce-type"],
            source=_decoded(headers["ce-source"]),
            time=parse_time(headers["ce-time"]),
            correlation_id=_decoded(text("ce-correlationid", "")),
            causation_id=_decoded(text("ce-causationid", "")),
            actor=_decoded(text("ce-actor", "")),
            command_hash=text(COMMAND_HASH, ""),
            traceparent=text(TRACEPARENT, ""),
        )
    except KeyError as error:
        raise BadEnvelope(f"header {error.args[0]} is missing") from error


def _decoded(value: str) -> str:
    """Most values have nothing encoded in them, and looking is much cheaper than decoding."""
    return unquote(value) if "%" in value else value


def identity(headers: Mapping[str, str]) -> str:
    """Names one stored message: its id and when it was said.

    The id alone is not enough: a fact read from a file has the same id when it is said again, for
    example after the log was restored to an earlier copy.
    """
    return f"{headers.get('ce-id', '')} {headers.get('ce-time', '')}".strip()
