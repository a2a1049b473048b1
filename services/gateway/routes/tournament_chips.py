"""Whose chips: the table's or the platform's, and what each of them says."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.gateway.routes import models
from services.gateway.routes import tournament_models as shown
from services.gateway.routes.context import SEQUENCE_HEADER, Context, PageQuery
from services.gateway.routes.parameters import OptionalPerson
from services.gateway.routes.tournament_reads import PEOPLE, EventId, known_event, name_people
from services.gateway.views import Listing, Values, Window

router = APIRouter(tags=["events"])

CHIPS = Listing("player_chip_holders", ("holder",))


class ChipsQuery(PageQuery):
    """Query of an event's chips."""

    person_id: OptionalPerson = None


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
            await known_event(snapshot, event_id)
        chosen = {"event_id": event_id, "holder = any({0})": [row["holder"] for row in page.items]}
        items = await snapshot.select(
            "player_chips", chosen, f"holder {query.order}", len(page.items)
        )
        await name_people(snapshot, items)
    now = datetime.now(UTC)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {
        "items": [_both_sides(row, now) for row in items],
        "total": page.total,
        "next_cursor": page.next_cursor,
    }


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
