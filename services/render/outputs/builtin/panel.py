"""The body that all panels have: shadow, plate with its edge, and straight fills on it."""

from collections.abc import Sequence
from typing import Any

import skia

from services.render.outputs.builtin.graphic import Box, Part, part
from services.render.outputs.builtin.paint import filled, rounded
from services.render.outputs.builtin.tokens import (
    PANEL_RADIUS,
    SHADOW_BORDER,
    SHADOW_DROP,
    SHADOW_INSET,
    SHADOW_SIGMA,
    Colour,
    Theme,
)

type Fill = tuple[Box, Colour]


def with_shadow(panel: Box) -> Box:
    """The panel and all that its shadow covers."""
    border = SHADOW_BORDER
    return Box(
        panel.x - border, panel.y - border, panel.width + 2 * border, panel.height + 2 * border
    )


def panel_body(panel: Box, fills: Sequence[Fill], theme: Theme) -> Part:
    """A panel with its shadow; the fills lie on it."""
    return part(with_shadow(panel), lambda canvas: _draw(canvas, panel.rect, fills, theme))


def draw_fills(canvas: Any, panel: Any, fills: Sequence[Fill]) -> None:
    """Fill places of a panel, cut by its round corners."""
    canvas.save()
    canvas.clipRRect(rounded(panel, PANEL_RADIUS), doAntiAlias=True)
    for place, colour in fills:
        canvas.drawRect(place.rect, filled(colour))
    canvas.restore()


def _draw(canvas: Any, box: Any, fills: Sequence[Fill], theme: Theme) -> None:
    panel = rounded(box, PANEL_RADIUS)
    _draw_shadow(canvas, box, panel, theme)
    canvas.drawRRect(panel, filled(theme.panel))
    draw_fills(canvas, box, fills)
    if theme.edge is not None:
        line = filled(theme.edge)
        line.setStyle(skia.Paint.kStroke_Style)
        line.setStrokeWidth(1)
        canvas.drawRRect(rounded(box.makeInset(0.5, 0.5), PANEL_RADIUS - 0.5), line)


def _draw_shadow(canvas: Any, box: Any, panel: Any, theme: Theme) -> None:
    """The shadow around the panel only: under it, the panel's alpha must stay its own."""
    canvas.save()
    canvas.clipRRect(panel, skia.ClipOp.kDifference, True)
    shadow = filled(theme.shadow)
    shadow.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, SHADOW_SIGMA))
    cast = box.makeInset(SHADOW_INSET, 0).makeOffset(0, SHADOW_DROP)
    canvas.drawRRect(rounded(cast, PANEL_RADIUS), shadow)
    canvas.restore()
