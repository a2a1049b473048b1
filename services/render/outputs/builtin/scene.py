"""The parts of one leaderboard as images, made once, and the painter that joins them per frame."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import skia

from services.render.outputs.builtin import tokens as t
from services.render.outputs.builtin.flags import draw_flag
from services.render.outputs.builtin.layout import Layout, Placed, RowLayout
from services.render.outputs.builtin.motion import FrameState
from services.render.outputs.builtin.paint import blank, colour4, draw_text, filled, rounded

_BOX_X, _BOX_Y = t.PANEL_X - t.SHADOW_BORDER, t.PANEL_Y - t.SHADOW_BORDER
_BOX_HEIGHT = t.PANEL_HEIGHT + 2 * t.SHADOW_BORDER


class Part(msgspec.Struct, frozen=True):
    """An image and the whole pixel it rests on."""

    image: Any
    x: int
    y: int


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a frame is joined from; `texts` move together, each row by itself."""

    theme: t.Theme
    body: Part
    texts: tuple[Part, ...]
    rows: tuple[Part, ...]


def build_scene(layout: Layout, theme: t.Theme) -> Scene:
    """Draw every part once.

    Raises:
        BadJob, MissingAsset, MissingGlyph: a flag or its dash cannot be drawn.
    """
    last = len(layout.rows) - 1
    return Scene(
        theme=theme,
        body=Part(_body(theme), _BOX_X, _BOX_Y),
        texts=(
            _texts(layout.title, t.PANEL_Y, t.PLATE_HEIGHT, theme),
            _texts(layout.heads, t.HEADS_Y, t.HEADS_HEIGHT, theme),
            _texts(layout.footer, t.FOOTER_Y, t.FOOTER_HEIGHT, theme),
        ),
        rows=tuple(_row(row, theme, index == last) for index, row in enumerate(layout.rows)),
    )


@lru_cache(maxsize=len(t.THEMES))
def _body(theme: t.Theme) -> Any:
    """Shadow, panel, plates and rail: the same for every leaderboard of a theme."""
    surface = blank(t.PANEL_WIDTH + 2 * t.SHADOW_BORDER, _BOX_HEIGHT)
    canvas = surface.getCanvas()
    canvas.translate(-_BOX_X, -_BOX_Y)
    box = skia.Rect.MakeXYWH(t.PANEL_X, t.PANEL_Y, t.PANEL_WIDTH, t.PANEL_HEIGHT)
    panel = rounded(box, t.PANEL_RADIUS)
    _draw_shadow(canvas, box, panel, theme)
    canvas.drawRRect(panel, filled(theme.panel))
    canvas.save()
    canvas.clipRRect(panel, doAntiAlias=True)
    for colour, top, height in (
        (theme.plate, t.PANEL_Y, t.PLATE_HEIGHT),
        (theme.rail, t.RAIL_Y, t.RAIL_HEIGHT),
        (theme.foot, t.FOOTER_Y, t.FOOTER_HEIGHT),
    ):
        canvas.drawRect(skia.Rect.MakeXYWH(t.PANEL_X, top, t.PANEL_WIDTH, height), filled(colour))
    canvas.restore()
    if theme.edge is not None:
        line = filled(theme.edge)
        line.setStyle(skia.Paint.kStroke_Style)
        line.setStrokeWidth(1)
        canvas.drawRRect(rounded(box.makeInset(0.5, 0.5), t.PANEL_RADIUS - 0.5), line)
    return surface.makeImageSnapshot()


def _draw_shadow(canvas: Any, box: Any, panel: Any, theme: t.Theme) -> None:
    """The shadow around the panel only: under it, the panel's alpha must stay its own."""
    canvas.save()
    canvas.clipRRect(panel, skia.ClipOp.kDifference, True)
    shadow = filled(theme.shadow)
    shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, t.SHADOW_SIGMA))
    cast = box.makeInset(t.SHADOW_INSET, 0).makeOffset(0, t.SHADOW_DROP)
    canvas.drawRRect(rounded(cast, t.PANEL_RADIUS), shadow)
    canvas.restore()


