"""Tournament events: what is known of them, who plays, who stands where, who is out."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from services.gateway.errors import not_found
from services.gateway.routes import models, standing_reads
from services.gateway.routes import tournament_models as shown
from services.gateway.routes.context import (
    SEQUENCE_HEADER,
    Context,
    PageQuery,
    Read,
    listed,
)
from services.gateway.routes.parameters import NAME_LENGTH_MAX, OptionalName, OptionalPerson
from services.gateway.views import Listing, Snapshot, Values, Window

router = APIRouter(tags=["events"])

EventId = Annotated[str, Path(min_length=1, max_length=NAME_LENGTH_MAX)]

EVENTS = Listing("events", ("event_id",))
PLAYERS = Listing("event_players", ("person_id",))
CHIPS = Listing("player_chip_holders", ("holder",))
ELIMINATIONS = Listing("eliminations", ("sort_place", "person_id"), numbers=("sort_place",))
# Longer lists than these no event has: some 60 levels, some 1,500 paid places in bands.
LEVELS_MAX = 500
BANDS_MAX = 2000
FIELDS_MAX = 100
PEOPLE = "unified_players"


class EventsQuery(PageQuery):
    """Query of the events."""

    status: OptionalName = None
    known: bool | None = None


class PlayersQuery(PageQuery):
    """Query of an event's players."""

    state: Literal["in", "out", "winner"] | None = None


class ChipsQuery(PageQuery):
    """Query of an event's chips."""

    person_id: OptionalPerson = None


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
        found = await _known(snapshot, event_id)
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
        found = await _known(snapshot, event_id)
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


@router.get("/events/{event_id}/chips", response_model=models.List[shown.PlayerChips])
async def chips(
    gateway: Context, response: Response, event_id: EventId, query: Annotated[ChipsQuery, Query()]
) -> Values:
    """Everybody's chips: the table's or the platform's, and what each of them says."""
    where = {"event_id": event_id} | ({"holder": query.person_id} if query.person_id else {})
    window = Window(limit=query.limit, order=query.order, cursor=query.cursor)
    reads = ("events", "chip_counts", PEOPLE)
    async with gateway.views.read(reads, query.min_seq) as snapshot:
        page = await snapshot.page(CHIPS, window, where)
        if not page.total:
            await _known(snapshot, event_id)
        chosen = {"event_id": event_id, "holder = any({0})": [row["holder"] for row in page.items]}
        items = await snapshot.select(
            "player_chips", chosen, f"holder {query.order}", len(page.items)
        )
        await _name(snapshot, items)
    now = datetime.now(UTC)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {
        "items": [_both_sides(row, now) for row in items],
        "total": page.total,
        "next_cursor": page.next_cursor,
    }


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
        await _known(snapshot, event_id)
        page = await standing_reads.page(snapshot, event_id, (query.source, query.as_of), window)
        await _name(snapshot, page["items"])
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
            await _known(snapshot, where["event_id"])
        await _name(snapshot, found.items)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {"items": found.items, "total": found.total, "next_cursor": found.next_cursor}


async def _known(snapshot: Snapshot, event_id: str) -> Values:
    """The event's row; raises Problem 404."""
    found = await snapshot.one("events", "event_id", event_id)
    if found is None:
        raise not_found("event", event_id)
    return found


async def _name(snapshot: Snapshot, items: Sequence[Values]) -> None:
    """Give rows the name and the country of their persons, where one is known."""
    wanted = {row["person_id"] for row in items if row["person_id"]}
    people = await snapshot.rows(
        "select person_id, name, country_code from views.unified_players "
        "where person_id = any($1) and to_seq is null",
        list(wanted),
    )
    known = {row["person_id"]: row for row in people}
    for row in items:
        person = known.get(row["person_id"], {})
        row["name"] = person.get("name") or row.get("name") or row.get("player_name")
        row["country_code"] = person.get("country_code") or row.get("country_code")


def _both_sides(row: Values, now: datetime) -> Values:
    """A row of chips with both sources as they are, each with its age."""
    table = {name: row[name] for name in ("game_id", "table_name", "seat")}
    gfx = table | {"chips": row["gfx_chips"], "stated_at": row["gfx_stated_at"]}
    wsop = row | {"chips": row["wsop_chips"], "stated_at": row["wsop_recorded_at"]}
    return _aged(row, now) | {
        "gfx": None if row["gfx_chips"] is None else _aged(gfx, now),
        "wsop": None if row["wsop_chips"] is None else _aged(wsop, now),
    }


def _aged(row: Values, now: datetime) -> Values:
    return row | {"age_s": int((now - row["stated_at"]).total_seconds())}
