"""What lies in the import folder: CSV and JSON files with the look of each, and refused names."""

import os
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from services.wsop_import.inputs.content import CHUNK_BYTES, Content, Spool

SUFFIXES = (".json", ".csv")
# A folder of exports has days below it; deeper is a wrong mount.
DEPTH_MAX = 4
# Years of a file every five minutes would be more; they make every look at the folder slow.
FILES_MAX = 10_000
# Folder entries looked at, whatever they are.
ENTRIES_MAX = 100_000
# Enough of a file to tell what it is.
HEAD_BYTES = 4096

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Look(msgspec.Struct, frozen=True):
    """What tells one content of a file from another without reading it."""

    size: int
    modified_ns: int
    changed_ns: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Look":
        """The look of a file from its stat."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)

    @property
    def modified_at(self) -> datetime:
        """The modification time, UTC."""
        return EPOCH + timedelta(microseconds=self.modified_ns // 1000)


class Scan(msgspec.Struct):
    """One look at a folder. Paths are below the root, with `/`.

    `refused` are paths that are never read, each with the sentence why and its look; `troubles`
    what could not be listed this time.
    """

    files: dict[str, Look] = {}
    refused: dict[str, tuple[str, Look]] = {}
    troubles: list[str] = []


def scan(root: Path) -> Scan:
    """List every file below the root, by path. Raises OSError when the root cannot be listed."""
    found = Scan()
    for number, (path, entry) in enumerate(_entries(root, "", found)):
        if number >= ENTRIES_MAX or len(found.files) >= FILES_MAX:
            found.troubles.append(f"more than {FILES_MAX} files or {ENTRIES_MAX} entries")
            break
        if not entry.name.lower().endswith(SUFFIXES) or entry.name.startswith((".", "~")):
            continue
        try:
            seen = entry.stat(follow_symlinks=False)
            look = Look.of(seen)
        except FileNotFoundError:
            continue  # gone between listing and looking
        if not path.isprintable():
            escaped = path.encode("unicode_escape", "backslashreplace").decode("ascii")
            found.refused[escaped] = ("the name holds characters that cannot be shown", look)
        elif not stat.S_ISREG(seen.st_mode):
            found.refused[path] = ("it is not a regular file", look)
        else:
            found.files[path] = look
    return found


def _entries(root: Path, below: str, found: Scan) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything below a folder that is no folder; links are never followed."""
    try:
        with os.scandir(root / below) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if not below:
            raise
        found.troubles.append(f"{below}: {error.strerror}")
        return
    for entry in listed:
        path = f"{below}/{entry.name}" if below else entry.name
        if not entry.is_dir(follow_symlinks=False):
            yield path, entry
        elif path.count("/") + 1 < DEPTH_MAX:
            yield from _entries(root, path, found)
        else:
            found.troubles.append(f"{path}: deeper than {DEPTH_MAX} folders")


def copy(root: Path, path: str, look: Look) -> Content | None:
    """The content of a file; None if it is not what was looked at, or moved while it was read."""
    spool = Spool(look.size)
    try:
        for piece in _pieces(root / path, look):
            spool.add(piece)
    except _Moved:
        spool.close()
        return None
    return spool.content(path, look.modified_at)


def fingerprint(root: Path, path: str, look: Look) -> tuple[str, bytes] | None:
    """The SHA-256 of a file and its first bytes; None as for `copy`."""
    content = copy(root, path, look)
    if content is None:
        return None
    content.handle.seek(0)
    head = content.handle.read(HEAD_BYTES)
    content.close()
    return content.sha256, head


class _Moved(Exception):
    """The file is not what was looked at."""


def _pieces(place: Path, look: Look) -> Iterator[bytes]:
    try:
        handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise _Moved from error
    left = look.size
    try:
        if Look.of(os.fstat(handle)) != look:
            raise _Moved
        while left and (piece := os.read(handle, min(CHUNK_BYTES, left))):
            left -= len(piece)
            yield piece
        if left or not Look.of(os.fstat(handle)) == look == Look.of(os.lstat(place)):
            raise _Moved
    except OSError as error:
        raise _Moved from error
    finally:
        os.close(handle)
