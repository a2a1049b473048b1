"""Who everybody is: which value holds, whose id is whose, and since when that was known."""

import itertools
import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.messages.gfx_game import SeatCorrectionWithdrawn
from contracts.messages.override import (
    ImageApproved,
    ImageMadePrimary,
    ImageRemoved,
    OverrideActivated,
    OverrideExpired,
    OverrideWithdrawn,
    PersonErased,
)
from contracts.rows import TwoStepFold
from projections.unified_players.domain import (
    AliasRow,
    ImageRow,
    OverrideRow,
    PeriodRow,
    PersonRow,
    UnifiedPlayersFold,
    composing,
)
from tests.support.folding import Folding, log_of
from tests.support.gfx_facts import GAME, recorded_hand, revised_hand, seen, walk
from tests.support.people import NOW, image_added, override_set
from tests.support.people_facts import (
    FIELDS,
    OTHER_GAME,
    SHA256,
    A,
    M,
    Oracle,
    X,
    Y,
    corrected,
    excluded,
    hand,
    included,
    placed,
    removed,
    stack,
    started,
    stories,
    told,
    verified,
)


def folded(*events):
    return Folding(UnifiedPlayersFold()).apply_each(log_of(*events))


def now(folding):
    return {row.person_id: row for row in folding.rows(PeriodRow) if row.to_seq is None}


def test_the_fold_has_a_second_step():
    assert isinstance(UnifiedPlayersFold(), TwoStepFold)


def test_a_player_is_told_with_the_file_and_the_place_of_every_value():
    row = now(folded(started(), told("WP1", at="/players/3", name="Ida Wren", wsop_cashes=7)))[A]

    assert (row.name, row.name_display, row.name_short) == ("Ida Wren", "IDA WREN", "Wren")
    assert (row.cashes, row.country_code, row.stub, row.sources) == (7, None, False, ("wsop",))
    [name] = row.fields["name"]
    assert (name.path, name.sha256, name.at, name.key) == (
        "drop/Players.json", SHA256, "/players/3", "name",
    )  # fmt: skip
    assert (name.sequence, name.id) == (2, A)
    assert row.fields["name_display"][0].derived == "upper"


def test_an_identity_is_a_person_of_its_own_named_by_the_first_hand_of_its_newest_spelling():
    folding = folded(seen(), hand(0, "y"), hand(1, "x", "y"), hand(2, "x"), hand(3, "z", "y"))
    row = now(folding)[X]

    assert (row.name, row.name_short, row.sources) == ("anna vyborna", "VYBORNA", ("gfx",))
    assert [(c.at, c.key) for c in row.fields["name"]] == [("/Hands/3/Players/0", "LongName")]
    assert [c.at for c in now(folding)[Y].fields["name"]] == ["/Hands/0/Players/0"]
    assert [r.from_seq for r in folding.rows(PeriodRow) if r.person_id == Y] == [2]


def test_a_revised_hand_takes_its_identities_with_it():
    swapped = hand(1, "y")
    folding = folded(
        seen(), hand(0, "x"), hand(1, "z"), hand(2, "y"),
        msgspec.structs.replace(revised_hand(swapped.hand), ordinal=1),
    )  # fmt: skip

    assert now(folding)[X].name == "Anna Vyborna"
    assert now(folding)[Y].fields["name"][0].at == "/Hands/1/Players/0"
    gone = revised_hand(hand(0, "y").hand)
    assert X not in now(folding.apply(log_of(gone, after=5)))


def test_a_link_makes_one_person_of_two_and_its_removal_two_again():
    before = folded(started(), told("WP1", name="Anna V."), seen(), hand(0, "x"))
    linked = before.apply(log_of(verified(X, "WP1"), after=4))
    assert set(now(linked)) == {A}
    assert (now(linked)[A].ids, now(linked)[A].sources) == ((A, X), ("wsop", "gfx"))
    assert [c.value for c in now(linked)[A].fields["name"]] == ["Anna V.", "Anna Vyborna"]
    assert now(linked)[A].name_short == "Vyborna"
    assert linked.row(AliasRow, X).person_id == A

    apart = linked.apply(log_of(removed(X, "WP1"), after=5))
    assert {k: (r.name, r.ids) for k, r in now(apart).items()} == {
        A: ("Anna V.", (A,)), X: ("Anna Vyborna", (X,)),
    }  # fmt: skip
    assert [(s.person_id, s.from_seq, s.to_seq) for s in apart.row(AliasRow, X).spans] == [
        (A, 5, 6), (X, 6, None),
    ]  # fmt: skip


