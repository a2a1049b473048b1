"""What reads of tournament events share: the event that is meant, and the names of its people."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Path

from services.gateway.errors import not_found
from services.gateway.routes.parameters import NAME_LENGTH_MAX
from services.gateway.views import Snapshot, Values

EventId = Annotated[str, Path(min_length=1, max_length=NAME_LENGTH_MAX)]
PEOPLE = "unified_players"

_NAMES = "select person_id, name, country_code from"
_OF_THESE = "person_id = any($1)"
_COVERS = "from_seq <= $2 and (to_seq is null or to_seq > $2)"


async def known_event(snapshot: Snapshot, event_id: str) -> Values:
    """The event's row; raises Problem 404."""
    found = await snapshot.one("events", "event_id", event_id)
    if found is None:
        raise not_found("event", event_id)
    return found


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
