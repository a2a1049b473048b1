"""The parts of one leaderboard as images, made once, and how a frame is joined from them."""

from functools import lru_cache, partial
from typing import Any

import msgspec
import skia

from services.render.outputs.builtin import tokens as t
from services.render.outputs.builtin.flags import draw_flag
from services.render.outputs.builtin.graphic import Box, Part, draw_texts, part
from services.render.outputs.builtin.leaderboard import geometry as g
from services.render.outputs.builtin.leaderboard import layout as places
from services.render.outputs.builtin.leaderboard.motion import FrameState
from services.render.outputs.builtin.paint import colour4, filled
from services.render.outputs.builtin.panel import panel_body, with_shadow

_PANEL = Box(g.PANEL_X, g.PANEL_Y, g.PANEL_WIDTH, g.PANEL_HEIGHT)
_SHOWN = with_shadow(_PANEL)


class LeaderboardScene(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a frame is joined from; `texts` move together, each row by itself."""

    theme: t.Theme
    body: Part
    texts: tuple[Part, ...]
    rows: tuple[Part, ...]

    def draw(self, canvas: Any, state: FrameState) -> None:
        """See `Scene.draw`."""
        canvas.clear(colour4(self.theme.scrim, state.scrim))
        canvas.save()
        canvas.clipRect(skia.Rect.MakeXYWH(_SHOWN.x, _SHOWN.y, state.open_px, _SHOWN.height))
        self.body.draw(canvas, (0.0, 0.0), 1.0)
        carriage = skia.Rect.MakeXYWH(
            g.CARRIAGE_X + state.carriage_shift, g.RAIL_Y, g.CARRIAGE_WIDTH, g.RAIL_HEIGHT
        )
        canvas.drawRect(carriage, filled(self.theme.accent))
        for each in self.texts:
            each.draw(canvas, (state.text_shift, 0.0), state.text_opacity)
        for each, row in zip(self.rows, state.rows, strict=True):
            each.draw(canvas, (0.0, row.drop), row.opacity)
        canvas.restore()


def build_scene(layout: places.Layout, theme: t.Theme) -> LeaderboardScene:
    """Draw every part once.

    Raises:
        BadJob, MissingAsset, MissingGlyph: a flag or its dash cannot be drawn.
    """
    last = len(layout.rows) - 1
    lines = (
        (layout.title, g.PANEL_Y, g.PLATE_HEIGHT),
        (layout.heads, g.HEADS_Y, g.HEADS_HEIGHT),
        (layout.footer, g.FOOTER_Y, g.FOOTER_HEIGHT),
    )
    return LeaderboardScene(
        theme=theme,
        body=_body(theme),
        texts=tuple(
            part(_band(top, height), partial(draw_texts, texts=texts, theme=theme))
            for texts, top, height in lines
        ),
        rows=tuple(_row(row, theme, index == last) for index, row in enumerate(layout.rows)),
    )


@lru_cache(maxsize=len(t.THEMES))
def _body(theme: t.Theme) -> Part:
    """Shadow, panel, plates and rail: the same for every leaderboard of a theme."""
    fills = (
        (_band(g.PANEL_Y, g.PLATE_HEIGHT), theme.plate),
        (_band(g.RAIL_Y, g.RAIL_HEIGHT), theme.rail),
        (_band(g.FOOTER_Y, g.FOOTER_HEIGHT), theme.foot),
    )
    return panel_body(_PANEL, fills, theme)


def _band(top: int, height: int) -> Box:
    return Box(g.PANEL_X, top, g.PANEL_WIDTH, height)


def _row(row: places.RowLayout, theme: t.Theme, last: bool) -> Part:
    return part(_band(row.top, g.ROW_HEIGHT + 1), partial(_draw_row, row, theme, last))


def _draw_row(row: places.RowLayout, theme: t.Theme, last: bool, canvas: Any) -> None:
    """One row with the hair above it; the last one closes the list, unless the footer does."""
    below = row.top + g.ROW_HEIGHT
    hairs = (row.top, below) if last and below < g.FOOTER_Y else (row.top,)
    for y in hairs:
        hair = Box(g.PANEL_X + g.PADDING, y, g.PANEL_WIDTH - 2 * g.PADDING, 1)
        canvas.drawRect(hair.rect, filled(theme.hair))
    flag_top = row.top + (g.ROW_HEIGHT - g.FLAG_HEIGHT) // 2
    flag = Box(g.PANEL_X + g.FLAG_LEFT, flag_top, g.FLAG_WIDTH, g.FLAG_HEIGHT)
    draw_flag(canvas, row.flag, flag, theme)
    draw_texts(canvas, row.texts, theme)
