"""Whose chips: the table's or the platform's, and what each of them says."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.gateway.routes import models
from services.gateway.routes import tournament_models as shown
from services.gateway.routes.as_of import AsOfQuery, moment_of, sequence_of
from services.gateway.routes.context import SEQUENCE_HEADER, Context, NewestQuery, PageQuery
from services.gateway.routes.parameters import NAME, NAME_LENGTH_MAX, OptionalPerson
from services.gateway.routes.tournament_reads import PEOPLE, EventId, known_event, name_people
from services.gateway.views import Listing, Values, Window

router = APIRouter(tags=["events"])

HISTORY = Listing("player_chip_history", ("from_seq",), numbers=("from_seq",))


class ChipsQuery(PageQuery, AsOfQuery):
    """Query of an event's chips."""

    person_id: OptionalPerson = None


@router.get("/events/{event_id:path}/chips", response_model=models.List[shown.PlayerChips])
async def chips(
    gateway: Context, response: Response, event_id: EventId, query: Annotated[ChipsQuery, Query()]
) -> Values:
    """Everybody's chips: the table's or the platform's, and what each of them says.

    With `as_of` exactly what was answered then, but for `incomplete`, which is today's.
    """
    sequence = await sequence_of(gateway, query.as_of)
    where = {"event_id": event_id} | ({"holder": query.person_id} if query.person_id else {})
    window = Window(limit=query.limit, order=query.order, cursor=query.cursor)
    then = "" if sequence is None else "_then"
    holders = Listing(f"player_chip_holders{then}", ("holder",))
    min_seq = max(query.min_seq, sequence or 0)
    async with gateway.views.read(("events", "chip_counts", PEOPLE), min_seq) as snapshot:
        if sequence is not None:
            await snapshot.go_back(sequence)
        page = await snapshot.page(holders, window, where)
        if not page.total:
            await known_event(snapshot, event_id)
        chosen = {"event_id": event_id, "holder = any({0})": [row["holder"] for row in page.items]}
        items = await snapshot.select(
            f"player_chips{then}", chosen, f"holder {query.order}", len(page.items)
        )
        await name_people(snapshot, items, sequence)
    moment = await moment_of(gateway, query.as_of, sequence)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {
        "items": [_both_sides(row, moment) for row in items],
        "total": page.total,
        "next_cursor": page.next_cursor,
    }


@router.get(
    "/events/{event_id:path}/chips/{holder}/history", response_model=models.List[shown.Count]
)
async def history(
    gateway: Context,
    response: Response,
    event_id: EventId,
    holder: Annotated[str, Path(min_length=1, max_length=NAME_LENGTH_MAX, pattern=NAME)],
    query: Annotated[NewestQuery, Query()],
) -> Values:
    """All the platform ever told of somebody's chips, the newest told first.

    `to_seq` is null for what holds; a count that was corrected ends where the correction was told.
    A person's stacks at the tables are `/players/{person_id}/chips`.
    """
    where = {"event_id": event_id, "holder": holder}
    window = Window(limit=query.limit, order=query.order, cursor=query.cursor)
    async with gateway.views.read(("events", "chip_counts"), query.min_seq) as snapshot:
        page = await snapshot.page(HISTORY, window, where)
        if not page.total:
            await known_event(snapshot, event_id)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {"items": page.items, "total": page.total, "next_cursor": page.next_cursor}


def _both_sides(row: Values, moment: datetime) -> Values:
    """A row of chips with both sources as they are, each with its age at a moment."""
    table = {name: row[name] for name in ("game_id", "table_name", "seat")}
    gfx = table | {"chips": row["gfx_chips"], "stated_at": row["gfx_stated_at"]}
    wsop = row | {"chips": row["wsop_chips"], "stated_at": row["wsop_recorded_at"]}
    return _aged(row, moment) | {
        "gfx": None if row["gfx_chips"] is None else _aged(gfx, moment),
        "wsop": None if row["wsop_chips"] is None else _aged(wsop, moment),
    }


def _aged(row: Values, moment: datetime) -> Values:
    return row | {"age_s": int((moment - row["stated_at"]).total_seconds())}
