"""The page's news: how the sources of the data are doing, and notifications."""

from fastapi.responses import HTMLResponse

from bus.clock import utc_now
from services.gateway.routes import desk_sources
from services.gateway.routes.context import Context
from services.gateway.routes.drawing import Asked, draw
from services.gateway.routes.sync import health_of

# What fits on a large screen; the API has the rest.
NEWS_SHOWN = 6
_NEWS = """
select notification_id, type, level, title, message, raised_at from views.notifications
order by sequence desc limit $1
"""
_SOURCES = """
select source, entity_id, status, enabled, interval_s, last_synced_at, consecutive_failures,
    last_error, retry_at, next_due_at, hands_recorded, import_status, import_rows,
    import_rows_seen, import_created, import_changed, import_unchanged, import_rejected,
    import_fields_rejected, import_path, import_error
from views.sync_status order by source, entity_type, entity_id limit $1
"""
# Four kinds of the platform's files, and more tables than any festival has.
SOURCES_SHOWN = 24


async def news(gateway: Context, _: Asked) -> HTMLResponse:
    """Notifications, newest first, and the sources of the data."""
    async with gateway.views.read(("notifications", "sync_status")) as snapshot:
        rows = await snapshot.rows(_NEWS, NEWS_SHOWN)
        sources = await snapshot.rows(_SOURCES, SOURCES_SHOWN)
    now = utc_now()
    lines = [desk_sources.source_line(row, health_of(row, now)) for row in sources]
    return draw("news.html", news=rows, sources=lines)
