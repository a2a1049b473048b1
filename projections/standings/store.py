"""Standings in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts import attribution, links
from contracts.streams import PROJECTIONS
from projections.standings.domain import ROWS, StandingsFold

NAME = "standings"

# A row here may be a part of a set, some 40 KB; players and entrants are few hundred bytes.
CACHE_ROWS = 3_000

SPEC: Final = ProjectionSpec(
    name=NAME,
    version=PROJECTIONS[NAME],
    fold=StandingsFold(),
    rows=(*ROWS, *attribution.ROWS, links.LinkRow),
    sql=Path(__file__).with_name("table.sql"),
    cache_rows=CACHE_ROWS,
)
