"""How the sources are doing, what became of each file, and news for people."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from bus.clock import utc_now
from contracts.messages import gfx_sync, wsop_sync
from services.gateway.errors import Problem
from services.gateway.routes import models
from services.gateway.routes.context import (
    Context,
    NewestQuery,
    PageQuery,
    listed,
)
from services.gateway.routes.parameters import Name, OptionalName
from services.gateway.views import Listing, Values

router = APIRouter(tags=["sync"])

STATUS = Listing("sync_status", ("source", "entity_type", "entity_id"))
RUNS = Listing("sync_runs", ("sequence", "sync_id"), numbers=("sequence",))
FILES = Listing("sync_files", ("sequence", "path"), numbers=("sequence",))
NOTIFICATIONS = Listing("notifications", ("sequence",), numbers=("sequence",))
# Sources whose runs can be asked for and listed.
SOURCES = (gfx_sync.SOURCE, wsop_sync.SOURCE)
# As many failures in a row as people are told of.
FAILURES_MAX = 3
# Without a success for this many intervals a source is stale.
STALE_INTERVALS = 2

Source = Annotated[Name, Path()]


class HistoryQuery(NewestQuery):
    """Query of the runs."""

    entity_id: OptionalName = Field(default=None, description="only this table or kind")


class FilesQuery(NewestQuery):
    """Query of the files."""

    table_name: OptionalName = None
    outcome: OptionalName = None


class NotificationsQuery(NewestQuery):
    """Query of the notifications."""

    audience: OptionalName = None


@router.get("/sync/status", response_model=models.List[models.SyncHealth])
async def status(
    gateway: Context, response: Response, query: Annotated[PageQuery, Query()]
) -> dict[str, Any]:
    """State of every source."""
    page = await listed(gateway, response, (STATUS, "sync_status"), query, {})
    now = utc_now()
    items = [row | {"health": health_of(row, now)} for row in page["items"]]
    return page | {"items": items}


def health_of(row: Values, now: datetime) -> str:
    """One word for a row of `sync_status`; see `models.SyncHealth`."""
    if not row["enabled"]:
        return "disabled"
    if row["status"] == "failed" or row["consecutive_failures"] >= FAILURES_MAX:
        return "error"
    if row["status"] == "in_progress" or row["import_status"] == "processing":
        return "syncing"
    fresh = timedelta(seconds=STALE_INTERVALS * row["interval_s"])
    if row["last_synced_at"] and now - row["last_synced_at"] > fresh:
        return "stale"
    return "pending" if row["status"] == "pending" else "healthy"


@router.get("/sync/files", response_model=models.List[models.SyncFile])
async def files(
    gateway: Context, response: Response, query: Annotated[FilesQuery, Query()]
) -> dict[str, Any]:
    """Every content of every file of the tables ever met, newest first."""
    asked = {"table_name": query.table_name, "outcome": query.outcome}
    where = {name: value for name, value in asked.items() if value is not None}
    return await listed(gateway, response, (FILES, "sync_status"), query, where)


@router.get("/sync/{source}/history", response_model=models.List[models.SyncRun])
async def history(
    gateway: Context, response: Response, source: Source, query: Annotated[HistoryQuery, Query()]
) -> dict[str, Any]:
    """Runs of a source, newest first."""
    check_source(source)
    where = {"source": source}
    if query.entity_id is not None:
        where["entity_id"] = query.entity_id
    return await listed(gateway, response, (RUNS, "sync_status"), query, where)


def check_source(source: str) -> None:
    """Raise Problem for a source that has no runs."""
    if source not in SOURCES:
        allowed = list(SOURCES)
        raise Problem(404, "not_found", f"{source} has no runs", allowed=allowed)


@router.get("/notifications", response_model=models.List[models.Notification], tags=["news"])
async def notifications(
    gateway: Context, response: Response, query: Annotated[NotificationsQuery, Query()]
) -> dict[str, Any]:
    """News, newest first."""
    where = {} if query.audience is None else {"audience": query.audience}
    return await listed(gateway, response, (NOTIFICATIONS, "notifications"), query, where)
