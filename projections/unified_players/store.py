"""People in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts.streams import PROJECTIONS
from projections.unified_players.domain import ROWS, UnifiedPlayersFold

NAME = "unified_players"

SPEC: Final = ProjectionSpec(
    name=NAME,
    version=PROJECTIONS[NAME],
    fold=UnifiedPlayersFold(),
    rows=ROWS,
    sql=Path(__file__).with_name("table.sql"),
)
