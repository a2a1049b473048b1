"""However the same rows are split into files, repeated and ordered, the same holds in the end."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.wsop_import.domain.records import add_digests, content_digest
from tests.support.wsop_files import (
    chip_row,
    end_state,
    event,
    events_json,
    importing,
    player,
    players_json,
    standing_row,
    table,
)

MOMENTS = [f"2031-10-19T{hour}:00:00Z" for hour in (15, 16)]
# Each row as a file of its kind would have it; none contradicts another.
EVENTS = [event(f"E{n}", venue=f"Pier {n}", total_entries=n) for n in range(3)]
PLAYERS = [player(n, city="Cork" if n % 2 else None) for n in range(8)]
CHIPS = [chip_row(n, n * 100, at=at) for n in range(8) for at in MOMENTS]
STANDINGS = [
    [standing_row(n, 900 - n, at=at, players_remaining=8) for n in range(1, 9)] for at in MOMENTS
]


def splits(rows: list[Any]) -> st.SearchStrategy[list[list[Any]]]:
    """Files that together hold every row, some of them more than once, in any order."""
    parts = st.lists(st.lists(st.sampled_from(rows), min_size=1, max_size=12), max_size=4)
    return st.builds(lambda some, last: [*some, last], parts, st.permutations(rows))


FILES = st.builds(
    lambda events, players, chips, standings: [
        *(events_json(*each) for each in events),
        *(players_json(*each) for each in players),
        *(table(each) for each in chips),
        *(table(each) for each in standings),
    ],
    splits(EVENTS),
    splits(PLAYERS),
    splits(CHIPS),
    st.lists(st.sampled_from(STANDINGS).flatmap(st.permutations), max_size=2).map(
        lambda some: [*some, *STANDINGS]
    ),
)


async def held(files: list[bytes]) -> dict[str, Any]:
    """What holds after these files."""
    async with importing() as imports:
        for number, data in enumerate(files):
            assert await imports.take(f"{number}", data) in ("recorded", "skipped")
        return end_state(imports.events)


EXPECTED = [events_json(*EVENTS), players_json(*PLAYERS), table(CHIPS)]


@settings(max_examples=60)
@given(data=st.data(), files=FILES)
def test_any_split_repeat_and_order_of_files_ends_in_the_same_state(
    data: st.DataObject, files: list[bytes]
) -> None:
    order = data.draw(st.permutations(files))
    expected = asyncio.run(held([*EXPECTED, *(table(each) for each in STANDINGS)]))
    found = asyncio.run(held(order))
    assert sorted(found["chips"].items()) == sorted(expected["chips"].items(), key=lambda i: i[0])
    assert found == expected


@settings(max_examples=40)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.sampled_from([1, 2, 3])), min_size=1, max_size=8),
        min_size=1,
        max_size=6,
    )
)
def test_of_contradicting_files_the_newest_holds(files: list[list[tuple[int, int]]]) -> None:
    newest = {f"w-WP{n:06d}": chips for rows in files for n, chips in rows}

    async def found() -> dict[str, int]:
        async with importing() as imports:
            for number, rows in enumerate(files):
                data = table([chip_row(n, chips) for n, chips in rows])
                await imports.take(f"{number}", data + b"\n" * number)
            chips = end_state(imports.events)["chips"]
            return {key: told.chip_count for (_, _, key), told in chips.items()}

    assert asyncio.run(found()) == newest


@given(st.lists(st.integers(), min_size=1), st.randoms())
def test_a_set_of_rows_has_one_digest_whatever_their_order(rows: list[int], order: Any) -> None:
    digests = [content_digest(row) for row in rows]
    shuffled = list(digests)
    order.shuffle(shuffled)
    one, two = "", ""
    for left, right in zip(digests, shuffled, strict=True):
        one, two = add_digests(one, [left]), add_digests(two, [right])
    assert one == two == add_digests("", shuffled)
    less = add_digests(one, [], digests[:1])
    assert less != one
    assert add_digests(less, digests[:1]) == one
