"""Texts at their places: shaped, made to fit, with their baseline from the centre of a row."""

import msgspec

from services.render.outputs.builtin.text import Fitted, Shaped, fit
from services.render.outputs.builtin.tokens import BASELINE, Ink, Style


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """One text on the picture: left edge and baseline in px, size in px, kind of colour."""

    shaped: Shaped
    x: float
    baseline: float
    size: float
    ink: Ink

    @property
    def width(self) -> float:
        """Advance width in px."""
        return self.shaped.width_em * self.size

    @property
    def right(self) -> float:
        """Right edge in px."""
        return self.x + self.width


def left(shaped: Shaped, size: float, edge: float, centre: float, ink: Ink) -> Placed:
    """A text that begins at an edge, with its capitals centred on a line."""
    baseline = centre + BASELINE * size
    return Placed(shaped=shaped, x=edge, baseline=baseline, size=size, ink=ink)


def right(shaped: Shaped, size: float, edge: float, centre: float, ink: Ink) -> Placed:
    """A text that ends at an edge."""
    return left(shaped, size, edge - shaped.width_em * size, centre, ink)


def middle(shaped: Shaped, size: float, about: float, centre: float, ink: Ink) -> Placed:
    """A text with its middle at an x position."""
    return left(shaped, size, about - shaped.width_em * size / 2, centre, ink)


def fitted(text: str, style: Style, width_max: float, warnings: list[str]) -> Fitted:
    """A text made to fit; one that had to be cut adds a sentence to the warnings."""
    made = fit(text, style, width_max)
    if made.cut:
        warnings.append(f"{text!r} is cut to {made.shaped.text!r}")
    return made
