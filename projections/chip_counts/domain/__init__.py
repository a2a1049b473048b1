"""The fold of stacks: rows, the periods a hand begins and ends, the platform's statements."""

from projections.chip_counts.domain.fold import ChipCountsFold
from projections.chip_counts.domain.rows import (
    FormerWordRow,
    GameRow,
    HoldRow,
    LatestRow,
    PeriodRow,
    ReplacedRow,
    StatementRow,
)

__all__ = [
    "ChipCountsFold",
    "FormerWordRow",
    "GameRow",
    "HoldRow",
    "LatestRow",
    "PeriodRow",
    "ReplacedRow",
    "StatementRow",
]
