"""What operators say about a tournament event: the hold of its tables' stacks, and places.

A hold is the minutes for which a table's stack wins over a later statement of the platform.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from contracts.messages.wsop_event import SetElimination, SetHold, WithdrawElimination
from services.gateway.routes.commands import None_, Send, Text
from services.gateway.routes.context import NoQuery
from services.gateway.routes.operators import Said, WhyQuery
from services.gateway.routes.parameters import NAME_LENGTH_MAX, ORDINAL_MAX, PersonId

router = APIRouter(tags=["operators"])

# PostgreSQL cannot store NUL, and no other control character is ever meant.
EventName = Annotated[
    str,
    Path(min_length=1, max_length=NAME_LENGTH_MAX, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$"),
]
# The service tells what is too much; the bound only keeps numbers small.
Number = Annotated[int, Field(ge=-ORDINAL_MAX, le=ORDINAL_MAX)]


class NewHold(NoQuery):
    """A hold in minutes, 30 unless somebody says otherwise."""

    minutes: Number


class NewElimination(NoQuery):
    """The place in which somebody went out."""

    place: Number
    reason: Text


@router.put("/events/{event_id}/hold")
async def set_hold(send: Send, event_id: EventName, body: NewHold, _: None_) -> Said:
    """Say how long a table's stack wins over a later statement of the platform."""
    command = SetHold(event_id=event_id, minutes=body.minutes)
    return Said(sequence=(await send.send(command)).sequence)


@router.put("/events/{event_id}/eliminations/{person_id}")
async def set_elimination(
    send: Send, event_id: EventName, person_id: PersonId, body: NewElimination, _: None_
) -> Said:
    """Say in which place somebody went out; the final rank of the platform wins over it.

    Chips that are counted or played later take it back.
    """
    command = SetElimination(
        event_id=event_id, person_id=person_id, place=body.place, reason=body.reason
    )
    return Said(sequence=(await send.send(command)).sequence)


@router.delete("/events/{event_id}/eliminations/{person_id}")
async def withdraw_elimination(
    send: Send, event_id: EventName, person_id: PersonId, query: Annotated[WhyQuery, Query()]
) -> Said:
    """Take the place that somebody said back."""
    command = WithdrawElimination(event_id=event_id, person_id=person_id, reason=query.reason or "")
    return Said(sequence=(await send.send(command)).sequence)
