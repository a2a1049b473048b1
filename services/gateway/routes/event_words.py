"""What operators say about a tournament event: the hold of its tables' stacks, and places.

A hold is the minutes for which a table's stack wins over a later statement of the platform. What
was said is read with the event (`words_of`) and with who is out (`tell_operators`).
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from contracts.messages.wsop_event import (
    HOLD_MINUTES,
    SetElimination,
    SetHold,
    WithdrawElimination,
)
from services.gateway.routes.commands import None_, Send, Text
from services.gateway.routes.context import NoQuery
from services.gateway.routes.operators import Said, WhyQuery
from services.gateway.routes.parameters import ORDINAL_MAX, PersonId
from services.gateway.routes.tournament_reads import EventId, KnownEvent, KnownPerson, name_people
from services.gateway.views import Snapshot, Values

router = APIRouter(tags=["operators"])

# The service tells what is too much; the bound only keeps numbers small.
Number = Annotated[int, Field(ge=-ORDINAL_MAX, le=ORDINAL_MAX)]
# An event has some dozens of words; the newest are shown.
WORDS_MAX = 500
# A page of people, each under a few ids.
PLACES_MAX = 2000
_SAID = ("place", "reason", "actor", "said_at", "sequence")


class NewHold(NoQuery):
    """A hold in minutes, 30 unless somebody says otherwise."""

    minutes: Number


class NewElimination(NoQuery):
    """The place in which somebody went out."""

    place: Number
    reason: Text


@router.put("/events/{event_id:path}/hold")
async def set_hold(send: Send, event_id: KnownEvent, body: NewHold, _: None_) -> Said:
    """Say how long a table's stack wins over a later statement of the platform."""
    command = SetHold(event_id=event_id, minutes=body.minutes)
    return Said(sequence=(await send.send(command)).sequence)


@router.put("/events/{event_id:path}/eliminations/{person_id}")
async def set_elimination(
    send: Send, event_id: KnownEvent, person_id: KnownPerson, body: NewElimination, _: None_
) -> Said:
    """Say in which place somebody went out; the final rank of the platform wins over it.

    Chips that are counted or played later take it back.
    """
    command = SetElimination(
        event_id=event_id, person_id=person_id, place=body.place, reason=body.reason
    )
    return Said(sequence=(await send.send(command)).sequence)


@router.delete("/events/{event_id:path}/eliminations/{person_id}")
async def withdraw_elimination(
    send: Send, event_id: EventId, person_id: PersonId, query: Annotated[WhyQuery, Query()]
) -> Said:
    """Take the place that somebody said back, of whomever it was said."""
    command = WithdrawElimination(event_id=event_id, person_id=person_id, reason=query.reason or "")
    return Said(sequence=(await send.send(command)).sequence)


async def words_of(snapshot: Snapshot, event_id: str) -> Values:
    """`hold`, what holds of the tables' stacks, and `words`, what operators said, newest first.

    Of a hold nobody set, the one that counts without a word. Needs the projection events.
    """
    where: dict[str, Any] = {"event_id": event_id}
    words = await snapshot.select("event_words", where, "sequence desc", WORDS_MAX)
    await name_people(snapshot, words)
    where |= {"word": "hold_set", "holds": True}
    set_by = await snapshot.select("event_words", where, "sequence desc", 1)
    word: Values = set_by[0] if set_by else {"minutes": HOLD_MINUTES}
    names = ("minutes", "actor", "said_at", "sequence")
    return {
        "hold": {name: word.get(name) for name in names} | {"default": not set_by},
        "words": words,
    }


async def tell_operators(snapshot: Snapshot, event_id: str, out: Sequence[Values]) -> None:
    """Give each row of somebody who is out `operator`: the place an operator says, or None.

    Of an identity and the player it is linked to, the later word counts. Needs the projection
    events.
    """
    where: dict[str, Any] = {
        "event_id": event_id,
        "word": "elimination_set",
        "holds": True,
        "person_id = any({0}::text[])": [row["person_id"] for row in out],
    }
    words = await snapshot.select("event_words", where, "sequence", PLACES_MAX)
    newest = {word["person_id"]: {name: word[name] for name in _SAID} for word in words}
    for row in out:
        row["operator"] = newest.get(row["person_id"])
