"""The parts of one strap as images, made once, and how a frame is joined from them."""

from functools import partial
from typing import Any

import msgspec
import skia

from services.render.outputs.builtin.flags import draw_flag
from services.render.outputs.builtin.graphic import Box, Part, draw_texts, part
from services.render.outputs.builtin.panel import draw_fills, panel_body, with_shadow
from services.render.outputs.builtin.strap import geometry as g
from services.render.outputs.builtin.strap.layout import Layout
from services.render.outputs.builtin.strap.motion import FrameState
from services.render.outputs.builtin.tokens import Theme

_STILL = (0.0, 0.0)


class StrapScene(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a frame is joined from: `shown` is the strap with its shadow, `tile` its tile."""

    shown: Box
    tile: Box
    body: Part
    words: Part
    figure: Part
    small: Part

    def draw(self, canvas: Any, state: FrameState) -> None:
        """See `Scene.draw`."""
        canvas.clear(skia.Color4f.kTransparent)
        canvas.save()
        open_px = round(self.shown.width * state.opened)
        canvas.clipRect(skia.Rect.MakeXYWH(self.shown.x, self.shown.y, open_px, self.shown.height))
        self.body.draw(canvas, _STILL, 1.0)
        self.words.draw(canvas, (state.text_shift, 0.0), state.text_opacity)
        self._draw_tile(canvas, state)
        canvas.restore()

    def _draw_tile(self, canvas: Any, state: FrameState) -> None:
        width = round(self.tile.width * state.tile)
        right = self.tile.x + self.tile.width
        canvas.clipRect(skia.Rect.MakeXYWH(right - width, self.tile.y, width, self.tile.height))
        self.figure.draw(canvas, _STILL, 1.0)
        self.small.draw(canvas, _STILL, state.small_opacity)


def build_scene(layout: Layout, theme: Theme) -> StrapScene:
    """Draw every part once. Raises BadJob and MissingAsset for a flag that cannot be drawn."""
    strap, tile = layout.strap, layout.tile
    rail = Box(strap.x, g.TOP + g.RAIL_TOP, strap.width - tile.width, g.RAIL_HEIGHT)
    carriage = Box(strap.x + g.PADDING, rail.y, g.CARRIAGE_WIDTH, g.RAIL_HEIGHT)
    words = Box(strap.x, g.TOP, strap.width - tile.width, g.HEIGHT)
    return StrapScene(
        shown=with_shadow(strap),
        tile=tile,
        body=panel_body(strap, ((rail, theme.rail), (carriage, theme.alert)), theme),
        words=part(words, partial(_draw_words, layout, theme)),
        figure=part(tile, partial(_draw_figure, layout, theme)),
        small=part(tile, partial(draw_texts, texts=layout.small, theme=theme)),
    )


def _draw_words(layout: Layout, theme: Theme, canvas: Any) -> None:
    draw_texts(canvas, layout.words, theme)
    if layout.flag is not None:
        code, place = layout.flag
        draw_flag(canvas, code, place, theme)


def _draw_figure(layout: Layout, theme: Theme, canvas: Any) -> None:
    """The tile ends the strap: it has the panel's round corners at its right only."""
    draw_fills(canvas, layout.strap.rect, ((layout.tile, theme.alert),))
    draw_texts(canvas, layout.big, theme)
