"""What a session may do: open, grow by sheets and cues, and put one cue per layer on air."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from contracts.messages.cuesheet import (
    AddItem,
    AddSheet,
    Binding,
    CreateSession,
    CueTaken,
    EndedCue,
    HandPoint,
    ItemAdded,
    SessionCreated,
    SheetAdded,
    TakeRefused,
)
from services.cuesheet.domain import (
    COVERED_BY,
    ITEMS_MAX,
    SHEETS_MAX,
    TAKE_SPAN,
    Cuesheet,
    RecordRefusal,
    Session,
    Take,
)
from tests.support.scenario import NOW, Scenario

GAME = "639700000000000001"
BINDING = Binding(
    composition="table_leaderboard",
    data={"rows": []},
    field_hash="f" * 64,
    point=HandPoint(game_id=GAME, ordinal=3, at="end"),
    checkpoints={"chip_counts": 17},
)
LATER = NOW + timedelta(minutes=1)


def created(status="live"):
    return SessionCreated(
        session_id="s1",
        code="LAKE-D1",
        event_name="Lake Classic",
        broadcast_date="2031-03-01",
        status=status,
    )


def sheet(sheet_id="main", status="active"):
    return SheetAdded(
        session_id="s1",
        sheet_id=sheet_id,
        name="Main show",
        sheet_type="main_show",
        status=status,
        sort_order=0,
    )


def cue(item_id, layer="full", sheet_id="main"):
    return ItemAdded(
        session_id="s1",
        sheet_id=sheet_id,
        item_id=item_id,
        cue_number=f"Q-{item_id}",
        composition="table_leaderboard",
        layer=layer,
        title=f"Cue {item_id}",
        parameters={"game_id": GAME},
        duration_s=None,
        sort_order=0,
    )


def take(item_id, trigger_id="t1", **changes):
    values = {"trigger_type": "manual", "render_id": f"r-{trigger_id}", "binding": BINDING}
    return Take(session_id="s1", item_id=item_id, trigger_id=trigger_id, **(values | changes))


def add(**changes):
    values = {
        "session_id": "s1",
        "sheet_id": "main",
        "item_id": "a",
        "composition": "table_leaderboard",
        "title": "Leaderboard",
        "parameters": {"game_id": GAME},
    }
    return AddItem(**(values | changes))


def add_sheet(sheet_id="main"):
    return AddSheet(session_id="s1", sheet_id=sheet_id, name="Main show")


def nobody() -> Scenario:
    return Scenario(Cuesheet(), "session", "s1")


def show(*cues, status="live") -> Scenario[object, Session]:
    """A session with one active sheet and these cues."""
    return nobody().given(created(status), sheet(), *cues)


CREATE = CreateSession(
    session_id="s1", code="LAKE-D1", event_name="Lake Classic", broadcast_date="2031-03-01"
)


def test_a_new_session_is_live_unless_it_says_otherwise():
    draft = msgspec.structs.replace(CREATE, status="draft")

    assert nobody().when(CREATE) == [created("live")]
    assert nobody().when(draft) == [created("draft")]


def test_a_session_is_created_once():
    assert nobody().given(created()).refused(CREATE) == ("conflict", "session_exists")


def test_the_first_sheet_is_active_and_the_next_ones_are_drafts_in_order():
    first, second = sheet("main"), sheet("late", "draft")
    second = msgspec.structs.replace(second, sort_order=1)

    assert nobody().given(created()).when(add_sheet("main")) == [first]
    assert nobody().given(created(), first).when(add_sheet("late")) == [second]


@pytest.mark.parametrize(
    ("before", "command", "refusal"),
    [
        ([], add_sheet(), ("not_found", "session_not_found")),
        ([created(), sheet()], add_sheet(), ("conflict", "sheet_exists")),
        ([created()], add(), ("not_found", "sheet_not_found")),
        ([], add(), ("not_found", "sheet_not_found")),
        ([created(), sheet(), cue("a")], add(), ("conflict", "item_exists")),
        ([created(), sheet()], add(composition="pie"), ("invalid", "unknown_composition")),
    ],
)
def test_what_does_not_fit_the_session_is_refused(before, command, refusal):
    assert nobody().given(*before).refused(command) == refusal


def test_the_same_cue_id_on_another_sheet_is_still_the_same_cue():
    scenario = show(cue("a")).given(sheet("late", "draft"))

    assert scenario.refused(add(sheet_id="late")) == ("conflict", "item_exists")


def test_an_unknown_composition_is_answered_with_the_known_ones():
    refusal = show().when(add(composition="pie"))

    assert "'pie'" in refusal.message
    assert "table_leaderboard" in refusal.message


def test_a_cue_is_appended_with_the_next_number_and_the_layer_of_its_composition():
    scenario = show()
    [first] = scenario.does(add(item_id="a", duration_s=12))
    [second] = scenario.does(add(item_id="b"))

    assert (first.cue_number, first.sort_order, first.duration_s) == ("Q001", 0, 12)
    assert (first.composition, first.layer) == ("table_leaderboard", "full")
    assert first.parameters == {"game_id": GAME}
    assert (second.cue_number, second.sort_order, second.duration_s) == ("Q002", 1, None)
    assert scenario.state.cues["a"].status == "pending"


@pytest.mark.parametrize(
    ("parameters", "word"),
    [
        ({}, "game_id"),
        ({"game_id": ""}, "game_id"),
        ({"game_id": "12a"}, "game_id"),
        ({"game_id": "-12"}, "game_id"),
        ({"game_id": "١٢"}, "game_id"),
        ({"game_id": 12}, "text"),
        ({"game_id": "12", "subtitle": None}, "'subtitle'"),
        ({"game_id": "12", "colour": "red"}, "'colour'"),
    ],
)
def test_parameters_that_no_leaderboard_has_are_refused_by_name(parameters, word):
    refusal = show().when(add(parameters=parameters))

    assert (refusal.code, refusal.reason) == ("invalid", "bad_parameters")
    assert word in refusal.message


def test_a_leaderboard_may_name_its_table_and_subtitle():
    parameters = {"game_id": "12", "table_name": "River", "subtitle": "Final table"}

    [added] = show().when(add(parameters=parameters))

    assert added.parameters == parameters


def test_a_session_holds_a_limited_number_of_sheets():
    full = nobody().given(created(), *(sheet(f"sheet-{n}") for n in range(SHEETS_MAX)))

    assert full.refused(add_sheet("one-more")) == ("conflict", "too_many_sheets")


def test_a_session_holds_a_limited_number_of_cues_over_all_its_sheets():
    scenario = nobody().given(created(), sheet("main"), sheet("late", "draft"))
    scenario.given(*(cue(f"c-{n}", sheet_id="main") for n in range(ITEMS_MAX - 1)))
    scenario.does(add(sheet_id="late", item_id="last"))

    assert scenario.refused(add(item_id="over")) == ("conflict", "too_many_items")


@pytest.mark.parametrize("status", ["live", "break"])
def test_a_pending_cue_goes_on_air_with_its_binding_in_one_fact(status):
    assert show(cue("a"), status=status).when(take("a")) == [
        CueTaken(
            session_id="s1",
            sheet_id="main",
            item_id="a",
            cue_number="Q-a",
            trigger_id="t1",
            trigger_type="manual",
            layer="full",
            ended=(),
            binding=BINDING,
            render_id="r-t1",
            taken_at=NOW,
        )
    ]


def test_a_taken_cue_is_on_air_on_its_layer_and_current_in_its_sheet():
    scenario = show(cue("a"), cue("b", "lower"))
    scenario.does(take("b", "t1"))

    taken = scenario.state.cues["b"]
    assert (taken.status, taken.trigger_id, taken.render_id) == ("on_air", "t1", "r-t1")
    assert taken.taken_at == NOW
    assert scenario.state.on_air == {"lower": "b"}
    assert scenario.state.sheets["main"].current == "b"


@pytest.mark.parametrize(
    ("before", "command", "refusal"),
    [
        ([], take("a"), ("not_found", "cue_not_found")),
        ([created(), sheet()], take("a"), ("not_found", "cue_not_found")),
        ([created("draft"), sheet(), cue("a")], take("a"), ("conflict", "session_not_live")),
        ([created("completed"), sheet(), cue("a")], take("a"), ("conflict", "session_not_live")),
        (
            [created(), sheet("main", "draft"), cue("a")],
            take("a"),
            ("conflict", "sheet_not_active"),
        ),
        (
            [created(), sheet("main", "paused"), cue("a")],
            take("a"),
            ("conflict", "sheet_not_active"),
        ),
        ([created(), sheet(), cue("a")], take("a", binding=None), ("conflict", "missing_data")),
    ],
)
def test_a_take_that_cannot_be_made_is_refused(before, command, refusal):
    assert nobody().given(*before).refused(command) == refusal


def test_missing_data_are_refused_with_the_sentence_that_says_which():
    refusal = show(cue("a")).when(take("a", binding=None, missing="game 7 has no hand"))

    assert refusal.message == "game 7 has no hand"


def test_two_presses_within_the_span_are_one_take():
    scenario = show(cue("a"))
    scenario.does(take("a", "t1"))

    assert scenario.when(take("a", "t2"), NOW + TAKE_SPAN) == []


def test_a_press_after_the_span_is_refused_because_the_cue_is_on_air():
    scenario = show(cue("a"))
    scenario.does(take("a", "t1"))
    late = NOW + TAKE_SPAN + timedelta(microseconds=1)

    assert scenario.refused(take("a", "t2"), late) == ("conflict", "already_on_air")


def test_a_second_press_is_merged_even_if_the_data_cannot_be_read_any_more():
    scenario = show(cue("a"))
    scenario.does(take("a", "t1"))

    assert scenario.when(take("a", "t2", binding=None), NOW) == []


def test_a_take_of_another_cue_within_the_span_is_never_merged():
    scenario = show(cue("a"), cue("b"))
    scenario.does(take("a", "t1"))

    [taken] = scenario.when(take("b", "t2"))
    assert taken.ended == (EndedCue(item_id="a", reason="displaced"),)


def test_a_completed_cue_is_refused_with_what_may_be_done_instead():
    scenario = show(cue("a"), cue("b"))
    scenario.does(take("a", "t1"))
    scenario.does(take("b", "t2"))

    refusal = scenario.when(take("a", "t3"), LATER)

    assert (refusal.code, refusal.reason) == ("conflict", "wrong_state")
    assert "completed" in refusal.message
    assert refusal.allowed == ("add again",)


def test_a_displaced_cue_is_completed_and_leaves_its_layer():
    scenario = show(cue("a"), cue("b"))
    scenario.does(take("a", "t1"))
    scenario.does(take("b", "t2"))

    assert scenario.state.cues["a"].status == "completed"
    assert scenario.state.on_air == {"full": "b"}


@pytest.mark.parametrize("layer", ["lower", "left", "right", "corner", "bottom"])
def test_a_partial_graphic_ends_only_what_lies_on_its_own_layer(layer):
    scenario = show(cue("old", layer), cue("new", layer), cue("whole", "full"))
    scenario.does(take("whole", "t0"))
    scenario.does(take("old", "t1"))

    [taken] = scenario.does(take("new", "t2"))

    assert taken.ended == (EndedCue(item_id="old", reason="displaced"),)
    assert scenario.state.on_air == {"full": "whole", layer: "new"}


def test_a_full_graphic_ends_lower_left_and_right_and_leaves_corner_and_bottom():
    layers = ("lower", "left", "right", "corner", "bottom")
    scenario = show(*(cue(layer, layer) for layer in layers), cue("whole", "full"))
    for number, layer in enumerate(layers):
        scenario.does(take(layer, f"t{number}"))

    [taken] = scenario.does(take("whole", "t9"))

    assert {ended.item_id for ended in taken.ended} == {"lower", "left", "right"}
    assert scenario.state.on_air == {"corner": "corner", "bottom": "bottom", "full": "whole"}


def test_a_take_also_ends_the_cue_of_a_sheet_that_is_no_longer_active():
    scenario = show(cue("a")).given(sheet("late", "paused"), cue("b", sheet_id="late"))
    scenario.given(
        CueTaken(
            session_id="s1",
            sheet_id="late",
            item_id="b",
            cue_number="Q-b",
            trigger_id="t0",
            trigger_type="manual",
            layer="full",
            ended=(),
            binding=BINDING,
            render_id="r0",
            taken_at=NOW,
        )
    )

    [taken] = scenario.when(take("a", "t1"))

    assert [ended.item_id for ended in taken.ended] == ["b"]


LAYERS = ("full", "lower", "left", "right", "corner")
CUES = tuple(cue(f"{layer}-{n}", layer) for layer in LAYERS for n in range(3))


@examples(st.lists(st.tuples(st.sampled_from(CUES), st.integers(0, 3000)), max_size=25))
def test_whatever_is_taken_a_layer_holds_one_cue_and_a_full_one_covers_the_rest(presses):
    scenario, now = show(*CUES), NOW
    for number, (pressed, milliseconds) in enumerate(presses):
        now += timedelta(milliseconds=milliseconds)
        decision = scenario.when(take(pressed.item_id, f"t{number}"), now)
        if isinstance(decision, list):
            scenario.given(*decision)
            assert scenario.state.on_air[pressed.layer] == pressed.item_id
            assert not (
                decision and set(COVERED_BY.get(pressed.layer, ())) & {*scenario.state.on_air}
            )
        showing = {c.added.item_id for c in scenario.state.cues.values() if c.status == "on_air"}
        assert showing == set(scenario.state.on_air.values())
        assert all(
            scenario.state.cues[i].added.layer == k for k, i in scenario.state.on_air.items()
        )


def test_a_take_that_came_too_late_is_kept_with_its_reason_and_changes_nothing():
    scenario = show(cue("a"))
    kept = RecordRefusal(session_id="s1", item_id="a", reason="it came too late")

    assert scenario.does(kept) == [
        TakeRefused(session_id="s1", item_id="a", code="expired", reason="it came too late")
    ]
    assert scenario.state.cues["a"].status == "pending"
    assert scenario.state.on_air == {}


def test_a_late_take_of_a_cue_that_never_was_begins_no_session():
    kept = RecordRefusal(session_id="s1", item_id="a", reason="it came too late")

    assert nobody().when(kept) == []
    assert show().when(kept) == []
