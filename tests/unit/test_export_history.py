"""The chip history of a seat goes on while one person sits there."""

import msgspec

from contracts.poker.held import hold
from contracts.poker.seat_record import seat_records
from contracts.poker.ticks import ticks_to_utc
from deploy.export.history import statements
from deploy.export.tabular import CHIP_HISTORY, cells
from tests.support.gfx_facts import GAME, MINUTE_TICKS, TABLE, recorded_hand, ticks, walk


def row_of(number, stack, *, person="m-1", settled=True, seat=8):
    """The row of one seat of a walked hand; seat 8 wins 100 of a settled one."""
    hand = walk(number, {2: 5000, 5: 6000, 8: stack}, settled=settled)
    records = seat_records(GAME, hold(hand, recorded_hand(hand).digest), number)
    record = next(record for record in records if record.seat == seat)
    return msgspec.structs.asdict(record) | {
        "start_ticks": int(record.start_ticks),
        "table_name": TABLE,
        "event_id": None,
        "person_id": person,
        "person_name": person.upper(),
        "person_long_name": "",
    }


async def told(*rows):
    async def stream():
        for row in rows:
            yield row

    return [row async for row in statements(stream())]


async def test_every_stack_is_stated_once_and_a_typed_one_is_marked():
    found = await told(row_of(0, 7000), row_of(1, 7100), row_of(2, 9000))
    assert [(row["ordinal"], row["at"], row["chips"], row["corrected"]) for row in found] == [
        (0, "start", 7000, False),
        (0, "end", 7100, False),
        (1, "end", 7200, False),
        (2, "start", 9000, True),
        (2, "end", 9100, False),
    ]
    assert found[1]["stated_utc"] == ticks_to_utc(ticks(0) + MINUTE_TICKS)
    assert found[1]["start_ticks"] == ticks(0)


async def test_the_end_of_a_hand_that_is_not_settled_is_no_statement():
    found = await told(row_of(0, 7000, settled=False), row_of(1, 7000))
    assert [(row["ordinal"], row["at"]) for row in found] == [(0, "start"), (1, "end")]


async def test_a_new_person_in_the_seat_begins_a_history_of_their_own():
    found = await told(row_of(0, 7000), row_of(1, 3000, person="m-2"))
    assert [(row["person_id"], row["at"], row["corrected"]) for row in found] == [
        ("m-1", "start", False),
        ("m-1", "end", False),
        ("m-2", "start", False),
        ("m-2", "end", False),
    ]


async def test_another_seat_begins_a_history_of_its_own():
    found = await told(row_of(0, 7000, seat=2), row_of(0, 7000, seat=8))
    assert [(row["seat"], row["chips"]) for row in found] == [
        (2, 5000),
        (2, 5000),
        (8, 7000),
        (8, 7100),
    ]


async def test_nothing_played_is_nothing_told():
    assert await told() == []


async def test_a_statement_has_a_cell_for_every_column():
    (first, *_) = await told(row_of(0, 7000))
    assert len(cells(CHIP_HISTORY, first)) == len(CHIP_HISTORY)
