"""The page and its fragments, drawn on the server. A fragment reads its views in one snapshot."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import Field

from contracts.formats import bb, blinds, chips_grouped, chips_short_exact
from contracts.streams import PROJECTIONS
from services.gateway.routes import desk
from services.gateway.routes.context import Context, NoQuery
from services.gateway.routes.health import report
from services.gateway.routes.parameters import GAME_ID
from services.gateway.views import Snapshot, Values

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

PAGES = Path(__file__).resolve().parents[1] / "pages"
# What fits on a large screen; the API has the rest.
HANDS_SHOWN = 14
GAMES_SHOWN = 6
CUES_SHOWN = 200
NEWS_SHOWN = 6
RENDERS_SHOWN = 50

_SHOW_READS = ("rundown", "renders", "hands", "chip_counts")

_NEWEST_HANDS = """
select hands.game_id, hands.ordinal, hands.hand_num, hands.state, hands.small_blind,
    hands.big_blind, hands.ante, hands.pot_total, hands.said_at, hands.revised, hands.incomplete,
    games.table_name
from views.hands join views.games on games.game_id = hands.game_id
order by hands.start_ticks desc, hands.game_id limit $1
"""
_NEWEST_GAMES = """
select game_id, table_name, event_title, hands, last_hand_num, said_at, incomplete
from views.games where not excluded order by last_started_at desc nulls last, game_id desc limit $1
"""
_STACKS = """
select seat, name, long_name, stack, in_play, big_blind, small_blind, ante, hand_num, state,
    said_at, table_name, incomplete
from views.chips where game_id = $1 order by stack desc, seat
"""
_SESSION = """
select session_id, code, event_name, broadcast_date, status from views.sessions
order by status in ('live', 'break') desc, created_at desc, session_id limit 1
"""
_SHEET = """
select sheet_id, name, status, items, completed_items from views.sheets where session_id = $1
order by status = 'active' desc, sort_order limit 1
"""
_CUES = """
select item_id, cue_number, title, composition, layer, parameters, status, sort_order, render_id,
    aired_at, ended_at, duration_s
from views.items where session_id = $1 and sheet_id = $2 order by sort_order, item_id limit $3
"""
_RENDERS = """
select render_id, status, progress, outputs, warnings, error_code, error_message, render_ms
from views.renders where session_id = $1 order by requested_at desc limit $2
"""
_TAKEN = """
select trigger_id, cue_number, taken_by, taken_at from views.triggers
where session_id = $1 order by sequence desc limit 1
"""
_DATA_AT = """
select games.game_id, games.said_at from views.games
where exists (select from views.chips where chips.game_id = games.game_id)
"""
_NEWS = """
select notification_id, type, level, title, message, raised_at from views.notifications
order by sequence desc limit $1
"""
_SOURCES = """
select source, entity_id, status, last_synced_at, last_error, files_rejected, hands_recorded
from views.sync_status order by source, entity_type, entity_id limit $1
"""
SOURCES_SHOWN = 6


class ShowQuery(NoQuery):
    """What the page remembers: the cue armed on it and the game chosen on it."""

    armed: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    game_id: str = Field(default="", pattern=f"^$|{GAME_ID}")


Asked = Annotated[ShowQuery, Query()]


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()


def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Callable[..., Any]] = {
        "iso": _iso,
        "chips": chips_grouped,
        "short": chips_short_exact,
        "badge": desk.hand_badge,
    }
    environment.filters.update(filters)
    environment.globals.update(blinds=blinds, bb=bb)
    return environment


_ENVIRONMENT = _templates()


def _draw(template: str, **values: Any) -> HTMLResponse:
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(values))


@router.get("/")
async def page() -> HTMLResponse:
    """The frame; its regions fill themselves."""
    return _draw("page.html")


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The API, drawn from its OpenAPI document."""
    return _draw("docs.html", api=request.app.openapi())


@router.get("/fragments/hands")
async def hands(gateway: Context, _: Asked) -> HTMLResponse:
    """The newest hands of all games."""
    async with gateway.views.read(("hands",)) as snapshot:
        rows = await snapshot.rows(_NEWEST_HANDS, HANDS_SHOWN)
        total = await snapshot.rows("select count(*) as hands from views.hands")
    return _draw("hands.html", hands=rows, total=total[0]["hands"])


@router.get("/fragments/leaderboard")
async def leaderboard(gateway: Context, asked: Asked) -> HTMLResponse:
    """Stacks of the chosen game, else of the newest one."""
    async with gateway.views.read(("hands", "chip_counts")) as snapshot:
        games = await snapshot.rows(_NEWEST_GAMES, GAMES_SHOWN)
        chosen = next((g for g in games if g["game_id"] == asked.game_id), next(iter(games), None))
        stacks = await snapshot.rows(_STACKS, chosen["game_id"]) if chosen else []
    return _draw("leaderboard.html", games=games, chosen=chosen, stacks=stacks)


@router.get("/fragments/show")
async def show(gateway: Context, asked: Asked) -> HTMLResponse:
    """Cue sheet, next, on air and the state of TAKE: one answer, so they never disagree."""
    async with gateway.views.read(_SHOW_READS) as snapshot:
        rows = await _show_rows(snapshot)
        games = await snapshot.rows(_NEWEST_GAMES, GAMES_SHOWN)
    chosen = next((g for g in games if g["game_id"] == asked.game_id), next(iter(games), None))
    return _draw("show.html", show=desk.rundown(rows, asked.armed), game=chosen)


async def _show_rows(snapshot: Snapshot) -> dict[str, Any]:
    session = await snapshot.row(_SESSION)
    rows: dict[str, Any] = {
        "session": session,
        "sheet": None,
        "cues": [],
        "renders": [],
        "taken": None,
        "data_at": {row["game_id"]: _iso(row["said_at"]) for row in await snapshot.rows(_DATA_AT)},
    }
    if session is None:
        return rows
    session_id = session["session_id"]
    rows["sheet"] = await snapshot.row(_SHEET, session_id)
    rows["renders"] = await snapshot.rows(_RENDERS, session_id, RENDERS_SHOWN)
    rows["taken"] = await snapshot.row(_TAKEN, session_id)
    if rows["sheet"]:
        sheet_id = rows["sheet"]["sheet_id"]
        rows["cues"] = await snapshot.rows(_CUES, session_id, sheet_id, CUES_SHOWN)
    return rows


@router.get("/fragments/news")
async def news(gateway: Context, _: Asked) -> HTMLResponse:
    """Notifications, newest first, and the sources of the data."""
    async with gateway.views.read(("notifications", "sync_status")) as snapshot:
        rows = await snapshot.rows(_NEWS, NEWS_SHOWN)
        sources: list[Values] = await snapshot.rows(_SOURCES, SOURCES_SHOWN)
    return _draw("news.html", news=rows, sources=sources)


@router.get("/fragments/health")
async def health(gateway: Context, _: Asked) -> HTMLResponse:
    """One line: is everything that was said also shown?"""
    found = await report(gateway)
    return _draw("health.html", health=found, of=len(PROJECTIONS))
