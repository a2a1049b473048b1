"""All links, whoever they are of: what waits for a person's word, and what was said."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.gateway.routes.context import SEQUENCE_HEADER, Context, NewestQuery
from services.gateway.routes.models import List
from services.gateway.routes.people import models
from services.gateway.routes.tournament_reads import name_people
from services.gateway.views import Listing, Values, Window

router = APIRouter(tags=["people"])

LINKS = Listing("links", ("sequence", "person_id", "wsop_player_id"), numbers=("sequence",))


class LinksQuery(NewestQuery):
    """Query of links, those said last first."""

    status: models.LinkStatus | None = Field(
        default=None, description="`suggested` is what waits for somebody to say yes or no"
    )


@router.get("/links", response_model=List[models.NamedLink])
async def all_links(
    gateway: Context, response: Response, query: Annotated[LinksQuery, Query()]
) -> Values:
    """What was said of every identity and player, with the name of either side."""
    window = Window(limit=query.limit, order=query.order, cursor=query.cursor)
    where = {} if query.status is None else {"status": query.status}
    async with gateway.views.read(("unified_players", "hands"), query.min_seq) as snapshot:
        page = await snapshot.page(LINKS, window, where)
        listed = {"identity_id = any({0}::text[])": [row["person_id"] for row in page.items]}
        told = await snapshot.select("identity_names", listed, "identity_id", query.limit)
        players = [{"person_id": row["player_person_id"]} for row in page.items]
        await name_people(snapshot, players)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    names = {row["identity_id"]: row["long_name"] or row["name"] for row in told}
    items = [
        row | {"identity_name": names.get(row["person_id"]), "player_name": player["name"]}
        for row, player in zip(page.items, players, strict=True)
    ]
    return {"items": items, "total": page.total, "next_cursor": page.next_cursor}
