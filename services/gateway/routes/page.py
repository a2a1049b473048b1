"""The page and its fragments, drawn on the server. A fragment reads its views in one snapshot."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.streams import PROJECTIONS
from services.gateway.routes import desk, page_news
from services.gateway.routes.context import Context
from services.gateway.routes.drawing import PAGES, Asked, draw, iso
from services.gateway.routes.health import report
from services.gateway.views import Snapshot

__all__ = ("PAGES", "router")

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
router.get("/fragments/news")(page_news.news)

# What fits on a large screen; the API has the rest.
HANDS_SHOWN = 14
GAMES_SHOWN = 6
CUES_SHOWN = 200
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
select chips.seat, chips.stack, chips.in_play, chips.big_blind, chips.small_blind, chips.ante,
    chips.hand_num, chips.state, chips.said_at, chips.table_name, chips.incomplete,
    coalesce(people.name, nullif(chips.person_long_name, ''), chips.person_name) as name,
    people.country_code, people.country_name
from views.chips
left join views.player_aliases as alias
    on alias.alias_id = chips.person_id and alias.to_seq is null
left join views.unified_players as people
    on people.person_id = coalesce(alias.person_id, chips.person_id)
where chips.game_id = $1 order by chips.stack desc, chips.seat
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


@router.get("/")
async def page() -> HTMLResponse:
    """The frame; its regions fill themselves."""
    return draw("page.html")


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The API, drawn from its OpenAPI document."""
    return draw("docs.html", api=request.app.openapi())


@router.get("/fragments/hands")
async def hands(gateway: Context, _: Asked) -> HTMLResponse:
    """The newest hands of all games."""
    async with gateway.views.read(("hands",)) as snapshot:
        rows = await snapshot.rows(_NEWEST_HANDS, HANDS_SHOWN)
        total = await snapshot.rows("select count(*) as hands from views.hands")
    return draw("hands.html", hands=rows, total=total[0]["hands"])


@router.get("/fragments/leaderboard")
async def leaderboard(gateway: Context, asked: Asked) -> HTMLResponse:
    """Stacks of the chosen game, else of the newest one, by the names the persons have."""
    async with gateway.views.read(("hands", "chip_counts", "unified_players")) as snapshot:
        games = await snapshot.rows(_NEWEST_GAMES, GAMES_SHOWN)
        chosen = next((g for g in games if g["game_id"] == asked.game_id), next(iter(games), None))
        stacks = await snapshot.rows(_STACKS, chosen["game_id"]) if chosen else []
    return draw("leaderboard.html", games=games, chosen=chosen, stacks=stacks)


@router.get("/fragments/show")
async def show(gateway: Context, asked: Asked) -> HTMLResponse:
    """Cue sheet, next, on air and the state of TAKE: one answer, so they never disagree."""
    async with gateway.views.read(_SHOW_READS) as snapshot:
        rows = await _show_rows(snapshot)
        games = await snapshot.rows(_NEWEST_GAMES, GAMES_SHOWN)
    chosen = next((g for g in games if g["game_id"] == asked.game_id), next(iter(games), None))
    return draw("show.html", show=desk.rundown(rows, asked.armed), game=chosen)


async def _show_rows(snapshot: Snapshot) -> dict[str, Any]:
    session = await snapshot.row(_SESSION)
    rows: dict[str, Any] = {
        "session": session,
        "sheet": None,
        "cues": [],
        "renders": [],
        "taken": None,
        "data_at": {row["game_id"]: iso(row["said_at"]) for row in await snapshot.rows(_DATA_AT)},
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


@router.get("/fragments/health")
async def health(gateway: Context, _: Asked) -> HTMLResponse:
    """One line: is everything that was said also shown?"""
    found = await report(gateway)
    return draw("health.html", health=found, of=len(PROJECTIONS))