def test_a_stub_is_a_person_until_the_players_file_tells_of_it():
    folding = folded(started(), stack("WP1", "A. Wren"), stack("WP1", "Old", moment=-9))
    assert (now(folding)[A].name, now(folding)[A].stub) == ("A. Wren", True)
    assert now(folding)[A].event_ids == ("E1",)

    folding.apply(log_of(told("WP1", name="Ida Wren"), after=3))
    folding.apply(log_of(stack("WP1", "Ida W", known=True, event_id="E2"), after=4))
    row = now(folding)[A]
    assert (row.name, row.stub, row.event_ids) == ("Ida Wren", False, ("E1", "E2"))
    assert [c.value for c in row.fields["name"]] == ["Ida Wren"]


def test_stacks_of_more_events_change_nothing_of_a_player_but_the_list_of_events():
    player = told("WP1", name="Ada Moss", country_code="NO", nickname="The Fox")
    events = [started(), player, seen(), hand(1, "x"), verified(X, "WP1")]
    stacks = [stack("WP1", "?", known=True, event_id=each) for each in ("E2", "E1", "E2")]
    periods = [row for row in folded(*events, *stacks).rows(PeriodRow) if row.person_id == A]
    assert [(row.event_ids, row.from_seq, row.to_seq) for row in periods[-3:]] == [
        ((), 5, 6),
        (("E2",), 6, 7),
        (("E1", "E2"), 7, None),
    ]
    before, _, after = periods[-3:]
    assert before.said_at < after.said_at
    assert before.says_the_same(msgspec.structs.replace(after, event_ids=()))


@given(stories)
def test_what_holds_is_composed_of_everything_said_however_it_came(story):
    for row in folded(*Oracle(story).events).rows(PersonRow):
        if row.open is None:
            assert not composing.exists(row.members)
        else:
            said = {name: getattr(row.open, name) for name in composing.columns(row.members)}
            assert said == composing.columns(row.members)


