"""JSON Schema (draft 2020-12) of each message version, and its bare shape."""

from collections.abc import Iterable
from typing import Any

import msgspec

from contracts.messages import Command, Event, Message

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Words for people; what a message may look like does not depend on them.
_WORDS = frozenset({"$id", "$schema", "description", "title"})


def kind(cls: type[Message]) -> str:
    """`event`, `command` or `notice`."""
    if issubclass(cls, Event):
        return "event"
    return "command" if issubclass(cls, Command) else "notice"


def message_schema(cls: type[Message]) -> dict[str, Any]:
    """Schema of one body, complete in itself, titled with the type that travels in `ce-type`."""
    schema = msgspec.json.schema(cls)
    # The class itself is only reached through the root; inline it so that a reader sees it first.
    definitions = schema["$defs"]
    root = definitions.pop(cls.__name__)
    head = {
        "$schema": DIALECT,
        "$id": f"urn:railcast:{cls.TYPE.text}",
        "title": cls.TYPE.text,
        "x-kind": kind(cls),
        "x-subject": address(cls),
    }
    body = {name: value for name, value in root.items() if name != "title"}
    return head | body | ({"$defs": definitions} if definitions else {})


def components(classes: Iterable[type[Message]]) -> dict[str, Any]:
    """Schemas of many messages that share their parts, for `#/components/schemas/`."""
    _, found = msgspec.json.schema_components(classes, ref_template="#/components/schemas/{name}")
    return found


def shape(schema: Any) -> Any:
    """A schema without its words: equal shapes accept the same bodies."""
    if isinstance(schema, list):
        return [shape(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {field: shape(value) for field, value in inner.items()}
        if name in ("properties", "$defs")
        else shape(inner)
        for name, inner in schema.items()
        if name not in _WORDS
    }


class _Placeholders:
    """Stands in for a message whose every field says its own name."""

    def __init__(self, cls: type[Message]) -> None:
        self.TYPE = cls.TYPE
        self.subject_id = _mark(cls.TYPE.key)

    def __getattr__(self, name: str) -> str:
        return _mark(name)


def _mark(name: str) -> str:
    # Hyphens pass through a subject token and occur doubled in no word of a subject.
    return f"--{name}--"


def address(cls: type[Message]) -> str:
    """The subject with field names in braces, e.g. `evt.gfx.game.{game_id}.game_seen`.

    Asked from the class's own `subject`, which is the only place that knows it.
    """
    spelled: str = cls.subject.fget(_Placeholders(cls))  # type: ignore[attr-defined]
    opened = spelled.split("--")
    return "".join(f"{{{part}}}" if place % 2 else part for place, part in enumerate(opened))
