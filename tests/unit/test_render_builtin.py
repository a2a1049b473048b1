"""The built-in engine's leaderboard: boxes, fit, glyphs, motion and pixels of both themes."""

from typing import Any

import msgspec
import numpy as np
import pytest

from contracts.compositions import LeaderboardFields, leaderboard_fields
from services.render.outputs.builtin import tokens as t
from services.render.outputs.builtin.assets import assets_dir
from services.render.outputs.builtin.graphic import Painter
from services.render.outputs.builtin.leaderboard import geometry as g
from services.render.outputs.builtin.leaderboard.layout import Layout, lay_out
from services.render.outputs.builtin.leaderboard.motion import (
    IN_MS,
    OUT_MS,
    FrameState,
    held,
    state_at,
)
from services.render.outputs.builtin.leaderboard.scene import build_scene
from services.render.outputs.builtin.placing import Placed
from services.render.outputs.builtin.text import ELLIPSIS, fit, shape
from services.render.outputs.builtin.timing import count, counted_at, enter, leave
from services.render.outputs.engine import BadJob, MissingAsset, MissingGlyph
from tests.support.leaderboards import LONG_NAME, entry, table

pytestmark = pytest.mark.skipif(
    not (assets_dir() / "manifest.json").is_file(),
    reason="fonts and flags are not vendored; run `npm ci && python -m deploy.assets`",
)

FPS, FRAMES = 30, 150
# Columns of a row's texts.
RANK, NAME, CHIPS, BB = range(4)


@pytest.fixture(scope="module")
def fields() -> LeaderboardFields:
    return leaderboard_fields(table())


@pytest.fixture(scope="module")
def layout(fields: LeaderboardFields) -> Layout:
    return lay_out(fields)


def _texts(layout: Layout) -> list[Placed]:
    rows = [text for row in layout.rows for text in row.texts]
    return [*layout.title, *layout.heads, *rows, *layout.footer]


def _picture(layout: Layout, theme: t.Theme, state: FrameState | None = None) -> Any:
    painter = Painter(build_scene(layout, theme))
    painter.paint(state or held(len(layout.rows)))
    return painter.straight()


def test_every_text_and_the_panel_stay_inside_the_title_safe_area(layout: Layout) -> None:
    assert t.SAFE_LEFT <= g.PANEL_X
    assert g.PANEL_X + g.PANEL_WIDTH <= t.SAFE_RIGHT
    assert t.SAFE_TOP <= g.PANEL_Y
    assert g.PANEL_Y + g.PANEL_HEIGHT <= t.SAFE_BOTTOM
    for text in _texts(layout):
        assert text.x >= g.PANEL_X + g.PADDING
        assert text.right <= g.PANEL_X + g.BB_RIGHT + 0.5
        assert g.PANEL_Y + text.size < text.baseline < g.PANEL_Y + g.PANEL_HEIGHT
        assert text.size >= t.SIZE_MIN


@pytest.mark.parametrize(
    ("column", "right"), [(RANK, g.RANK_RIGHT), (CHIPS, g.CHIPS_RIGHT), (BB, g.BB_RIGHT)]
)
def test_numbers_of_a_column_end_at_one_edge(layout: Layout, column: int, right: int) -> None:
    edges = {row.texts[column].right for row in layout.rows}
    assert all(abs(edge - g.PANEL_X - right) < 0.01 for edge in edges)


def test_digits_of_numbers_have_one_width() -> None:
    widths = {round(shape(f"{digit}00,000", g.NUMBER).width_em, 6) for digit in range(10)}
    assert len(widths) == 1


def test_a_number_column_shrinks_as_a_whole_and_never_loses_a_digit() -> None:
    rows = (entry(1, 1_234_567_890), entry(2, 500))
    layout = lay_out(leaderboard_fields(table(rows=rows)))
    wide, narrow = (row.texts[CHIPS] for row in layout.rows)
    assert wide.size == narrow.size < g.NUMBER.size
    assert wide.width <= g.CHIPS_WIDTH + 0.01
    assert wide.shaped.text == "1,234,567,890"


def test_a_number_wider_than_its_column_is_an_error() -> None:
    with pytest.raises(BadJob, match="1,234,567,890,123,456"):
        lay_out(leaderboard_fields(table(rows=(entry(1, 1_234_567_890_123_456),))))


