"""Subjects are spelled and taken apart in one place."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.memory import matches
from contracts import subjects
from contracts.errors import BadSubject
from contracts.registry import COMMANDS, EVENTS
from contracts.streams import STREAMS
from deploy.contracts.schemas import address

TOKEN = re.compile(r"[A-Za-z0-9_=-]{1,64}\Z")


def test_an_id_of_letters_digits_hyphens_and_underscores_passes_unchanged() -> None:
    assert subjects.token("Table-7_west") == "Table-7_west"
    assert subjects.token("x" * 64) == "x" * 64


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("feature 1", "feature=201"),
        ("a.b", "a=2Eb"),
        ("wild*card>", "wild=2Acard=3E"),
        ("Søren", "S=C3=B8ren"),
        ("k=v", "k=3Dv"),
    ],
)
def test_every_other_byte_becomes_its_hex_form(text: str, expected: str) -> None:
    assert subjects.token(text) == expected


def test_an_id_that_is_too_long_becomes_its_hash_so_that_two_stay_apart() -> None:
    one, two = subjects.token("z" * 65), subjects.token("z" * 66)
    assert len(one) == len(two) == subjects.TOKEN_LENGTH_MAX
    assert one[0] == two[0] == "="
    assert one != two


def test_an_empty_id_is_refused() -> None:
    with pytest.raises(BadSubject, match="empty"):
        subjects.token("")


@given(st.text(min_size=1))
def test_any_text_becomes_one_legal_token(text: str) -> None:
    assert TOKEN.match(subjects.token(text))


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_different_ids_never_share_a_token(one: str, two: str) -> None:
    assert (subjects.token(one) == subjects.token(two)) == (one == two)


@given(st.text(min_size=1))
def test_the_filter_of_an_entity_covers_its_events_and_no_other_entity(entity_id: str) -> None:
    pattern = subjects.entity("gfx", "game", entity_id)
    assert matches(subjects.event("gfx", "game", entity_id, "game_seen"), pattern)
    assert not matches(subjects.event("gfx", "game", entity_id + "x", "game_seen"), pattern)


def test_a_subject_is_taken_apart_into_what_it_was_made_of() -> None:
    spelled = subjects.event("gfx", "game", "g1", "game_seen")
    assert spelled == "evt.gfx.game.g1.game_seen"
    assert subjects.parse_event(spelled) == ("gfx", "game", "g1", "game_seen")
    sent = subjects.command("render", "job", "r1", "submit_render")
    assert sent == "cmd.render.job.r1.submit_render"
    assert subjects.parse_command(sent) == ("render", "job", "r1", "submit_render")


@pytest.mark.parametrize("wrong", ["evt.gfx.game.g1", "evt.a.b.c.d.e", "cmd.gfx.game.g1.x", ""])
def test_anything_else_is_no_event_subject(wrong: str) -> None:
    with pytest.raises(BadSubject, match="evt"):
        subjects.parse_event(wrong)


@pytest.mark.parametrize("wrong", ["cmd.render.job.r1", "evt.render.job.r1.x", "cmd"])
def test_anything_else_is_no_command_subject(wrong: str) -> None:
    with pytest.raises(BadSubject, match="cmd"):
        subjects.parse_command(wrong)


def test_filters_of_contexts_services_and_kinds_cover_what_they_name() -> None:
    said = subjects.event("render", "job", "r1", "render_failed")
    assert matches(said, subjects.context_events("render"))
    assert not matches(said, subjects.context_events("gfx"))
    assert matches(said, subjects.events_named("render", "job", "render_failed"))
    assert not matches(said, subjects.events_named("render", "job", "render_started"))
    sent = subjects.command("render", "job", "r1", "submit_render")
    assert matches(sent, subjects.service_commands("render"))


def test_every_subject_of_the_contracts_is_stored_by_exactly_one_stream() -> None:
    spelled = [
        *(re.sub(r"\{\w+\}", "x", address(cls)) for cls in (*EVENTS, *COMMANDS)),
        subjects.broadcast_session("s1"),
        subjects.broadcast_sheet("s1", "sh1"),
        subjects.broadcast_item("s1", "i1"),
        subjects.render_progress("r1"),
        subjects.sync_status("gfx", "feature-1"),
        subjects.notifications("director"),
        subjects.dead_letter("render", "render-worker"),
    ]
    for subject in spelled:
        stored = [s.name for s in STREAMS if any(matches(subject, p) for p in s.subjects)]
        assert len(stored) == 1, subject


def test_ids_inside_notice_subjects_are_tokens_too() -> None:
    assert subjects.broadcast_item("day 1", "a.b") == "broadcast.day=201.cue_item.a=2Eb"
    assert subjects.notifications("role director") == "notifications.role=20director"
