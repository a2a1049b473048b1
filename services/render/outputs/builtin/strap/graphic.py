"""The at-risk strap as the engine draws it."""

from contracts.compositions import AtRiskFields
from services.render.outputs.builtin.graphic import Graphic
from services.render.outputs.builtin.strap.layout import lay_out
from services.render.outputs.builtin.strap.motion import state_at
from services.render.outputs.builtin.strap.scene import build_scene
from services.render.outputs.builtin.tokens import Theme


def at_risk(fields: AtRiskFields, theme: Theme) -> Graphic:
    """Lay it out and draw its parts; raises as `lay_out` and `build_scene`."""
    layout = lay_out(fields)
    return Graphic(scene=build_scene(layout, theme), state_at=state_at, warnings=layout.warnings)
