"""The house style as data: colours of both themes, and what all graphics have in common.

Pixels of the 1920x1080 picture; colours are sRGB with straight alpha. Nothing here draws.
"""

from typing import Literal

import msgspec

# Part of the engine's version: goes up when any value below changes.
TOKENS_VERSION = 1

WIDTH, HEIGHT = 1920, 1080
SAFE_LEFT, SAFE_TOP, SAFE_RIGHT, SAFE_BOTTOM = 96, 54, 1824, 1026

type Ink = Literal[
    "text", "text2", "text3", "accent_text", "alert_text", "on_alert", "rise", "fall"
]


class Colour(msgspec.Struct, frozen=True):
    """Red, green, blue in 0..255 and straight alpha in 0..1."""

    red: int
    green: int
    blue: int
    alpha: float


def _colour(hexadecimal: str, alpha: float = 1.0) -> Colour:
    red, green, blue = bytes.fromhex(hexadecimal)
    return Colour(red, green, blue, alpha)


class Theme(msgspec.Struct, frozen=True, kw_only=True):
    """One colour table; sizes are the same in every theme."""

    name: str
    panel: Colour
    plate: Colour
    foot: Colour
    rail: Colour
    hair: Colour
    off: Colour
    edge: Colour | None
    text: Colour
    text2: Colour
    text3: Colour
    accent: Colour
    accent_text: Colour
    alert: Colour
    on_alert: Colour
    alert_text: Colour
    rise: Colour
    fall: Colour
    line: Colour
    area: Colour
    scrim: Colour
    flag_key: Colour
    shadow: Colour

    def ink(self, name: Ink) -> Colour:
        """The colour of a kind of text."""
        colour: Colour = getattr(self, name)
        return colour


MIDNIGHT = Theme(
    name="midnight",
    panel=_colour("0B1116", 0.92),
    plate=_colour("141D24", 0.96),
    foot=_colour("141D24", 0.96),
    rail=_colour("F2F6F3", 0.16),
    hair=_colour("F2F6F3", 0.09),
    off=_colour("F2F6F3", 0.13),
    edge=_colour("FFFFFF", 0.10),
    text=_colour("F2F6F3"),
    text2=_colour("AEBAC1"),
    text3=_colour("82909A"),
    accent=_colour("D6F23C"),
    accent_text=_colour("D6F23C"),
    alert=_colour("FF5D4A"),
    on_alert=_colour("14090A"),
    alert_text=_colour("FF8A7C"),
    rise=_colour("3AD6B5"),
    fall=_colour("FF8572"),
    line=_colour("D6F23C"),
    area=_colour("D6F23C", 0.11),
    scrim=_colour("05080B", 0.78),
    flag_key=_colour("FFFFFF", 0.22),
    shadow=_colour("000000", 0.45),
)

DAYLIGHT = Theme(
    name="daylight",
    panel=_colour("F5F7F2", 0.96),
    plate=_colour("FFFFFF", 0.985),
    foot=_colour("E6EAE2", 0.985),
    rail=_colour("10181E"),
    hair=_colour("10181E", 0.11),
    off=_colour("10181E", 0.14),
    edge=None,
    text=_colour("10181E"),
    text2=_colour("45525B"),
    text3=_colour("59666E"),
    accent=_colour("D6F23C"),
    accent_text=_colour("10181E"),
    alert=_colour("D92D1A"),
    on_alert=_colour("FFFFFF"),
    alert_text=_colour("D92D1A"),
    rise=_colour("00735C"),
    fall=_colour("BF2E1B"),
    line=_colour("10181E"),
    area=_colour("D6F23C", 0.55),
    scrim=_colour("DDE3DC", 0.86),
    flag_key=_colour("10181E", 0.28),
    shadow=_colour("000000", 0.28),
)

THEMES = {theme.name: theme for theme in (MIDNIGHT, DAYLIGHT)}


class Style(msgspec.Struct, frozen=True):
    """How a text is set: size in px, weight 400..800, tracking in em."""

    size: float
    weight: int
    tracking: float = 0.0


DASH = Style(22, 700)

# Fit: below this factor a text is cut instead, and nothing on air is smaller than 20 px.
SCALE_MIN = 0.82
SIZE_MIN = 20.0
# Half the cap height of Pretendard in em, minus what optical centring takes back.
BASELINE = 0.354

PANEL_RADIUS = 6
SHADOW_SIGMA, SHADOW_DROP, SHADOW_INSET, SHADOW_BORDER = 14, 10, 2, 56
FLAG_RADIUS = 3
