"""How the sources are doing, what became of each file, and news for people."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.gateway.routes import models
from services.gateway.routes.context import Context, NewestQuery, PageQuery, listed
from services.gateway.views import Listing

router = APIRouter(tags=["sync"])

STATUS = Listing("sync_status", ("source", "entity_type", "entity_id"))
FILES = Listing("sync_files", ("sequence", "path"), numbers=("sequence",))
NOTIFICATIONS = Listing("notifications", ("sequence",), numbers=("sequence",))
# Table names and audiences are short words; the limit only keeps nonsense out.
NAME_LENGTH_MAX = 120


class FilesQuery(NewestQuery):
    """Query of the files."""

    table_name: str | None = Field(default=None, max_length=NAME_LENGTH_MAX)
    outcome: str | None = Field(default=None, max_length=NAME_LENGTH_MAX)


class NotificationsQuery(NewestQuery):
    """Query of the notifications."""

    audience: str | None = Field(default=None, max_length=NAME_LENGTH_MAX)


@router.get("/sync/status", response_model=models.List[models.SyncStatus])
async def status(
    gateway: Context, response: Response, query: Annotated[PageQuery, Query()]
) -> dict[str, Any]:
    """State of every source."""
    return await listed(gateway, response, (STATUS, "sync_status"), query, {})


@router.get("/sync/files", response_model=models.List[models.SyncFile])
async def files(
    gateway: Context, response: Response, query: Annotated[FilesQuery, Query()]
) -> dict[str, Any]:
    """Every content of every file ever met, newest first."""
    asked = {"table_name": query.table_name, "outcome": query.outcome}
    where = {name: value for name, value in asked.items() if value is not None}
    return await listed(gateway, response, (FILES, "sync_status"), query, where)


@router.get("/notifications", response_model=models.List[models.Notification], tags=["news"])
async def notifications(
    gateway: Context, response: Response, query: Annotated[NotificationsQuery, Query()]
) -> dict[str, Any]:
    """News, newest first."""
    where = {} if query.audience is None else {"audience": query.audience}
    return await listed(gateway, response, (NOTIFICATIONS, "notifications"), query, where)
