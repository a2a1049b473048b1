"""What is said: one module per speaker. Classes are never edited once published.

A changed meaning or shape is a new class with the next version and an upcaster from the old one.
Three base classes keep the kinds apart, so that the type checker refuses a command where an event
belongs. 64-bit ids and ticks are strings, money is integer cents, chips are integers.
"""

from typing import ClassVar, NamedTuple

import msgspec

from contracts import subjects


class MessageType(NamedTuple):
    """Name of a message class: who says it, about what, and which version."""

    owner: str  # context of an event or notice, service of a command
    entity: str
    name: str
    key: str  # field that holds the entity's id
    version: int = 1

    @property
    def text(self) -> str:
        """The form that travels in the header `ce-type`, e.g. `gfx.hand_recorded.v1`."""
        return f"{self.owner}.{self.name}.v{self.version}"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """Anything on the bus: an event, a command or a notice."""

    TYPE: ClassVar[MessageType]

    @property
    def subject_id(self) -> str:
        """Id of the entity this message is about."""
        return str(getattr(self, self.TYPE.key))


class Event(Message, frozen=True, kw_only=True):
    """A fact in the past tense, never changed."""

    @property
    def subject(self) -> str:
        """The subject this event is stored under."""
        kind = self.TYPE
        return subjects.event(kind.owner, kind.entity, self.subject_id, kind.name)


class Command(Message, frozen=True, kw_only=True):
    """A request in the imperative; it may be refused; exactly one service handles it."""

    @property
    def subject(self) -> str:
        """The subject this command is sent on."""
        kind = self.TYPE
        return subjects.command(kind.owner, kind.entity, self.subject_id, kind.name)


class Notice(Message, frozen=True, kw_only=True):
    """Short-lived word for screens; the newest one per subject is kept, older ones may be lost."""

    @property
    def subject(self) -> str:
        """The subject this notice is said on; every notice class spells its own."""
        raise NotImplementedError
