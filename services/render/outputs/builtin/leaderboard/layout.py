"""Where every text of the table leaderboard stands: boxes only, the same in every theme."""

from collections.abc import Sequence

import msgspec

from contracts.compositions import LeaderboardFields, LeaderboardRow
from services.render.outputs.builtin.leaderboard import geometry as g
from services.render.outputs.builtin.placing import Placed, fitted, left, right
from services.render.outputs.builtin.text import Shaped, column_size, shape
from services.render.outputs.builtin.tokens import Ink
from services.render.outputs.engine import BadJob

# Free space between the ante and the note at the other end of the footer.
_FOOTER_GAP = 24


class RowLayout(msgspec.Struct, frozen=True):
    """One row: its top in px, its flag (None = neutral plate) and its texts."""

    top: int
    flag: str | None
    texts: tuple[Placed, ...]


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """All texts by the part they move with, and sentences about what was cut."""

    title: tuple[Placed, ...]
    heads: tuple[Placed, ...]
    rows: tuple[RowLayout, ...]
    footer: tuple[Placed, ...]
    warnings: tuple[str, ...]


def lay_out(fields: LeaderboardFields) -> Layout:
    """Shape, fit and place every text.

    Raises:
        BadJob: no rows, more rows than slots, or a number wider than its column.
        MissingGlyph, MissingAsset: see `text.shape`.
    """
    if not 1 <= len(fields.rows) <= g.ROWS:
        raise BadJob(f"a table leaderboard has 1 to {g.ROWS} rows, not {len(fields.rows)}")
    warnings: list[str] = []
    return Layout(
        title=_title(fields, warnings),
        heads=(
            _left(shape("PLAYER", g.HEAD), g.HEAD.size, g.NAME_LEFT, g.HEADS_CENTRE, "text3"),
            _right(shape("CHIPS", g.HEAD), g.HEAD.size, g.CHIPS_RIGHT, g.HEADS_CENTRE, "text3"),
            _right(shape("BB", g.HEAD), g.HEAD.size, g.BB_RIGHT, g.HEADS_CENTRE, "text3"),
        ),
        rows=_rows(fields.rows, warnings),
        footer=_footer(fields),
        warnings=tuple(warnings),
    )


def _left(shaped: Shaped, size: float, edge: float, centre: float, ink: Ink) -> Placed:
    return left(shaped, size, g.PANEL_X + edge, centre, ink)


def _right(shaped: Shaped, size: float, edge: float, centre: float, ink: Ink) -> Placed:
    return right(shaped, size, g.PANEL_X + edge, centre, ink)


def _title(fields: LeaderboardFields, warnings: list[str]) -> tuple[Placed, ...]:
    title = fitted(fields.title, g.TITLE, g.TITLE_RIGHT - g.PADDING, warnings)
    first = _left(title.shaped, title.size, g.PADDING, g.TITLE_CENTRE, "text")
    start = g.PADDING + first.width + g.SUFFIX_GAP
    suffix = fitted(fields.suffix, g.SUFFIX, g.TITLE_RIGHT - start, warnings)
    below = fitted(fields.subtitle, g.SUBTITLE, g.SUBTITLE_WIDTH, warnings)
    return (
        first,
        _left(suffix.shaped, suffix.size, start, g.TITLE_CENTRE, "text2"),
        _left(below.shaped, below.size, g.PADDING, g.SUBTITLE_CENTRE, "text2"),
    )


def _rows(rows: Sequence[LeaderboardRow], warnings: list[str]) -> tuple[RowLayout, ...]:
    ranks = [shape(row.rank, g.RANK_FIRST if row.rank == "1" else g.RANK) for row in rows]
    chips = [shape(row.chips, g.NUMBER) for row in rows]
    counts = [shape(row.bb, g.NUMBER) for row in rows]
    rank_size = column_size(ranks, g.RANK, g.RANK_WIDTH)
    chips_size = column_size(chips, g.NUMBER, g.CHIPS_WIDTH)
    count_size = column_size(counts, g.NUMBER, g.BB_WIDTH)
    placed: list[RowLayout] = []
    for index, row in enumerate(rows):
        top = g.ROWS_Y + g.ROW_HEIGHT * index
        centre = top + g.ROW_HEIGHT // 2
        name = fitted(row.name, g.NAME, g.NAME_WIDTH, warnings)
        rank_ink: Ink = "accent_text" if row.rank == "1" else "text2"
        texts = (
            _right(ranks[index], rank_size, g.RANK_RIGHT, centre, rank_ink),
            _left(name.shaped, name.size, g.NAME_LEFT, centre, "text"),
            _right(chips[index], chips_size, g.CHIPS_RIGHT, centre, "text"),
            _right(counts[index], count_size, g.BB_RIGHT, centre, "text2"),
        )
        placed.append(RowLayout(top, row.flag, texts))
    return tuple(placed)


def _footer(fields: LeaderboardFields) -> tuple[Placed, ...]:
    centre = g.FOOTER_Y + g.FOOTER_HEIGHT // 2
    note = shape(fields.note, g.LABEL)
    texts = [_right(note, g.LABEL.size, g.NOTE_RIGHT, centre, "text2")]
    if not fields.blinds:
        return tuple(texts)
    label = shape("BLINDS", g.LABEL)
    texts.append(_left(label, g.LABEL.size, g.LABEL_LEFT, centre, "text2"))
    room = g.NOTE_RIGHT - texts[0].width - _FOOTER_GAP - g.BLINDS_LEFT
    blinds = shape(fields.blinds, g.BLINDS)
    size = column_size([blinds], g.BLINDS, room)
    texts.append(_left(blinds, size, g.BLINDS_LEFT, centre, "text"))
    used = blinds.width_em * size + g.ANTE_GAP
    ante = shape(fields.ante, g.ANTE)
    size = column_size([ante], g.ANTE, room - used)
    texts.append(_left(ante, size, g.BLINDS_LEFT + used, centre, "text2"))
    return tuple(texts)
