"""The parts of one chip flow, made once, and how a frame is joined from them."""

from functools import lru_cache, partial
from typing import Any

import msgspec
import skia

from services.render.outputs.builtin.chip_flow import geometry as g
from services.render.outputs.builtin.chip_flow import plot
from services.render.outputs.builtin.chip_flow.layout import Layout
from services.render.outputs.builtin.chip_flow.motion import FrameState
from services.render.outputs.builtin.flags import draw_flag
from services.render.outputs.builtin.graphic import Box, Part, draw_texts, part
from services.render.outputs.builtin.panel import panel_body, with_shadow
from services.render.outputs.builtin.tokens import THEMES, Theme

_SHOWN = with_shadow(g.PANEL)
_PLATE = Box(g.PANEL.x, g.PANEL.y, g.PANEL.width, g.PLATE_HEIGHT)
_RAIL = Box(g.PANEL.x, g.RAIL_Y, g.PANEL.width, g.RAIL_HEIGHT)
_STILL = (0.0, 0.0)


class ChipFlowScene(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a frame is joined from; the line and the figure are drawn anew in each."""

    layout: Layout
    theme: Theme
    body: Part
    plate: Part
    axis: Part
    change: Part

    def draw(self, canvas: Any, state: FrameState) -> None:
        """See `Scene.draw`."""
        canvas.clear(skia.Color4f.kTransparent)
        canvas.save()
        canvas.clipRect(skia.Rect.MakeXYWH(_SHOWN.x, _SHOWN.y, state.open_px, _SHOWN.height))
        self.body.draw(canvas, _STILL, 1.0)
        self._draw_plot(canvas, state)
        plot.draw_carriage(canvas, self.theme, state.carriage_shift)
        self.plate.draw(canvas, (state.text_shift, 0.0), state.text_opacity)
        self.axis.draw(canvas, _STILL, state.text_opacity)
        figure = (self.layout.value.at(state.drawn),)
        draw_texts(canvas, figure, self.theme, state.text_opacity)
        self.change.draw(canvas, _STILL, state.change_opacity)
        canvas.restore()

    def _draw_plot(self, canvas: Any, state: FrameState) -> None:
        """The line and its points lie over each other: they fade as one."""
        if state.plot_opacity < 1:
            canvas.saveLayer(g.DRAWN.rect, skia.Paint(Alphaf=state.plot_opacity))
        plot.draw_plot(canvas, self.layout, self.theme, state.drawn, state.marks)
        if state.plot_opacity < 1:
            canvas.restore()


def build_scene(layout: Layout, theme: Theme) -> ChipFlowScene:
    """Draw every part once. Raises BadJob and MissingAsset for a flag that cannot be drawn."""
    return ChipFlowScene(
        layout=layout,
        theme=theme,
        body=_body(theme),
        plate=part(_PLATE, partial(_draw_plate, layout, theme)),
        axis=part(g.PANEL, partial(draw_texts, texts=layout.axis, theme=theme)),
        change=part(g.PANEL, partial(plot.draw_change, layout=layout, theme=theme)),
    )


@lru_cache(maxsize=len(THEMES))
def _body(theme: Theme) -> Part:
    """Shadow, panel, plate and rail: the same for every chip flow of a theme."""
    return panel_body(g.PANEL, ((_PLATE, theme.plate), (_RAIL, theme.rail)), theme)


def _draw_plate(layout: Layout, theme: Theme, canvas: Any) -> None:
    draw_texts(canvas, layout.plate, theme)
    if layout.flag is not None:
        code, place = layout.flag
        draw_flag(canvas, code, place, theme)
