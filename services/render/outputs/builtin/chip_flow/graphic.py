"""The chip flow as the engine draws it."""

from functools import partial

from contracts.compositions import ChipFlowFields
from services.render.outputs.builtin.chip_flow.layout import lay_out
from services.render.outputs.builtin.chip_flow.motion import state_at
from services.render.outputs.builtin.chip_flow.scene import build_scene
from services.render.outputs.builtin.graphic import Graphic
from services.render.outputs.builtin.tokens import Theme


def chip_flow(fields: ChipFlowFields, theme: Theme) -> Graphic:
    """Lay it out and draw its parts; raises as `lay_out` and `build_scene`."""
    layout = lay_out(fields)
    return Graphic(
        scene=build_scene(layout, theme),
        state_at=partial(state_at, along=layout.along),
        warnings=layout.warnings,
    )
