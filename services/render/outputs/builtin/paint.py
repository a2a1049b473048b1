"""Small helpers over skia: colours, boxes, surfaces and shaped texts."""

from typing import Any

import skia

from services.render.outputs.builtin.text import Shaped
from services.render.outputs.builtin.tokens import Colour


def colour4(colour: Colour, opacity: float = 1.0) -> Any:
    """A skia colour; skia multiplies the alpha itself."""
    red, green, blue = colour.red / 255, colour.green / 255, colour.blue / 255
    return skia.Color4f(red, green, blue, colour.alpha * opacity)


def filled(colour: Colour) -> Any:
    """A smooth-edged fill."""
    return skia.Paint(Color4f=colour4(colour), AntiAlias=True)


def rounded(box: Any, radius: float) -> Any:
    """A box with round corners."""
    return skia.RRect.MakeRectXY(box, radius, radius)


def blank(width: int, height: int) -> Any:
    """A transparent surface of whole pixels."""
    return skia.Surface.MakeRasterN32Premul(width, height)


def draw_text(
    canvas: Any, shaped: Shaped, place: tuple[float, float, float], colour: Colour
) -> None:
    """Draw a text; `place` is left edge, baseline and size in px."""
    left, baseline, size = place
    paint = filled(colour)
    for run in shaped.runs:
        builder = skia.TextBlobBuilder()
        points = [skia.Point(x * size, y * size) for x, y in zip(run.xs, run.ys, strict=True)]
        builder.allocRunPos(_font(run.typeface, size), run.ids, points)
        canvas.drawTextBlob(builder.make(), left, baseline, paint)


def _font(typeface: Any, size: float) -> Any:
    font = skia.Font(typeface, size)
    # Letters keep their drawn shape and their place between pixels: moving text must not wobble.
    font.setHinting(skia.FontHinting.kNone)
    font.setSubpixel(True)
    font.setLinearMetrics(True)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    return font
