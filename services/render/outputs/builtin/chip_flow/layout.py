"""Where everything of one chip flow stands: texts and points only, the same in every theme."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import dist

import msgspec

from contracts.compositions import ChipFlowFields
from services.render.outputs.builtin.chip_flow import geometry as g
from services.render.outputs.builtin.graphic import Box
from services.render.outputs.builtin.placing import Placed, fitted, left, middle, right
from services.render.outputs.builtin.text import Shaped, column_size, shape
from services.render.outputs.builtin.tokens import Ink, Style
from services.render.outputs.engine import BadJob

type Point = tuple[float, float]


class Counter(msgspec.Struct, frozen=True):
    """The large figure: it counts from one number to the other, at one size in px."""

    first: int
    last: int
    size: float

    def at(self, share: float) -> Placed:
        """The figure after a share of the way, in whole chips; its right edge stays in place."""
        way = self.last - self.first
        chips = self.last if share == 1 else self.first + round(way * share)
        return right(_figure(chips), self.size, g.VALUE_RIGHT, g.VALUE_CENTRE, "accent_text")


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """All texts by the part they belong to, the line, and sentences about what was cut.

    `along` is how far along the line each point lies, 0..1; `hairs` are the heights of the axis
    lines in px. `flag` is a country code and its place. `change` is empty when nothing changed.
    """

    plate: tuple[Placed, ...]
    flag: tuple[str, Box] | None
    axis: tuple[Placed, ...]
    value: Counter
    change: tuple[Placed, ...]
    points: tuple[Point, ...]
    along: tuple[float, ...]
    hairs: tuple[int, ...]
    warnings: tuple[str, ...]


def lay_out(fields: ChipFlowFields) -> Layout:
    """Shape, fit and place every text and every point.

    Raises:
        BadJob: fewer than two points, another number of labels, or a number wider than its place.
        MissingGlyph, MissingAsset: see `text.shape`.
    """
    if len(fields.series) < 2 or len(fields.series) != len(fields.ticks):
        raise BadJob(f"{len(fields.series)} points with {len(fields.ticks)} labels make no line")
    warnings: list[str] = []
    points = _points(fields)
    flat = fields.highest == fields.lowest
    value = Counter(fields.series[0], fields.current, _value_size(fields))
    plate, flag = _plate(fields, warnings)
    return Layout(
        plate=plate,
        flag=flag,
        axis=(*_labels(fields), *_ticks(fields.ticks, points)),
        value=value,
        change=_change(fields),
        points=points,
        along=_along(points),
        hairs=() if flat else (g.PLOT.y, g.PLOT_BOTTOM),
        warnings=tuple(warnings),
    )


def _plate(
    fields: ChipFlowFields, warnings: list[str]
) -> tuple[tuple[Placed, ...], tuple[str, Box] | None]:
    title = fitted(fields.title, g.TITLE, g.TITLE_WIDTH, warnings)
    window = fitted(fields.window, g.WINDOW, g.WINDOW_WIDTH, warnings)
    name = fitted(fields.surname, g.SURNAME, g.SURNAME_WIDTH, warnings)
    first = left(title.shaped, title.size, g.TITLE_LEFT, g.PLATE_CENTRE, "text")
    behind = round(first.right) + g.FLAG_GAP
    flag_top = g.PLATE_CENTRE - g.FLAG_HEIGHT // 2
    place = Box(behind, flag_top, g.FLAG_WIDTH, g.FLAG_HEIGHT)
    flag = (fields.flag, place) if fields.flag else None
    name_left = behind + g.SURNAME_LEFT if flag else behind
    texts = (
        first,
        left(name.shaped, name.size, name_left, g.PLATE_CENTRE, "text"),
        right(window.shaped, window.size, g.WINDOW_RIGHT, g.PLATE_CENTRE, "text2"),
    )
    return texts, flag


def _points(fields: ChipFlowFields) -> tuple[Point, ...]:
    """The points at equal distances; the axis reaches from the lowest to the highest stack."""
    step = g.PLOT.width / (len(fields.series) - 1)
    span = fields.highest - fields.lowest
    if not span:
        return tuple((g.PLOT.x + step * i, g.PLOT_MIDDLE) for i in range(len(fields.series)))
    return tuple(
        (g.PLOT.x + step * index, g.PLOT_BOTTOM - g.PLOT.height * (chips - fields.lowest) / span)
        for index, chips in enumerate(fields.series)
    )


def _along(points: Sequence[Point]) -> tuple[float, ...]:
    lengths = [dist(before, after) for before, after in pairwise(points)]
    total = sum(lengths)
    *between, _ = accumulate(lengths, initial=0.0)
    return (*(length / total for length in between), 1.0)


def _labels(fields: ChipFlowFields) -> tuple[Placed, ...]:
    """The extremes beside the axis; equal ones are one label in the middle."""
    heights = (g.PLOT.y, g.PLOT_BOTTOM) if fields.min_label else (g.PLOT_MIDDLE,)
    shaped = [shape(text, g.LABEL) for text in (fields.max_label, fields.min_label) if text]
    size = column_size(shaped, g.LABEL, g.LABEL_WIDTH)
    return tuple(
        right(text, size, g.LABEL_RIGHT, height, "text2")
        for text, height in zip(shaped, heights, strict=True)
    )


def _ticks(labels: Sequence[str], points: Sequence[Point]) -> tuple[Placed, ...]:
    """Labels of the time axis: the oldest, and from the last on those that touch no other."""
    first, *later = (_tick(label, x) for label, (x, _) in zip(labels, points, strict=True))
    placed = [later.pop()]
    for text in reversed(later):
        if text.x - first.right >= g.TICK_GAP and text.right + g.TICK_GAP <= placed[-1].x:
            placed.append(text)
    return (*placed, first)


def _tick(label: str, x: float) -> Placed:
    style, ink = _TICK_NOW if label == "NOW" else _TICK
    return middle(shape(label, style), style.size, x, g.TICKS_CENTRE, ink)


_TICK: tuple[Style, Ink] = (g.TICK, "text3")
_TICK_NOW: tuple[Style, Ink] = (g.NOW, "text")


def _value_size(fields: ChipFlowFields) -> float:
    # The figure counts from the first point: the wider of both must fit.
    ends = [_figure(fields.series[0]), _figure(fields.current)]
    return column_size(ends, g.VALUE, g.VALUE_WIDTH)


def _figure(chips: int) -> Shaped:
    return shape(f"{chips:,}", g.VALUE)


def _change(fields: ChipFlowFields) -> tuple[Placed, ...]:
    if not fields.change:
        return ()
    ink: Ink = "rise" if fields.change.startswith("+") else "fall"
    shaped = shape(fields.change, g.CHANGE)
    size = column_size([shaped], g.CHANGE, g.VALUE_WIDTH - g.ARROW_LEFT)
    return (right(shaped, size, g.VALUE_RIGHT, g.CHANGE_CENTRE, ink),)
