"""What screens are told about a session: which notices, on which subjects, for late joiners too."""

from contracts import codec
from contracts.messages.cuesheet import (
    CueNotice,
    CueTaken,
    EndedCue,
    ItemAdded,
    SessionCreated,
    SessionNotice,
    SheetAdded,
    SheetNotice,
    TakeRefused,
)
from services.cuesheet.domain import ITEMS_MAX, SHEETS_MAX, Cuesheet
from services.cuesheet.outputs import notices, touched
from tests.support.scenario import NOW, Scenario

SESSION = SessionCreated(
    session_id="s1",
    code="LAKE-D1",
    event_name="Lake Classic",
    broadcast_date="2031-03-01",
    status="live",
)


def sheet(sheet_id, status="active"):
    return SheetAdded(
        session_id="s1",
        sheet_id=sheet_id,
        name=f"Sheet {sheet_id}",
        sheet_type="main_show",
        status=status,
        sort_order=0,
    )


def cue(item_id, sheet_id="main"):
    return ItemAdded(
        session_id="s1",
        sheet_id=sheet_id,
        item_id=item_id,
        cue_number=f"Q-{item_id}",
        composition="table_leaderboard",
        layer="full",
        title=f"Cue {item_id}",
        parameters={},
        duration_s=None,
        sort_order=0,
    )


def taken(item_id, trigger_id, ended=()):
    return CueTaken(
        session_id="s1",
        sheet_id="main",
        item_id=item_id,
        cue_number=f"Q-{item_id}",
        trigger_id=trigger_id,
        trigger_type="manual",
        layer="full",
        ended=tuple(EndedCue(item_id=each, reason="displaced") for each in ended),
        binding=None,
        render_id=f"r-{trigger_id}",
        taken_at=NOW,
    )


def session_of(*events):
    return Scenario(Cuesheet(), "session", "s1").given(*events).state


SHOW = session_of(
    *(SESSION, sheet("main"), sheet("late", "draft"), cue("a"), cue("b"), cue("c", "late")),
    *(taken("a", "t1"), taken("b", "t2", ["a"])),
)


def test_a_session_that_nobody_created_has_nothing_to_say():
    assert notices(session_of(), "restored") == []


def test_a_cue_is_told_as_it_stands():
    told = {n.item_id: n for n in notices(SHOW, "restored") if isinstance(n, CueNotice)}

    assert set(told) == {"a", "b", "c"}
    assert told["b"] == CueNotice(
        verb="restored",
        session_id="s1",
        sheet_id="main",
        item_id="b",
        cue_number="Q-b",
        title="Cue b",
        status="on_air",
        layer="full",
        trigger_id="t2",
        render_id="r-t2",
    )
    assert (told["a"].status, told["c"].status) == ("completed", "pending")


def test_only_the_named_cues_are_told_but_always_every_sheet_and_the_session():
    told = notices(SHOW, "cue_taken", ["b", "a"])

    assert [n.item_id for n in told if isinstance(n, CueNotice)] == ["b", "a"]
    assert [n.sheet_id for n in told if isinstance(n, SheetNotice)] == ["main", "late"]
    assert isinstance(told[-1], SessionNotice)
    assert {n.verb for n in told} == {"cue_taken"}


def test_a_fact_that_touched_no_cue_tells_none():
    assert [n for n in notices(SHOW, "sheet_added", ()) if isinstance(n, CueNotice)] == []


def test_a_sheet_names_its_cues_in_order_and_the_one_that_was_taken_last():
    main, late = (n for n in notices(SHOW, "restored") if isinstance(n, SheetNotice))

    assert (main.status, main.items, main.current_item_id) == ("active", ("a", "b"), "b")
    assert (late.status, late.items, late.current_item_id) == ("draft", ("c",), None)


def test_a_late_joiner_finds_every_other_subject_in_the_word_about_the_session():
    *others, whole = notices(SHOW, "restored")

    assert whole.subject == "broadcast.s1.session"
    assert sorted(whole.subjects) == sorted(n.subject for n in others)
    assert "broadcast.s1.cue_item.a" in whole.subjects
    assert "broadcast.s1.cue_sheet.main" in whole.subjects
    assert (whole.on_air, whole.status, whole.code) == ({"full": "b"}, "live", "LAKE-D1")


def test_a_take_touches_the_taken_cue_first_and_then_all_it_ended():
    assert touched(taken("b", "t2", ["a", "c"])) == ("b", "a", "c")
    assert touched(cue("a")) == ("a",)


def test_other_facts_touch_no_cue():
    late = TakeRefused(session_id="s1", item_id="a", code="expired", reason="late")

    assert [touched(event) for event in (SESSION, sheet("main"), late)] == [(), (), ()]


def test_the_largest_session_with_the_longest_ids_still_fits_a_message():
    long = "x" * 59
    full = session_of(
        SESSION,
        *(sheet(f"{long}-{n:04d}") for n in range(SHEETS_MAX)),
        *(cue(f"{long}-{n:04d}", f"{long}-0000") for n in range(ITEMS_MAX)),
    )

    for notice in notices(full, "restored"):
        codec.encode(notice)
