"""Which of several overrides holds, against an oracle that tries all of them."""

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.people.overrides import Override, compete, covers, from_fact, phase, winner, winners
from tests.support.people import NOW, override_set

HOURS = [None, *(NOW + timedelta(hours=n) for n in range(4))]
FIELDS = ("name", "bio")
MOMENTS = [NOW + timedelta(minutes=30 * n) for n in range(-1, 9)]


@st.composite
def overrides(draw: st.DrawFn) -> list[Override]:
    ids = draw(st.lists(st.text("abc", min_size=1, max_size=3), unique=True, max_size=8))
    return [
        Override(
            override_id=override_id,
            person_id=draw(st.sampled_from(["g-1", "w-1"])),
            field=draw(st.sampled_from(FIELDS)),
            priority=draw(st.integers(99, 101)),
            valid_from=draw(st.sampled_from(HOURS)),
            valid_until=draw(st.sampled_from(HOURS)),
            created_at=NOW + timedelta(seconds=draw(st.integers(0, 2))),
        )
        for override_id in ids
    ]


def beats(one: Override, other: Override) -> bool:
    """The rule, in words: smaller priority, else created later, else the smaller id."""
    if one.priority != other.priority:
        return one.priority < other.priority
    if one.created_at != other.created_at:
        return one.created_at > other.created_at
    return one.override_id < other.override_id


def holds(override: Override, at) -> bool:
    begun = override.valid_from is None or override.valid_from <= at
    return begun and (override.valid_until is None or at < override.valid_until)


@given(overrides(), st.sampled_from(MOMENTS))
def test_the_winner_beats_every_other_override_that_holds(said: list[Override], at) -> None:
    found = winners(said, at)
    for field in FIELDS:
        rivals = [o for o in said if o.field == field and holds(o, at)]
        best = [o for o in rivals if all(o is r or beats(o, r) for r in rivals)]
        assert [found[field]] == best if best else field not in found
        assert winner(said, field, at) == found.get(field)


@given(overrides(), st.sampled_from(MOMENTS), st.randoms())
def test_the_winner_does_not_depend_on_the_order(said: list[Override], at, random) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)
    assert winners(shuffled, at) == winners(said, at)


@given(overrides())
def test_two_overrides_compete_when_some_moment_lies_in_both_windows(said) -> None:
    for one, other in combinations(said, 2):
        # Windows of these examples begin and end on the hour.
        if {one.valid_from, other.valid_from} & {one.valid_until, other.valid_until} - {None}:
            continue
        both = any(holds(one, at) and holds(other, at) for at in MOMENTS)
        same = one.field == other.field and one.priority == other.priority
        empty = [
            o
            for o in (one, other)
            if o.valid_from and o.valid_until and o.valid_until <= o.valid_from
        ]
        if not empty:
            assert compete(one, other) == (both and same)
            assert compete(other, one) == compete(one, other)


def test_windows_that_only_touch_do_not_compete() -> None:
    first = from_fact(override_set(valid_until=NOW))
    assert not compete(first, from_fact(override_set(valid_from=NOW)))


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "found"),
    [
        (None, None, "effective"),
        (NOW, None, "effective"),
        (NOW + timedelta(microseconds=1), None, "scheduled"),
        (None, NOW, "expired"),
        (None, NOW + timedelta(microseconds=1), "effective"),
        (NOW - timedelta(hours=2), NOW - timedelta(hours=1), "expired"),
    ],
)
def test_a_window_holds_its_beginning_and_not_its_end(valid_from, valid_until, found) -> None:
    assert phase(valid_from, valid_until, NOW) == found
    one = from_fact(override_set(valid_from=valid_from, valid_until=valid_until))
    assert covers(one, NOW) == (found == "effective")
