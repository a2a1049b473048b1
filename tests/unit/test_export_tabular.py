"""Tables: a spreadsheet runs nothing, numbers come back as they were, files grow row by row."""

import csv
import io
import tracemalloc
from datetime import UTC, datetime

import pytest

from contracts.views import VIEWS
from deploy.export.tabular import (
    CHIP_HISTORY,
    CHIPS,
    HANDS,
    RISKY_STARTS,
    ROW_GROUP_ROWS,
    SEATS,
    Column,
    CsvWriter,
    ParquetWriter,
    cells,
    csv_cell,
    plain_text,
)
from tests.support.gfx_facts import GAME

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
    "person_id": "m-4",
    "person_name": "Vale",
    "person_long_name": "Ada Vale",
    "correction_id": None,
    "event_id": "e7",
    "on_two_seats": False,
}
EMPTY = {"integer": 0, "text": "", "truth": False, "words": "[]", "pairs": "{}"}
HAND = {column.name: EMPTY[column.kind] for column in HANDS} | {
    "board": '["ks", "9h", "10d"]',
    "collected": '{"10": 400, "3": 6500}',
    "net": '{"3": -20}',
    "busted": "[2, 8]",
    "variant": "OMAHA",
    "grade_manual": None,
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


def test_lists_of_a_hand_are_words_and_its_chips_stand_behind_their_seats() -> None:
    found = dict(zip((column.name for column in HANDS), cells(HANDS, HAND), strict=True))
    assert found["board"] == "ks 9h 10d"
    assert found["collected"] == "3:6500 10:400"
    assert (found["net"], found["busted"], found["duplicate_cards"]) == ("3:-20", "2 8", "")
    assert (found["variant"], found["grade_manual"]) == ("OMAHA", None)


def test_columns_are_columns_of_the_views():
    assert {column.name for column in CHIPS} <= set(VIEWS["chips"])
    assert {column.name for column in SEATS} <= set(VIEWS["hand_seats"])
    own = {"legality_verdict", "legality_code"}
    assert {column.name for column in HANDS} - set(VIEWS["hands"]) == own
    told = {"at", "stated_utc", "chips", "corrected"}
    assert {column.name for column in CHIP_HISTORY} - set(VIEWS["hand_seats"]) == told


def test_thousands_of_rows_need_no_more_memory_than_a_few():
    row = cells(CHIPS, CHIP)

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
    table = table_of(parquet_of(cells(CHIPS, CHIP)))
    assert table.to_pylist() == [{column.name: CHIP[column.name] for column in CHIPS}]
    assert str(table.schema.field("stack").type) == "int64"
    assert str(table.schema.field("said_at").type) == "timestamp[us, tz=UTC]"


def test_parquet_of_the_same_rows_has_the_same_bytes():
    pytest.importorskip("pyarrow")
    rows = [cells(HANDS, HAND | {"ordinal": n}) for n in range(10)]
    assert parquet_of(*rows, columns=HANDS) == parquet_of(*rows, columns=HANDS)


def test_parquet_writes_a_row_group_when_it_is_full_and_the_rest_at_the_end():
    parquet = pytest.importorskip("pyarrow.parquet")
    row = cells(CHIPS, CHIP)
    file = parquet.ParquetFile(io.BytesIO(parquet_of(*[row] * (ROW_GROUP_ROWS + 3))))
    groups = [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)]
    assert groups == [ROW_GROUP_ROWS, 3]


def test_parquet_of_nothing_still_has_its_columns():
    pytest.importorskip("pyarrow")
    table = table_of(parquet_of())
    assert table.num_rows == 0
    assert table.column_names == [column.name for column in CHIPS]
