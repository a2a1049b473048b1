"""The fold of events: rows, fields with their proof, players left, blinds, operators' words."""

from projections.events.domain.fold import EventsFold
from projections.events.domain.rows import EventRow, HandRow, ImportRow, RemainingRow, WordRow

ROWS = (EventRow, ImportRow, RemainingRow, HandRow, WordRow)

__all__ = ["ROWS", "EventRow", "EventsFold", "HandRow", "ImportRow", "RemainingRow", "WordRow"]
