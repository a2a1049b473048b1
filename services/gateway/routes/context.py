"""What every route may use, and the query parameters they share."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from bus.api import Bus
from bus.health import Health
from bus.objects import Objects
from services.gateway.canary import Canary
from services.gateway.realtime import Hub
from services.gateway.views import Listing, Order, Views, Window
from services.gateway.wait import Checkpoints

# Sequences are positive 64-bit numbers.
SEQUENCE_MAX = 2**63 - 1
PAGE_MAX = 500
PAGE_DEFAULT = 100
# Our longest cursor has some 120 characters.
CURSOR_LENGTH_MAX = 400
SEQUENCE_HEADER = "RC-Seq"


class Gateway(msgspec.Struct, frozen=True, kw_only=True):
    """The parts of the gateway that routes use."""

    bus: Bus
    views: Views
    checkpoints: Checkpoints
    hub: Hub
    canary: Canary
    objects: Objects
    health: Health


def _gateway(request: Request) -> Gateway:
    found: Gateway = request.app.state.gateway
    return found


class NoQuery(BaseModel):
    """No query parameters; an unknown one is refused."""

    model_config = ConfigDict(extra="forbid")


class ReadQuery(NoQuery):
    """Query of every read."""

    min_seq: int = Field(
        default=0,
        ge=0,
        le=SEQUENCE_MAX,
        description="wait (at most 1 s) until the read models hold this sequence",
    )


class PageQuery(ReadQuery):
    """Query of a list, oldest first unless told otherwise."""

    limit: int = Field(default=PAGE_DEFAULT, ge=1, le=PAGE_MAX)
    cursor: str | None = Field(
        default=None, max_length=CURSOR_LENGTH_MAX, description="`next_cursor` of the page before"
    )
    order: Order = "asc"


class NewestQuery(PageQuery):
    """Query of a list, newest first unless told otherwise."""

    order: Order = "desc"


Context = Annotated[Gateway, Depends(_gateway)]
Read = Annotated[ReadQuery, Query()]
Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


async def listed(
    gateway: Gateway,
    response: Response,
    source: tuple[Listing, str],
    query: PageQuery,
    where: Mapping[str, Any],
) -> dict[str, Any]:
    """Answer with one page of a list; `source` is the list and the projection that writes it."""
    listing, projection = source
    window = Window(limit=query.limit, order=query.order, cursor=query.cursor)
    async with gateway.views.read((projection,), query.min_seq) as snapshot:
        page = await snapshot.page(listing, window, where)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return {"items": page.items, "total": page.total, "next_cursor": page.next_cursor}