def _texts(placed: Sequence[Placed], top: int, height: int, theme: t.Theme) -> Part:
    surface = blank(t.PANEL_WIDTH, height)
    canvas = surface.getCanvas()
    canvas.translate(-t.PANEL_X, -top)
    _draw_texts(canvas, placed, theme)
    return Part(surface.makeImageSnapshot(), t.PANEL_X, top)


def _draw_texts(canvas: Any, placed: Sequence[Placed], theme: t.Theme) -> None:
    for text in placed:
        place = (text.x, text.baseline, text.size)
        draw_text(canvas, text.shaped, place, theme.ink(text.ink))


def _row(row: RowLayout, theme: t.Theme, last: bool) -> Part:
    """One row with the hair above it; the last one closes the list, unless the footer does."""
    surface = blank(t.PANEL_WIDTH, t.ROW_HEIGHT + 1)
    canvas = surface.getCanvas()
    canvas.translate(-t.PANEL_X, -row.top)
    below = row.top + t.ROW_HEIGHT
    hairs = (row.top, below) if last and below < t.FOOTER_Y else (row.top,)
    for y in hairs:
        hair = skia.Rect.MakeXYWH(t.PANEL_X + t.PADDING, y, t.PANEL_WIDTH - 2 * t.PADDING, 1)
        canvas.drawRect(hair, filled(theme.hair))
    flag_top = row.top + (t.ROW_HEIGHT - t.FLAG_HEIGHT) // 2
    draw_flag(canvas, row.flag, (t.PANEL_X + t.FLAG_LEFT, flag_top), theme)
    _draw_texts(canvas, row.texts, theme)
    return Part(surface.makeImageSnapshot(), t.PANEL_X, row.top)


class Painter:
    """Joins the parts of a scene into one reused picture, premultiplied BGRA."""

    def __init__(self, scene: Scene) -> None:
        """Takes one full-size picture of memory (8.3 MB) for as long as it lives."""
        self._scene = scene
        self.pixels = np.zeros((t.HEIGHT, t.WIDTH, 4), np.uint8)
        info = skia.ImageInfo.Make(
            t.WIDTH, t.HEIGHT, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType
        )
        self._surface = skia.Surface.MakeRasterDirect(info, self.pixels)

    def paint(self, state: FrameState) -> None:
        """Draw one state into `pixels`, over nothing."""
        scene, canvas = self._scene, self._surface.getCanvas()
        canvas.clear(colour4(scene.theme.scrim, state.scrim))
        canvas.save()
        canvas.clipRect(skia.Rect.MakeXYWH(_BOX_X, _BOX_Y, state.open_px, _BOX_HEIGHT))
        canvas.drawImage(scene.body.image, scene.body.x, scene.body.y)
        carriage = skia.Rect.MakeXYWH(
            t.CARRIAGE_X + state.carriage_shift, t.RAIL_Y, t.CARRIAGE_WIDTH, t.RAIL_HEIGHT
        )
        canvas.drawRect(carriage, filled(scene.theme.accent))
        for part in scene.texts:
            _draw_part(canvas, part, (state.text_shift, 0.0), state.text_opacity)
        for part, row in zip(scene.rows, state.rows, strict=True):
            _draw_part(canvas, part, (0.0, row.drop), row.opacity)
        canvas.restore()

    def straight(self) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        """A copy of the picture as RGBA with straight alpha, as a PNG holds it."""
        out = np.empty_like(self.pixels)
        info = skia.ImageInfo.Make(
            t.WIDTH, t.HEIGHT, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType
        )
        self._surface.readPixels(skia.Pixmap(info, out, t.WIDTH * 4))
        return out


def _draw_part(canvas: Any, part: Part, shift: tuple[float, float], opacity: float) -> None:
    if opacity == 0:
        return
    paint = skia.Paint(Alphaf=opacity)
    sampling = skia.SamplingOptions(skia.FilterMode.kLinear)
    canvas.drawImage(part.image, part.x + shift[0], part.y + shift[1], sampling, paint)