def test_a_stub_is_also_whom_only_standings_name_by_the_newest_of_all_stacks():
    folding = folded(started(), placed("WP1", "Ida W", moment=2), stack("WP1", "Old", moment=1))
    row = now(folding)[A]
    assert (row.name, row.stub, row.sources, row.event_ids) == ("Ida W", True, ("wsop",), ("E1",))
    [name] = row.fields["name"]
    assert (name.path, name.at, name.key) == ("drop/Players.json", "6", "player_name")

    folding.apply(log_of(placed("WP1", "Ida Wren", moment=2), placed(None, "Nobody"), after=3))
    assert {person_id: row.name for person_id, row in now(folding).items()} == {A: "Ida Wren"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_stack_without_a_name_takes_no_name_away_in_any_order(order):
    files = (stack("WP1", None, moment=5), stack("WP1", "Ann Lee", moment=1), stack("WP1", None))
    assert now(folded(started(), *(files[n] for n in order)))[A].name == "Ann Lee"


def test_identities_of_an_excluded_game_leave_and_return_as_they_were():
    events = [seen(), hand(0, "x", "y"), seen(OTHER_GAME), hand(0, "y", game=OTHER_GAME)]
    before = now(folded(*events))
    out = now(folded(*events, excluded()))
    assert set(out) == {Y}

    back = now(folded(*events, excluded(), included()))
    assert {k: r.name for k, r in back.items()} == {k: r.name for k, r in before.items()}
    assert back[X].says_the_same(before[X])
    late = folded(*events, excluded(), hand(1, "x"))
    assert X not in now(late)
    assert X in now(late.apply(log_of(included(), after=6)))


def test_somebody_only_a_seat_correction_names_is_a_person_while_it_stands():
    back = SeatCorrectionWithdrawn(game_id=GAME, correction_id="c1", reason="it was right")
    events = [seen(), hand(0, "x"), corrected(M, "Cleo Vance")]
    assert (now(folded(*events))[M].name, now(folded(*events))[M].sources) == (
        "Cleo Vance", ("manual",),
    )  # fmt: skip
    assert M not in now(folded(*events, excluded()))
    assert M not in now(folded(*events, back))
    again = now(folded(*events, corrected("m-8", "Bo Ruff")))
    assert set(again) == {X, "m-8"}


def test_an_override_on_any_id_holds_for_the_person_and_stays_on_that_id():
    events = [started(), told("WP1", name="Anna V."), seen(), hand(0, "x")]
    said = [override_set(person_id=X, value="Anna Výborná"), verified(X, "WP1")]
    row = now(folded(*events, *said))[A]
    assert (row.name, row.name_display) == ("Anna Výborná", "ANNA VÝBORNÁ")
    assert [c.origin for c in row.fields["name"]] == ["override", "wsop", "gfx"]
    apart = now(folded(*events, *said, removed(X, "WP1")))
    assert (apart[A].name, apart[X].name) == ("Anna V.", "Anna Výborná")


def test_an_override_begins_and_ends_by_the_facts_of_its_timer():
    later = override_set(person_id=A, phase="scheduled", valid_from=NOW, valid_until=NOW)
    names = {"person_id": A, "override_id": "o1", "field": "name", "effective_at": NOW}
    folding = folded(
        started(), told("WP1", name="Ida"), later,
        OverrideActivated(**names), OverrideExpired(**names),
    )  # fmt: skip
    assert [(r.from_seq, r.name) for r in folding.rows(PeriodRow)] == [
        (2, "Ida"), (4, "Anna Výborná"), (5, "Ida"),
    ]  # fmt: skip
    assert folding.row(OverrideRow, A, "o1").status == "expired"
    words = [word.word for word in folding.row(OverrideRow, A, "o1").history]
    assert words == ["override_set", "override_activated", "override_expired"]


def test_the_picture_is_an_override_then_the_primary_one_then_the_players():
    url = "https://photos.example/ida.jpg"
    address = override_set(person_id=A, field="profile_image_url", value=url)
    pictures = [
        image_added(person_id=A), ImageApproved(person_id=A, image_id="i1", note=""),
        ImageMadePrimary(person_id=A, image_id="i1", image_type="profile"),
    ]  # fmt: skip
    first = [started(), told("WP1", name="Ida", profile_image_url="https://wsop.example/1")]

    def origins(*events):
        return [c.origin for c in now(folded(*first, *events))[A].fields["profile_image"]]

    assert origins() == ["wsop"]
    assert origins(*pictures[:2]) == ["wsop"]
    assert origins(*pictures) == ["image", "wsop"]
    assert origins(*pictures, address) == ["override", "image", "wsop"]
    gone = ImageRemoved(person_id=A, image_id="i1", image_type="profile", reason="blurred")
    assert origins(*pictures, gone) == ["wsop"]


def test_only_the_approved_primary_picture_of_the_profile_is_shown():
    def primary(image_id, image_type="profile"):
        return ImageMadePrimary(person_id=A, image_id=image_id, image_type=image_type)

    def shown_after(*events):
        row = now(folded(started(), told("WP1", name="Ida"), *events))[A]
        return [c.image_id for c in row.fields.get("profile_image", ())]

    kept = [
        event
        for image_id in ("i1", "i2")
        for event in (
            image_added(person_id=A, image_id=image_id),
            ImageApproved(person_id=A, image_id=image_id, note=""),
        )
    ]
    assert shown_after(*kept, primary("i1")) == ["i1"]
    assert shown_after(*kept, primary("i1"), primary("i2")) == ["i2"]
    headshot = image_added(person_id=A, image_type="headshot")
    approved = ImageApproved(person_id=A, image_id="i1", note="")
    assert shown_after(headshot, approved, primary("i1", "headshot")) == []
    assert shown_after(image_added(person_id=A), primary("i1")) == []


def test_an_erasure_leaves_nothing_private_in_any_row():
    url, wsop = "https://photos.example/ida.jpg", "https://wsop.example/1"
    said = [
        started(), told("WP1", name="Ida", profile_image_url=wsop),
        override_set(person_id=A, field="profile_image_url", value=url),
        override_set(person_id=A, override_id="o2", field="bio", value=None, object="people/bio"),
        image_added(person_id=A),
    ]  # fmt: skip
    text = str(folded(*said).dump())
    assert all(private in text for private in (url, wsop, "people/bio", "images/master"))
    erased = PersonErased(
        person_id=A, reason="asked for", overrides=("o1", "o2"), images=("i1",), objects=()
    )
    folding = folded(*said, erased)
    text = str(folding.dump())
    assert not any(private in text for private in (url, wsop, "people/bio", "images/master"))
    assert not {"bio", "profile_image"} & set(now(folding)[A].fields)
    assert (folding.row(ImageRow, A, "i1").status, now(folding)[A].name) == ("erased", "Ida")


def test_names_are_searched_by_their_keys():
    event = [seen(), hand(0, "x"), override_set(person_id=X, field="name_korean", value="비보르나")]
    assert now(folded(*event))[X].search == "| anna vyborna | vyborna | 비보르나 |"


@pytest.mark.parametrize(
    "event",
    [
        hand(0, "x"),
        told("WP1", name="Ida"),
        OverrideWithdrawn(person_id=A, override_id="o1", field="name", reason="x"),
        ImageApproved(person_id=A, image_id="i1", note=""),
        removed(X, "WP1"),
    ],
    ids=lambda event: event.TYPE.name,
)
def test_an_event_about_what_was_never_told_is_an_error(event):
    with pytest.raises(LookupError):
        folded(event)


def shown(folding):
    columns = ("name", "name_display", "name_short", "name_korean", "country_code", "stub", "ids")
    return {
        person_id: {name: getattr(row, name) for name in columns}
        for person_id, row in now(folding).items()
    }


SOURCES = [
    *([("told", "1", "p", country)] for country in (True, False)),
    *([("stub", "1", "s", 0, tell)] for tell in (stack, placed)),
    [("told", "1", "p", True), ("stub", "1", "s", 0, stack)],
    [],
]
SEEN = [[], [("hand", 0, "x")], [("hand", 0, "y")], [("hand", 1, "x"), ("hand", 0, "y")],
        [("hand", 0, "x"), ("hand", 1, "y")]]  # fmt: skip
PHASES = ("scheduled", "effective", "expired")


@pytest.mark.parametrize("field", FIELDS)
def test_every_source_and_every_pair_of_overrides_has_the_winner_of_the_table(field):
    overrides = [
        [("over", one, field, priority, age, phase), ("over", other, field, 1, 1, after)]
        for one, other in [(A, A), (A, X), (X, A), (X, Y)]
        for priority, age in itertools.product((0, 1, 2), (0, 1, 2))
        for phase, after in itertools.product(PHASES, PHASES)
    ]
    linked = [("link", X, "1"), ("link", Y, "1")]
    for told_of, listed in itertools.product(SOURCES, SEEN):
        for pair in random.Random(f"{told_of}{listed}").sample(overrides, 40):
            oracle = Oracle([*told_of, *listed, *linked, *pair])
            assert shown(folded(*oracle.events)) == oracle.people(), (told_of, listed, pair)


@settings(max_examples=300)
@given(stories)
def test_the_winner_of_every_field_is_what_a_plain_look_at_everything_said_finds(story):
    oracle = Oracle(story)
    assert shown(folded(*oracle.events)) == oracle.people()


@given(stories, st.data())
def test_any_split_and_any_repeated_delivery_give_the_rows_of_one_pass_of_people(story, data):
    facts = log_of(*Oracle(story).events)
    whole = Folding(UnifiedPlayersFold()).apply(facts)
    each = Folding(UnifiedPlayersFold()).apply_each(facts)
    pieces = Folding(UnifiedPlayersFold())
    while pieces.checkpoint < facts[-1].sequence:
        again = data.draw(st.integers(0, pieces.checkpoint), label="delivered again from")
        until = data.draw(st.integers(pieces.checkpoint + 1, len(facts)), label="until")
        pieces.apply(facts[again:until])
    assert pieces.dump() == whole.dump() == each.dump()


@given(stories)
def test_what_was_known_at_any_sequence_is_the_fold_cut_there(story):
    facts = log_of(*Oracle(story).events)
    periods = Folding(UnifiedPlayersFold()).apply(facts).rows(PeriodRow)
    cut = Folding(UnifiedPlayersFold())
    for fact in facts:
        cut.apply([fact])
        held = {
            row.person_id: msgspec.structs.replace(row, to_seq=None)
            for row in periods
            if row.from_seq <= fact.sequence and (row.to_seq is None or fact.sequence < row.to_seq)
        }
        assert held == now(cut)


@given(stories)
def test_periods_of_a_person_never_overlap_nor_repeat(story):
    by_person = {}
    for row in folded(*Oracle(story).events).rows(PeriodRow):
        by_person.setdefault(row.person_id, []).append(row)
    for rows in by_person.values():
        for row, following in itertools.pairwise(rows):
            assert row.from_seq < row.to_seq <= following.from_seq
            assert row.to_seq < following.from_seq or not row.says_the_same(following)


def test_hands_that_say_nothing_new_of_anybody_write_no_period():
    stacks = {2: 5000, 5: 6000, 8: 7000}
    events = [seen(), *(recorded_hand(walk(number, stacks), number) for number in range(30))]
    assert len(folded(*events).rows(PeriodRow)) == len(stacks)
