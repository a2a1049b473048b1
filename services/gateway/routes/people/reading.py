"""Lists of people, and one person."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import Field

from contracts.countries import country_spellings
from services.gateway.routes.context import (
    PAGE_DEFAULT,
    PAGE_MAX,
    SEQUENCE_HEADER,
    Context,
)
from services.gateway.routes.models import List
from services.gateway.routes.parameters import OptionalName, PersonId
from services.gateway.routes.people import models
from services.gateway.routes.people.asking import (
    READS,
    SOURCES_SAY,
    PlayerQuery,
    moment,
    person,
    without_words,
)
from services.gateway.routes.people.searching import LIKE, letters
from services.gateway.routes.people.texts import kept_text
from services.gateway.views import Listing, Window

router = APIRouter(tags=["people"])


class PlayersQuery(PlayerQuery):
    """Query of the people, by name. Filters look at what is shown, also where `raw` is asked for.

    `event_id`: a stack was told there, or a seat of a hand of it is theirs (not with `as_of`).
    `country`: any code of it, ISO or Olympic; one that is none finds whom a source told of with it.
    """

    limit: int = Field(default=PAGE_DEFAULT, ge=1, le=PAGE_MAX)
    cursor: str | None = Field(default=None, max_length=1000)
    q: OptionalName = None
    source: Annotated[str | None, Field(pattern="^(wsop|gfx|manual)$")] = None
    country: OptionalName = None
    event_id: OptionalName = None


@router.get("/players", response_model=List[models.Player])
async def players(
    gateway: Context, response: Response, query: Annotated[PlayersQuery, Query()]
) -> dict[str, Any]:
    """People by name, one row per person."""
    at = await moment(gateway, query)
    where: dict[str, Any] = dict(at.where)
    if query.q is not None:
        where[LIKE] = letters(query.q)
    if query.source is not None:
        where["sources ? {0}"] = query.source
    if query.country is not None:
        told = SOURCES_SAY.format("country_code") if query.raw else "country_code"
        where[f"upper({told}) = any({{0}}::text[])"] = country_spellings(query.country)
    reads: tuple[str, ...] = READS
    if query.event_id is not None:
        seated = "array(select person_id from views.hand_seats where event_id = {0})"
        now = query.as_of is None
        where[f"(event_ids ? {{0}} or ids ?| {seated})" if now else "event_ids ? {0}"] = (
            query.event_id
        )
        reads = (*READS, "hands") if now else READS
    window = Window(limit=query.limit, order="asc", cursor=query.cursor)
    listing = Listing(at.view, ("sort_key", "person_id"))
    async with gateway.views.read(reads, at.min_seq) as snapshot:
        page = await snapshot.page(listing, window, where)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    items = [without_words(row) for row in page.items] if query.raw else page.items
    return {"items": items, "total": page.total, "next_cursor": page.next_cursor}


@router.get("/players/{person_id}")
async def player(
    gateway: Context,
    response: Response,
    person_id: PersonId,
    query: Annotated[PlayerQuery, Query()],
) -> models.OnePlayer:
    """The person that an id stands for, whatever it stood for before."""
    at = await moment(gateway, query)
    async with gateway.views.read(READS, at.min_seq) as snapshot:
        row = await person(snapshot, at, person_id)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    if query.raw:
        row = without_words(row)
    links = await kept_text(gateway.objects, row["social_links_object"])
    held = {field: candidates[0] for field, candidates in row["fields"].items()}
    return models.OnePlayer(
        **row,
        bio=await kept_text(gateway.objects, row["bio_object"]),
        social_links=None if links is None else msgspec.json.decode(links),
        provenance={field: models.Candidate(**each) for field, each in held.items()},
    )
