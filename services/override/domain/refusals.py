"""The checks that several commands about a person share."""

import re

from contracts import persons
from contracts.decision import Refusal, invalid, not_found
from services.override.domain.state import Person

# A reason is read in a list; who needs more room writes a document elsewhere.
REASON_LENGTH_MAX = 500
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def person_problem(person: Person) -> Refusal | None:
    """Why nothing can be said about this person id."""
    if not persons.is_person_id(person.person_id):
        return invalid("bad_person_id", f"{person.person_id!r} is no person id")
    if person.person_id.startswith(f"{persons.MANUAL}-") and not person.created:
        return not_found("person", person.person_id)
    return None


def id_problem(what: str, name: str) -> Refusal | None:
    """Why an id of ours cannot be used."""
    if _ID.match(name):
        return None
    return invalid("bad_id", f"{what} {name!r} is not 1 to 64 letters, digits, - or _")


def reason_problem(reason: str, *, needed: bool = True) -> Refusal | None:
    """Why a reason or a note is none."""
    if needed and not reason.strip():
        return invalid("no_reason", "a reason must be given: others will ask for it")
    if len(reason) > REASON_LENGTH_MAX:
        message = f"the text has {len(reason)} characters, {REASON_LENGTH_MAX} are possible"
        return invalid("reason_too_long", message)
    return None
