"""The built-in engine's strap: it hugs its texts; motion and pixels of both themes."""

from typing import Any

import numpy as np
import pytest

from contracts.compositions import AtRiskData, AtRiskFields, at_risk_fields
from services.render.outputs.builtin import tokens as t
from services.render.outputs.builtin.assets import assets_dir
from services.render.outputs.builtin.graphic import Painter
from services.render.outputs.builtin.strap import geometry as g
from services.render.outputs.builtin.strap.layout import lay_out
from services.render.outputs.builtin.strap.motion import HELD, IN_MS, OUT_MS, FrameState, state_at
from services.render.outputs.builtin.strap.scene import build_scene
from tests.support.leaderboards import LONG_NAME

pytestmark = pytest.mark.skipif(
    not (assets_dir() / "manifest.json").is_file(),
    reason="fonts and flags are not vendored; run `npm ci && python -m deploy.assets`",
)

FPS, FRAMES = 30, 150
THEMES = pytest.mark.parametrize("theme", t.THEMES.values(), ids=lambda theme: theme.name)


def risk(name: str = "Quill", **changes: Any) -> AtRiskFields:
    given = {"name": name, "long_name": "Bo Quill", "place": 40, "prize_cents": 2_340_000}
    return at_risk_fields(AtRiskData(**(given | changes)))


def picture(fields: AtRiskFields, theme: t.Theme, state: FrameState = HELD) -> Any:
    painter = Painter(build_scene(lay_out(fields), theme))
    painter.paint(state)
    return painter.straight()


@pytest.mark.parametrize(
    "fields",
    [
        risk(),
        risk(country="KR"),
        risk(prize_cents=None, place=2),
        risk(LONG_NAME, country="KR", place=11_111, prize_cents=12_345_678_900),
    ],
    ids=["known prize", "flag", "no prize", "long"],
)
def test_every_text_stays_in_its_part_of_the_strap(fields: AtRiskFields) -> None:
    layout = lay_out(fields)
    strap, tile = layout.strap, layout.tile
    assert strap.x >= t.SAFE_LEFT
    assert strap.y + strap.height == t.SAFE_BOTTOM
    assert strap.x + strap.width / 2 == g.CENTRE_X
    assert g.WIDTH_MIN <= strap.width <= g.WIDTH_MAX
    assert tile.x + tile.width == strap.x + strap.width
    for text in layout.words:
        assert text.x >= strap.x + g.PADDING
        assert text.right <= tile.x - g.PADDING + 0.01
    for text in (*layout.big, *layout.small):
        assert tile.x + g.TILE_ROOM / 2 <= text.x + 0.01
        assert text.right <= tile.x + tile.width - g.TILE_ROOM / 2 + 0.01


def test_the_strap_hugs_its_texts() -> None:
    short, long = lay_out(risk("Li")), lay_out(risk("Quillfeather-Marchetti Oduya"))

    assert short.strap.width < long.strap.width
    assert long.words[0].right == pytest.approx(long.tile.x - g.PADDING, abs=2)
    assert long.warnings == ()


def test_a_name_too_long_for_the_widest_strap_is_cut_and_told() -> None:
    layout = lay_out(risk(LONG_NAME + " " + LONG_NAME))

    assert layout.strap.width == g.WIDTH_MAX
    assert layout.words[0].size == pytest.approx(g.NAME.size * t.SCALE_MIN)
    assert len(layout.warnings) == 1


def test_a_flag_stands_before_the_name_and_only_if_there_is_one() -> None:
    bare, flagged = lay_out(risk()), lay_out(risk(country="KR"))

    assert bare.flag is None
    assert bare.words[0].x == bare.strap.x + g.PADDING
    assert flagged.flag is not None
    assert flagged.words[0].x == flagged.flag[1].x + g.FLAG_ROOM


def test_a_place_without_a_prize_stands_alone_in_the_tile() -> None:
    both, alone = lay_out(risk()), lay_out(risk(prize_cents=None))

    assert [text.shaped.text for text in (*both.big, *both.small)] == ["40TH", "$23,400"]
    assert [text.shaped.text for text in (*alone.big, *alone.small)] == ["40TH"]
    assert alone.big[0].baseline == pytest.approx(g.TOP + 66 + t.BASELINE * g.BIG.size)


@THEMES
def test_the_tile_is_the_colour_of_danger_and_the_rest_is_the_panel(theme: t.Theme) -> None:
    layout = lay_out(risk())
    shown = picture(risk(), theme)

    alert = (theme.alert.red, theme.alert.green, theme.alert.blue, 255)
    tile = shown[g.TOP + 4, layout.tile.x + 2 : layout.tile.x + layout.tile.width - 8]
    assert np.all(tile == alert)
    body = shown[g.TOP + 12, layout.strap.x + 12 : layout.tile.x]
    assert np.allclose(body[:, 3] / 255, theme.panel.alpha, atol=1 / 255)
    carriage = shown[g.TOP + g.RAIL_TOP + 2, layout.strap.x + g.PADDING + 4]
    assert np.allclose(carriage, alert, atol=2)


def test_the_movie_begins_and_ends_transparent_and_holds_one_still_picture() -> None:
    painter = Painter(build_scene(lay_out(risk()), t.DAYLIGHT))
    for frame in (0, FRAMES - 1):
        painter.paint(state_at(frame, FRAMES, FPS))
        assert not painter.pixels.any()
    first, last = -(-IN_MS * FPS // 1000), FRAMES - 1 - OUT_MS * FPS // 1000
    assert {state_at(frame, FRAMES, FPS) for frame in range(first, last + 1)} == {HELD}
    assert state_at(first - 1, FRAMES, FPS) != HELD
    assert state_at(last + 1, FRAMES, FPS) != HELD


def test_the_tile_opens_after_the_strap_from_its_right_edge_and_closes_before_it() -> None:
    states = [state_at(frame, 5_000, 1_000) for frame in range(IN_MS)]
    opening = next(state for state in states if state.tile)
    assert opening.opened > 0.9
    layout = lay_out(risk())
    half = picture(risk(), t.MIDNIGHT, state_at(210, 5_000, 1_000))
    red = np.flatnonzero(half[g.TOP + 4, :, 0] == t.MIDNIGHT.alert.red)
    assert red[0] > layout.tile.x
    assert red[-1] >= layout.tile.x + layout.tile.width - 8
    left = [state_at(5_000 - 1 - before, 5_000, 1_000) for before in range(OUT_MS)]
    assert all(state.tile == 0 for state in left if state.opened < 0.9)


def test_motion_depends_on_time_and_not_on_the_frame_rate() -> None:
    assert state_at(7, 150, 30) == state_at(14, 300, 60)
