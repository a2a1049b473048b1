"""What the page says of a cue sheet, and which cue is next."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.gateway.routes import desk, page

START = datetime(2031, 3, 1, 18, 0, tzinfo=UTC)
GAME = "639700000000000001"
DATA_AT = {GAME: "2031-03-01T18:00:00+00:00"}
SESSION = {"session_id": "s1", "status": "live"}
SHEET = {"sheet_id": "main", "status": "active"}


def cue(number: int, status: str = "pending", **more: Any) -> dict[str, Any]:
    return {
        "item_id": f"i{number}",
        "cue_number": f"Q{number:03d}",
        "status": status,
        "sort_order": number,
        "parameters": {"game_id": GAME},
        "render_id": None,
        "aired_at": START + timedelta(minutes=number) if status != "pending" else None,
    } | more


def rundown(cues: list[dict[str, Any]], armed: str = "", **more: Any) -> desk.Rundown:
    rows = {
        "session": SESSION,
        "sheet": SHEET,
        "cues": cues,
        "renders": [],
        "taken": None,
        "data_at": DATA_AT,
    }
    return desk.rundown(rows | more, armed)


@pytest.mark.parametrize(
    ("cues", "armed", "expected"),
    [
        ([], "", None),
        ([cue(1), cue(2)], "", "i1"),
        ([cue(1, "completed"), cue(2, "on_air"), cue(3), cue(4)], "", "i3"),
        ([cue(1), cue(2, "on_air"), cue(3)], "", "i3"),
        ([cue(1), cue(2, "on_air")], "", "i1"),
        ([cue(1), cue(2, "on_air"), cue(3)], "i1", "i1"),
        ([cue(1, "completed"), cue(2)], "i1", "i2"),
        ([cue(1, "draft"), cue(2, "skipped"), cue(3, "failed"), cue(4, "on_air")], "", None),
    ],
)
def test_the_next_cue_is_the_armed_one_or_the_first_takeable_one_behind_the_air(
    cues: list[dict[str, Any]], armed: str, expected: str | None
) -> None:
    found = desk.next_cue(cues, armed)
    assert (found and found["item_id"]) == expected


def test_the_badge_of_the_next_cue_is_green_and_that_of_the_air_red_and_both_have_shapes() -> None:
    shown = rundown([cue(1, "on_air"), cue(2), cue(3)])
    assert [(line.badge.word, line.badge.kind) for line in shown.lines] == [
        ("ON AIR", "air"),
        ("NEXT", "next"),
        ("READY", "line"),
    ]
    assert {line.badge.shape for line in shown.lines[:2]} == {"dot", "ring"}
    assert [line.can_arm for line in shown.lines] == [False, False, True]


def test_a_state_the_page_does_not_know_is_a_question_mark() -> None:
    assert rundown([cue(1, "frozen")]).lines[0].badge.word == "?"
    assert desk.hand_badge("new").word == "?"


@pytest.mark.parametrize(
    ("cues", "more", "problem"),
    [
        ([cue(1)], {}, ""),
        ([], {}, "empty"),
        ([cue(1, "on_air")], {}, "left to take"),
        ([cue(1)], {"session": None, "sheet": None}, "No session"),
        ([cue(1)], {"session": SESSION | {"status": "completed"}}, "completed"),
        ([], {"sheet": None}, "no cue sheet"),
    ],
)
def test_take_says_why_nothing_can_be_taken(
    cues: list[dict[str, Any]], more: dict[str, Any], problem: str
) -> None:
    found = rundown(cues, **more).problem
    assert problem in found
    assert bool(found) == bool(problem)


def test_a_cue_of_a_game_without_stacks_is_not_called_ready() -> None:
    lines = rundown([cue(1), cue(2, parameters={"game_id": "7"})]).lines
    assert (lines[0].ready.shape, lines[0].ready.since) == ("check", DATA_AT[GAME])
    assert (lines[1].ready.kind, lines[1].ready.since) == ("warn", "")


@pytest.mark.parametrize(
    ("status", "text", "percent"),
    [
        ("requested", "Queued", 0),
        ("rendering", "Rendering", 40),
        ("completed", "Picture finished", None),
        ("failed", "Render failed: font missing", None),
    ],
)
def test_the_cue_on_air_tells_how_far_its_picture_is(
    status: str, text: str, percent: int | None
) -> None:
    job = {
        "render_id": "r1",
        "status": status,
        "progress": 40,
        "error_code": "missing_asset",
        "error_message": "font missing",
    }
    shown = rundown([cue(1, "on_air", render_id="r1")], renders=[job])
    assert shown.air is not None
    assert (shown.air.ready.text, shown.air.ready.percent) == (text, percent)
    assert shown.render == job


def test_the_newest_of_several_cues_on_air_is_the_one_on_the_monitor() -> None:
    shown = rundown([cue(1, "on_air"), cue(2, "on_air", aired_at=START)])
    assert shown.air is not None
    assert shown.air.cue["item_id"] == "i1"


def _page_texts() -> list[tuple[str, str]]:
    files = sorted((page.PAGES / "templates").glob("*")) + sorted((page.PAGES / "static").glob("*"))
    return [(path.name, path.read_text()) for path in files]


@pytest.mark.parametrize(("name", "text"), _page_texts())
def test_the_page_loads_nothing_from_elsewhere_and_holds_no_inline_code(
    name: str, text: str
) -> None:
    text = text.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|src=\"//", text)
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_colours_are_spelled_in_the_tokens_only() -> None:
    texts = dict(_page_texts())
    outside = re.findall(r"#[0-9a-fA-F]{6}\b", texts["desk.css"] + texts["docs.css"])
    assert set(outside) <= {"#0a0d11"}  # ink of the white button
