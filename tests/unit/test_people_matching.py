"""Who may be who: what is suggested without being asked for, and what never is."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.people.comparing import compare, prepared
from contracts.people.matching import AUTOMATIC, Suggestion, suggestions
from contracts.people.records import SEAT_SLACK, ChipSeat, Seating, co_occurrences
from tests.support.people import (
    NOW,
    identity,
    player,
    real_identities,
    real_links,
    real_players,
)

RECALL_MIN = 0.8


def best(name: str, long_name: str, *players: str) -> Suggestion | None:
    """The first candidate of one identity among players named so."""
    listed = [player(f"P{n}", each) for n, each in enumerate(players)]
    found = suggestions([identity(name, long_name)], listed)
    return found[0] if found else None


def automatic(identities, players, seats=None) -> set[tuple[str, str]]:
    """Long name and player id of what is suggested by itself."""
    found = suggestions(identities, players, seats)
    return {(s.evidence.gfx_long_name, s.player_id) for s in found if s.automatic}


@pytest.mark.parametrize(
    ("typed", "listed", "method", "rule"),
    [
        ("Petra Vyborna", "Petra Vyborna", "exact", "same_text"),
        ("Petra Vyborna", "PETRA  VYBORNA", "exact", "same_text"),
        ("Petra Vyborna", "Pétra Výborná", "normalised", "same_key"),
        ("Jan-Erik Holm", "Jan Erik Holm", "normalised", "same_key"),
        ("Petra Vyborna", "Výborná, Petra", "fuzzy", "word_order"),
        ("Liam O'Hara", "Ohara Liam", "fuzzy", "spacing"),
        ("Petra Vyborna", "Petra K. Vyborna", "fuzzy", "initial_dropped"),
        ("Petra K. Vyborna", "Vyborna Petra", "fuzzy", "initial_dropped"),
        ("Aleksandr Morozov", "Alexander Morozoff", "fuzzy", "spelling"),
        ("Dmitrii Kiselev", "Dmitriy Kiselev", "fuzzy", "spelling"),
        ("Jürgen Müller", "Juergen Mueller", "fuzzy", "spelling"),
        ('Petra "Storm" Vyborna', "Petra Vyborna", "normalised", "same_key"),
    ],
)
def test_another_habit_of_writing_is_suggested_by_itself(typed, listed, method, rule) -> None:
    found = best(typed.split()[-1], typed, listed, "Somebody Else")
    assert found is not None
    assert (found.method, found.evidence.rule, found.automatic) == (method, rule, True)


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("Petra Vyborna", "Petr Vyborny"),
        ("Petra Vyborna", "Petra Anna Vyborna"),
        ("Petra Vyborna", "P. Vyborna"),
        ("John Smith", "John Smith Jr"),
        ("Ana Silva", "Anna Silva"),
        ("Marian Popa", "Marin Popa"),
        ("Daniel Roe", "Daniela Roe"),
        ("Petra Vyborna", "Petra Vyborova"),
    ],
)
def test_who_may_be_a_relative_is_only_a_candidate(typed, listed) -> None:
    found = best(typed.split()[-1], typed, listed)
    assert found is None or 60 <= found.confidence < AUTOMATIC


@pytest.mark.parametrize(
    ("typed", "listed"),
    [
        ("Pedro Garcia", "Sergio Garcia"),
        ("Hugo H. Reis", "Hugo K. Reis"),
        ("Hugo H. Reis", "Hugo Manuel Reis"),
        ("Moussa Ahmad", "Ahmad Karimi"),
        ("qwe", "Petra Vyborna"),
        ("PLAYER ONE", "PLAYER TWO"),
    ],
)
def test_different_people_are_not_even_candidates(typed, listed) -> None:
    assert best(typed.split()[-1], typed, listed) is None


def test_two_bearers_of_a_surname_stay_two_people() -> None:
    garcias = [identity("Garcia", "Sergio Garcia"), identity("Garcia", "Pedro Garcia")]
    players = [player("P1", "Garcia Sergio")]
    assert automatic(garcias, players) == {("Sergio Garcia", "P1")}


def test_a_bare_surname_borrows_the_only_full_name_that_goes_with_it() -> None:
    both = [identity("Holm", "Jan-Erik Holm"), identity("Holm", "Holm"), identity("Holm")]
    found = suggestions(both, [player("P1", "Holm Jan Erik")])
    assert {s.evidence.gfx_long_name for s in found if s.automatic} == {
        "Jan-Erik Holm",
        "Holm",
        "",
    }
    assert {s.evidence.borrowed for s in found} == {"", "Jan-Erik Holm"}
    assert [s.confidence for s in found if s.evidence.borrowed] == [85, 85]


def test_a_bare_surname_of_two_people_borrows_from_nobody() -> None:
    garcias = [
        identity("Garcia", "Sergio Garcia"),
        identity("Garcia", "Pedro Garcia"),
        identity("Garcia"),
    ]
    assert automatic(garcias, [player("P1", "Sergio Garcia")]) == {("Sergio Garcia", "P1")}


def test_a_bare_surname_that_two_players_have_is_not_suggested() -> None:
    holms = [identity("Holm", "Jan Holm"), identity("Holm")]
    players = [player("P1", "Jan Holm"), player("P2", "Eva Holm")]
    assert automatic(holms, players) == {("Jan Holm", "P1")} | {("", "P1")}
    assert automatic(holms[1:], players) == set()


def test_players_of_one_name_are_candidates_until_a_seat_tells_them_apart() -> None:
    jan, twins = identity("Holm", "Jan Holm"), [player("P1", "Jan Holm"), player("P2", "Jan Holm")]
    assert automatic([jan], twins) == set()
    assert automatic([jan], twins, {(jan.player_hash, "P2"): 1}) == {("Jan Holm", "P2")}


def test_identities_of_different_people_do_not_meet_in_one_player() -> None:
    hugos = [identity("Reis", "Hugo H. Reis"), identity("Reis", "Hugo K. Reis")]
    assert automatic(hugos, [player("P1", "Hugo Reis")]) == set()
    with_one = [*hugos, identity("Reis", "Hugo Reis")]
    assert automatic(with_one, [player("P1", "Hugo Reis")]) >= {("Hugo Reis", "P1")}


def test_a_common_seat_turns_a_surname_into_a_suggestion() -> None:
    holm = identity("Holm")
    [alone] = suggestions([holm], [player("P1", "Jan Holm")])
    [seated] = suggestions([holm], [player("P1", "Jan Holm")], {(holm.player_hash, "P1"): 3})
    assert (alone.confidence, alone.method, alone.automatic) == (60, "fuzzy", False)
    assert (seated.confidence, seated.method, seated.automatic) == (85, "co_occurrence", True)
    assert seated.evidence.seats == 3


def test_a_common_seat_alone_suggests_nobody() -> None:
    holm = identity("Holm", "Jan Holm")
    assert suggestions([holm], [player("P1", "Petra Vyborna")], {(holm.player_hash, "P1"): 9}) == []


def sat(seat: int = 3, table: int = 1, event_id: str = "E1") -> Seating:
    return Seating(
        player_hash="h1",
        event_id=event_id,
        table=table,
        seat=seat,
        first=NOW,
        last=NOW + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("at", "found"),
    [
        (NOW - SEAT_SLACK, 1),
        (NOW - SEAT_SLACK - timedelta(seconds=1), 0),
        (NOW + timedelta(hours=1) + SEAT_SLACK, 1),
        (NOW + timedelta(hours=1, seconds=1) + SEAT_SLACK, 0),
    ],
)
def test_a_chip_count_near_the_hands_is_a_common_seat(at, found: int) -> None:
    count = ChipSeat(player_id="P1", event_id="E1", table=1, seat=3, at=at)
    assert co_occurrences([sat()], [count]).get(("h1", "P1"), 0) == found


def test_only_the_same_event_table_and_seat_is_a_common_seat() -> None:
    count = ChipSeat(player_id="P1", event_id="E1", table=1, seat=3, at=NOW)
    elsewhere = [sat(seat=4), sat(table=2), sat(event_id="E2")]
    assert co_occurrences(elsewhere, [count]) == {}
    # Two games at one moment are one chip count, and so is a chip count told twice.
    assert co_occurrences([sat(), sat()], [count, count]) == {("h1", "P1"): 1}


NAMES = st.sampled_from(
    ["Jan Holm", "Holm Jan", "Jan K. Holm", "Eva Holm", "Holm", "", "Petra Vyborna", "J. Holm"]
)


@given(st.lists(st.tuples(NAMES, NAMES), max_size=6), st.lists(NAMES, max_size=5), st.randoms())
def test_the_same_records_in_any_order_give_the_same_suggestions(pairs, names, random) -> None:
    identities = [identity(*pair) for pair in pairs]
    players = [player(f"P{n}", name) for n, name in enumerate(names)]
    found = suggestions(identities, players)
    random.shuffle(identities)
    random.shuffle(players)
    assert suggestions(identities, players) == found


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_is_mutual(one: str, other: str) -> None:
    assert compare(prepared(one), prepared(other)) == compare(prepared(other), prepared(one))


def test_the_real_players_are_found_and_nobody_else(capsys: pytest.CaptureFixture[str]) -> None:
    identities, truth = real_identities(), real_links()
    said = [s for s in suggestions(identities, real_players()) if s.automatic]
    right = [s for s in said if truth.get(s.player_hash) == s.player_id]
    recall = len(right) / len(truth)
    with capsys.disabled():
        print(
            f"\n{len(identities)} identities, {len(truth)} known links: {len(said)} suggested, "
            f"precision {len(right) / len(said):.0%}, recall {recall:.0%}"
        )
    assert [s for s in said if s not in right] == []
    assert recall >= RECALL_MIN
    assert {s.evidence.gfx_long_name for s in said if s.evidence.gfx_name == "Garcia"} == {
        "Sergio Garcia"
    }
