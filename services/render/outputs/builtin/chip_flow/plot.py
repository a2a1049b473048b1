"""What moves in a chip flow: the line with the area below it, its points, and the carriage."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import dist
from typing import Any

import msgspec
import skia

from services.render.outputs.builtin.chip_flow import geometry as g
from services.render.outputs.builtin.chip_flow.layout import Layout, Point
from services.render.outputs.builtin.graphic import draw_texts
from services.render.outputs.builtin.paint import filled
from services.render.outputs.builtin.tokens import Colour, Theme


def draw_plot(
    canvas: Any, layout: Layout, theme: Theme, drawn: float, marks: Sequence[float]
) -> None:
    """Draw the axis lines, a share of the line with its area, and each point at its scale."""
    for y in layout.hairs:
        hair = skia.Rect.MakeXYWH(g.PLOT.x, y - g.HAIR / 2, g.PLOT.width, g.HAIR)
        canvas.drawRect(hair, filled(theme.hair))
    if drawn > 0:
        line = [skia.Point(*point) for point in reached(layout.points, drawn)]
        feet = [skia.Point(line[-1].x(), g.RAIL_Y), skia.Point(line[0].x(), g.RAIL_Y)]
        canvas.drawPath(skia.Path.Polygon([*line, *feet], True), filled(theme.area))
        canvas.drawPath(skia.Path.Polygon(line, False), _stroke(theme.line, g.LINE_WIDTH))
    last = len(layout.points) - 1
    for index, (point, scale) in enumerate(zip(layout.points, marks, strict=True)):
        if scale and index == last:
            _draw_last(canvas, point, scale, theme)
        elif scale and last < g.MARKS_MAX:
            _draw_mark(canvas, point, scale, theme)


def reached(points: Sequence[Point], share: float) -> Iterator[Point]:
    """The points of the line after a share of its length, and the place it has come to."""
    if share == 1:
        yield from points
        return
    left = share * sum(dist(before, after) for before, after in pairwise(points))
    yield points[0]
    for before, after in pairwise(points):
        length = dist(before, after)
        if left < length:
            part = left / length
            yield tuple(a + (b - a) * part for a, b in zip(before, after, strict=True))  # type: ignore[misc]
            return
        left -= length
        yield after


def draw_carriage(canvas: Any, theme: Theme, shift: float) -> None:
    """Draw the carriage below the last point, or some px to the right of it."""
    left = g.PLOT_RIGHT - g.CARRIAGE_WIDTH / 2 + shift
    carriage = skia.Rect.MakeXYWH(left, g.RAIL_Y, g.CARRIAGE_WIDTH, g.RAIL_HEIGHT)
    canvas.drawRect(carriage, filled(theme.accent))


def draw_change(canvas: Any, layout: Layout, theme: Theme) -> None:
    """Draw the change with its arrow; nothing when there is none."""
    draw_texts(canvas, layout.change, theme)
    for text in layout.change:
        up = text.ink == "rise"
        x, y = text.x - g.ARROW_LEFT, g.CHANGE_CENTRE - g.ARROW_HEIGHT / 2
        base, tip = (y + g.ARROW_HEIGHT, y) if up else (y, y + g.ARROW_HEIGHT)
        corners = ((x, base), (x + g.ARROW_WIDTH, base), (x + g.ARROW_WIDTH / 2, tip))
        path = skia.Path.Polygon([skia.Point(*corner) for corner in corners], True)
        canvas.drawPath(path, filled(theme.ink(text.ink)))


def _draw_mark(canvas: Any, point: Point, scale: float, theme: Theme) -> None:
    # Opaque: the line must not shine through the point.
    inside = filled(msgspec.structs.replace(theme.panel, alpha=1.0))
    canvas.drawCircle(*point, g.MARK_RADIUS * scale, inside)
    canvas.drawCircle(*point, g.MARK_RADIUS * scale, _stroke(theme.line, g.MARK_STROKE * scale))


def _draw_last(canvas: Any, point: Point, scale: float, theme: Theme) -> None:
    radius = g.LAST_RADIUS * scale
    canvas.drawCircle(*point, radius, filled(theme.accent))
    if theme.line != theme.accent:
        width = g.MARK_STROKE * scale
        canvas.drawCircle(*point, radius - width / 2, _stroke(theme.line, width))


def _stroke(colour: Colour, width: float) -> Any:
    paint = filled(colour)
    paint.setStyle(skia.Paint.kStroke_Style)
    paint.setStrokeWidth(width)
    paint.setStrokeJoin(skia.Paint.kRound_Join)
    paint.setStrokeCap(skia.Paint.kRound_Cap)
    return paint
