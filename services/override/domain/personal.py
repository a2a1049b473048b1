"""Persons themselves: entered by an operator, and erased."""

from collections.abc import Sequence

from contracts import persons
from contracts.decision import Refusal, conflict, invalid
from contracts.messages import Event, override_commands
from contracts.messages.override import PersonCreated, PersonErased
from contracts.people.fields import ERASED, BadValue, checked
from services.override.domain.refusals import person_problem, reason_problem
from services.override.domain.state import Person


def create(command: override_commands.CreatePerson, state: Person) -> Sequence[Event] | Refusal:
    """Enter somebody no source knows."""
    own = command.person_id.startswith(f"{persons.MANUAL}-")
    if not own or not persons.is_person_id(command.person_id):
        message = f"{command.person_id!r} is no id of a person only an operator knows"
        return invalid("bad_person_id", message)
    if state.created:
        return conflict("person_exists", f"person {command.person_id} exists already")
    if refused := reason_problem(command.reason):
        return refused
    try:
        name = checked("name", command.name)
    except BadValue as error:
        return invalid("bad_value", str(error))
    return [PersonCreated(person_id=command.person_id, name=name, reason=command.reason.strip())]


def erase(command: override_commands.ErasePerson, state: Person) -> Sequence[Event] | Refusal:
    """Erase the private fields and the pictures.

    Said also where nothing private is held: the read models may hold what others told them.
    """
    if refused := person_problem(state) or reason_problem(command.reason):
        return refused
    if state.erased:
        return []
    return [
        PersonErased(
            person_id=command.person_id,
            reason=command.reason.strip(),
            overrides=tuple(k for k, h in state.overrides.items() if h.override.field in ERASED),
            images=tuple(state.images),
            objects=tuple(sorted(state.objects)),
        )
    ]
