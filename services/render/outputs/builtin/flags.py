"""Country flags at their final size, from the vendored vector files."""

from functools import lru_cache
from typing import Any

import numpy as np
import skia

from services.render.outputs.builtin.assets import asset
from services.render.outputs.builtin.graphic import Box
from services.render.outputs.builtin.paint import draw_text, filled, rounded
from services.render.outputs.builtin.text import shape
from services.render.outputs.builtin.tokens import (
    BASELINE,
    DASH,
    FLAG_RADIUS,
    Theme,
)
from services.render.outputs.engine import BadJob, MissingAsset

# A table shows nine flags; this keeps those of a whole tournament day.
FLAGS_CACHED_MAX = 128
# Crests are too fine for one sample per pixel; each pixel is the mean of this many squared.
_SAMPLES = 4
_CODE_LENGTH = 2


@lru_cache(maxsize=FLAGS_CACHED_MAX)
def _artwork(code: str, shown_width: int, shown_height: int) -> Any:
    """The flag at a size in px without corners or outline, as a skia image.

    Raises:
        BadJob: the code is not two letters.
        MissingAsset: there is no such flag file, or it is not a picture.
    """
    if len(code) != _CODE_LENGTH or not (code.isascii() and code.isalpha()):
        raise BadJob(f"{code!r} is not a country code of two letters")
    path = asset(f"flags/4x3/{code.lower()}.svg")
    drawing = skia.SVGDOM.MakeFromStream(skia.MemoryStream(path.read_bytes(), True))
    if drawing is None:
        raise MissingAsset(f"{path} is not a picture that can be read")
    width, height = shown_width * _SAMPLES, shown_height * _SAMPLES
    pixels = np.zeros((height, width, 4), np.uint8)
    info = skia.ImageInfo.MakeN32Premul(width, height)
    drawing.setContainerSize(skia.Size(width, height))
    # The surface must outlive its canvas.
    surface = skia.Surface.MakeRasterDirect(info, pixels)
    drawing.render(surface.getCanvas())
    blocks = pixels.reshape(shown_height, _SAMPLES, shown_width, _SAMPLES, 4).astype(np.uint16)
    # Integer mean, half up: the same bytes on every machine.
    count = _SAMPLES * _SAMPLES
    small = ((blocks.sum(axis=(1, 3)) + count // 2) // count).astype(np.uint8)
    small_info = skia.ImageInfo.MakeN32Premul(shown_width, shown_height)
    return skia.Image.MakeRasterCopy(skia.Pixmap(small_info, small, shown_width * 4))


def draw_flag(canvas: Any, code: str | None, place: Box, theme: Theme) -> None:
    """Draw a flag with its outline into a box; None draws the neutral plate and a dash.

    Raises:
        BadJob, MissingAsset: see `_artwork`.
    """
    box = place.rect
    if code is None:
        canvas.drawRRect(rounded(box, FLAG_RADIUS), filled(theme.off))
        _draw_dash(canvas, box, theme)
    else:
        canvas.save()
        canvas.clipRRect(rounded(box, FLAG_RADIUS), doAntiAlias=True)
        canvas.drawImage(_artwork(code, place.width, place.height), place.x, place.y)
        canvas.restore()
    outline = filled(theme.flag_key)
    outline.setStyle(skia.Paint.kStroke_Style)
    outline.setStrokeWidth(1)
    canvas.drawRRect(rounded(box.makeInset(0.5, 0.5), FLAG_RADIUS - 0.5), outline)


def _draw_dash(canvas: Any, box: Any, theme: Theme) -> None:
    dash = shape("–", DASH)
    left = box.centerX() - dash.width_em * DASH.size / 2
    draw_text(canvas, dash, (left, box.centerY() + BASELINE * DASH.size, DASH.size), theme.text2)
