"""The built-in engine's chip flow: the line, its labels, motion and pixels of both themes."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from contracts.compositions import ChipFlowData, ChipFlowFields, chip_flow_fields
from services.render.outputs.builtin import tokens as t
from services.render.outputs.builtin.assets import assets_dir
from services.render.outputs.builtin.chip_flow import geometry as g
from services.render.outputs.builtin.chip_flow.layout import Layout, lay_out
from services.render.outputs.builtin.chip_flow.motion import (
    IN_MS,
    OUT_MS,
    FrameState,
    held,
    state_at,
)
from services.render.outputs.builtin.chip_flow.plot import reached
from services.render.outputs.builtin.chip_flow.scene import build_scene
from services.render.outputs.builtin.graphic import Painter
from services.render.outputs.builtin.graphics import graphic_of
from services.render.outputs.engine import BadJob, MissingGlyph
from tests.support.leaderboards import LONG_NAME

pytestmark = pytest.mark.skipif(
    not (assets_dir() / "manifest.json").is_file(),
    reason="fonts and flags are not vendored; run `npm ci && python -m deploy.assets`",
)

FPS, FRAMES = 30, 150
VALUES = (1_630_000, 1_540_000, 1_530_000, 1_715_000, 2_260_000)
THEMES = pytest.mark.parametrize("theme", t.THEMES.values(), ids=lambda theme: theme.name)


def flow(*values: int, **changes: Any) -> ChipFlowFields:
    given = values or VALUES
    bound = {
        "name": "Ostrander",
        "long_name": "Ada Ostrander",
        "values": given,
        "hands_back": tuple(range(len(given) - 1, -1, -1)),
    }
    return chip_flow_fields(ChipFlowData(**(bound | changes)))


def picture(fields: ChipFlowFields, theme: t.Theme, state: FrameState | None = None) -> Any:
    layout = lay_out(fields)
    painter = Painter(build_scene(layout, theme))
    painter.paint(state or held(len(layout.points)))
    return painter.straight()


def is_ink(pixel: Any, colour: t.Colour) -> bool:
    return bool(np.all(pixel[:3] == (colour.red, colour.green, colour.blue)))


def texts(layout: Layout) -> list[Any]:
    return [*layout.plate, *layout.axis, *layout.change]


@pytest.mark.parametrize(
    "fields",
    [
        flow(),
        flow(name=LONG_NAME, country="KR"),
        flow(900, 100),
        flow(500, 500, 500),
        flow(*(1_000_000 + 7_919 * n * (-1) ** n for n in range(100))),
        flow(128_720_000, 96_000_000),
    ],
    ids=["aired", "long name", "two points", "equal", "hundred", "hundred million"],
)
def test_every_text_and_the_panel_stay_where_they_may_be(fields: ChipFlowFields) -> None:
    assert g.PANEL.x >= t.SAFE_LEFT
    assert g.PANEL.y + g.PANEL.height <= t.SAFE_BOTTOM
    layout = lay_out(fields)
    for text in texts(layout):
        assert g.PANEL.x + 16 <= text.x
        assert text.right <= g.VALUE_RIGHT + 0.01
        assert g.PANEL.y < text.baseline - text.size * 0.7
        assert text.baseline < g.PANEL.y + g.PANEL.height
        assert text.size >= t.SIZE_MIN
    title, name, window = layout.plate
    assert title.right + g.FLAG_GAP <= name.x + 1
    assert name.right < window.x


def test_the_line_goes_through_the_values_between_the_extremes() -> None:
    layout = lay_out(flow(100, 400, 200, 300, hands_back=(3, 2, 0)))

    assert layout.points == ((722.0, 954.0), (878.0, 822.0), (1034.0, 866.0))
    assert layout.hairs == (822, 954)
    labels = {text.shaped.text: text.baseline for text in layout.axis}
    assert labels["400"] == pytest.approx(822 + t.BASELINE * g.LABEL.size)
    assert labels["100"] == pytest.approx(954 + t.BASELINE * g.LABEL.size)


def test_an_extreme_that_is_not_drawn_still_stretches_the_axis() -> None:
    layout = lay_out(flow(0, 1_000, 500, 500, hands_back=(1, 0)))

    assert [y for _, y in layout.points] == [888.0, 888.0]
    assert layout.hairs == (822, 954)


def test_equal_stacks_are_a_line_at_mid_height_with_one_label() -> None:
    layout = lay_out(flow(500, 500, 500))

    assert {y for _, y in layout.points} == {888}
    assert layout.hairs == ()
    assert [text.shaped.text for text in layout.axis].count("500") == 1
    assert layout.change == ()


@THEMES
def test_the_line_and_the_last_point_are_where_the_values_put_them(theme: t.Theme) -> None:
    shown = picture(flow(), theme)

    assert is_ink(shown[822, 1034], theme.accent)
    layout = lay_out(flow())
    for (x0, y0), (x1, y1) in pairwise(layout.points):
        assert is_ink(shown[round((y0 + y1) / 2), round((x0 + x1) / 2)], theme.line)
    # A point is a ring: the panel's colour inside, the line's around it.
    x, y = (round(value) for value in layout.points[2])
    assert is_ink(shown[y, x], theme.panel)
    assert is_ink(shown[y, x - g.MARK_RADIUS], theme.line)


@THEMES
def test_the_area_below_the_line_reaches_the_rail_and_nothing_lies_above_it(
    theme: t.Theme,
) -> None:
    shown = picture(flow(500, 500), theme).astype(int)
    panel, filled = shown[g.PLOT_MIDDLE - 20, 878], shown[g.RAIL_Y - 2, 878]

    assert np.array_equal(shown[g.PLOT_MIDDLE + 10, 878], filled)
    assert np.array_equal(shown[g.RAIL_Y - 2, 878 - g.PLOT.width], panel)
    towards = np.array((theme.area.red, theme.area.green, theme.area.blue)) - panel[:3]
    assert np.dot(filled[:3] - panel[:3], towards) > 0


def test_few_points_are_all_marked_and_many_only_at_their_end() -> None:
    theme = t.MIDNIGHT
    for count, marked in ((g.MARKS_MAX, True), (g.MARKS_MAX + 1, False)):
        fields = flow(*(500 + 100 * (n % 2) for n in range(count)))
        x, y = (round(value) for value in lay_out(fields).points[2])
        assert is_ink(picture(fields, theme)[y, x], theme.panel) is marked


def test_labels_of_the_time_axis_never_touch() -> None:
    for count in (2, 5, 9, 15, 30, 100):
        ticks = [
            text for text in lay_out(flow(*range(1, count + 1))).axis if text.baseline > g.RAIL_Y
        ]
        ordered = sorted(ticks, key=lambda text: text.x)
        assert [ordered[0].shaped.text, ordered[-1].shaped.text] == [f"−{count - 1}", "NOW"]
        for before, after in pairwise(ordered):
            assert before.right + g.TICK_GAP <= after.x + 0.01


def test_without_a_flag_the_name_takes_its_place() -> None:
    bare, flagged = lay_out(flow()), lay_out(flow(country="KR"))

    assert bare.flag is None
    assert flagged.flag is not None
    code, place = flagged.flag
    assert (code, place.x) == ("KR", bare.plate[1].x)
    assert flagged.plate[1].x == place.x + g.SURNAME_LEFT


def test_a_long_name_is_cut_and_told_to_the_operator() -> None:
    layout = lay_out(flow(name=LONG_NAME))

    assert layout.plate[1].width <= g.SURNAME_WIDTH + 0.01
    assert layout.plate[1].shaped.text.endswith("…")
    assert len(layout.warnings) == 1


def test_a_figure_wider_than_its_place_is_an_error() -> None:
    with pytest.raises(BadJob, match="1,234,567,890,123"):
        lay_out(flow(500, 1_234_567_890_123))


def test_a_character_without_a_glyph_is_an_error() -> None:
    with pytest.raises(MissingGlyph):
        lay_out(flow(name="Ace 🃏"))


def test_a_change_is_coloured_by_its_direction() -> None:
    assert [text.ink for text in lay_out(flow(100, 900)).change] == ["rise"]
    assert [text.ink for text in lay_out(flow(900, 100)).change] == ["fall"]


def test_both_themes_have_identical_boxes() -> None:
    boxes = []
    for theme in t.THEMES.values():
        shown = picture(flow(), theme)
        filled = np.argwhere(shown[:, :, 3] > 200)
        boxes.append((filled.min(axis=0).tolist(), filled.max(axis=0).tolist()))
    assert boxes[0] == boxes[1] == ([710, 534], [1025, 1385])


def test_the_movie_begins_and_ends_transparent_and_holds_one_still_picture() -> None:
    layout = lay_out(flow())
    painter = Painter(build_scene(layout, t.DAYLIGHT))
    for frame in (0, FRAMES - 1):
        painter.paint(state_at(frame, FRAMES, FPS, layout.along))
        assert not painter.pixels.any()
    first, last = IN_MS * FPS // 1000, FRAMES - 1 - OUT_MS * FPS // 1000
    states = {state_at(frame, FRAMES, FPS, layout.along) for frame in range(first, last + 1)}
    assert states == {held(5)}
    assert state_at(first - 1, FRAMES, FPS, layout.along) != held(5)
    assert state_at(last + 1, FRAMES, FPS, layout.along) != held(5)


def test_the_line_is_drawn_by_its_length_and_every_point_waits_for_it() -> None:
    layout = lay_out(flow(0, 1_000, 0, 1_000))
    half = list(reached(layout.points, 0.5))

    assert len(half) == 3
    assert half[-1] == pytest.approx((878.0, 888.0))
    assert layout.along == pytest.approx((0, 1 / 3, 2 / 3, 1))
    for frame in range(FRAMES):
        state = state_at(frame, FRAMES, FPS, layout.along)
        for mark, along in zip(state.marks, layout.along, strict=True):
            # A pop is never ahead of the line, but the last ones end with it.
            assert mark == 0 or state.drawn >= along - 0.01
    # Every point has come to its size when the graphic is in.
    nearly = state_at(IN_MS - 1, 5_000, 1_000, layout.along)
    assert all(mark > 0.99 for mark in nearly.marks)


def test_the_figure_counts_from_the_first_point_to_exactly_the_last_value() -> None:
    value = lay_out(flow(1_000_001, 10)).value
    start, half, end = (value.at(share) for share in (0, 0.5, 1))

    assert [each.shaped.text for each in (start, half, end)] == ["1,000,001", "500,005", "10"]
    assert start.right == pytest.approx(half.right) == pytest.approx(end.right)


def test_motion_depends_on_time_and_not_on_the_frame_rate() -> None:
    along = (0.0, 0.4, 1.0)
    assert state_at(9, 150, 30, along) == state_at(18, 300, 60, along)


def test_fields_of_another_graphic_are_refused() -> None:
    with pytest.raises(BadJob, match="does not draw 'at_risk' of ChipFlowFields"):
        graphic_of("at_risk", flow(), t.MIDNIGHT)
