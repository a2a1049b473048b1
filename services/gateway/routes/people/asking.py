"""Which person, and as of when: what every read of people begins with.

With `as_of`, as they were: whose id was whose, so also which identities a link made one person; the
values that held with what they overruled, their facts and files; of a link the newest verification
by then. As they are today, whatever `as_of` says: what may be erased (texts of private fields,
addresses and renditions of pictures), so that nothing erased is found by looking back; and
`incomplete`. Lists of the overrides, links and pictures of a person take no `as_of`: each entry
has its history.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from pydantic import Field

from contracts import persons
from services.gateway.errors import not_found
from services.gateway.routes.as_of import AsOfQuery, sequence_of
from services.gateway.routes.context import Gateway
from services.gateway.views import Snapshot, Values

READS = ("unified_players",)
# A person has a handful of ids, a dozen fields and a few pictures; 300 overrides of one id.
ROWS_MAX = 1000

_COVERS = "from_seq <= {0} and (to_seq is null or {0} < to_seq)"
_SAID = ("wsop", "gfx", "manual")
# A field of a row as the sources alone tell it, for conditions: see `without_words`.
SOURCES_SAY = f"""(
    select told ->> 'value'
    from jsonb_array_elements(fields -> '{{}}') with ordinality as candidates (told, place)
    where told ->> 'origin' in {_SAID} order by place limit 1
)"""  # noqa: S608  # joined from constants of ours


class PlayerQuery(AsOfQuery):
    """Query of people, as shown or as the sources tell."""

    raw: bool = Field(default=False, description="without what people said: overrides, pictures")


class Moment(msgspec.Struct, frozen=True):
    """Which view tells of it, on which condition, and the sequence that it waits for."""

    view: str
    where: Mapping[str, Any]
    min_seq: int


async def moment(gateway: Gateway, query: AsOfQuery) -> Moment:
    """What an `as_of` means. Raises Problem 422 for a sequence that the log has not reached."""
    sequence = await sequence_of(gateway, query.as_of)
    if sequence is None:
        return Moment("unified_players", {}, query.min_seq)
    return Moment("player_history", {_COVERS: sequence}, max(sequence, query.min_seq))


async def person(snapshot: Snapshot, at: Moment, person_id: str) -> Values:
    """The person that an id stands for at a moment. Raises Problem 404."""
    where = {"ids ? {0}": person_id, **at.where}
    rows = await snapshot.select(at.view, where, "person_id", 1)
    if not rows:
        raise not_found("player", person_id)
    return rows[0]


async def known(gateway: Gateway, person_id: str, min_seq: int = 0) -> Values:
    """The person an id stands for now; one told of a moment ago is waited for. Raises Problem."""
    at = Moment("unified_players", {}, min_seq)
    async with gateway.views.read(READS, min_seq) as snapshot:
        rows = await snapshot.select(at.view, {"ids ? {0}": person_id}, "person_id", 1)
    if rows:
        return rows[0]
    head = await gateway.bus.head()
    async with gateway.views.read(READS, head.sequence) as snapshot:
        return await person(snapshot, at, person_id)


async def known_player(gateway: Gateway, wsop_player_id: str) -> None:
    """Raises Problem 404 unless a source told of this player of the platform."""
    await known(gateway, persons.of_wsop_player(wsop_player_id))


def without_words(row: Values) -> Values:
    """A person as the sources alone tell it: the first candidate of each that is not people's."""
    told = {
        field: [each for each in candidates if each["origin"] in _SAID]
        for field, candidates in row["fields"].items()
    }
    values = {field: found[0].get("value") if found else None for field, found in told.items()}
    bare = {name: values.get(name, value) for name, value in row.items()}
    bare["fields"] = {field: found for field, found in told.items() if found}
    bare |= {"profile_image_url": row["source_image_url"], "profile_image_renditions": []}
    return bare | {"bio_object": None, "social_links_object": None}
