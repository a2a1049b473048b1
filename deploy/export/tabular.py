"""Hands, seats and chips as tables: CSV for people and spreadsheets, Parquet for analysis.

Both have the same columns. Chips are integers, ticks are of 100 ns, moments are UTC. A CSV text
that a spreadsheet would run as a formula begins with an apostrophe, as does a text that begins
with one; `plain_text` takes it off again. Numbers are never touched.
"""

import csv
import importlib
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO, Literal, NamedTuple

import msgspec

from deploy.export.source import ViewRow

# A spreadsheet reads a cell that begins so as a formula; the apostrophe is here to be undone.
RISKY_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
# Rows kept until they are written as one row group: some MB, and few groups in a big file.
ROW_GROUP_ROWS = 2_000

# `words` and `pairs` are texts made of lists (`as 10d`) and of chips by seat (`3:6500 5:100`).
type Kind = Literal["integer", "text", "truth", "moment", "words", "pairs"]
type Cell = int | str | bool | datetime | None
type Row = tuple[Cell, ...]


class Column(NamedTuple):
    """A column of a table."""

    name: str
    kind: Kind


HANDS: tuple[Column, ...] = (
    Column("game_id", "text"),
    Column("table_name", "text"),
    Column("ordinal", "integer"),
    Column("hand_num", "integer"),
    Column("start_ticks", "integer"),
    Column("start_utc", "text"),
    Column("duration_ticks", "integer"),
    Column("variant", "text"),
    Column("bet_structure", "text"),
    Column("state", "text"),
    Column("small_blind", "integer"),
    Column("big_blind", "integer"),
    Column("ante", "integer"),
    Column("ante_type", "text"),
    Column("button_seat", "integer"),
    Column("small_blind_seat", "integer"),
    Column("big_blind_seat", "integer"),
    Column("seats_dealt", "integer"),
    Column("board", "words"),
    Column("pot_total", "integer"),
    Column("pot_called", "integer"),
    Column("uncalled", "integer"),
    Column("uncalled_seat", "integer"),
    Column("collected", "pairs"),
    Column("over_award", "truth"),
    Column("showdown", "truth"),
    Column("revised", "integer"),
    Column("absent", "truth"),
    Column("incomplete", "truth"),
    Column("digest", "text"),
    Column("table_type", "text"),
    Column("event_id", "text"),
    Column("provisional", "truth"),
    Column("final", "truth"),
    Column("events", "integer"),
    Column("seats_listed", "integer"),
    Column("net", "pairs"),
    Column("showdown_rank", "integer"),
    Column("showdown_best_seats", "words"),
    Column("board_rank", "integer"),
    Column("grade", "text"),
    Column("graded_by", "text"),
    Column("grade_auto", "text"),
    Column("grade_manual", "text"),
    Column("grade_rules", "text"),
    Column("premium_hand", "truth"),
    Column("long_play", "truth"),
    Column("board_combo", "truth"),
    Column("edit_start_ms", "integer"),
    Column("busted", "words"),
    Column("duplicate_cards", "words"),
    Column("legality_verdict", "text"),
    Column("legality_code", "text"),
)
SEATS: tuple[Column, ...] = (
    Column("game_id", "text"),
    Column("table_name", "text"),
    Column("event_id", "text"),
    Column("ordinal", "integer"),
    Column("hand_num", "integer"),
    Column("start_ticks", "integer"),
    Column("started_at", "moment"),
    Column("duration_ticks", "integer"),
    Column("state", "text"),
    Column("big_blind", "integer"),
    Column("seat", "integer"),
    Column("name", "text"),
    Column("long_name", "text"),
    Column("player_hash", "text"),
    Column("person_id", "text"),
    Column("person_name", "text"),
    Column("person_long_name", "text"),
    Column("correction_id", "text"),
    Column("on_two_seats", "truth"),
    Column("dealt_in", "truth"),
    Column("sitting_out", "truth"),
    Column("live", "truth"),
    Column("start_stack", "integer"),
    Column("end_stack", "integer"),
    Column("contribution", "integer"),
    Column("net", "integer"),
    Column("collected", "integer"),
    Column("hole_cards", "words"),
    Column("all_in", "truth"),
    Column("covered", "truth"),
    Column("at_risk", "truth"),
    Column("busted", "truth"),
    Column("elimination_rank", "integer"),
    Column("vpip_percent", "integer"),
    Column("pfr_percent", "integer"),
    Column("aggression_percent", "integer"),
    Column("showdown_percent", "integer"),
)
CHIPS: tuple[Column, ...] = (
    Column("game_id", "text"),
    Column("table_name", "text"),
    Column("seat", "integer"),
    Column("name", "text"),
    Column("long_name", "text"),
    Column("stack", "integer"),
    Column("in_play", "truth"),
    Column("dealt_in", "truth"),
    Column("small_blind", "integer"),
    Column("big_blind", "integer"),
    Column("ante", "integer"),
    Column("ordinal", "integer"),
    Column("hand_num", "integer"),
    Column("start_ticks", "integer"),
    Column("state", "text"),
    Column("statement_at", "moment"),
    Column("said_at", "moment"),
    Column("incomplete", "truth"),
    Column("person_id", "text"),
    Column("person_name", "text"),
    Column("person_long_name", "text"),
    Column("correction_id", "text"),
    Column("event_id", "text"),
    Column("on_two_seats", "truth"),
)
CHIP_HISTORY: tuple[Column, ...] = (
    Column("game_id", "text"),
    Column("table_name", "text"),
    Column("event_id", "text"),
    Column("seat", "integer"),
    Column("name", "text"),
    Column("long_name", "text"),
    Column("person_id", "text"),
    Column("person_name", "text"),
    Column("person_long_name", "text"),
    Column("ordinal", "integer"),
    Column("hand_num", "integer"),
    Column("start_ticks", "integer"),
    Column("at", "text"),
    Column("stated_utc", "text"),
    Column("chips", "integer"),
    Column("corrected", "truth"),
    Column("big_blind", "integer"),
)


