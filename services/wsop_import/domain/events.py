"""What operators say about a tournament event: the hold of its tables' stacks, and places.

What holds already is accepted and not said again.
"""

from collections.abc import Sequence

import msgspec

from contracts import persons
from contracts.decision import Refusal, invalid
from contracts.messages import Event
from contracts.messages.wsop_event import (
    HOLD_MINUTES,
    EliminationSet,
    EliminationWithdrawn,
    HoldSet,
    SetElimination,
    SetHold,
    WithdrawElimination,
)

# A day: longer than any break between two counts.
HOLD_MINUTES_MAX = 1440
# The largest field ever was some 10,000; ten times that is a slip of the finger.
PLACE_MAX = 100_000
# People with a place that somebody said, per event: those of a paid field.
ELIMINATIONS_MAX = 5_000
# Characters of a reason: a few sentences, shown beside the row they explain.
REASON_LENGTH_MAX = 500
# Characters of an id that another system gave.
ID_LENGTH_MAX = 200

type EventCommand = SetHold | SetElimination | WithdrawElimination
# The same as classes, for whoever sorts what is asked.
EVENT_COMMANDS = (SetHold, SetElimination, WithdrawElimination)


class Said(msgspec.Struct, frozen=True):
    """The place somebody said of a person, and why."""

    place: int
    reason: str


class EventWords(msgspec.Struct):
    """What was said about one event; `places` by person id."""

    hold_minutes: int = HOLD_MINUTES
    places: dict[str, Said] = {}


def follow_event(state: EventWords, event: Event) -> EventWords:
    """State after one event about a tournament event; changes the object it is given."""
    match event:
        case HoldSet():
            state.hold_minutes = event.minutes
        case EliminationSet():
            state.places[event.person_id] = Said(event.place, event.reason)
        case EliminationWithdrawn():
            state.places.pop(event.person_id, None)
    return state


def decide_event(command: EventCommand, state: EventWords) -> Sequence[Event] | Refusal:
    """Events about a tournament event.

    Refusals: `bad_minutes`, `bad_place`, `bad_person`, `text_too_long`, `too_many_eliminations`,
    `elimination_not_found`.
    """
    if refusal := _too_long(command):
        return refusal
    match command:
        case SetHold():
            return _set_hold(command, state)
        case SetElimination():
            return _set_elimination(command, state)
        case WithdrawElimination():
            return _withdraw(command, state)


def _set_hold(command: SetHold, state: EventWords) -> Sequence[Event] | Refusal:
    if not 0 <= command.minutes <= HOLD_MINUTES_MAX:
        message = f"a hold is 0 to {HOLD_MINUTES_MAX} minutes, not {command.minutes}"
        return invalid("bad_minutes", message)
    if command.minutes == state.hold_minutes:
        return ()
    return (HoldSet(event_id=command.event_id, minutes=command.minutes),)


def _set_elimination(command: SetElimination, state: EventWords) -> Sequence[Event] | Refusal:
    if not 1 <= command.place <= PLACE_MAX:
        return invalid("bad_place", f"a place is 1 to {PLACE_MAX}, not {command.place}")
    if not persons.is_person_id(command.person_id):
        return invalid("bad_person", f"{command.person_id!r} is no id of a person")
    known = state.places.get(command.person_id)
    if known == Said(command.place, command.reason):
        return ()
    if known is None and len(state.places) >= ELIMINATIONS_MAX:
        message = f"{ELIMINATIONS_MAX} people have a place already; withdraw those not needed"
        return invalid("too_many_eliminations", message)
    return (EliminationSet(**msgspec.structs.asdict(command)),)


def _withdraw(command: WithdrawElimination, state: EventWords) -> Sequence[Event] | Refusal:
    if command.person_id not in state.places:
        return Refusal(
            code="not_found",
            reason="elimination_not_found",
            message=f"nobody said a place of {command.person_id} in {command.event_id}",
        )
    return (EliminationWithdrawn(**msgspec.structs.asdict(command)),)


def _too_long(command: EventCommand) -> Refusal | None:
    for field, value in msgspec.structs.asdict(command).items():
        limit = REASON_LENGTH_MAX if field == "reason" else ID_LENGTH_MAX
        if isinstance(value, str) and len(value) > limit:
            message = f"{field} has {len(value)} characters, at most {limit} are kept; shorten it"
            return invalid("text_too_long", message)
    return None