def test_a_name_shrinks_before_it_is_cut() -> None:
    whole = fit("ADA LINDQVIST", g.NAME, g.NAME_WIDTH)
    smaller = fit("MAXIMILIANO ALESSANDRO VILLANU", g.NAME, g.NAME_WIDTH)
    cut = fit(LONG_NAME.upper(), g.NAME, g.NAME_WIDTH)
    assert whole.size == g.NAME.size
    assert g.NAME.size * t.SCALE_MIN < smaller.size < g.NAME.size
    assert not smaller.cut
    assert cut.size == g.NAME.size * t.SCALE_MIN
    assert cut.shaped.text.endswith(ELLIPSIS)
    for fitted in (whole, smaller, cut):
        assert fitted.shaped.width_em * fitted.size <= g.NAME_WIDTH


def test_a_cut_takes_no_more_than_needed_and_leaves_no_space_before_the_ellipsis() -> None:
    cut = fit("WW " * 20, g.NAME, g.NAME_WIDTH)
    longer = "WW " * 20
    longer = longer[: len(cut.shaped.text) + 2] + ELLIPSIS
    assert cut.shaped.text[-2] == "W"
    assert shape(longer, g.NAME).width_em * cut.size > g.NAME_WIDTH


def test_a_cut_name_is_told_to_the_operator(layout: Layout) -> None:
    assert [LONG_NAME.upper() in warning for warning in layout.warnings] == [True]


@pytest.mark.parametrize(
    "name", ["박서준 PARK SEO-JUN", "MICHAŁ", "ȘTEFĂNESCU", "ZHÌYUǍN", "ĐẶNG", "鄭秀文", "ЖУКОВ"]
)
def test_names_of_many_spellings_have_every_glyph(name: str) -> None:
    assert all(0 not in run.ids for run in shape(name, g.NAME).runs)


def test_a_missing_glyph_is_an_error_that_names_the_character() -> None:
    with pytest.raises(MissingGlyph, match=r"U\+1F0CF"):
        lay_out(leaderboard_fields(table(rows=(entry(1, 5, name="Ace 🃏 Lind"),))))


def test_brackets_and_hyphens_of_upper_case_text_stand_at_capital_height() -> None:
    upper, lower = shape("-(", g.NAME), shape("-(x", g.NAME)
    assert upper.runs[0].ids != lower.runs[0].ids[:2]


def test_both_themes_have_identical_boxes(fields: LeaderboardFields) -> None:
    light, dark = (_picture(lay_out(fields), theme) for theme in (t.DAYLIGHT, t.MIDNIGHT))
    assert light.shape == dark.shape
    empty = lay_out(msgspec.structs.replace(fields, rows=fields.rows[:1]))
    for theme, full in ((t.DAYLIGHT, light), (t.MIDNIGHT, dark)):
        row = _picture(empty, theme)[g.ROWS_Y + g.ROW_HEIGHT + 1 : g.FOOTER_Y]
        changed = np.any(row != full[g.ROWS_Y + g.ROW_HEIGHT + 1 : g.FOOTER_Y], axis=(0, 2))
        columns = np.flatnonzero(changed)
        assert (columns[0], columns[-1]) == (g.PANEL_X + g.PADDING, g.PANEL_X + 1103)


@pytest.mark.parametrize("theme", [t.MIDNIGHT, t.DAYLIGHT], ids=lambda theme: theme.name)
def test_panel_alpha_is_its_token_with_the_shadow_cut_out(layout: Layout, theme: t.Theme) -> None:
    state = msgspec.structs.replace(held(len(layout.rows)), scrim=0.0)
    alpha = _picture(layout, theme, state)[:, :, 3].astype(float) / 255
    assert alpha[g.HEADS_Y + 8, 1000] == pytest.approx(theme.panel.alpha, abs=1 / 255)
    for y, colour in ((g.PANEL_Y + 8, theme.plate), (g.FOOTER_Y + 8, theme.foot)):
        both = 1 - (1 - theme.panel.alpha) * (1 - colour.alpha)
        assert alpha[y, 1000] == pytest.approx(both, abs=1 / 255)
        assert alpha[y, 1000] >= 0.99
    assert alpha[g.PANEL_Y + g.PANEL_HEIGHT + 4, 1000] > 0.05
    assert alpha[0, 0] == 0


