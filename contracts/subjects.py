"""The subject grammar: the only place where a subject is spelled or taken apart.

| family | form |
|---|---|
| event | `evt.<context>.<entity>.<id>.<event>` |
| command | `cmd.<service>.<entity>.<id>.<verb>` |
| notice | `broadcast.<session>...`, `render-progress.<render>` |
| notice | `sync-status.<source>.<entity>`, `notifications.<user or role>` |
| dead letter | `dlq.<service>.<consumer>` |

The id stands before the last token, so that one wildcard covers one entity.
"""

import hashlib
import re
from typing import NamedTuple

from contracts.errors import BadSubject

# 64 characters keep a subject below NATS's own limits and a line in a terminal readable.
TOKEN_LENGTH_MAX = 64
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_PASSES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")

EVENTS_ALL = "evt.>"
COMMANDS_ALL = "cmd.>"
DEAD_LETTERS_ALL = "dlq.>"
LIVE_ALL = ("broadcast.>", "render-progress.>", "sync-status.>", "notifications.>")


class EventSubject(NamedTuple):
    """An event subject taken apart."""

    context: str
    entity: str
    entity_id: str
    event: str


class CommandSubject(NamedTuple):
    """A command subject taken apart."""

    service: str
    entity: str
    entity_id: str
    verb: str


def token(value: str) -> str:
    """Turn any text into one subject token of at most 64 characters.

    Letters, digits, `-` and `_` pass; every other UTF-8 byte becomes `=XX`. A result that is too
    long is replaced by `=` and 63 hex digits of its SHA-256, so two long ids stay apart.
    Raises BadSubject for the empty text.
    """
    if _TOKEN.match(value):
        return value
    if not value:
        raise BadSubject("an id must not be empty")
    encoded = "".join(chr(b) if b in _PASSES else f"={b:02X}" for b in value.encode())
    if len(encoded) <= TOKEN_LENGTH_MAX:
        return encoded
    return "=" + hashlib.sha256(value.encode()).hexdigest()[: TOKEN_LENGTH_MAX - 1]


def event(context: str, entity: str, entity_id: str, name: str) -> str:
    """Subject of one event."""
    return f"evt.{context}.{entity}.{token(entity_id)}.{name}"


def entity(context: str, name: str, entity_id: str) -> str:
    """Filter that covers every event of one entity and nothing else."""
    return f"evt.{context}.{name}.{token(entity_id)}.>"


def context_events(context: str) -> str:
    """Filter that covers every event of one context."""
    return f"evt.{context}.>"


def events_of(context: str, entity_name: str) -> str:
    """Filter that covers every event of one kind of entity."""
    return f"evt.{context}.{entity_name}.>"


def events_named(context: str, entity_name: str, name: str) -> str:
    """Filter that covers one kind of event over all entities."""
    return f"evt.{context}.{entity_name}.*.{name}"


def parse_event(subject: str) -> EventSubject:
    """Take an event subject apart; raises BadSubject for anything else."""
    parts = subject.split(".")
    if len(parts) != 5 or parts[0] != "evt":
        raise BadSubject(f"{subject!r} is not evt.<context>.<entity>.<id>.<event>")
    return EventSubject(*parts[1:])


def command(service: str, entity_name: str, entity_id: str, verb: str) -> str:
    """Subject of one command; `service` is the hyphenated name."""
    return f"cmd.{service}.{entity_name}.{token(entity_id)}.{verb}"


def service_commands(service: str) -> str:
    """Filter that covers every command of one service."""
    return f"cmd.{service}.>"


def parse_command(subject: str) -> CommandSubject:
    """Take a command subject apart; raises BadSubject for anything else."""
    parts = subject.split(".")
    if len(parts) != 5 or parts[0] != "cmd":
        raise BadSubject(f"{subject!r} is not cmd.<service>.<entity>.<id>.<verb>")
    return CommandSubject(*parts[1:])


def broadcast_session(session_id: str) -> str:
    """Where the state of a session is said; it lists the subjects of its items."""
    return f"broadcast.{token(session_id)}.session"


def broadcast_sheet(session_id: str, sheet_id: str) -> str:
    """Where the state of one cue sheet is said."""
    return f"broadcast.{token(session_id)}.cue_sheet.{token(sheet_id)}"


def broadcast_item(session_id: str, item_id: str) -> str:
    """Where the state of one cue is said."""
    return f"broadcast.{token(session_id)}.cue_item.{token(item_id)}"


def render_progress(render_id: str) -> str:
    """Where the progress of one render is said."""
    return f"render-progress.{token(render_id)}"


def sync_status(source: str, entity_name: str) -> str:
    """Where the state of one source is said."""
    return f"sync-status.{token(source)}.{token(entity_name)}"


def notifications(audience: str) -> str:
    """Where notifications of one user or role are said."""
    return f"notifications.{token(audience)}"


def dead_letter(service: str, consumer: str) -> str:
    """Where a message set aside by one consumer of a service goes."""
    return f"dlq.{token(service)}.{token(consumer)}"
