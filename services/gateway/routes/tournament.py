"""Tournament events: what is known of them, who plays, who stands where, who is out."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.gateway.routes import event_words, models, standing_reads
from services.gateway.routes import tournament_models as shown
from services.gateway.routes.as_of import AsOfQuery, sequence_of
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
# An id may hold slashes, so that this path covers those below it: it comes behind all of them.
one_event = APIRouter(tags=["events"])

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


class StandingsQuery(AsOfQuery, PageQuery):
    """Query of an event's standings."""

    source: shown.StandingsSource | None = Field(default=None, description="else the newer of both")


@router.get("/events", response_model=models.List[shown.Event])
async def events(
    gateway: Context, response: Response, query: Annotated[EventsQuery, Query()]
) -> dict[str, Any]:
    """Tournament events by id; games and broadcast sessions are lists of their own."""
    asked = {"status": query.status, "known": query.known}
    where = {name: value for name, value in asked.items() if value is not None}
    return await listed(gateway, response, (EVENTS, "events"), query, where)


@one_event.get("/events/{event_id:path}", response_model=shown.EventPage)
async def event(gateway: Context, response: Response, event_id: EventId, query: Read) -> Values:
    """One event with its levels, its prizes, where each value was told, and operators' words."""
    where = {"event_id": event_id}
    async with gateway.views.read(("events", PEOPLE), query.min_seq) as snapshot:
        found = await known_event(snapshot, event_id)
        found |= {
            "levels": await snapshot.select("event_levels", where, "position", LEVELS_MAX),
            "payouts": await snapshot.select("event_payouts", where, "place_start", BANDS_MAX),
            "provenance": await snapshot.select("event_fields", where, "field", FIELDS_MAX),
            **await event_words.words_of(snapshot, event_id),
        }
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return found


@router.get("/events/{event_id:path}/payouts", response_model=shown.Payouts)
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


@router.get("/events/{event_id:path}/players", response_model=models.List[shown.Entrant])
async def players(
    gateway: Context, response: Response, event_id: EventId, query: Annotated[PlayersQuery, Query()]
) -> Values:
    """Everybody the platform told of in an event, in or out."""
    where = {"event_id": event_id} | ({"state": query.state} if query.state else {})
    return await _page_of_people(gateway, response, (PLAYERS, "standings"), query, where)


@router.get("/events/{event_id:path}/eliminations", response_model=models.List[shown.Elimination])
async def eliminations(
    gateway: Context, response: Response, event_id: EventId, query: Annotated[PageQuery, Query()]
) -> Values:
    """Who is out, by place; those whose place nobody knows come last."""
    where = {"event_id": event_id}
    return await _page_of_people(gateway, response, (ELIMINATIONS, "standings"), query, where)


@router.get("/events/{event_id:path}/standings", response_model=shown.StandingsPage)
async def standings(
    gateway: Context,
    response: Response,
    event_id: EventId,
    query: Annotated[StandingsQuery, Query()],
) -> Values:
    """Who stands where: the newer of the imported snapshot and the recomputation.

    With `as_of` all of it is as it was known then: the set, ranks and their changes, figures, whom
    a name fits, names and countries. Only whether the event is known at all is told as of now. A
    later page needs the same `as_of` again.
    """
    sequence = await sequence_of(gateway, query.as_of)
    asked = standing_reads.Asked(
        event_id=event_id,
        source=query.source,
        sequence=sequence,
        window=Window(limit=query.limit, order=query.order, cursor=query.cursor),
    )
    min_seq = max(sequence or 0, query.min_seq)
    async with gateway.views.read(("events", "standings", PEOPLE), min_seq) as snapshot:
        page = await standing_reads.page(snapshot, asked)
        if page is None:
            await known_event(snapshot, event_id)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return page or {"standing": None, "items": [], "total": 0, "next_cursor": None}


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
        if listing is ELIMINATIONS:
            await event_words.tell_operators(snapshot, where["event_id"], found.items)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {"items": found.items, "total": found.total, "next_cursor": found.next_cursor}