def test_the_accent_marks_only_the_carriage_and_the_leading_rank(layout: Layout) -> None:
    picture = _picture(layout, t.MIDNIGHT)
    accent = t.MIDNIGHT.accent
    hit = np.all(picture[:, :, :3] == (accent.red, accent.green, accent.blue), axis=2)
    ys, xs = np.nonzero(hit)
    rail = (ys >= g.RAIL_Y) & (ys < g.RAIL_Y + g.RAIL_HEIGHT)
    assert (xs[rail].min(), xs[rail].max()) == (428, 559)
    assert np.all(xs[~rail] < g.PANEL_X + g.RANK_RIGHT)
    assert np.all((ys[~rail] > g.ROWS_Y) & (ys[~rail] < g.ROWS_Y + g.ROW_HEIGHT))


def test_the_movie_begins_and_ends_fully_transparent_and_holds_one_still_picture(
    layout: Layout,
) -> None:
    painter = Painter(build_scene(layout, t.MIDNIGHT))
    rows = len(layout.rows)
    for frame in (0, FRAMES - 1):
        painter.paint(state_at(frame, FRAMES, FPS, rows))
        assert not painter.pixels.any()
    first = -(-IN_MS * FPS // 1000)
    last = FRAMES - 1 - -(-OUT_MS * FPS // 1000)
    assert {state_at(frame, FRAMES, FPS, rows) for frame in range(first, last + 1)} == {held(rows)}
    assert state_at(first - 1, FRAMES, FPS, rows) != held(rows)
    assert state_at(last + 1, FRAMES, FPS, rows) != held(rows)


def test_a_painter_keeps_nothing_of_the_frame_before(layout: Layout) -> None:
    rows = len(layout.rows)
    painter = Painter(build_scene(layout, t.DAYLIGHT))
    for frame in (8, 75, 12):
        painter.paint(state_at(frame, FRAMES, FPS, rows))
    fresh = Painter(build_scene(layout, t.DAYLIGHT))
    fresh.paint(state_at(12, FRAMES, FPS, rows))
    assert np.array_equal(painter.pixels, fresh.pixels)


def test_motion_depends_on_time_and_not_on_the_frame_rate() -> None:
    assert state_at(6, 150, 30, 9) == state_at(12, 300, 60, 9)


def test_the_panel_opens_after_the_scrim_began_and_closes_before_it_is_gone() -> None:
    frames, fps = 5_000, 1_000
    assert [state_at(frame, frames, fps, 9).open_px > 0 for frame in (40, 41)] == [False, True]
    left = [state_at(frames - 1 - before, frames, fps, 9) for before in (81, 80, 1)]
    assert [state.open_px > 0 for state in left] == [True, False, False]
    assert left[-1].scrim > 0


@pytest.mark.parametrize("curve", [enter, leave, count, counted_at])
def test_curves_are_exact_at_both_ends_and_never_turn_back(curve: Any) -> None:
    values = [curve(step / 100) for step in range(101)]
    assert (values[0], values[-1]) == (0.0, 1.0)
    assert values == sorted(values)


def test_the_time_at_which_a_count_has_come_so_far_is_found() -> None:
    assert [counted_at(count(share)) for share in (0.1, 0.3, 0.6)] == pytest.approx([0.1, 0.3, 0.6])


def test_rows_come_in_one_after_the_other() -> None:
    opacities = [row.opacity for row in state_at(9, FRAMES, FPS, 9).rows]
    assert opacities == sorted(opacities, reverse=True)
    assert opacities[0] > 0.9
    assert opacities[-1] == 0.0


def test_a_country_without_a_vendored_flag_is_an_error(fields: LeaderboardFields) -> None:
    for flag, error in (("QQ", MissingAsset), ("../..", BadJob)):
        row = msgspec.structs.replace(fields.rows[0], flag=flag)
        layout = lay_out(msgspec.structs.replace(fields, rows=(row,)))
        with pytest.raises(error):
            build_scene(layout, t.MIDNIGHT)
