"""CSV rows with exact line numbers: strict quotes, line ends inside quotes, limited lengths."""

import csv
import io
from collections.abc import Iterator

import msgspec

from services.wsop_import.inputs.content import Content
from services.wsop_import.inputs.errors import BadFile, shown

# One line with twelve columns has 200 characters; the csv module itself refuses larger cells.
LINE_LENGTH_MAX = 64 * 1024
# The widest known layout has twelve.
COLUMNS_MAX = 200


class CsvRow(msgspec.Struct, frozen=True):
    """One row. `cells` by column name, without blank ones; `fault` says why it has none."""

    line: int
    cells: dict[str, str]
    fault: tuple[str, str] | None = None


class CsvFile:
    """One content as CSV. Read its `columns`, then `rows` once."""

    def __init__(self, content: Content) -> None:
        """Read the header row. Raises BadFile."""
        content.handle.seek(0)
        self._text = io.TextIOWrapper(content.handle, encoding="utf-8-sig", newline="")
        self._line = 0
        self._reader = csv.reader(self._lines(), strict=True)
        self.columns = self._header()

    def close(self) -> None:
        """Leave the content as it was."""
        self._text.detach()

    def _lines(self) -> Iterator[str]:
        while line := self._text.readline(LINE_LENGTH_MAX + 1):
            self._line += 1
            if len(line) > LINE_LENGTH_MAX:
                raise BadFile(
                    "row_too_long",
                    f"line {self._line} has more than {LINE_LENGTH_MAX} characters",
                    f"line {self._line}",
                )
            yield line

    def _header(self) -> tuple[str, ...]:
        first = next(self._rows(), None)
        if first is None:
            raise BadFile("empty", "there is no header row", "line 1", again=True)
        if first[1] is None:
            raise BadFile("bad_quotes", f"the header row: {first[2]}", f"line {first[0]}")
        columns = tuple(cell.strip().lower() for cell in first[1])
        if len(columns) > COLUMNS_MAX:
            raise BadFile("too_many_columns", f"{len(columns)} columns", f"line {first[0]}")
        twice = {name for name in columns if name and columns.count(name) > 1}
        if twice:
            names = ", ".join(sorted(twice))
            raise BadFile("column_twice", f"columns named twice: {names}", f"line {first[0]}")
        return columns

    def _rows(self) -> Iterator[tuple[int, list[str] | None, str]]:
        """First line of each row with its cells, or None and what is wrong; blank ones left out."""
        while True:
            first = self._line + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end" in str(error) or "field limit" in str(error):
                    raise BadFile(
                        "open_quote",
                        f"a quote that is opened in the row of line {first} is never closed",
                        f"line {first}",
                        again=True,
                    ) from error
                lines = f"line {first}" if first == self._line else f"lines {first}-{self._line}"
                comma = "expected after" in str(error)
                problem = "a closing quote without a comma behind it" if comma else str(error)
                yield first, None, f"{lines} cannot be read: {problem}"
                continue
            if "".join(cells).strip():
                yield first, cells, ""

    def rows(self) -> Iterator[CsvRow]:
        """Every row behind the header that is not blank. Raises BadFile."""
        for line, cells, fault in self._rows():
            if cells is None:
                yield CsvRow(line, {}, ("bad_quotes", fault))
            elif len(cells) != len(self.columns):
                text = f"{len(cells)} cells under {len(self.columns)} columns: {shown(cells[0])}..."
                yield CsvRow(line, {}, ("wrong_cells", text))
            else:
                named = zip(self.columns, cells, strict=True)
                yield CsvRow(line, {name: cell for name, cell in named if name and cell.strip()})
