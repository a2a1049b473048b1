"""Tournament events: what is known of them, who plays, who stands where, who is out."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.gateway.routes import models, standing_reads
from services.gateway.routes import tournament_models as shown
from services.gateway.routes.context import (
    SEQUENCE_HEADER,
    Context,
    PageQuery,
    Read,
    listed,
)
from services.gateway.routes.parameters import OptionalName
from services.gateway.routes.tournament_reads import PEOPLE, EventId, known_event, name_people
from services.gateway.views import Listing, Values, Window

router = APIRouter(tags=["events"])

EVENTS = Listing("events", ("event_id",))
PLAYERS = Listing("event_players", ("person_id",))
ELIMINATIONS = Listing("eliminations", ("sort_place", "person_id"), numbers=("sort_place",))
# Longer lists than these no event has: some 60 levels, some 1,500 paid places in bands.
LEVELS_MAX = 500
BANDS_MAX = 2000
FIELDS_MAX = 100


class EventsQuery(PageQuery):
    """Query of the events."""

    status: OptionalName = None
    known: bool | None = None


class PlayersQuery(PageQuery):
    """Query of an event's players."""

    state: Literal["in", "out", "winner"] | None = None


class StandingsQuery(PageQuery):
    """Query of an event's standings."""

    source: shown.StandingsSource | None = Field(default=None, description="else the newer of both")
    as_of: standing_reads.AsOf | None = Field(
        default=None, description="as known then: a time with its offset, or a sequence"
    )


@router.get("/events", response_model=models.List[shown.Event])
async def events(
    gateway: Context, response: Response, query: Annotated[EventsQuery, Query()]
) -> dict[str, Any]:
    """Tournament events by id; games and broadcast sessions are lists of their own."""
    asked = {"status": query.status, "known": query.known}
    where = {name: value for name, value in asked.items() if value is not None}
    return await listed(gateway, response, (EVENTS, "events"), query, where)


@router.get("/events/{event_id}", response_model=shown.EventPage)
async def event(gateway: Context, response: Response, event_id: EventId, query: Read) -> Values:
    """One event with its levels, its prizes and where each value was told."""
    where = {"event_id": event_id}
    async with gateway.views.read(("events",), query.min_seq) as snapshot:
        found = await known_event(snapshot, event_id)
        found |= {
            "levels": await snapshot.select("event_levels", where, "position", LEVELS_MAX),
            "payouts": await snapshot.select("event_payouts", where, "place_start", BANDS_MAX),
            "provenance": await snapshot.select("event_fields", where, "field", FIELDS_MAX),
        }
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return found


@router.get("/events/{event_id}/payouts", response_model=shown.Payouts)
async def payouts(gateway: Context, response: Response, event_id: EventId, query: Read) -> Values:
    """The prizes of an event, per place, band by band."""
    where = {"event_id": event_id}
    async with gateway.views.read(("events",), query.min_seq) as snapshot:
        found = await known_event(snapshot, event_id)
        items = await snapshot.select("event_payouts", where, "place_start", BANDS_MAX)
        proofs = await snapshot.select("event_fields", where | {"field": "payouts"}, "field", 1)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {
        "items": items,
        "total": len(items),
        "places_paid": found["places_paid"],
        "prize_pool": found["prize_pool"],
        "provenance": proofs[0] if proofs else None,
    }


@router.get("/events/{event_id}/players", response_model=models.List[shown.Entrant])
async def players(
    gateway: Context, response: Response, event_id: EventId, query: Annotated[PlayersQuery, Query()]
) -> Values:
    """Everybody the platform told of in an event, in or out."""
    where = {"event_id": event_id} | ({"state": query.state} if query.state else {})
    return await _page_of_people(gateway, response, (PLAYERS, "standings"), query, where)


@router.get("/events/{event_id}/eliminations", response_model=models.List[shown.Elimination])
async def eliminations(
    gateway: Context, response: Response, event_id: EventId, query: Annotated[PageQuery, Query()]
) -> Values:
    """Who is out, by place; those whose place nobody knows come last."""
    where = {"event_id": event_id}
    return await _page_of_people(gateway, response, (ELIMINATIONS, "standings"), query, where)


@router.get("/events/{event_id}/standings", response_model=shown.StandingsPage)
async def standings(
    gateway: Context,
    response: Response,
    event_id: EventId,
    query: Annotated[StandingsQuery, Query()],
) -> Values:
    """Who stands where: the newer of the imported snapshot and the recomputation."""
    window = Window(limit=query.limit, order=query.order, cursor=query.cursor)
    async with gateway.views.read(("events", "standings", PEOPLE), query.min_seq) as snapshot:
        await known_event(snapshot, event_id)
        page = await standing_reads.page(snapshot, event_id, (query.source, query.as_of), window)
        await name_people(snapshot, page["items"])
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return page


async def _page_of_people(
    gateway: Context,
    response: Response,
    source: tuple[Listing, str],
    query: PageQuery,
    where: dict[str, Any],
) -> Values:
    listing, projection = source
    window = Window(limit=query.limit, order=query.order, cursor=query.cursor)
    async with gateway.views.read(("events", projection, PEOPLE), query.min_seq) as snapshot:
        found = await snapshot.page(listing, window, where)
        if not found.total:
            await known_event(snapshot, where["event_id"])
        await name_people(snapshot, found.items)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {"items": found.items, "total": found.total, "next_cursor": found.next_cursor}
