"""The house style as data: colours of both themes, type roles, and the leaderboard's geometry.

Pixels of the 1920x1080 picture; colours are sRGB with straight alpha. Nothing here draws.
"""

from typing import Literal

import msgspec

# Part of the engine's version: goes up when any value below changes.
TOKENS_VERSION = 1

WIDTH, HEIGHT = 1920, 1080
SAFE_LEFT, SAFE_TOP, SAFE_RIGHT, SAFE_BOTTOM = 96, 54, 1824, 1026

type Ink = Literal["text", "text2", "text3", "accent_text"]


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


TITLE = Style(50, 800, -0.01)
SUFFIX = Style(50, 400, -0.01)
SUBTITLE = Style(22, 600, 0.06)
HEAD = Style(20, 600, 0.10)
RANK = Style(32, 700)
RANK_FIRST = Style(32, 800)
NAME = Style(32, 700)
NUMBER = Style(34, 700)
LABEL = Style(24, 600, 0.08)
BLINDS = Style(32, 800)
ANTE = Style(28, 500)
DASH = Style(22, 700)

# Fit: below this factor a text is cut instead, and nothing on air is smaller than 20 px.
SCALE_MIN = 0.82
SIZE_MIN = 20.0
# Half the cap height of Pretendard in em, minus what optical centring takes back.
BASELINE = 0.354

PANEL_RADIUS = 6
SHADOW_SIGMA, SHADOW_DROP, SHADOW_INSET, SHADOW_BORDER = 14, 10, 2, 56
FLAG_WIDTH, FLAG_HEIGHT, FLAG_RADIUS = 44, 33, 3

# Table leaderboard. X positions of columns are relative to the panel's left edge.
PANEL_X, PANEL_Y, PANEL_WIDTH, PANEL_HEIGHT = 388, 112, 1144, 822
PADDING = 40
PLATE_HEIGHT = 120
TITLE_CENTRE, SUBTITLE_CENTRE, SUBTITLE_WIDTH = 157, 202, 700
SUFFIX_GAP = 20
# The title ends before the logo slot, bound or not, so that a logo never moves it.
TITLE_RIGHT = 840
RAIL_Y, RAIL_HEIGHT = 232, 6
CARRIAGE_X, CARRIAGE_WIDTH = 428, 132
HEADS_Y, HEADS_HEIGHT, HEADS_CENTRE = 238, 44, 262
ROWS_Y, ROW_HEIGHT, ROWS = 282, 64, 9
FOOTER_Y, FOOTER_HEIGHT = 858, 76
RANK_RIGHT, RANK_WIDTH = 76, 40
FLAG_LEFT = 100
NAME_LEFT, NAME_WIDTH = 168, 534
CHIPS_RIGHT, CHIPS_WIDTH = 934, 220
BB_RIGHT, BB_WIDTH = 1104, 110
LABEL_LEFT, BLINDS_LEFT, ANTE_GAP, NOTE_RIGHT = 40, 168, 22, 1104
