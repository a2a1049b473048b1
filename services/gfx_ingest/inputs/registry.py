"""Which tables there are: the short form of the settings and, beside it, a file that may change.

The file is TOML: `[[table]]` with `name`, `folder` (as seen from the file, if relative),
`time_zone` (IANA name of the zone the PC's clock is set to, default UTC) and `enabled`
(default true).
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

# A feature table is one PC; a dozen is a world championship.
TABLES_MAX = 64
# Longer names would not be read on any screen.
NAME_LENGTH_MAX = 64
# Sixty-four tables with long paths have some 10 KB.
FILE_BYTES_MAX = 256 * 1024


class BadRegistry(ValueError):
    """The tables cannot be told; the sentence says why."""


class WatchedTable(msgspec.Struct, frozen=True, kw_only=True):
    """A feature table, its PC's folder and zone; None where nobody told the zone."""

    name: str
    folder: Path
    time_zone: str | None
    enabled: bool = True


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    folder: str
    time_zone: str = "UTC"
    enabled: bool = True


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    table: list[_Entry] = []


class Registry:
    """The tables as they are told now; a file that cannot be used changes nothing."""

    def __init__(self, short: Sequence[WatchedTable], file: Path | None) -> None:
        """`short` are tables that stay. Raises BadRegistry if they alone are not right."""
        check(short)
        self._short = tuple(short)
        self._file = file
        self._sha256 = ""
        self._from_file: tuple[WatchedTable, ...] = ()
        self.trouble = ""

    def look(self) -> tuple[WatchedTable, ...]:
        """Read the file if its content changed; `trouble` says why it cannot be used, if so."""
        if self._file is not None:
            try:
                self._read(self._file)
            except (OSError, BadRegistry) as error:
                self.trouble = f"{self._file}: {error}"
            else:
                self.trouble = ""
        return (*self._short, *self._from_file)

    def _read(self, file: Path) -> None:
        with file.open("rb") as opened:
            data = opened.read(FILE_BYTES_MAX + 1)
        if len(data) > FILE_BYTES_MAX:
            raise BadRegistry(f"it has more than {FILE_BYTES_MAX} bytes")
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 != self._sha256:
            tables = parse(data, file.parent)
            check((*self._short, *tables))
            self._sha256, self._from_file = sha256, tables


def parse(data: bytes, base: Path) -> tuple[WatchedTable, ...]:
    """The tables of a registry file; raises BadRegistry for one that is not right."""
    try:
        read = msgspec.toml.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRegistry(str(error)) from error
    return tuple(
        WatchedTable(
            name=entry.name,
            folder=base / entry.folder,
            time_zone=entry.time_zone,
            enabled=entry.enabled,
        )
        for entry in read.table
    )


def check(tables: Sequence[WatchedTable]) -> None:
    """Raise BadRegistry for names that are bad or repeated, unknown zones, and nested folders.

    A file must belong to one table, so no folder may lie in another.
    """
    if len(tables) > TABLES_MAX:
        raise BadRegistry(f"there are {len(tables)} tables, the limit is {TABLES_MAX}")
    names: set[str] = set()
    for table in tables:
        _check_name(table.name, names)
        _check_zone(table)
    folders = [table.folder.resolve() for table in tables]
    for number, folder in enumerate(folders):
        others = folders[:number] + folders[number + 1 :]
        if any(folder.is_relative_to(other) for other in others):
            raise BadRegistry(f"{folder} belongs to two tables")


def _check_name(name: str, taken: set[str]) -> None:
    if not name or len(name) > NAME_LENGTH_MAX or not name.isprintable() or name != name.strip():
        raise BadRegistry(f"{name!r} is not a name of 1 to {NAME_LENGTH_MAX} characters")
    if name in taken:
        raise BadRegistry(f"the table {name} is named twice")
    taken.add(name)


def _check_zone(table: WatchedTable) -> None:
    try:
        ZoneInfo(table.time_zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"{table.time_zone!r} of the table {table.name} is not a time zone"
        raise BadRegistry(message) from error
