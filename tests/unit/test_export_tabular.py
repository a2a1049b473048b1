"""Tables: a spreadsheet runs nothing, numbers come back as they were, files grow row by row."""

import csv
import io
import tracemalloc
from datetime import UTC, datetime

import msgspec
import pytest

from contracts.poker.replay import replay
from contracts.views import VIEWS
from deploy.export.record import HandRecord
from deploy.export.tabular import (
    CHIPS,
    HANDS,
    RISKY_STARTS,
    ROW_GROUP_ROWS,
    Column,
    CsvWriter,
    ParquetWriter,
    chip_row,
    csv_cell,
    hand_row,
    plain_text,
)
from tests.support.exported import simulated
from tests.support.gfx_facts import GAME, walk

MOMENT = datetime(2031, 3, 1, 18, 0, 5, 123456, tzinfo=UTC)
CHIP = {
    "game_id": GAME,
    "table_name": "river",
    "seat": 4,
    "name": "=HYPERLINK(1)",
    "long_name": 'Ada, "the" Vale',
    "stack": 12_345_678,
    "in_play": True,
    "dealt_in": False,
    "small_blind": 100,
    "big_blind": 200,
    "ante": 0,
    "ordinal": 7,
    "hand_num": 8,
    "start_ticks": 640_700_000_000_000_001,
    "state": "settled",
    "statement_at": MOMENT,
    "said_at": MOMENT,
    "incomplete": False,
}


def csv_of(columns, *rows):
    stream = io.BytesIO()
    writer = CsvWriter(stream, columns)
    for row in rows:
        writer.add(row)
    writer.close()
    return stream.getvalue()


def read_back(data):
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize("start", RISKY_STARTS)
def test_a_text_that_a_spreadsheet_would_run_is_inert_and_can_be_read_back(start):
    text = f"{start}cmd|' /C calc'!A0"
    (_, (cell,)) = read_back(csv_of((Column("name", "text"),), (text,)))
    assert cell[0] == "'"
    assert plain_text(cell) == text


@pytest.mark.parametrize("text", ["Ada", "", "O'Neil", "a=b", 'say "hi"', "two\r\nlines", "ŞÇ 😀"])
def test_any_other_text_stays_as_it_is(text):
    (_, (cell,)) = read_back(csv_of((Column("name", "text"),), (text,)))
    assert cell == plain_text(cell) == text


@pytest.mark.parametrize("number", [0, -1, -50_000, 12_345_678, 2**63 - 1, -(2**63)])
def test_numbers_stay_bare_numbers(number):
    assert csv_of((Column("stack", "integer"),), (number,)).endswith(f"\r\n{number}\r\n".encode())


def test_nothing_known_is_empty_and_differs_from_an_empty_text():
    columns = (Column("a", "text"), Column("b", "integer"), Column("c", "text"))
    assert csv_of(columns, ("", None, "x")).endswith(b'\r\n"",,"x"\r\n')


def test_truth_and_moments_have_one_spelling():
    assert [csv_cell(True), csv_cell(False)] == ["true", "false"]
    assert csv_cell(MOMENT) == "2031-03-01T18:00:05.123456Z"


def test_a_hand_is_one_row_with_the_figures_of_its_replay():
    each = next(each for each in simulated(0) if len(replay(each.hand).collected) == 1)
    figures, blinds = replay(each.hand), each.hand.blinds
    found = dict(zip((column.name for column in HANDS), hand_row(each), strict=True))
    assert found["game_id"] == each.game_id
    assert found["start_ticks"] == int(each.hand.start_ticks)
    assert found["state"] == figures.state
    assert found["big_blind_seat"] == blinds.big_blind_seat
    assert found["pot_called"] == figures.pot_called
    assert found["players_dealt"] == len(figures.dealt_seats)
    ((seat, chips),) = figures.collected.items()
    assert found["collected"] == f"{seat}:{chips}"


def test_a_hand_that_no_history_can_tell_still_has_its_row():
    hand = msgspec.structs.replace(walk(0, {2: 5000, 5: 6000}), variant="OMAHA")
    row = hand_row(HandRecord(game_id=GAME, table="river", ordinal=0, hand=hand))
    assert "OMAHA" in row


def test_columns_are_columns_of_the_views_or_named_after_what_they_count():
    assert {column.name for column in CHIPS} <= set(VIEWS["chips"])
    own = {"table_name", "players_dealt"}
    assert {column.name for column in HANDS} - set(VIEWS["hands"]) == own


def test_thousands_of_rows_need_no_more_memory_than_a_few():
    row = chip_row(CHIP)

    class Counting(io.RawIOBase):
        size = 0

        def writable(self):
            return True

        def write(self, data):
            self.size += len(data)
            return len(data)

    stream = Counting()
    writer = CsvWriter(stream, CHIPS)
    tracemalloc.start()
    for _ in range(20_000):
        writer.add(row)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert stream.size > 2_000_000
    assert peak < 100_000


def parquet_of(*rows, columns=CHIPS):
    stream = io.BytesIO()
    writer = ParquetWriter(stream, columns)
    for row in rows:
        writer.add(row)
    writer.close()
    return stream.getvalue()


def table_of(data):
    return pytest.importorskip("pyarrow.parquet").read_table(io.BytesIO(data))


def test_parquet_keeps_every_value_and_its_type():
    pytest.importorskip("pyarrow")
    table = table_of(parquet_of(chip_row(CHIP)))
    assert table.to_pylist() == [{column.name: CHIP[column.name] for column in CHIPS}]
    assert str(table.schema.field("stack").type) == "int64"
    assert str(table.schema.field("said_at").type) == "timestamp[us, tz=UTC]"


def test_parquet_of_the_same_rows_has_the_same_bytes():
    pytest.importorskip("pyarrow")
    rows = [hand_row(each) for each in simulated(1, 10)]
    assert parquet_of(*rows, columns=HANDS) == parquet_of(*rows, columns=HANDS)


def test_parquet_writes_a_row_group_when_it_is_full_and_the_rest_at_the_end():
    parquet = pytest.importorskip("pyarrow.parquet")
    row = chip_row(CHIP)
    file = parquet.ParquetFile(io.BytesIO(parquet_of(*[row] * (ROW_GROUP_ROWS + 3))))
    groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert groups == [ROW_GROUP_ROWS, 3]


def test_parquet_of_nothing_still_has_its_columns():
    pytest.importorskip("pyarrow")
    table = table_of(parquet_of())
    assert table.num_rows == 0
    assert table.column_names == [column.name for column in CHIPS]
