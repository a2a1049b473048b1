"""Standings in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts import attribution, links
from contracts.streams import PROJECTIONS
from projections.standings.domain import ROWS, StandingsFold

NAME = "standings"

# The entrants and players of a field of 10,000, which every import names again, and seats: 1 KB a
# row. The 64 rows of all its stacks are 50 KB each; parts of sets do not stay.
CACHE_ROWS = 25_000

SPEC: Final = ProjectionSpec(
    name=NAME,
    version=PROJECTIONS[NAME],
    fold=StandingsFold(),
    rows=(*ROWS, *attribution.ROWS, links.LinkRow),
    sql=Path(__file__).with_name("table.sql"),
    cache_rows=CACHE_ROWS,
)
