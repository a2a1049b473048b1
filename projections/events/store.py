"""Events in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts import attribution, links
from contracts.streams import PROJECTIONS
from projections.events.domain import ROWS, EventsFold

NAME = "events"

SPEC: Final = ProjectionSpec(
    name=NAME,
    version=PROJECTIONS[NAME],
    fold=EventsFold(),
    rows=(*ROWS, *attribution.ROWS, links.LinkRow),
    sql=Path(__file__).with_name("table.sql"),
)
