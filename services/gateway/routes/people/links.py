"""Links: which player of the platform an identity is, because a person says so."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from contracts.messages.override_commands import RejectLink, RemoveLink, VerifyLink
from services.gateway.routes.commands import None_, Send
from services.gateway.routes.context import SEQUENCE_HEADER, Context, NoQuery, Read
from services.gateway.routes.operators import Said, WhyQuery
from services.gateway.routes.parameters import NAME, NAME_LENGTH_MAX, Name, PersonId
from services.gateway.routes.people import models
from services.gateway.routes.people.asking import (
    READS,
    ROWS_MAX,
    Moment,
    known,
    known_player,
    person,
)
from services.gateway.routes.people.saying import Reason

router = APIRouter(tags=["people"])

# An id of the platform, as long as the import takes one.
PlayerId = Annotated[str, Path(min_length=1, max_length=NAME_LENGTH_MAX, pattern=NAME)]


async def _known_player(gateway: Context, wsop_player_id: PlayerId) -> str:
    await known_player(gateway, wsop_player_id)
    return wsop_player_id


KnownPlayer = Annotated[str, Depends(_known_player)]


class NewLink(NoQuery):
    """Which player an identity is."""

    wsop_player_id: Name
    reason: Reason


class Why(NoQuery):
    """Why somebody says so."""

    reason: Reason


@router.get("/players/{person_id}/links")
async def links(
    gateway: Context, response: Response, person_id: PersonId, query: Read
) -> models.Listed[models.Link]:
    """What was said of the person's identities, and of them as a player, with all that followed."""
    async with gateway.views.read(READS, query.min_seq) as snapshot:
        at = Moment("unified_players", {}, query.min_seq)
        row = await person(snapshot, at, person_id)
        either = "(person_id = any({0}::text[]) or player_person_id = any({0}::text[]))"
        where: dict[str, Any] = {either: row["ids"]}
        rows = await snapshot.select("links", where, "person_id, wsop_player_id", ROWS_MAX)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return models.Listed(items=[models.Link(**each) for each in rows], total=len(rows))


@router.post("/players/{person_id}/links", status_code=201)
async def link(gateway: Context, send: Send, person_id: PersonId, body: NewLink, _: None_) -> Said:
    """Say that an identity is a player; it need not have been suggested."""
    await known(gateway, person_id)
    await known_player(gateway, body.wsop_player_id)
    command = VerifyLink(
        person_id=person_id, wsop_player_id=body.wsop_player_id, reason=body.reason
    )
    return Said(sequence=(await send.send(command)).sequence)


@router.post("/players/{person_id}/links/{wsop_player_id}/verify")
async def verify(
    send: Send, person_id: PersonId, wsop_player_id: KnownPlayer, body: Why, _: None_
) -> Said:
    """Say that a suggestion is right."""
    command = VerifyLink(person_id=person_id, wsop_player_id=wsop_player_id, reason=body.reason)
    return Said(sequence=(await send.send(command)).sequence)


@router.post("/players/{person_id}/links/{wsop_player_id}/reject")
async def reject(
    send: Send, person_id: PersonId, wsop_player_id: KnownPlayer, body: Why, _: None_
) -> Said:
    """Say that a suggestion is wrong; it is not made again."""
    command = RejectLink(person_id=person_id, wsop_player_id=wsop_player_id, reason=body.reason)
    return Said(sequence=(await send.send(command)).sequence)


@router.delete("/players/{person_id}/links/{wsop_player_id}")
async def remove(
    send: Send,
    person_id: PersonId,
    wsop_player_id: PlayerId,
    query: Annotated[WhyQuery, Query()],
) -> Said:
    """Take a verified link back: the identity stands for itself again."""
    command = RemoveLink(
        person_id=person_id, wsop_player_id=wsop_player_id, reason=query.reason or "taken back"
    )
    return Said(sequence=(await send.send(command)).sequence)
