"""How a page or a fragment becomes HTML: what it is asked with, and the templates."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import Field

from contracts.countries import country_code
from contracts.formats import bb, blinds, chips_grouped, chips_short_exact
from services.gateway.routes import desk
from services.gateway.routes.context import NoQuery
from services.gateway.routes.parameters import GAME_ID

PAGES = Path(__file__).resolve().parents[1] / "pages"


class ShowQuery(NoQuery):
    """What the page remembers: the cue armed on it and the game chosen on it."""

    armed: str = Field(default="", pattern=r"^[A-Za-z0-9_-]{0,64}$")
    game_id: str = Field(default="", pattern=f"^$|{GAME_ID}")


Asked = Annotated[ShowQuery, Query()]


def iso(moment: datetime | None) -> str:
    """A time as RFC 3339; empty where there is none."""
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
        "iso": iso,
        "chips": chips_grouped,
        "short": chips_short_exact,
        "badge": desk.hand_badge,
        "country": country_code,
    }
    environment.filters.update(filters)
    environment.globals.update(blinds=blinds, bb=bb)
    return environment


_ENVIRONMENT = _templates()


def draw(template: str, **values: Any) -> HTMLResponse:
    """A page or a fragment from its template."""
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(values))
