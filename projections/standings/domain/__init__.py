"""The fold of standings: rows, stacks, sets of places, recomputation, and who is out."""

from projections.standings.domain.fold import StandingsFold
from projections.standings.domain.rows import (
    EntrantRow,
    EventRow,
    FigureRow,
    GameRow,
    ImportRow,
    OperatorPlaceRow,
    PlayerRow,
    SeatRow,
    SittingRow,
    StackBucketRow,
    StandingPartRow,
    StandingRow,
)

ROWS = (
    EventRow,
    FigureRow,
    ImportRow,
    PlayerRow,
    EntrantRow,
    StackBucketRow,
    StandingRow,
    StandingPartRow,
    GameRow,
    SeatRow,
    SittingRow,
    OperatorPlaceRow,
)

__all__ = [
    "ROWS",
    "EntrantRow",
    "EventRow",
    "FigureRow",
    "GameRow",
    "ImportRow",
    "OperatorPlaceRow",
    "PlayerRow",
    "SeatRow",
    "SittingRow",
    "StackBucketRow",
    "StandingPartRow",
    "StandingRow",
    "StandingsFold",
]
