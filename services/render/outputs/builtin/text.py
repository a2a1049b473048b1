"""Shaping: a text becomes glyphs of vendored fonts, with fallback, features and fit.

HarfBuzz shapes, because skia's own text calls know no font features; skia draws the glyphs.
Sizes and positions are kept in em, so that a text is shaped once and scaled freely.
"""

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
import skia
import uharfbuzz as hb  # type: ignore[import-untyped]

from services.render.outputs.builtin.assets import asset
from services.render.outputs.builtin.tokens import SCALE_MIN, SIZE_MIN, Style
from services.render.outputs.engine import BadJob, MissingAsset, MissingGlyph

ELLIPSIS = "…"
_PRETENDARD = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold", 800: "ExtraBold"}
_FALLBACKS = (("noto-sans-kr", "NotoSansKR"), ("noto-sans", "NotoSans"))
# Fallback fonts are vendored in two weights: one for light text, one for all else.
_FALLBACK_LIGHT, _FALLBACK_BOLD, _BOLD_FROM = "500Medium", "700Bold", 600


class Face(msgspec.Struct, frozen=True):
    """One font file, opened for the shaper and for the painter."""

    shaper: Any
    typeface: Any
    units_per_em: int


class Glyphs(msgspec.Struct, frozen=True):
    """Neighbouring glyphs of one face; offsets in em from the start of the text, y down."""

    typeface: Any
    ids: list[int]
    xs: list[float]
    ys: list[float]


class Shaped(msgspec.Struct, frozen=True):
    """A shaped text: what it says, its width in em without trailing tracking, its glyphs."""

    text: str
    width_em: float
    runs: tuple[Glyphs, ...]


class Fitted(msgspec.Struct, frozen=True):
    """A text made to fit: possibly smaller (px), possibly cut."""

    shaped: Shaped
    size: float
    cut: bool = False


class _Glyph(msgspec.Struct, frozen=True):
    face: Face
    glyph: int
    cluster: int
    advance: float
    dx: float
    dy: float


@cache
def _face(path: str) -> Face:
    file = asset(path)
    # A manager of its own: no look at what fonts the machine has installed.
    typeface = skia.FontMgr.New_Custom_Empty().makeFromFile(str(file), 0)
    if typeface is None:
        raise MissingAsset(f"{file} is not a font that can be read")
    face = hb.Face(hb.Blob.from_file_path(str(file)))
    return Face(hb.Font(face), typeface, face.upem)


def faces(weight: int) -> tuple[Face, ...]:
    """The fonts asked in turn for a weight: Pretendard, Noto Sans KR, Noto Sans."""
    other = _FALLBACK_BOLD if weight >= _BOLD_FROM else _FALLBACK_LIGHT
    paths = [f"fonts/pretendard/Pretendard-{_PRETENDARD[weight]}.otf"]
    paths += [f"fonts/{folder}/{family}_{other}.ttf" for folder, family in _FALLBACKS]
    return tuple(_face(path) for path in paths)


def shape(text: str, style: Style) -> Shaped:
    """Shape one line, left to right.

    Raises:
        MissingGlyph: no font has one of the characters.
        MissingAsset: a font file is absent.
    """
    glyphs = _shape(text, faces(style.weight), 0) if text else []
    runs: list[Glyphs] = []
    pen = 0.0
    for index, item in enumerate(glyphs):
        if index and item.cluster != glyphs[index - 1].cluster:
            pen += style.tracking
        if not runs or runs[-1].typeface is not item.face.typeface:
            runs.append(Glyphs(item.face.typeface, [], [], []))
        runs[-1].ids.append(item.glyph)
        runs[-1].xs.append(pen + item.dx)
        runs[-1].ys.append(-item.dy)
        pen += item.advance
    return Shaped(text, pen, tuple(runs))


def _shape(text: str, chain: Sequence[Face], offset: int) -> list[_Glyph]:
    """Shape with the first face; clusters it lacks go to the rest of the chain."""
    if not chain:
        names = ", ".join(f"U+{ord(char):04X} {unicodedata.name(char, '?')}" for char in text)
        raise MissingGlyph(f"no font has a glyph for {text!r} ({names})")
    glyphs = _shape_with(chain[0], text)
    done: list[_Glyph] = []
    index = 0
    while index < len(glyphs):
        if not _lacking(glyphs, index):
            item = glyphs[index]
            done.append(msgspec.structs.replace(item, cluster=item.cluster + offset))
            index += 1
            continue
        start = glyphs[index].cluster
        while index < len(glyphs) and _lacking(glyphs, index):
            index += 1
        end = glyphs[index].cluster if index < len(glyphs) else len(text)
        done += _shape(text[start:end], chain[1:], offset + start)
    return done


def _lacking(glyphs: Sequence[_Glyph], index: int) -> bool:
    """Whether any glyph of this one's cluster is missing: a letter and its marks stay together."""
    cluster = glyphs[index].cluster
    return any(item.cluster == cluster and item.glyph == 0 for item in glyphs)


def _shape_with(face: Face, text: str) -> list[_Glyph]:
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    buffer.direction = "ltr"
    hb.shape(face.shaper, buffer, _features(text))
    em = face.units_per_em
    return [
        _Glyph(
            face,
            info.codepoint,
            info.cluster,
            place.x_advance / em,
            place.x_offset / em,
            place.y_offset / em,
        )
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _features(text: str) -> dict[str, Any]:
    """Tabular digits; signs at capital height in upper-case text, but never the ellipsis."""
    features: dict[str, Any] = {"calt": False}
    if any(char.isdigit() for char in text):
        features["tnum"] = True
    if text == text.upper():
        end = text.find(ELLIPSIS) if ELLIPSIS in text else len(text)
        features["case"] = [[0, end, 1]]
    return features


def fit(text: str, style: Style, width_max: float) -> Fitted:
    """Set at full size, else smaller, else cut at the smallest size with an ellipsis.

    Raises:
        MissingGlyph, MissingAsset: see `shape`.
    """
    shaped = shape(text, style)
    size = _size_for(shaped, style, width_max)
    if shaped.width_em * size <= width_max:
        return Fitted(shaped, size)
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if shape(_cut(text, middle), style).width_em * size <= width_max:
            fits = middle
        else:
            too_long = middle
    return Fitted(shape(_cut(text, fits), style), size, cut=True)


def _cut(text: str, length: int) -> str:
    """The first characters and an ellipsis, with no mark torn off its letter."""
    while length and unicodedata.combining(text[length]):
        length -= 1
    return text[:length].rstrip(" .·-") + ELLIPSIS


def column_size(values: Sequence[Shaped], style: Style, width_max: float) -> float:
    """One size (px) at which every number of a column fits.

    Raises:
        BadJob: a number is too wide even at the smallest size; a number is never cut.
    """
    size = min((_size_for(value, style, width_max) for value in values), default=style.size)
    for value in values:
        if value.width_em * size > width_max + _ROUNDING:
            raise BadJob(f"the number {value.text} does not fit into {width_max:g} px")
    return size


# Scaling by max / width may leave a width a hair over max in binary arithmetic.
_ROUNDING = 1e-6


def _size_for(shaped: Shaped, style: Style, width_max: float) -> float:
    width = shaped.width_em * style.size
    if width <= width_max:
        return style.size
    return max(style.size * SCALE_MIN, SIZE_MIN, style.size * width_max / width)
