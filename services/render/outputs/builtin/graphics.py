"""Which graphic is drawn how: the formatted fields of a composition become a graphic."""

from contracts.compositions import (
    AT_RISK,
    CHIP_FLOW,
    TABLE_LEADERBOARD,
    AtRiskFields,
    ChipFlowFields,
    Fields,
    LeaderboardFields,
)
from services.render.outputs.builtin.chip_flow.graphic import chip_flow
from services.render.outputs.builtin.graphic import Graphic
from services.render.outputs.builtin.leaderboard.graphic import leaderboard
from services.render.outputs.builtin.strap.graphic import at_risk
from services.render.outputs.builtin.tokens import Theme
from services.render.outputs.engine import BadJob


def graphic_of(composition: str, fields: Fields, theme: Theme) -> Graphic:
    """Lay out a graphic and draw its parts.

    Raises:
        BadJob: no such graphic, fields of another one, or texts that have no place on it.
        MissingGlyph, MissingAsset: something cannot be drawn.
    """
    match composition, fields:
        case TABLE_LEADERBOARD.name, LeaderboardFields() as shown:
            return leaderboard(shown, theme)
        case CHIP_FLOW.name, ChipFlowFields() as shown:
            return chip_flow(shown, theme)
        case AT_RISK.name, AtRiskFields() as shown:
            return at_risk(shown, theme)
        case _:
            raise BadJob(f"this engine does not draw {composition!r} of {type(fields).__name__}")
