"""The fold of events: rows, fields with their proof, players left, and blinds."""

from projections.events.domain.fold import EventsFold
from projections.events.domain.rows import EventRow, HandRow, ImportRow, RemainingRow

ROWS = (EventRow, ImportRow, RemainingRow, HandRow)

__all__ = ["ROWS", "EventRow", "EventsFold", "HandRow", "ImportRow", "RemainingRow"]
