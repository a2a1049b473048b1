"""Sessions, cue sheets, cues and the as-run log."""

from datetime import timedelta

import pytest

from contracts.messages.cuesheet import (
    Binding,
    CueTaken,
    EndedCue,
    HandPoint,
    ItemAdded,
    SessionCreated,
    SheetAdded,
)
from projections.rundown.domain import ItemRow, RundownFold, SessionRow, SheetRow, TriggerRow
from tests.support.folding import LOG_START, Folding, log_of

SESSION = SessionCreated(
    session_id="s1",
    code="LAKE-D1",
    event_name="Lake Classic",
    broadcast_date="2031-03-01",
    status="live",
)
SHEET = SheetAdded(
    session_id="s1",
    sheet_id="main",
    name="Main show",
    sheet_type="main_show",
    status="active",
    sort_order=0,
)
BINDING = Binding(
    composition="leaderboard",
    data={"rows": [{"name": "Ostrander", "chips": 5000}]},
    field_hash="f" * 64,
    point=HandPoint(game_id="1", ordinal=3, at="end"),
    checkpoints={"hands": 17},
)


def item(item_id, layer="full", sort_order=0):
    return ItemAdded(
        session_id="s1",
        sheet_id="main",
        item_id=item_id,
        cue_number=f"Q{sort_order + 1:03d}",
        composition="leaderboard",
        layer=layer,
        title=f"Cue {item_id}",
        parameters={"table_name": "river"},
        duration_s=None,
        sort_order=sort_order,
    )


def take(item_id, trigger_id, layer="full", ended=(), render_id="r1"):
    return CueTaken(
        session_id="s1",
        sheet_id="main",
        item_id=item_id,
        cue_number="Q001",
        trigger_id=trigger_id,
        trigger_type="manual",
        layer=layer,
        ended=tuple(EndedCue(item_id=each, reason="displaced") for each in ended),
        binding=BINDING,
        render_id=render_id,
        taken_at=TAKEN_AT + timedelta(seconds=int(trigger_id[1:])),
    )


TAKEN_AT = LOG_START + timedelta(hours=1)
ITEMS = (item("a"), item("b", sort_order=1), item("c", "lower", sort_order=2))


def folded(*events):
    return Folding(RundownFold()).apply_each(log_of(SESSION, SHEET, *ITEMS, *events))


def test_an_added_cue_is_pending_and_was_never_aired():
    row = folded().row(ItemRow, "s1", "b")

    assert (row.status, row.times_aired, row.aired_at, row.trigger_id) == ("pending", 0, None, None)
    assert (row.cue_number, row.layer, row.parameters) == ("Q002", "full", {"table_name": "river"})


def test_a_taken_cue_is_on_air_on_its_layer_and_current_in_its_sheet():
    rows = folded(take("a", "t1"))

    cue = rows.row(ItemRow, "s1", "a")
    assert (cue.status, cue.times_aired, cue.trigger_id, cue.render_id) == ("on_air", 1, "t1", "r1")
    assert cue.aired_at == TAKEN_AT + timedelta(seconds=1)
    assert rows.row(SessionRow, "s1").on_air == {"full": "a"}
    assert rows.row(SheetRow, "s1", "main").current_item_id == "a"


def test_a_take_displaces_the_cue_it_names_and_only_that_one():
    rows = folded(take("c", "t1", "lower"), take("a", "t2"), take("b", "t3", ended=["a"]))

    displaced = rows.row(ItemRow, "s1", "a")
    assert (displaced.status, displaced.ended_by, displaced.end_reason) == (
        "completed",
        "t3",
        "displaced",
    )
    assert displaced.ended_at == TAKEN_AT + timedelta(seconds=3)
    assert rows.row(ItemRow, "s1", "c").status == "on_air"
    assert rows.row(SessionRow, "s1").on_air == {"lower": "c", "full": "b"}


def test_a_full_cue_clears_the_layers_whose_cues_it_ended():
    rows = folded(take("c", "t1", "lower"), take("a", "t2", ended=["c"]))

    assert rows.row(SessionRow, "s1").on_air == {"full": "a"}


def test_a_cue_aired_again_forgets_how_it_ended_and_counts():
    rows = folded(take("a", "t1"), take("b", "t2", ended=["a"]), take("a", "t3", ended=["b"]))

    cue = rows.row(ItemRow, "s1", "a")
    assert (cue.status, cue.times_aired, cue.trigger_id) == ("on_air", 2, "t3")
    assert (cue.ended_by, cue.end_reason, cue.ended_at) == (None, None, None)


def test_a_take_without_a_render_of_its_own_keeps_the_last_one():
    rows = folded(
        take("a", "t1"), take("b", "t2", ended=["a"]), take("a", "t3", ended=["b"], render_id=None)
    )

    assert rows.row(ItemRow, "s1", "a").render_id == "r1"


def test_every_take_stays_in_the_log_with_who_took_it_and_what_it_showed():
    rows = folded(take("a", "t1"), take("b", "t2", ended=["a"], render_id=None))

    first, second = rows.rows(TriggerRow)
    assert (first.trigger_id, first.taken_by, first.title, first.ended) == (
        "t1",
        "dana",
        "Cue a",
        (),
    )
    assert first.binding == BINDING
    assert first.taken_at == TAKEN_AT + timedelta(seconds=1)
    assert second.ended == (EndedCue(item_id="a", reason="displaced"),)
    assert (second.sequence, second.render_id) == (7, None)


def test_a_take_of_an_unknown_cue_is_an_error():
    with pytest.raises(LookupError, match="item z of session s1"):
        folded(take("z", "t1"))


def test_a_take_that_ends_an_unknown_cue_is_an_error():
    with pytest.raises(LookupError, match="item z of session s1"):
        folded(take("a", "t1", ended=["z"]))


def test_a_cue_of_an_unknown_session_is_an_error():
    with pytest.raises(LookupError, match="session s1"):
        Folding(RundownFold()).apply(log_of(item("a")))
