"""The fold of standings: rows, stacks, sets of places, recomputation, and who is out."""

from projections.standings.domain.fold import StandingsFold
from projections.standings.domain.rows import (
    EntrantRow,
    EventRow,
    FigureRow,
    FormerNameRow,
    GameRow,
    ImportRow,
    OperatorPlaceRow,
    PlayerRow,
    SeatRow,
    SittingRow,
    StackBucketRow,
)
from projections.standings.domain.set_rows import (
    CountedSetRow,
    FormerSetRow,
    RankPartRow,
    StandingPartRow,
    StandingRow,
)

ROWS = (
    EventRow,
    FigureRow,
    ImportRow,
    PlayerRow,
    EntrantRow,
    FormerNameRow,
    StackBucketRow,
    StandingRow,
    StandingPartRow,
    RankPartRow,
    CountedSetRow,
    FormerSetRow,
    GameRow,
    SeatRow,
    SittingRow,
    OperatorPlaceRow,
)

__all__ = [
    "ROWS",
    "CountedSetRow",
    "EntrantRow",
    "EventRow",
    "FigureRow",
    "FormerNameRow",
    "FormerSetRow",
    "GameRow",
    "ImportRow",
    "OperatorPlaceRow",
    "PlayerRow",
    "RankPartRow",
    "SeatRow",
    "SittingRow",
    "StackBucketRow",
    "StandingPartRow",
    "StandingRow",
    "StandingsFold",
]
