"""The leaderboard as the engine draws it."""

from functools import partial

from contracts.compositions import LeaderboardFields
from services.render.outputs.builtin.graphic import Graphic
from services.render.outputs.builtin.leaderboard.layout import lay_out
from services.render.outputs.builtin.leaderboard.motion import state_at
from services.render.outputs.builtin.leaderboard.scene import build_scene
from services.render.outputs.builtin.tokens import Theme


def leaderboard(fields: LeaderboardFields, theme: Theme) -> Graphic:
    """Lay it out and draw its parts; raises as `lay_out` and `build_scene`."""
    layout = lay_out(fields)
    return Graphic(
        scene=build_scene(layout, theme),
        state_at=partial(state_at, rows=len(layout.rows)),
        warnings=layout.warnings,
    )
