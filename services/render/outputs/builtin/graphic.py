"""What the engine draws: a graphic as parts made once, and the painter that joins them."""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec
import numpy as np
import skia

from services.render.outputs.builtin.paint import blank, draw_text
from services.render.outputs.builtin.placing import Placed
from services.render.outputs.builtin.tokens import HEIGHT, WIDTH, Theme


class Scene[State](Protocol):
    """Everything a frame is joined from."""

    def draw(self, canvas: Any, state: State) -> None:
        """Replace the whole picture by one state of the graphic."""


class Graphic(msgspec.Struct, frozen=True, kw_only=True):
    """One graphic: its scene, the state of frame `n` of `m` at a frame rate, what was cut."""

    scene: Scene[Any]
    state_at: Callable[[int, int, int], Any]
    warnings: tuple[str, ...]


class Part(msgspec.Struct, frozen=True):
    """An image and the whole pixel it rests on."""

    image: Any
    x: int
    y: int

    def draw(self, canvas: Any, shift: tuple[float, float], opacity: float) -> None:
        """Draw it some px from its place; nothing at all when it is not visible."""
        if opacity == 0:
            return
        paint = skia.Paint(Alphaf=opacity)
        sampling = skia.SamplingOptions(skia.FilterMode.kLinear)
        canvas.drawImage(self.image, self.x + shift[0], self.y + shift[1], sampling, paint)


class Box(msgspec.Struct, frozen=True):
    """Whole pixels of the picture: left, top, width, height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def rect(self) -> Any:
        """The same for skia."""
        return skia.Rect.MakeXYWH(self.x, self.y, self.width, self.height)


def part(box: Box, draw: Callable[[Any], None]) -> Part:
    """An image of a box of the picture, drawn once in the picture's own coordinates."""
    surface = blank(box.width, box.height)
    canvas = surface.getCanvas()
    canvas.translate(-box.x, -box.y)
    draw(canvas)
    return Part(surface.makeImageSnapshot(), box.x, box.y)


def draw_texts(canvas: Any, texts: tuple[Placed, ...], theme: Theme, opacity: float = 1.0) -> None:
    """Draw texts where they were placed."""
    for text in texts:
        place, ink = (text.x, text.baseline, text.size), theme.ink(text.ink)
        colour = ink if opacity == 1 else msgspec.structs.replace(ink, alpha=ink.alpha * opacity)
        draw_text(canvas, text.shaped, place, colour)


class Painter[State]:
    """Paints a scene into one reused picture, premultiplied BGRA."""

    def __init__(self, scene: Scene[State]) -> None:
        """Takes one full-size picture of memory (8.3 MB) for as long as it lives."""
        self._scene = scene
        self.pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
        info = skia.ImageInfo.Make(WIDTH, HEIGHT, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        self._surface = skia.Surface.MakeRasterDirect(info, self.pixels)

    def paint(self, state: State) -> None:
        """Draw one state into `pixels`."""
        self._scene.draw(self._surface.getCanvas(), state)

    def straight(self) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        """A copy of the picture as RGBA with straight alpha, as a PNG holds it."""
        out = np.empty_like(self.pixels)
        info = skia.ImageInfo.Make(
            WIDTH, HEIGHT, skia.kRGBA_8888_ColorType, skia.kUnpremul_AlphaType
        )
        self._surface.readPixels(skia.Pixmap(info, out, WIDTH * 4))
        return out
