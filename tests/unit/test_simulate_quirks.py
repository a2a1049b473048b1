"""What goes wrong at a real table happens at the simulated one, at the rates asked for."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from deploy.simulate.options import LEVELS, GameOptions, Quirks
from deploy.simulate.people import PEOPLE, mistyped, typed_rightly
from deploy.simulate.record import PlayedHand, Quirk
from deploy.simulate.table import play

ROUGH = GameOptions(hands=80, quirks=Quirks.rough())


@pytest.fixture(scope="module")
def corpus() -> list[list[PlayedHand]]:
    return [list(play(seed, ROUGH)) for seed in range(25)]


def test_hands_follow_each_other_in_time_and_numbers_repeat_only_after_a_break(
    corpus: list[list[PlayedHand]],
):
    repeats = 0
    for game in corpus:
        assert [hand.ordinal for hand in game] == list(range(len(game)))
        for hand, after in pairwise(game):
            gap = after.start_ticks - hand.start_ticks - hand.duration_ticks
            assert gap > 3 * 10**7
            repeated = Quirk.REPEATED_NUMBER in hand.account.quirks
            assert after.hand_num == hand.hand_num + (not repeated)
            if repeated:
                repeats += 1
                assert gap >= 600 * 10**7
                assert hand.account.state == "unsettled"
                assert hand.account.true_stacks != {row.seat: row.end_stack for row in hand.seats}
    assert repeats >= 3


def test_after_a_repeated_number_the_true_stacks_are_typed_in_some_of_them_rounded(
    corpus: list[list[PlayedHand]],
):
    rounded: Counter[bool] = Counter()
    for game in corpus:
        for hand, after in pairwise(game):
            if Quirk.REPEATED_NUMBER not in hand.account.quirks:
                continue
            names = {(row.seat, row.name) for row in hand.seats}
            chip = next(level[2] for level in LEVELS if level[1] == after.blinds.big)
            for row in after.seats:
                true = hand.account.true_stacks.get(row.seat, 0)
                if (row.seat, row.name) in names and true:
                    rounded[row.start_stack != true] += 1
                    if Quirk.CORRECTION not in after.account.quirks:
                        assert abs(row.start_stack - true) <= 5 * chip
    assert rounded[True] > 5
    assert rounded[False] > 5


def test_stacks_change_between_hands_only_where_the_account_says_so(
    corpus: list[list[PlayedHand]],
):
    for game in corpus:
        for hand, after in pairwise(game):
            end = {(row.seat, row.name): row.end_stack for row in hand.seats}
            changed = {
                row.seat: (end[row.seat, row.name], row.start_stack)
                for row in after.seats
                if end.get((row.seat, row.name), row.start_stack) != row.start_stack
            }
            assert after.account.corrected == changed
            explained = {Quirk.CORRECTION} & after.account.quirks or (
                Quirk.REPEATED_NUMBER in hand.account.quirks
            )
            assert not changed or explained


def test_a_void_hand_moves_no_chips_and_is_dealt_again_from_the_same_seats(
    corpus: list[list[PlayedHand]],
):
    found = 0
    for game in corpus:
        for hand, after in pairwise(game):
            if Quirk.VOID in hand.account.quirks:
                found += 1
                assert len(hand.events) <= 3
                assert [row.end_stack for row in hand.seats] == [
                    row.start_stack for row in after.seats
                ]
                assert after.blinds.big_seat == hand.blinds.big_seat
    assert found > 10


def rates(quirks: Quirks, seeds: range) -> tuple[Counter[Quirk], int]:
    found: Counter[Quirk] = Counter()
    total = 0
    for seed in seeds:
        for hand in play(seed, GameOptions(hands=120, quirks=quirks)):
            found.update(hand.account.quirks)
            total += 1
    return found, total


def test_a_careful_operator_shows_no_quirk_at_all():
    found, total = rates(replace(Quirks.none(), dead_blinds=0), range(12))
    assert total > 1_000
    assert found == Counter()


def test_quirks_come_at_about_their_rates():
    asked = replace(Quirks.none(), void=0.05, edited=0.04, correction=0.1, renamed=0.06)
    found, total = rates(asked, range(20))
    # A hand that ends by itself is not called off, an exact split is not edited: at most, nearly.
    assert 0.03 < found[Quirk.VOID] / total < 0.06
    assert 0.025 < found[Quirk.EDITED] / total < 0.05
    assert 0.08 < found[Quirk.CORRECTION] / total < 0.12
    assert 0.045 < found[Quirk.RENAMED] / total < 0.075
    assert set(found) == {Quirk.VOID, Quirk.EDITED, Quirk.CORRECTION, Quirk.RENAMED}


def test_every_quirk_can_be_met():
    found, _ = rates(Quirks.rough(), range(12))
    assert set(found) == set(Quirk)


def test_an_open_last_record_has_no_events_and_moves_nothing():
    options = GameOptions(hands=30, quirks=replace(Quirks.none(), open_last=1))
    *played, last = play(3, options)
    assert last.events == ()
    assert last.account.state == "unsettled"
    assert [row.end_stack for row in last.seats] == [row.start_stack for row in last.seats]
    assert Quirk.OPEN in last.account.quirks
    assert all(hand.events for hand in played)


def test_names_are_typed_rightly_or_otherwise_but_never_empty(
    corpus: list[list[PlayedHand]],
):
    right = {typed_rightly(person) for person in PEOPLE}
    typed = {(row.name, row.long_name) for game in corpus for hand in game for row in hand.seats}
    assert typed & right
    assert typed - right
    assert all(name and name == name.strip() for name, _ in typed)


def test_a_mistyped_name_differs_from_the_right_one():
    rng = Random(5)
    for person in PEOPLE * 5:
        assert mistyped(person, rng) != typed_rightly(person)
