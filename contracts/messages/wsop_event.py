"""What operators say about a tournament event: how long its tables' stacks hold, and who went out.

A person id may be that of an identity; whoever shows a place resolves links.
"""

from typing import ClassVar

from contracts.messages import Command, Event, MessageType

# Minutes for which a table's stack wins over a later count of the platform, unless somebody says
# otherwise: floor staff count in every break, and a table plays on meanwhile.
HOLD_MINUTES = 30


class SetHold(Command, frozen=True, kw_only=True):
    """Say how many minutes a table's stack wins over a later statement of the platform."""

    TYPE: ClassVar = MessageType("wsop-import", "event", "set_hold", "event_id")
    event_id: str
    minutes: int


class SetElimination(Command, frozen=True, kw_only=True):
    """Say in which place somebody went out; said again, it replaces the place before."""

    TYPE: ClassVar = MessageType("wsop-import", "event", "set_elimination", "event_id")
    event_id: str
    person_id: str
    place: int
    reason: str


class WithdrawElimination(Command, frozen=True, kw_only=True):
    """Take the place that somebody said back."""

    TYPE: ClassVar = MessageType("wsop-import", "event", "withdraw_elimination", "event_id")
    event_id: str
    person_id: str
    reason: str


class HoldSet(Event, frozen=True, kw_only=True):
    """For so many minutes a table's stack wins over a later statement of the platform."""

    TYPE: ClassVar = MessageType("wsop", "event", "hold_set", "event_id")
    event_id: str
    minutes: int


class EliminationSet(Event, frozen=True, kw_only=True):
    """Somebody went out in this place: better than a table's word, less than the platform's."""

    TYPE: ClassVar = MessageType("wsop", "event", "elimination_set", "event_id")
    event_id: str
    person_id: str
    place: int
    reason: str


class EliminationWithdrawn(Event, frozen=True, kw_only=True):
    """The place that was said of somebody does not count; others tell it, or nobody."""

    TYPE: ClassVar = MessageType("wsop", "event", "elimination_withdrawn", "event_id")
    event_id: str
    person_id: str
    reason: str
