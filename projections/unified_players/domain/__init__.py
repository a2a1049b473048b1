"""The fold of people: what each source says of one id, who is who, and the values that hold."""

from projections.unified_players.domain.fold import UnifiedPlayersFold
from projections.unified_players.domain.period import PeriodRow
from projections.unified_players.domain.rows import (
    AddressRow,
    AliasRow,
    GameRow,
    HandRow,
    ImportRow,
    PersonRow,
)
from projections.unified_players.domain.words import ImageRow, LinkRow, OverrideRow

ROWS = (
    PersonRow,
    AliasRow,
    GameRow,
    HandRow,
    ImportRow,
    AddressRow,
    PeriodRow,
    OverrideRow,
    LinkRow,
    ImageRow,
)

__all__ = [
    "ROWS",
    "AddressRow",
    "AliasRow",
    "GameRow",
    "HandRow",
    "ImageRow",
    "ImportRow",
    "LinkRow",
    "OverrideRow",
    "PeriodRow",
    "PersonRow",
    "UnifiedPlayersFold",
]
