"""One export from the views to a file: rows in, what cannot be told is named, the rest goes on."""

import asyncio
import json
import sys
from collections.abc import AsyncIterable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

import asyncpg
import msgspec

from deploy.export import history, source
from deploy.export.ohh import OhhWriter
from deploy.export.phh import PhhWriter
from deploy.export.record import Unexportable
from deploy.export.source import ViewRow
from deploy.export.tabular import (
    CHIP_HISTORY,
    CHIPS,
    HANDS,
    SEATS,
    Column,
    CsvWriter,
    ParquetMissing,
    ParquetWriter,
    cells,
)

type What = Literal["hands", "seats", "chips", "chip-history"]

# What is read, and the columns it has as a table.
_TABLES: Mapping[What, tuple[str, Sequence[Column]]] = {
    "hands": (source.HANDS_SQL, HANDS),
    "seats": (source.SEATS_SQL, SEATS),
    "chips": (source.CHIPS_SQL, CHIPS),
    "chip-history": (source.HISTORY_SQL, CHIP_HISTORY),
}


class ExportFailed(RuntimeError):
    """Nothing was written; the sentence says why."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to export. Without `game_id` every game."""

    file_format: Literal["phh", "ohh", "csv", "parquet"]
    what: What = "hands"
    game_id: str | None = None


class Tally(msgspec.Struct, kw_only=True):
    """Rows written, and rows that the format cannot tell."""

    written: int = 0
    refused: int = 0


class Sink(msgspec.Struct, frozen=True):
    """Where rows of a view go: `add` takes one or raises Unexportable, `close` ends the file."""

    add: Callable[[ViewRow], None]
    close: Callable[[], None]


def reader_dsn(home: Path) -> str:
    """The reader's address of a running system; raises ExportFailed if none runs on this home."""
    file = home / "run.json"
    try:
        return str(json.loads(file.read_text())["postgres"])
    except FileNotFoundError as error:
        raise ExportFailed(f"nothing runs on {home.resolve()} (no {file})") from error


def export_views(dsn: str, request: Request, out: Path | None, say: Callable[[str], None]) -> Tally:
    """Export to `out`, which is replaced whole at the end, or to standard output.

    `say` gets a sentence for every hand that is left out. Raises ExportFailed.
    """
    try:
        with _output(out) as stream:
            tally = asyncio.run(_export(dsn, request, stream, say))
            if request.game_id is not None and not tally.written + tally.refused:
                raise ExportFailed(f"no {request.what} of game {request.game_id} are known")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ParquetMissing) as error:
        raise ExportFailed(str(error)) from error
    return tally


@contextmanager
def _output(out: Path | None) -> Iterator[BinaryIO]:
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("wb") as stream:
            yield stream
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


async def _export(
    dsn: str, request: Request, stream: BinaryIO, say: Callable[[str], None]
) -> Tally:
    target = sink(request, stream)
    sql, _ = _TABLES[request.what]
    async with source.reading(dsn) as connection:
        rows: AsyncIterable[ViewRow] = source.rows(connection, sql, request.game_id)
        if request.what == "chip-history":
            rows = history.statements(rows)
        tally = await copy(rows, target, say)
    target.close()
    return tally


async def copy(rows: AsyncIterable[ViewRow], target: Sink, say: Callable[[str], None]) -> Tally:
    """Pass rows on one by one; each that is refused is named with its reason."""
    tally = Tally()
    async for row in rows:
        try:
            target.add(row)
        except Unexportable as reason:
            tally.refused += 1
            say(f"game {row['game_id']} hand {row['ordinal']} (no. {row['hand_num']}): {reason}")
        else:
            tally.written += 1
    return tally


def sink(request: Request, stream: BinaryIO) -> Sink:
    """The writer of a request; raises ParquetMissing."""
    if request.file_format in ("phh", "ohh"):
        history = PhhWriter(stream) if request.file_format == "phh" else OhhWriter(stream)
        return Sink(lambda row: history.add(source.hand_record(row)), history.close)
    _, columns = _TABLES[request.what]
    writer = CsvWriter if request.file_format == "csv" else ParquetWriter
    table = writer(stream, columns)
    return Sink(lambda row: table.add(cells(columns, row)), table.close)
