"""Games and hands in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts.streams import PROJECTIONS
from projections.hands.domain import GameRow, HandRow, HandsFold

NAME = "hands"

SPEC: Final = ProjectionSpec(
    name=NAME,
    version=PROJECTIONS[NAME],
    fold=HandsFold(),
    rows=(GameRow, HandRow),
    sql=Path(__file__).with_name("table.sql"),
)
