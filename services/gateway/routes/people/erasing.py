"""Erase what is private of a person: biography, links, birth date, contact data, photos.

It is erased of every id the person has, whatever the read models know to be there: nothing may be
left behind that they do not show yet. Names and results are public record and stay.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from contracts.messages.override_commands import ErasePerson
from services.gateway.errors import Problem
from services.gateway.routes.context import Context, NoQuery
from services.gateway.routes.parameters import PersonId
from services.gateway.routes.people.asking import READS, Moment, person
from services.gateway.routes.people.saying import Reason
from services.gateway.routes.people.sending import PeopleSender

router = APIRouter(tags=["people"])


class ErasureQuery(NoQuery):
    """Why it is erased. The reason stays for ever: nothing private belongs there."""

    reason: Reason


class Erased(BaseModel):
    """Of which ids of the person nothing private is held any more.

    Pass the sequence as `min_seq` to see it; the objects are deleted within seconds.
    """

    ids: list[str]
    sequence: int


@router.delete("/players/{person_id}/personal-data")
async def erase(
    gateway: Context,
    send: Annotated[PeopleSender, Depends()],
    person_id: PersonId,
    query: Annotated[ErasureQuery, Query()],
) -> Erased:
    """Erase private texts and pictures of a person, for good; erased again, nothing happens.

    What is said afterwards holds as ever. Whoever has no answer asks again with the same key.
    """
    head = (await gateway.bus.head()).sequence
    async with gateway.views.read(READS, head) as snapshot:
        row = await person(snapshot, Moment("unified_players", {}, head), person_id)
    ids, sequence = [], 0
    for each in row["ids"]:
        command = ErasePerson(person_id=each, reason=query.reason)
        try:
            said = await send.send_one(f"erase {each}", command)
        except Problem as problem:
            # Whom only a seat correction names: nothing private can have been said of them.
            if problem.status != 404:
                raise
            continue
        ids.append(each)
        sequence = max(sequence, said)
    return Erased(sequence=sequence, ids=ids)
