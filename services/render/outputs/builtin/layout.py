"""Where every text of the table leaderboard stands: boxes only, the same in every theme."""

from collections.abc import Sequence

import msgspec

from contracts.compositions import LeaderboardFields, LeaderboardRow
from services.render.outputs.builtin import tokens as t
from services.render.outputs.builtin.text import Fitted, Shaped, column_size, fit, shape
from services.render.outputs.engine import BadJob

# Free space between the ante and the note at the other end of the footer.
_FOOTER_GAP = 24


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """One text on the picture: left edge and baseline in px, size in px, kind of colour."""

    shaped: Shaped
    x: float
    baseline: float
    size: float
    ink: t.Ink

    @property
    def width(self) -> float:
        """Advance width in px."""
        return self.shaped.width_em * self.size

    @property
    def right(self) -> float:
        """Right edge in px."""
        return self.x + self.width


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
    if not 1 <= len(fields.rows) <= t.ROWS:
        raise BadJob(f"a table leaderboard has 1 to {t.ROWS} rows, not {len(fields.rows)}")
    warnings: list[str] = []
    return Layout(
        title=_title(fields, warnings),
        heads=(
            _left(shape("PLAYER", t.HEAD), t.HEAD.size, t.NAME_LEFT, t.HEADS_CENTRE, "text3"),
            _right(shape("CHIPS", t.HEAD), t.HEAD.size, t.CHIPS_RIGHT, t.HEADS_CENTRE, "text3"),
            _right(shape("BB", t.HEAD), t.HEAD.size, t.BB_RIGHT, t.HEADS_CENTRE, "text3"),
        ),
        rows=_rows(fields.rows, warnings),
        footer=_footer(fields),
        warnings=tuple(warnings),
    )


def _left(shaped: Shaped, size: float, left: float, centre: float, ink: t.Ink) -> Placed:
    baseline = centre + t.BASELINE * size
    return Placed(shaped=shaped, x=t.PANEL_X + left, baseline=baseline, size=size, ink=ink)


def _right(shaped: Shaped, size: float, right: float, centre: float, ink: t.Ink) -> Placed:
    return _left(shaped, size, right - shaped.width_em * size, centre, ink)


def _fit(text: str, style: t.Style, width_max: float, warnings: list[str]) -> Fitted:
    fitted = fit(text, style, width_max)
    if fitted.cut:
        warnings.append(f"{text!r} is cut to {fitted.shaped.text!r}")
    return fitted


def _title(fields: LeaderboardFields, warnings: list[str]) -> tuple[Placed, ...]:
    title = _fit(fields.title, t.TITLE, t.TITLE_RIGHT - t.PADDING, warnings)
    first = _left(title.shaped, title.size, t.PADDING, t.TITLE_CENTRE, "text")
    start = t.PADDING + first.width + t.SUFFIX_GAP
    suffix = _fit(fields.suffix, t.SUFFIX, t.TITLE_RIGHT - start, warnings)
    below = _fit(fields.subtitle, t.SUBTITLE, t.SUBTITLE_WIDTH, warnings)
    return (
        first,
        _left(suffix.shaped, suffix.size, start, t.TITLE_CENTRE, "text2"),
        _left(below.shaped, below.size, t.PADDING, t.SUBTITLE_CENTRE, "text2"),
    )


def _rows(rows: Sequence[LeaderboardRow], warnings: list[str]) -> tuple[RowLayout, ...]:
    ranks = [shape(row.rank, t.RANK_FIRST if row.rank == "1" else t.RANK) for row in rows]
    chips = [shape(row.chips, t.NUMBER) for row in rows]
    counts = [shape(row.bb, t.NUMBER) for row in rows]
    rank_size = column_size(ranks, t.RANK, t.RANK_WIDTH)
    chips_size = column_size(chips, t.NUMBER, t.CHIPS_WIDTH)
    count_size = column_size(counts, t.NUMBER, t.BB_WIDTH)
    placed: list[RowLayout] = []
    for index, row in enumerate(rows):
        top = t.ROWS_Y + t.ROW_HEIGHT * index
        centre = top + t.ROW_HEIGHT // 2
        name = _fit(row.name, t.NAME, t.NAME_WIDTH, warnings)
        rank_ink: t.Ink = "accent_text" if row.rank == "1" else "text2"
        texts = (
            _right(ranks[index], rank_size, t.RANK_RIGHT, centre, rank_ink),
            _left(name.shaped, name.size, t.NAME_LEFT, centre, "text"),
            _right(chips[index], chips_size, t.CHIPS_RIGHT, centre, "text"),
            _right(counts[index], count_size, t.BB_RIGHT, centre, "text2"),
        )
        placed.append(RowLayout(top, row.flag, texts))
    return tuple(placed)


def _footer(fields: LeaderboardFields) -> tuple[Placed, ...]:
    centre = t.FOOTER_Y + t.FOOTER_HEIGHT // 2
    note = shape(fields.note, t.LABEL)
    texts = [_right(note, t.LABEL.size, t.NOTE_RIGHT, centre, "text2")]
    if not fields.blinds:
        return tuple(texts)
    label = shape("BLINDS", t.LABEL)
    texts.append(_left(label, t.LABEL.size, t.LABEL_LEFT, centre, "text2"))
    room = t.NOTE_RIGHT - texts[0].width - _FOOTER_GAP - t.BLINDS_LEFT
    blinds = shape(fields.blinds, t.BLINDS)
    size = column_size([blinds], t.BLINDS, room)
    texts.append(_left(blinds, size, t.BLINDS_LEFT, centre, "text"))
    used = blinds.width_em * size + t.ANTE_GAP
    ante = shape(fields.ante, t.ANTE)
    size = column_size([ante], t.ANTE, room - used)
    texts.append(_left(ante, size, t.BLINDS_LEFT + used, centre, "text2"))
    return tuple(texts)
