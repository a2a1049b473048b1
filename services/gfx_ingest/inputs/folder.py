"""What lies in a table's folder: export files with the look of each, and names that are refused."""

import os
import stat
from pathlib import Path

import msgspec

NAME_PREFIX = "PGFX_live_data_export"
NAME_SUFFIX = ".json"
# A table's folder has days and, below them, one archive; deeper is a wrong mount.
DEPTH_MAX = 8
# Games of ten years at one table; more files would make every look at the folder slow.
FILES_MAX = 10_000
# Folder entries looked at, whatever they are; more is not a folder of exports.
ENTRIES_MAX = 100_000


class Look(msgspec.Struct, frozen=True):
    """What tells one content of a file from another without reading it.

    The change time cannot be set back by a program, so a writer that restores size and
    modification time is seen as well.
    """

    size: int
    modified_ns: int
    changed_ns: int
    inode: int

    @classmethod
    def of(cls, found: os.stat_result) -> "Look":
        """The look of a file from its stat."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class Place(msgspec.Struct, frozen=True):
    """Which folder on which device the root is, and when an entry last came or went there."""

    device: int
    inode: int
    modified_ns: int


class Scan(msgspec.Struct):
    """One look at a folder. Paths are below the root, with `/`.

    `place` is the root's own, `entries` counts whatever lies below it. `refused` are paths that are
    never read, with the sentence why; `troubles` are parts of the folder that could not be listed
    this time.
    """

    place: Place = Place(0, 0, 0)
    entries: int = 0
    files: dict[str, Look] = {}
    refused: dict[str, str] = {}
    troubles: list[str] = []


class _TooMany(Exception):
    """A limit of the scan is reached."""


def scan(root: Path) -> Scan:
    """List every export below the root, by path. Raises OSError when the root cannot be listed."""
    whole = root.resolve(strict=True)
    seen = whole.stat()
    found = Scan(Place(seen.st_dev, seen.st_ino, seen.st_mtime_ns))
    walk = _Walk(whole, found)
    try:
        walk.folder("", 0)
    except _TooMany as error:
        found.troubles.append(str(error))
    found.files = dict(sorted(found.files.items()))
    return found


class _Walk:
    """One pass through a folder tree; links are never followed."""

    def __init__(self, root: Path, found: Scan) -> None:
        self._root = root
        self._found = found

    def folder(self, below: str, depth: int) -> None:
        try:
            with os.scandir(self._root / below) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if not below:
                raise
            self._found.troubles.append(f"{printable(below)}: {error.strerror}")
            return
        for entry in listed:
            self._found.entries += 1
            if self._found.entries > ENTRIES_MAX or len(self._found.files) >= FILES_MAX:
                raise _TooMany(f"more than {FILES_MAX} files or {ENTRIES_MAX} entries are not read")
            self._entry(entry, f"{below}/{entry.name}" if below else entry.name, depth)

    def _entry(self, entry: os.DirEntry[str], path: str, depth: int) -> None:
        try:
            if entry.is_symlink():
                self._link(entry, path)
            elif entry.is_dir(follow_symlinks=False):
                if problem := _bad_name(entry.name):
                    self._found.refused[path] = problem
                elif depth < DEPTH_MAX:
                    self.folder(path, depth + 1)
                else:
                    self._found.troubles.append(f"{path}: deeper than {DEPTH_MAX} folders")
            elif is_export(entry.name):
                self._file(entry, path)
        except FileNotFoundError:
            return  # gone between listing and looking

    def _link(self, entry: os.DirEntry[str], path: str) -> None:
        """A link inside the root leads to what is found anyway; one that leaves it is refused."""
        if not (is_export(entry.name) or entry.is_dir()):
            return
        if not Path(entry.path).resolve().is_relative_to(self._root):
            self._found.refused[path] = "a link leads out of the table's folder"

    def _file(self, entry: os.DirEntry[str], path: str) -> None:
        seen = entry.stat(follow_symlinks=False)
        if problem := _bad_name(entry.name):
            self._found.refused[path] = problem
        elif not stat.S_ISREG(seen.st_mode):
            self._found.refused[path] = "it is not a regular file"
        else:
            self._found.files[path] = Look.of(seen)


def is_export(name: str) -> bool:
    """Whether a file name is that of a JSON export; the text companion is not."""
    return name.startswith(NAME_PREFIX) and name.lower().endswith(NAME_SUFFIX)


def printable(path: str) -> str:
    """A path for people and messages: whatever is not plain text is escaped."""
    if path.isprintable():
        return path
    return path.encode("unicode_escape", "backslashreplace").decode("ascii")


def _bad_name(name: str) -> str:
    if ".." in name or "\\" in name:
        return "the name holds .. or a backslash"
    if not name.isprintable():
        return "the name holds characters that cannot be shown"
    return ""
