"""Render jobs and their files."""

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from bus.objects import ObjectMissing, Objects
from services.gateway.errors import Problem, not_found
from services.gateway.routes import models
from services.gateway.routes.context import (
    SEQUENCE_HEADER,
    Context,
    Gateway,
    Id,
    NewestQuery,
    Read,
    ReadQuery,
    listed,
)
from services.gateway.views import Listing, Values

router = APIRouter(tags=["renders"])

RENDERS = Listing("renders", ("last_sequence", "render_id"), numbers=("last_sequence",))
READS = ("renders",)
MEDIA_TYPES = {"png": "image/png", "mp4": "video/mp4"}
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class RendersQuery(NewestQuery):
    """Query of the render jobs."""

    session_id: str | None = Field(default=None, max_length=64)
    status: Literal["requested", "rendering", "completed", "failed"] | None = None


class OutputQuery(ReadQuery):
    """Query of a finished file."""

    kind: Literal["png", "mp4"] = "png"


@router.get("/renders", response_model=models.List[models.Render])
async def renders(
    gateway: Context, response: Response, query: Annotated[RendersQuery, Query()]
) -> dict[str, Any]:
    """Render jobs, the one that changed last first."""
    asked = {"session_id": query.session_id, "status": query.status}
    where = {name: value for name, value in asked.items() if value is not None}
    return await listed(gateway, response, (RENDERS, "renders"), query, where)


@router.get("/render/{render_id}/status", response_model=models.Render)
async def status(
    gateway: Context, response: Response, render_id: Id, query: Read
) -> dict[str, Any]:
    """One render job."""
    row, sequence = await _render(gateway, render_id, query.min_seq)
    response.headers[SEQUENCE_HEADER] = str(sequence)
    return row


@router.get("/render/{render_id}/output", response_class=Response)
async def output(
    gateway: Context, request: Request, render_id: Id, query: Annotated[OutputQuery, Query()]
) -> Response:
    """The finished file: a picture, or a movie of which a range may be asked for."""
    row, sequence = await _render(gateway, render_id, query.min_seq)
    if row["status"] != "completed":
        detail = f"the render is {row['status']}; its files exist once it is completed"
        raise Problem(409, "not_completed", detail, allowed=["status"])
    found = next((each for each in row["outputs"] if each["kind"] == query.kind), None)
    if found is None:
        raise not_found(f"{query.kind} of render", render_id)
    headers = {
        SEQUENCE_HEADER: str(sequence),
        "ETag": f'"{found["sha256"]}"',
        "Accept-Ranges": "bytes",
        # The address names the job, and a completed job never gets other files.
        "Cache-Control": "private, max-age=86400, immutable",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return await _file(gateway.objects, found, request, headers)


async def _render(gateway: Gateway, render_id: str, min_seq: int) -> tuple[Values, int]:
    async with gateway.views.read(READS, min_seq) as snapshot:
        row = await snapshot.one("renders", "render_id", render_id)
    if row is None:
        raise not_found("render", render_id)
    return row, snapshot.sequence


async def _file(
    objects: Objects, found: Values, request: Request, headers: dict[str, str]
) -> Response:
    key = str(found["object"])
    try:
        size = (await objects.info(key)).bytes
    except ObjectMissing as error:
        raise Problem(503, "file_missing", f"the object store does not hold {key}") from error
    asked = request.headers.get("range")
    if asked and request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        asked = None
    start, end = byte_range(asked, size)
    headers["Content-Length"] = str(end - start)
    status = 200
    if (start, end) != (0, size) or asked:
        status = 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return StreamingResponse(
        objects.read(key, start, end), status, headers, media_type=MEDIA_TYPES[found["kind"]]
    )


def byte_range(asked: str | None, size: int) -> tuple[int, int]:
    """First byte and the one behind the last of a `Range` header; everything without one.

    Raises Problem 416 for what cannot be served; several ranges at once are not served.
    """
    if not asked:
        return 0, size
    found = _RANGE.fullmatch(asked.strip())
    first, last = found.groups() if found else ("", "")
    if first:
        start, end = int(first), min(int(last) + 1 if last else size, size)
    else:
        start, end = max(0, size - int(last or 0)), size
    if start >= end:
        raise Problem(416, "bad_range", f"{asked!r} is no range within {size} bytes")
    return start, end
