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
from pydantic import Field, field_validator

from bus.api import Bus
from contracts.envelope import parse_time
from contracts.errors import BadEnvelope
from services.gateway.errors import Problem, not_found
from services.gateway.routes.context import SEQUENCE_MAX, Gateway, ReadQuery
from services.gateway.views import Snapshot, Values

READS = ("unified_players",)
# A sequence, or a moment with its zone.
AS_OF_LENGTH_MAX = 40
# A person has a handful of ids, a dozen fields and a few pictures; 300 overrides of one id.
ROWS_MAX = 1000

_COVERS = "from_seq <= {0} and (to_seq is null or {0} < to_seq)"
_SAID = ("wsop", "gfx", "manual")


class AsOfQuery(ReadQuery):
    """Query of a read that may go back: who is who and what holds, but never what was erased."""

    as_of: str | None = Field(
        default=None,
        max_length=AS_OF_LENGTH_MAX,
        description="what was known at a sequence of the log, or by a moment (RFC 3339)",
    )

    @field_validator("as_of")
    @classmethod
    def _check(cls, given: str | None) -> str | None:
        if given is not None and not _is_sequence(given):
            try:
                parse_time(given)
            except BadEnvelope as error:
                raise ValueError(str(error)) from error
        return given


class PlayerQuery(AsOfQuery):
    """Query of people, as shown or as the sources tell."""

    raw: bool = Field(default=False, description="without what people said: overrides, pictures")


class Moment(msgspec.Struct, frozen=True):
    """Which view tells of it, on which condition, and the sequence that it waits for."""

    view: str
    where: Mapping[str, Any]
    min_seq: int


def _is_sequence(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) <= SEQUENCE_MAX


async def moment(gateway: Gateway, query: AsOfQuery) -> Moment:
    """What an `as_of` means. Raises Problem 422 for a sequence that the log has not reached."""
    if query.as_of is None:
        return Moment("unified_players", {}, query.min_seq)
    head = (await gateway.bus.head()).sequence
    if not _is_sequence(query.as_of):
        sequence = await last_stored(gateway.bus, query.as_of, head)
    else:
        sequence = int(query.as_of)
    if sequence > head:
        raise Problem(422, "as_of_ahead", f"the log ends at {head}, {sequence} is not told yet")
    return Moment("player_history", {_COVERS: sequence}, max(sequence, query.min_seq))


async def last_stored(bus: Bus, text: str, head: int) -> int:
    """Sequence of the last event said by a moment, by halving: a log may be long."""
    by, low, high = parse_time(text), 1, head + 1
    while low < high:
        middle = (low + high) // 2
        message = await bus.event_at(middle)
        if message is not None and parse_time(message.headers["ce-time"]) > by:
            high = middle
        else:
            low = middle + 1
    return low - 1


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
