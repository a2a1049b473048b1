"""Stacks in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts import attribution, links
from contracts.streams import PROJECTIONS
from projections.chip_counts.domain import (
    ChipCountsFold,
    FormerWordRow,
    GameRow,
    HoldRow,
    LatestRow,
    PeriodRow,
    ReplacedRow,
    StatementRow,
)

NAME = "chip_counts"

SPEC: Final = ProjectionSpec(
    name=NAME,
    version=PROJECTIONS[NAME],
    fold=ChipCountsFold(),
    rows=(
        GameRow,
        PeriodRow,
        StatementRow,
        ReplacedRow,
        LatestRow,
        HoldRow,
        FormerWordRow,
        *attribution.ROWS,
        links.LinkRow,
    ),
    sql=Path(__file__).with_name("table.sql"),
)
