"""Standings without a database: lives, full counts, ranks, and what an import writes."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.standings.domain import (
    EntrantRow,
    EventRow,
    FigureRow,
    StackBucketRow,
    StandingPartRow,
    StandingRow,
    StandingsFold,
)
from projections.standings.domain.lives import re_entries, with_sign
from projections.standings.domain.places import median
from projections.standings.domain.recompute import full_count_at, ranked
from projections.standings.domain.rows import Counted, Moment, Run, Stack
from projections.standings.domain.stacks import BUCKETS, bucket_of
from tests.support.folding import Folding, log_of
from tests.support.tournament import EVENT, NOON, Imports, chips, minutes, place, player_id


def folded(*facts):
    return Folding(StandingsFold()).apply_each(log_of(*facts))


def run(kind, at, **more):
    return Run(kind=kind, first=minutes(at), last=minutes(at), **more)


def lives(signs):
    runs = ()
    for sign in signs:
        runs = with_sign(runs, sign)
    return runs


STORY = (
    run("out", 0),
    run("out", 5, rank=90, set_id="a"),
    run("in", 10),
    run("in", 20),
    run("out", 30, rank=7, set_id="b"),
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(STORY)))))
def test_statements_in_any_order_tell_the_same_life(order):
    runs = lives(STORY[number] for number in order)
    assert [(r.kind, r.first) for r in runs] == [
        ("out", minutes(0)),
        ("in", minutes(10)),
        ("out", minutes(30)),
    ]
    assert (runs[-1].rank, re_entries(runs)) == (7, 1)


def test_a_stack_of_nothing_takes_no_rank_away():
    assert lives((run("out", 0, rank=9, set_id="a"), run("out", 1)))[0].rank == 9


def test_of_two_words_of_one_time_the_elimination_holds():
    for signs in itertools.permutations((run("out", 0), run("in", 0))):
        assert [each.kind for each in lives(signs)] == ["out"]


@pytest.mark.parametrize(
    ("stacks", "remaining", "middle"),
    [((5, 1, 9), 3, 5), ((4, 1, 9, 8), 4, 6), ((1, 2), 2, 1), ((5, 1), 3, None), ((), 0, None)],
)
def test_a_median_needs_every_stack_and_floors_the_middle_two(stacks, remaining, middle):
    assert median(stacks, remaining) == middle


def event(moments, snapshots, total=(None, None)):
    figures = FigureRow(
        event_id=EVENT,
        from_seq=1,
        said_at=NOON,
        starting_chips=total[0],
        total_entries=total[1],
    )
    return EventRow(
        event_id=EVENT,
        figures=figures,
        moments=tuple(Moment(minutes(at), in_play, sum_) for at, in_play, sum_ in moments),
        snapshots=tuple(Counted(minutes(at), left) for at, left in snapshots),
    )


@pytest.mark.parametrize(
    ("moments", "snapshots", "total", "at"),
    [
        ([(5, 9, 0)], [], (None, None), None),
        ([(5, 9, 0)], [(5, 9)], (None, None), 5),
        ([(5, 9, 0)], [(5, 10)], (None, None), None),
        ([(5, 9, 0)], [(6, 9)], (None, None), None),
        ([(5, 9, 0)], [(1, 30), (4, 9), (6, 2)], (None, None), 5),
        ([(5, 9, 0), (8, 2, 0)], [(1, 9)], (None, None), 5),
        ([(5, 9, 0), (8, 9, 0)], [(1, 9)], (None, None), 8),
        ([(5, 2, 949)], [], (100, 10), None),
        ([(5, 2, 950)], [], (100, 10), 5),
    ],
)
def test_a_full_count_has_all_players_left_or_nearly_all_chips(moments, snapshots, total, at):
    found = full_count_at(event(moments, snapshots, total))
    assert found == (None if at is None else minutes(at))


def stack(count, at=0, name="", active=True):
    return Stack(minutes(at), count, active, None, name, name.lower(), None, None, "")


def test_equal_chips_share_a_rank_and_stand_by_name():
    stacks = {
        "a": stack(5, name="Zed"),
        "b": stack(9),
        "c": stack(5, name="Abe"),
        "d": stack(1),
        "e": stack(0),
        "f": stack(7, active=False),
    }
    assert [(p.position, p.rank, p.holder) for p in ranked(stacks, None)] == [
        (1, 1, "b"),
        (2, 2, "c"),
        (3, 2, "a"),
        (4, 4, "d"),
    ]


def test_only_stacks_of_the_full_count_or_later_are_ranked():
    stacks = {"a": stack(5, at=3), "b": stack(9, at=2), "c": stack(1, at=4)}
    assert [p.holder for p in ranked(stacks, minutes(3))] == ["a", "c"]


def test_an_import_that_changes_nothing_writes_no_new_set():
    imports = Imports()
    facts = imports.counts(minutes(0), [chips(n, n) for n in (1, 2)])
    rows = folded(*facts)
    assert len(rows.rows(StandingRow)) == 1
    empty = imports.events(event_name="Harbour Main Event")
    rows = folded(*facts, *empty)
    assert len(rows.rows(StandingRow)) == 1


def test_a_set_is_written_in_parts_and_players_only_when_they_change():
    imports = Imports()
    first = imports.counts(minutes(0), [chips(n, 1000 + n) for n in range(1, 451)])
    rows = folded(*first)
    assert len(rows.rows(StandingPartRow)) == 3
    entrants = rows.rows(EntrantRow)
    second = imports.counts(minutes(15), [chips(n, 2000 + n) for n in range(1, 451)])
    rows.apply(log_of(*second, after=len(first)))
    assert rows.rows(EntrantRow) == entrants
    assert len(rows.rows(StandingPartRow)) == 6
    assert len(rows.rows(StackBucketRow)) <= BUCKETS


def test_a_bucket_depends_on_the_holder_alone():
    assert [bucket_of(f"w-{player_id(n)}") for n in (1, 2, 3)] == [
        bucket_of(f"w-{player_id(n)}") for n in (1, 2, 3)
    ]
    assert {bucket_of(str(n)) for n in range(2000)} == set(range(BUCKETS))


FILES = st.lists(
    st.tuples(st.integers(0, 4), st.dictionaries(st.integers(1, 6), st.integers(0, 3))),
    min_size=1,
    max_size=5,
    unique_by=lambda file: file[0],
)


@given(files=FILES, order=st.randoms(use_true_random=False), size=st.integers(1, 7))
def test_any_order_and_any_batches_of_counts_give_the_same_stacks(files, order, size):
    imports = Imports()
    told = [
        imports.counts(minutes(at), [chips(n, count) for n, count in rows.items()] or [chips(9, 1)])
        for at, rows in files
    ]
    told.append(imports.standings(minutes(2), [place(1, 1, 3)], remaining=3))
    shuffled = order.sample(told, len(told))
    plain = Folding(StandingsFold()).apply(log_of(*(f for file in told for f in file)))
    pieces = Folding(StandingsFold())
    facts = log_of(*(fact for file in shuffled for fact in file))
    for first in range(0, len(facts), size):
        pieces.apply(facts[first : first + size])
    for kind in (EventRow, StackBucketRow, EntrantRow):
        assert [_stacks(row) for row in plain.business(kind)] == [
            _stacks(row) for row in pieces.business(kind)
        ]


def _stacks(row):
    return {name: value for name, value in row.items() if name != "recomputed"}
