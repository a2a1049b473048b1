"""Render jobs in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts.streams import PROJECTIONS
from projections.renders.domain import RenderRow, RendersFold

NAME = "renders"

SPEC: Final = ProjectionSpec(
    name=NAME,
    version=PROJECTIONS[NAME],
    fold=RendersFold(),
    rows=(RenderRow,),
    sql=Path(__file__).with_name("table.sql"),
)
