"""The realtime stream."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from services.gateway.realtime import RETRY_MS
from services.gateway.routes.context import Context, Gateway, NoQuery

router = APIRouter(tags=["realtime"])

# A stream without a session gets the newest state of this many sessions that are not over.
SESSIONS_MAX = 3


class StreamQuery(NoQuery):
    """Query of the stream."""

    session_id: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="only notices of this session"
    )


@router.get("/stream", response_class=StreamingResponse)
async def stream(gateway: Context, query: Annotated[StreamQuery, Query()]) -> StreamingResponse:
    """Server-sent events: `notice`, `read-model`, `resync`.

    Starts with the newest state, so `Last-Event-ID` needs no memory here. The id of a notice is the
    sequence of the newest fact it reflects: drop one that is lower than what you have.
    """
    asked = query.session_id
    gateway.hub.check_room()
    sessions = [asked] if asked else await _open_sessions(gateway)
    return StreamingResponse(
        _events(gateway, asked or "", sessions),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _events(gateway: Gateway, session_id: str, sessions: list[str]) -> AsyncIterator[bytes]:
    # Heard from before the state is asked for, so that nothing falls between the two.
    with gateway.hub.join(session_id) as client:
        yield f"retry: {RETRY_MS}\n\n".encode()
        for chunk in await gateway.hub.first(sessions):
            yield chunk
        async for chunk in client.chunks(gateway.hub.heartbeat_s):
            yield chunk


async def _open_sessions(gateway: Gateway) -> list[str]:
    async with gateway.views.read(("rundown",)) as snapshot:
        rows = await snapshot.rows(
            "select session_id from views.sessions where status <> 'completed' "
            "order by created_at desc, session_id limit $1",
            SESSIONS_MAX,
        )
    return [row["session_id"] for row in rows]
