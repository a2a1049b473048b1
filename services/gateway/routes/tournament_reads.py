"""What reads of tournament events share: the event that is meant, and the names of its people."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Depends, Path

from services.gateway.errors import not_found
from services.gateway.routes.context import Context
from services.gateway.routes.parameters import Name, PersonId
from services.gateway.views import Snapshot, Values

EventId = Annotated[Name, Path()]
EVENTS = "events"
PEOPLE = "unified_players"
STANDINGS = "standings"

_NAMES = "select person_id, name, country_code from"
_OF_THESE = "person_id = any($1)"
_COVERS = "from_seq <= $2 and (to_seq is null or to_seq > $2)"


async def known_event(snapshot: Snapshot, event_id: str) -> Values:
    """The event's row; raises Problem 404."""
    found = await snapshot.one("events", "event_id", event_id)
    if found is None:
        raise not_found("event", event_id)
    return found


async def _told_event(gateway: Context, event_id: EventId) -> str:
    """The id of an event that a source or a binding names."""
    if not await _told(gateway, (EVENTS,), {"events": {"event_id": event_id}}):
        raise not_found("event", event_id)
    return event_id


async def _told_person(gateway: Context, event_id: EventId, person_id: PersonId) -> str:
    """The id, as it was given, of somebody known; in an event also of one without any name."""
    places = {
        "unified_players": {"ids ? {0}": person_id},
        "event_players": {"event_id": event_id, "person_id": person_id},
    }
    if not await _told(gateway, (PEOPLE, STANDINGS), places):
        raise not_found("player", person_id)
    return person_id


async def _told(
    gateway: Context, projections: tuple[str, ...], places: Mapping[str, Mapping[str, str]]
) -> bool:
    """Whether one of these views has such a row; what was told a moment ago is waited for."""
    for wait in (False, True):
        sequence = (await gateway.bus.head()).sequence if wait else 0
        async with gateway.views.read(projections, sequence) as snapshot:
            for view, where in places.items():
                if await snapshot.count(view, where):
                    return True
    return False


# What people say something about must be there: of nobody a place would take a prize from others.
KnownEvent = Annotated[str, Depends(_told_event)]
KnownPerson = Annotated[str, Depends(_told_person)]


async def name_people(
    snapshot: Snapshot, items: Sequence[Values], sequence: int | None = None
) -> None:
    """Give rows the name and the country of their persons, where one is known.

    With a sequence as they were known then.
    """
    wanted = {row["person_id"] for row in items if row["person_id"]}
    if sequence is None:
        people = await snapshot.rows(
            f"{_NAMES} views.unified_players where {_OF_THESE}", list(wanted)
        )
    else:
        then = f"{_NAMES} views.player_history where {_OF_THESE} and {_COVERS}"
        people = await snapshot.rows(then, list(wanted), sequence)
    known = {row["person_id"]: row for row in people}
    for row in items:
        person = known.get(row["person_id"], {})
        row["name"] = person.get("name") or row.get("name") or row.get("player_name")
        row["country_code"] = person.get("country_code") or row.get("country_code")
