"""Standings without a database: lives, full counts, ranks, and what an import writes."""

import itertools

import msgspec
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
from projections.standings.domain.lives import re_entries, with_sign, without_sign
from projections.standings.domain.places import median
from projections.standings.domain.recompute import full_count_at, ranked
from projections.standings.domain.rows import Counted, Moment, Run, Stack
from projections.standings.domain.stacks import BUCKETS, bucket_of
from tests.support.folding import Folding, log_of
from tests.support.tournament import EVENT, NOON, Imports, chips, minutes, place, player_id


def folded(*facts):
    return Folding(StandingsFold()).apply_each(log_of(*facts))


def run(kind, at, **more):
    placed = minutes(at) if "set_id" in more else None
    return Run(kind=kind, first=minutes(at), last=minutes(at), placed_at=placed, **more)


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


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_a_place_is_of_the_life_that_it_ended(order):
    story = (run("out", 0, rank=7, set_id="a"), run("out", 1), run("in", 2), run("out", 3))
    last = lives(story[number] for number in order)[-1]
    assert (last.first, last.rank) == (minutes(3), None)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_of_several_places_of_one_life_the_newest_holds(order):
    story = (
        run("out", 0, rank=9, set_id="a"),
        run("out", 1, rank=8, set_id="b"),
        run("out", 2),
    )
    [only] = lives(story[number] for number in order)
    assert (only.rank, only.first, only.last) == (8, minutes(0), minutes(2))


def test_what_is_taken_back_leaves_the_rest_of_a_life():
    runs = lives((run("out", 0, rank=9, set_id="a"), run("out", 5), run("in", 9)))
    assert without_sign(runs, "in", minutes(9)) == without_sign(runs, "in", minutes(9))
    assert [each.kind for each in without_sign(runs, "in", minutes(9))] == ["out"]
    assert [each.kind for each in without_sign(runs, "out", minutes(3))] == ["out", "in"]
    [left, _] = without_sign(runs, "out", minutes(5))
    assert (left.first, left.last, left.rank) == (minutes(0), minutes(0), 9)
    [left, _] = without_sign(runs, "out", minutes(0))
    assert (left.first, left.last, left.rank) == (minutes(5), minutes(5), None)
    assert without_sign(lives([run("out", 0)]), "out", minutes(0)) == ()


def entrant(rows):
    [found] = rows.rows(EntrantRow)
    return found.state, found.rank, found.re_entries


def test_chips_corrected_to_nothing_take_the_re_entry_back():
    for at_first in (True, False):
        imports = Imports()
        wrong = imports.counts(minutes(60), [chips(1, 69_000)])
        right = imports.counts(minutes(60), [chips(1, 0, before=wrong[1].rows[0].told)])
        out = imports.standings(
            minutes(0), [place(18, 1, 0, status="eliminated", prize_won=1000)], 17
        )
        rows = folded(*out, *wrong, *right) if at_first else folded(*wrong, *right, *out)
        assert entrant(rows) == ("out", 18, 0)


def test_an_elimination_corrected_to_chips_was_none():
    imports = Imports()
    wrong = imports.counts(minutes(60), [chips(1, 0, status="eliminated")])
    right = imports.counts(minutes(60), [chips(1, 500, before=wrong[1].rows[0].told)])
    assert entrant(folded(*wrong, *right)) == (None, None, 0)


def test_a_corrected_snapshot_that_has_somebody_in_play_takes_the_elimination_back():
    imports = Imports()
    wrong = imports.standings(minutes(0), [place(2, 1, 0, status="eliminated")])
    right = imports.standings(minutes(0), [place(1, 1, 5, status="active")], corrected=True)
    assert entrant(folded(*wrong, *right)) == (None, None, 0)


def test_when_nobody_is_in_play_any_more_the_standings_are_empty():
    imports = Imports()
    rows = folded(
        *imports.counts(minutes(0), [chips(1, 5), chips(2, 5)]),
        *imports.counts(minutes(15), [chips(1, 0), chips(2, 0)]),
    )
    newest = max(rows.rows(StandingRow), key=lambda row: row.at)
    assert (newest.at, newest.rows, newest.players_remaining) == (minutes(15), 0, 0)


def test_a_count_of_nobody_in_play_replaces_no_snapshot():
    imports = Imports()
    rows = folded(
        *imports.standings(minutes(0), [place(1, 1, 5), place(2, 2, 5)]),
        *imports.counts(minutes(15), [chips(2, 0)]),
    )
    assert [row.source for row in rows.rows(StandingRow)] == ["imported"]


def test_a_stack_that_no_import_could_know_yet_marks_the_standings():
    told = Imports().counts(minutes(0), [chips(1, 5)])
    told[1] = msgspec.structs.replace(told[1], future=True)
    [made] = folded(*told).rows(StandingRow)
    assert made.future


def test_a_count_of_some_does_not_say_how_many_are_left():
    imports = Imports()
    rows = folded(
        *imports.events(starting_chips=100, total_entries=4),
        *imports.standings(minutes(0), [place(1, 1, 150), place(2, 2, 100)], 4),
        *imports.counts(minutes(15), [chips(1, 210)]),
    )
    [made] = [row for row in rows.rows(StandingRow) if row.source == "recomputed"]
    assert (made.players_remaining, made.remaining_counted, made.median) == (4, False, None)


def test_a_full_count_behind_the_snapshot_says_how_many_are_left():
    imports = Imports()
    rows = folded(
        *imports.events(starting_chips=100, total_entries=4),
        *imports.standings(minutes(0), [place(1, 1, 150)], 4),
        *imports.counts(minutes(15), [chips(1, 210), chips(2, 190), chips(3, 0)]),
    )
    [made] = [row for row in rows.rows(StandingRow) if row.source == "recomputed"]
    assert (made.players_remaining, made.remaining_counted, made.median) == (2, True, 200)


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
    assert len(rows.rows(StandingPartRow)) == 5
    entrants = rows.rows(EntrantRow)
    second = imports.counts(minutes(15), [chips(n, 2000 + n) for n in range(1, 451)])
    rows.apply(log_of(*second, after=len(first)))
    assert rows.rows(EntrantRow) == entrants
    assert len(rows.rows(StandingPartRow)) == 10
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
