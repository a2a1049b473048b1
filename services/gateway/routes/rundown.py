"""Sessions, their cue sheets and cues, as they stand."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from services.gateway.errors import not_found
from services.gateway.routes import models
from services.gateway.routes.context import (
    SEQUENCE_HEADER,
    Context,
    Id,
    NewestQuery,
    PageQuery,
    Read,
    listed,
)
from services.gateway.views import Listing

router = APIRouter(tags=["rundown"])

# The sequence of its newest fact would move a session to another page while one reads.
SESSIONS = Listing("sessions", ("broadcast_date", "session_id"))
SHEETS = Listing("sheets", ("sort_order", "sheet_id"), numbers=("sort_order",))
ITEMS = Listing("items", ("sort_order", "item_id"), numbers=("sort_order",))
READS = ("rundown",)


@router.get("/sessions", response_model=models.List[models.Session])
async def sessions(
    gateway: Context, response: Response, query: Annotated[NewestQuery, Query()]
) -> dict[str, Any]:
    """All sessions, the newest broadcast date first."""
    return await listed(gateway, response, (SESSIONS, "rundown"), query, {})


@router.get("/sessions/{session_id}", response_model=models.Session)
async def session(
    gateway: Context, response: Response, session_id: Id, query: Read
) -> dict[str, Any]:
    """One session."""
    async with gateway.views.read(READS, query.min_seq) as snapshot:
        found = await snapshot.one("sessions", "session_id", session_id)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    if found is None:
        raise not_found("session", session_id)
    return found


@router.get("/sessions/{session_id}/sheets", response_model=models.List[models.Sheet])
async def sheets(
    gateway: Context,
    response: Response,
    session_id: Id,
    query: Annotated[PageQuery, Query()],
) -> dict[str, Any]:
    """Cue sheets of a session, in order."""
    page = await listed(gateway, response, (SHEETS, "rundown"), query, {"session_id": session_id})
    if not page["total"]:
        await session(gateway, response, session_id, query)
    return page


@router.get("/sheets/{sheet_id}/items", response_model=models.List[models.Item])
async def items(
    gateway: Context,
    response: Response,
    sheet_id: Id,
    query: Annotated[PageQuery, Query()],
) -> dict[str, Any]:
    """Cues of a sheet, in order."""
    page = await listed(gateway, response, (ITEMS, "rundown"), query, {"sheet_id": sheet_id})
    if not page["total"]:
        async with gateway.views.read(READS, query.min_seq) as snapshot:
            if await snapshot.one("sheets", "sheet_id", sheet_id) is None:
                raise not_found("cue sheet", sheet_id)
    return page
