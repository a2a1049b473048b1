"""The fold of games and hands: rows, what one hand says, what follows between neighbours."""

from projections.hands.domain.fold import HandsFold
from projections.hands.domain.rows import GameRow, HandFindings, HandRow, HandSeatRow, ShownFinding

__all__ = ["GameRow", "HandFindings", "HandRow", "HandSeatRow", "HandsFold", "ShownFinding"]
