"""Stacks as periods of knowledge."""

import itertools
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.chip_counts.domain import ChipCountsFold, GameRow, PeriodRow
from tests.support.folding import Folding, log_of
from tests.support.gfx_facts import GAME, recorded_hand, revised_hand, seen, ticks, walk

STACKS = {2: 5000, 5: 6000, 8: 7000}


def folded(*events):
    return Folding(ChipCountsFold()).apply_each(log_of(*events))


def current(rows):
    return {row.seat: row for row in rows.rows(PeriodRow) if row.to_seq is None}


def stacks(rows):
    return {seat: row.stack for seat, row in current(rows).items()}


def test_the_end_stacks_of_a_settled_hand_are_current():
    rows = folded(seen(), recorded_hand(walk(0, STACKS)))

    assert stacks(rows) == {2: 5000, 5: 5900, 8: 7100}
    row = current(rows)[8]
    assert (row.name, row.long_name) == ("Marchetti-Oduya", "Ada Marchetti-Oduya")
    assert (row.big_blind, row.hand_num, row.start_ticks) == (200, 1, ticks(0))
    assert row.in_play
    assert row.dealt_in


def test_a_hand_that_is_not_settled_leaves_the_stacks_it_started_with():
    rows = folded(seen(), recorded_hand(walk(0, STACKS, settled=False)))

    assert stacks(rows) == STACKS


def test_a_settled_hand_speaks_of_its_end_and_any_other_of_its_start():
    settled = current(folded(seen(), recorded_hand(walk(0, STACKS))))[2]
    unsettled = current(folded(seen(), recorded_hand(walk(0, STACKS, settled=False))))[2]

    assert settled.statement_at - unsettled.statement_at == timedelta(minutes=1)


def test_the_next_hand_ends_the_period_of_the_one_before():
    rows = folded(seen(), recorded_hand(walk(0, STACKS)), recorded_hand(walk(1, {2: 1, 5: 2})))

    assert [(r.from_seq, r.to_seq, r.stack) for r in rows.rows(PeriodRow) if r.seat == 2] == [
        (2, 3, 5000),
        (3, None, 0),
    ]


def test_a_seat_the_last_hand_does_not_list_has_no_current_stack():
    rows = folded(seen(), recorded_hand(walk(0, STACKS)), recorded_hand(walk(1, {2: 10, 5: 900})))

    assert sorted(current(rows)) == [2, 5]
    assert [r.to_seq for r in rows.rows(PeriodRow) if r.seat == 8] == [3]


def test_a_listed_seat_without_chips_is_kept_and_not_in_play():
    rows = folded(seen(), recorded_hand(walk(0, {2: 0, 5: 600, 8: 700})))

    assert (current(rows)[2].stack, current(rows)[2].in_play) == (0, False)
    assert not current(rows)[2].dealt_in


def test_an_older_hand_that_arrives_late_changes_no_stack_and_is_counted():
    before = folded(seen(), recorded_hand(walk(5, STACKS)))
    after = folded(seen(), recorded_hand(walk(5, STACKS)), recorded_hand(walk(1, {2: 1, 5: 2})))

    assert before.rows(PeriodRow) == after.rows(PeriodRow)
    assert after.row(GameRow, GAME).hands == 2


def test_a_revision_of_the_last_hand_changes_only_what_it_says_differently():
    other = {2: 5000, 5: 6000, 8: 7500}
    rows = folded(seen(), recorded_hand(walk(0, STACKS)), revised_hand(walk(0, other)))

    assert stacks(rows) == {2: 5000, 5: 5900, 8: 7600}
    assert {seat: row.from_seq for seat, row in current(rows).items()} == {2: 2, 5: 2, 8: 3}


def test_a_revision_of_an_earlier_hand_changes_nothing():
    told = (seen(), recorded_hand(walk(0, STACKS)), recorded_hand(walk(1, STACKS)))

    after = folded(*told, revised_hand(walk(0, {2: 1, 5: 2})))

    assert after.dump() == folded(*told).dump()


def test_a_hand_of_a_game_never_seen_is_an_error():
    with pytest.raises(LookupError, match="never seen"):
        folded(recorded_hand(walk(0, STACKS)))


hands = st.tuples(
    st.integers(0, 4),
    st.dictionaries(st.integers(1, 5), st.integers(0, 3).map(lambda n: 1000 * n), min_size=2),
    st.booleans(),
)


def story(told):
    """A hand told again with other words is a revision."""
    events, known = [seen()], {}
    for number, chips, settled in told:
        hand = walk(number, chips, settled=settled)
        if number not in known:
            events.append(recorded_hand(hand))
        elif known[number] != hand:
            events.append(revised_hand(hand))
        known[number] = hand
    return log_of(*events)


def as_of(periods, sequence):
    return {
        row.seat: msgspec.structs.replace(row, to_seq=None, revised=False)
        for row in periods
        if row.from_seq <= sequence and (row.to_seq is None or sequence < row.to_seq)
    }


@given(st.lists(hands, max_size=12))
def test_the_answer_as_of_any_sequence_is_the_fold_cut_there(told):
    facts = story(told)
    periods = Folding(ChipCountsFold()).apply(facts).rows(PeriodRow)

    for fact in facts:
        cut = Folding(ChipCountsFold()).apply(f for f in facts if f.sequence <= fact.sequence)
        assert as_of(periods, fact.sequence) == current(cut)


@given(st.lists(hands, max_size=12))
def test_what_is_current_is_what_the_last_hand_played_says(told):
    facts = story(told)
    held = {}
    for number, chips, settled in told:
        held[number] = walk(number, chips, settled=settled)
    only_last = [seen(), recorded_hand(held[max(held)])] if held else [seen()]

    rows = Folding(ChipCountsFold()).apply(facts)

    expected = folded(*only_last)
    assert {s: (r.name, r.stack, r.start_ticks, r.state) for s, r in current(rows).items()} == {
        s: (r.name, r.stack, r.start_ticks, r.state) for s, r in current(expected).items()
    }
    assert rows.row(GameRow, GAME).hands == len(held)


@given(st.lists(hands, max_size=12))
def test_periods_of_a_seat_follow_each_other_and_never_overlap(told):
    periods = Folding(ChipCountsFold()).apply(story(told)).rows(PeriodRow)

    by_seat = {}
    for row in periods:
        by_seat.setdefault(row.seat, []).append(row)
    for rows in by_seat.values():
        for row, following in itertools.pairwise(rows):
            assert row.from_seq < row.to_seq <= following.from_seq
            assert row.to_seq < following.from_seq or not row.says_the_same(following)
        assert all(row.to_seq is not None for row in rows[:-1])
