"""The AsyncAPI 3 document: who says what on which subject, with headers, bodies and streams.

One channel is one family of subjects: all events of an entity, all commands to an entity, or one
kind of notice. AsyncAPI's NATS binding has no words for JetStream; its facts stand in `x-stream`.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from contracts.envelope import COMMAND_HASH, EXPIRES, REPLY_TO, SEQUENCE, SPEC_VERSION, TRACEPARENT
from contracts.messages import Command, Event, Message
from contracts.registry import BY_TYPE
from contracts.streams import COMMANDS, EVENTS, LIVE, MESSAGE_BYTES_MAX
from deploy.contracts.schemas import address, components, kind

ASYNCAPI_VERSION = "3.0.0"
# Of the description, not of the program: it goes up when the catalogue's meaning does.
DOCUMENT_VERSION = "1.0.0"

type Json = dict[str, Any]

_STREAMS = {"event": EVENTS, "command": COMMANDS, "notice": LIVE}
_ALWAYS = ("ce-id", "ce-type", "ce-source", "ce-time", "ce-specversion", "ce-correlationid")


def document() -> Json:
    """The whole document; every message of the registry is in it."""
    families: dict[str, list[type[Message]]] = defaultdict(list)
    for cls in BY_TYPE.values():
        families[family(cls)].append(cls)
    return {
        "asyncapi": ASYNCAPI_VERSION,
        "info": {
            "title": "railcast",
            "version": DOCUMENT_VERSION,
            "description": "Events, commands and notices of the bus of a poker broadcast.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "nats": {
                "host": "127.0.0.1:4222",
                "protocol": "nats",
                "description": "NATS with JetStream; `HOME/run.json` holds the real address.",
            }
        },
        "channels": {_id(place): _channel(place, said) for place, said in families.items()},
        "operations": {_id(place): _operation(place, said) for place, said in families.items()},
        "components": {
            "messages": {text: _message(cls) for text, cls in BY_TYPE.items()},
            "messageTraits": {name: {"headers": _headers(name)} for name in _STREAMS},
            "schemas": components(BY_TYPE.values()),
        },
    }


def family(cls: type[Message]) -> str:
    """The subject with every part in braces that differs within its family."""
    spelled = address(cls)
    if issubclass(cls, Event):
        return spelled.removesuffix(cls.TYPE.name) + "{event}"
    if issubclass(cls, Command):
        return spelled.removesuffix(cls.TYPE.name) + "{verb}"
    return spelled


def parameters(place: str) -> list[str]:
    """Names in braces, in their order."""
    return [part[1:-1] for part in place.split(".") if part.startswith("{")]


def _id(place: str) -> str:
    """Name of a channel: its fixed tokens, e.g. `evt.gfx.game`."""
    return ".".join(part for part in place.split(".") if not part.startswith("{"))


def _channel(place: str, said: list[type[Message]]) -> Json:
    stream = _STREAMS[kind(said[0])]
    names = sorted(cls.TYPE.name for cls in said)
    return {
        "address": place,
        "messages": {cls.TYPE.text: _reference("messages", cls.TYPE.text) for cls in said},
        "parameters": {
            name: {"description": "last word of the subject", "enum": names}
            if name in ("event", "verb")
            else {"description": "an id as one subject token"}
            for name in parameters(place)
        },
        "x-stream": {
            "name": stream.name,
            "retention": stream.retention,
            "discard": stream.discard,
            "max-age-seconds": stream.max_age_s,
            "max-messages-per-subject": stream.max_msgs_per_subject,
            "max-body-bytes": MESSAGE_BYTES_MAX,
        },
    }


def _operation(place: str, said: list[type[Message]]) -> Json:
    owner = said[0].TYPE.owner
    hears = kind(said[0]) == "command"
    return {
        # Seen from the owner: a service hears its commands, a context says its events and notices.
        "action": "receive" if hears else "send",
        "channel": {"$ref": f"#/channels/{_id(place)}"},
        "summary": f"{owner} {'hears' if hears else 'says'} {', '.join(_names(said))}",
        "x-owner": owner,
    }


def _names(said: Iterable[type[Message]]) -> list[str]:
    return [cls.TYPE.text for cls in said]


def _message(cls: type[Message]) -> Json:
    return {
        "name": cls.TYPE.text,
        "title": cls.__name__,
        "summary": (cls.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "payload": _reference("schemas", cls.__name__),
        "traits": [_reference("messageTraits", kind(cls))],
    }


def _reference(folder: str, name: str) -> Json:
    return {"$ref": f"#/components/{folder}/{name}"}


def _headers(message_kind: str) -> Json:
    """Headers of one kind of message; attribute values are percent-encoded."""
    known = {
        "ce-specversion": {"type": "string", "const": SPEC_VERSION},
        "ce-id": {"type": "string", "description": "names the message for ever"},
        "ce-type": {"type": "string", "description": "type and version, e.g. gfx.game_seen.v1"},
        "ce-source": {"type": "string", "description": "the service that said it"},
        "ce-time": {"type": "string", "format": "date-time"},
        "ce-correlationid": {"type": "string", "description": "the whole story"},
        "ce-causationid": {"type": "string", "description": "the direct parent"},
        "ce-actor": {"type": "string", "description": "the person or service that asked"},
        COMMAND_HASH: {"type": "string", "description": "tells a repeat from another command"},
        TRACEPARENT: {"type": "string", "description": "W3C trace context"},
    }
    more: dict[str, tuple[str, Json]] = {
        "event": ("", {}),
        "command": (
            REPLY_TO,
            {
                REPLY_TO: {"type": "string", "description": "where the answer goes"},
                EXPIRES: {
                    "type": "string",
                    "format": "date-time",
                    "description": "after it the command must not be done",
                },
            },
        ),
        "notice": (
            SEQUENCE,
            {SEQUENCE: {"type": "string", "description": "EVENTS sequence it reflects"}},
        ),
    }
    needed, own = more[message_kind]
    return {
        "type": "object",
        "properties": known | own,
        "required": [*_ALWAYS, *([needed] if needed else [])],
    }