def cells(columns: Sequence[Column], row: ViewRow) -> Row:
    """One row of a view as cells; its JSON columns are texts of JSON."""
    return tuple(_cell(column.kind, row[column.name]) for column in columns)


def _cell(kind: Kind, value: Any) -> Cell:
    match kind:
        case "words":
            return " ".join(str(each) for each in msgspec.json.decode(value))
        case "pairs":
            chips: dict[str, int] = msgspec.json.decode(value)
            return " ".join(f"{seat}:{chips[seat]}" for seat in sorted(chips, key=int))
        case _:
            cell: Cell = value
            return cell


class CsvWriter:
    """Rows as RFC 4180 text in UTF-8: texts in quotes, numbers bare, nothing known = empty."""

    def __init__(self, stream: BinaryIO, columns: Sequence[Column]) -> None:
        """`stream` stays open: who opened it closes it."""
        self._text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
        self._csv = csv.writer(self._text, quoting=csv.QUOTE_STRINGS, lineterminator="\r\n")
        self._csv.writerow([column.name for column in columns])

    def add(self, row: Row) -> None:
        """Write one row."""
        self._csv.writerow([csv_cell(cell) for cell in row])

    def close(self) -> None:
        """Hand the stream back."""
        self._text.detach()


def csv_cell(cell: Cell) -> int | str | None:
    """A cell as it goes into CSV: truth as true or false, moments as RFC 3339, texts made inert."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case datetime():
            return cell.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case str() if cell.startswith(RISKY_STARTS):
            return f"'{cell}"
        case _:
            return cell


def plain_text(cell: str) -> str:
    """The text that `csv_cell` made inert."""
    return cell.removeprefix("'")


class ParquetMissing(RuntimeError):
    """The package that writes Parquet is not installed."""


class ParquetWriter:
    """Rows as one Parquet file, in row groups of ROW_GROUP_ROWS, compressed with Zstandard.

    The bytes are the same for the same rows and the same version of pyarrow.
    """

    def __init__(self, stream: BinaryIO, columns: Sequence[Column]) -> None:
        """`stream` stays open: who opened it closes it. Raises ParquetMissing without pyarrow."""
        try:
            self._arrow = importlib.import_module("pyarrow")
            parquet = importlib.import_module("pyarrow.parquet")
        except ModuleNotFoundError as error:
            raise ParquetMissing(
                "Parquet needs the package pyarrow: pip install pyarrow"
            ) from error
        self._schema = self._arrow.schema(
            [(column.name, self._type(column.kind)) for column in columns]
        )
        self._rows: list[Row] = []
        self._file = parquet.ParquetWriter(stream, self._schema, compression="zstd")

    def _type(self, kind: Kind) -> Any:
        arrow = self._arrow
        types = {
            "integer": arrow.int64(),
            "text": arrow.string(),
            "words": arrow.string(),
            "pairs": arrow.string(),
            "truth": arrow.bool_(),
            "moment": arrow.timestamp("us", tz="UTC"),
        }
        return types[kind]

    def add(self, row: Row) -> None:
        """Keep one row; a full row group is written."""
        self._rows.append(row)
        if len(self._rows) == ROW_GROUP_ROWS:
            self._flush()

    def _flush(self) -> None:
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(self._schema)
        arrays = [
            self._arrow.array(cells, type=field.type)
            for cells, field in zip(columns, self._schema, strict=True)
        ]
        self._file.write_table(self._arrow.table(arrays, schema=self._schema))
        self._rows.clear()

    def close(self) -> None:
        """Write what is kept and the foot of the file."""
        if self._rows:
            self._flush()
        self._file.close()
