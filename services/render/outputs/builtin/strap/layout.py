"""Where the texts of one strap stand, and how wide it is: the same in every theme."""

from math import ceil

import msgspec

from contracts.compositions import AtRiskFields
from services.render.outputs.builtin.graphic import Box
from services.render.outputs.builtin.placing import Placed, fitted, left, middle
from services.render.outputs.builtin.strap import geometry as g
from services.render.outputs.builtin.text import Shaped, shape
from services.render.outputs.engine import BadJob


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """The strap, its tile, and the texts by the part they come in with.

    `flag` is a country code and its place. `small` is empty where the tile has one figure only.
    """

    strap: Box
    tile: Box
    flag: tuple[str, Box] | None
    words: tuple[Placed, ...]
    big: tuple[Placed, ...]
    small: tuple[Placed, ...]
    warnings: tuple[str, ...]


def lay_out(fields: AtRiskFields) -> Layout:
    """Hug the texts; a name too long for the widest strap is made smaller, then cut.

    Raises:
        BadJob: the figures leave no room for a name.
        MissingGlyph, MissingAsset: see `text.shape`.
    """
    big, small = shape(fields.place, g.BIG), shape(fields.prize, g.SMALL)
    line = shape(fields.label, g.LINE)
    figures = max(_width(big, g.BIG.size), _width(small, g.SMALL.size))
    tile_width = max(g.TILE_WIDTH_MIN, ceil(figures) + g.TILE_ROOM)
    before_name = g.FLAG_ROOM if fields.flag else 0
    name_width = before_name + _width(shape(fields.name, g.NAME), g.NAME.size)
    hugged = 2 * g.PADDING + max(name_width, _width(line, g.LINE.size)) + tile_width
    width = 2 * ceil(min(max(hugged, g.WIDTH_MIN), g.WIDTH_MAX) / 2)
    room = width - tile_width - 2 * g.PADDING
    if room < _width(line, g.LINE.size):
        raise BadJob(f"the figures {fields.place} {fields.prize} leave no room for {fields.label}")
    strap = Box(g.CENTRE_X - width // 2, g.TOP, width, g.HEIGHT)
    tile = Box(strap.x + width - tile_width, g.TOP, tile_width, g.HEIGHT)
    warnings: list[str] = []
    name = fitted(fields.name, g.NAME, room - before_name, warnings)
    start = strap.x + g.PADDING
    flag_top = g.TOP + g.NAME_CENTRE - g.FLAG_HEIGHT // 2
    flag = Box(start, flag_top, g.FLAG_WIDTH, g.FLAG_HEIGHT)
    return Layout(
        strap=strap,
        tile=tile,
        flag=(fields.flag, flag) if fields.flag else None,
        words=(
            left(name.shaped, name.size, start + before_name, g.TOP + g.NAME_CENTRE, "text"),
            left(line, g.LINE.size, start, g.TOP + g.LINE_CENTRE, "alert_text"),
        ),
        big=(_big(big, tile, alone=not fields.prize),),
        small=_small(small, tile),
        warnings=tuple(warnings),
    )


def _big(figure: Shaped, tile: Box, *, alone: bool) -> Placed:
    centre = g.TOP + (g.ONLY_CENTRE if alone else g.BIG_CENTRE)
    return middle(figure, g.BIG.size, tile.x + tile.width / 2, centre, "on_alert")


def _small(figure: Shaped, tile: Box) -> tuple[Placed, ...]:
    if not figure.text:
        return ()
    about = tile.x + tile.width / 2
    return (middle(figure, g.SMALL.size, about, g.TOP + g.SMALL_CENTRE, "on_alert"),)


def _width(shaped: Shaped, size: float) -> float:
    return shaped.width_em * size
