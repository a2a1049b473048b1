"""Overrides: set, withdrawn, approved, and the beginning and end of their windows.

Of the overrides of one field on one id, no two of equal priority may hold at the same time; those
that are withdrawn or over do not count. Approval is put on record and changes nothing else.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from contracts.decision import Refusal, conflict, invalid, not_found
from contracts.messages import Event, override_commands
from contracts.messages.override import (
    OverrideActivated,
    OverrideApproved,
    OverrideExpired,
    OverrideSet,
    OverrideWithdrawn,
)
from contracts.people.fields import PRIVATE, BadValue, checked
from contracts.people.overrides import compete, from_fact, phase
from services.override.domain.refusals import id_problem, person_problem, reason_problem
from services.override.domain.state import Held, KeepOverride, Person, TellPhase

# A dozen fields, each corrected now and then; more is a program gone wrong. Withdrawn ones count.
OVERRIDES_MAX = 300
PRIORITY_MAX = 1000


def keep(command: KeepOverride, person: Person, now: datetime) -> Sequence[Event] | Refusal:
    """Set an override."""
    asked = command.asked
    refused = (
        person_problem(person)
        or id_problem("override", asked.override_id)
        or reason_problem(asked.reason)
        or _place_problem(asked, person)
        or _source_problem(command)
    )
    if refused:
        return refused
    try:
        said = _said(command, now)
    except BadValue as error:
        return invalid("bad_value", str(error))
    except (OverflowError, ValueError) as error:
        return invalid("bad_window", f"the window cannot be read: {error}")
    if said.valid_from and said.valid_until and said.valid_until <= said.valid_from:
        return invalid("empty_window", "the window ends before it begins")
    return _overlap(said, person) or [said]


def _place_problem(asked: override_commands.SetOverride, person: Person) -> Refusal | None:
    if asked.override_id in person.overrides:
        return conflict("override_exists", f"override {asked.override_id} exists already")
    if len(person.overrides) >= OVERRIDES_MAX:
        message = f"a person has at most {OVERRIDES_MAX} overrides"
        return conflict("too_many_overrides", message)
    if not 0 <= asked.priority <= PRIORITY_MAX:
        return invalid("bad_priority", f"a priority is a number from 0 to {PRIORITY_MAX}")
    return None


def _source_problem(command: KeepOverride) -> Refusal | None:
    """A public value is said, a private one was uploaded; never otherwise."""
    asked = command.asked
    if asked.field not in PRIVATE:
        if asked.upload_id is not None:
            return invalid("public_upload", f"{asked.field} is given as a value, not as an upload")
        return None if asked.value else invalid("no_value", f"no value for {asked.field}")
    if asked.value is not None:
        return invalid(
            "private_value", f"{asked.field} is private: store it as an upload and name that"
        )
    if command.problem or command.object:
        return command.problem
    return invalid("no_value", f"no upload for {asked.field}")


def _said(command: KeepOverride, now: datetime) -> OverrideSet:
    asked = command.asked
    valid_from, valid_until = _utc(asked.valid_from), _utc(asked.valid_until)
    return OverrideSet(
        person_id=asked.person_id,
        override_id=asked.override_id,
        field=asked.field,
        value=None if asked.value is None else checked(asked.field, asked.value),
        object=command.object,
        reason=asked.reason.strip(),
        priority=asked.priority,
        valid_from=valid_from,
        valid_until=valid_until,
        created_at=now,
        phase=phase(valid_from, valid_until, now),
    )


def _utc(moment: datetime | None) -> datetime | None:
    if moment is not None and moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no zone")
    return moment and moment.astimezone(UTC)


def _overlap(said: OverrideSet, person: Person) -> Refusal | None:
    wanted = from_fact(said)
    if said.phase == "expired":
        return None  # it never held and never will
    for held in person.overrides.values():
        over = phase(held.override.valid_from, held.override.valid_until, said.created_at)
        if not held.withdrawn and over != "expired" and compete(held.override, wanted):
            return conflict(
                "overlapping_window",
                f"override {held.override.override_id} of {said.field} has priority "
                f"{said.priority} in this window, too; choose another, or withdraw it",
                "withdraw_override",
            )
    return None


def withdraw(
    command: override_commands.WithdrawOverride, person: Person
) -> Sequence[Event] | Refusal:
    """Take an override back."""
    held = person.overrides.get(command.override_id)
    if held is None:
        return not_found("override", command.override_id)
    if refused := reason_problem(command.reason):
        return refused
    if held.withdrawn:
        return []
    return [
        OverrideWithdrawn(
            person_id=command.person_id,
            override_id=command.override_id,
            field=held.override.field,
            reason=command.reason.strip(),
        )
    ]


def approve(
    command: override_commands.ApproveOverride, person: Person
) -> Sequence[Event] | Refusal:
    """Put on record that somebody checked an override."""
    held = person.overrides.get(command.override_id)
    if held is None:
        return not_found("override", command.override_id)
    if refused := reason_problem(command.note, needed=False):
        return refused
    if held.withdrawn:
        return conflict("withdrawn", f"override {command.override_id} is withdrawn")
    if held.approved:
        return []
    return [
        OverrideApproved(
            person_id=command.person_id, override_id=command.override_id, note=command.note.strip()
        )
    ]


def tell(command: TellPhase, person: Person, now: datetime) -> Sequence[Event]:
    """Say that a window began or ended, if that still is so."""
    held = person.overrides.get(command.override_id)
    if held is None or _next(held) != command or command.due > now:
        return []
    cls = OverrideActivated if command.phase == "effective" else OverrideExpired
    return [
        cls(
            person_id=command.person_id,
            override_id=command.override_id,
            field=held.override.field,
            effective_at=command.due,
        )
    ]


def due(persons: Iterable[Person]) -> list[TellPhase]:
    """The next word of the timer about every window, in the order in which they are to be said.

    Of one moment, beginnings first: between an end and a beginning the source would be shown.
    """
    found = [
        told for person in persons for held in person.overrides.values() if (told := _next(held))
    ]
    return sorted(found, key=lambda t: (t.due, t.phase == "expired", t.person_id, t.override_id))


def _next(held: Held) -> TellPhase | None:
    override = held.override
    if held.withdrawn:
        return None
    if held.phase == "scheduled" and override.valid_from is not None:
        return TellPhase(
            person_id=override.person_id,
            override_id=override.override_id,
            phase="effective",
            due=override.valid_from,
        )
    if held.phase == "effective" and override.valid_until is not None:
        return TellPhase(
            person_id=override.person_id,
            override_id=override.override_id,
            phase="expired",
            due=override.valid_until,
        )
    return None
