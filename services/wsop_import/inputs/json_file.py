"""JSON exports: the root read once for its syntax and units, the records one at a time."""

import mmap
from collections.abc import Iterator

import ijson  # type: ignore[import-untyped]
import msgspec
from msgspec import Raw

from services.wsop_import.inputs.content import Content
from services.wsop_import.inputs.errors import BadFile

# Enough to hold a record; the reader keeps no more of the file in memory.
BUFFER_BYTES = 64 * 1024
# White space before the root is shorter.
ROOT_BYTES = 64


class _Root(msgspec.Struct):
    """Keys of a root object that mean something; the lists stay unread."""

    events: Raw = Raw()
    players: Raw = Raw()
    money_unit: Raw = Raw()
    exported_at: Raw = Raw()


class JsonFile:
    """One content as JSON. `list_name` is the key of the root's list, empty for a bare list."""

    def __init__(self, content: Content, mark: int) -> None:
        """Check the whole syntax. `mark` is the length of the byte order mark. Raises BadFile."""
        self._content = content
        self._mark = mark
        self.list_name = ""
        self.money_unit: object = None
        self.exported_at: object = None
        # Not closed by hand: what is read keeps parts of it in use until it is forgotten.
        mapped = mmap.mmap(content.handle.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read_root(memoryview(mapped)[mark:])
        except RecursionError as error:
            raise BadFile("bad_json", "lists and objects are nested too deeply") from error
        except msgspec.DecodeError as error:
            place = str(error).rpartition("(byte ")[2].rstrip(")")
            position = f"byte {int(place) + mark}" if place.isdecimal() else "the end of the file"
            raise BadFile("bad_json", f"it is not JSON: {error}", position, again=True) from error

    def _read_root(self, view: memoryview) -> None:
        if bytes(view[:ROOT_BYTES]).lstrip()[:1] == b"[":
            msgspec.json.decode(view, type=Raw)
            return
        try:
            root = msgspec.json.decode(view, type=_Root)
        except msgspec.ValidationError as error:
            raise BadFile(
                "unknown_kind", f"the root is neither object nor list: {error}"
            ) from error
        found = {"events": root.events, "players": root.players}
        lists = [name for name, raw in found.items() if bytes(memoryview(raw)[:1]) == b"["]
        if len(lists) != 1:
            names = " and ".join(lists) or 'neither a list "events" nor "players"'
            raise BadFile("unknown_kind", f"the root has {names}")
        self.list_name = lists[0]
        self.money_unit = _value(root.money_unit)
        self.exported_at = _value(root.exported_at)

    def records(self) -> Iterator[tuple[str, object]]:
        """Each element of the list with its JSON pointer."""
        self._content.handle.seek(self._mark)
        prefix = f"{self.list_name}.item" if self.list_name else "item"
        found = ijson.items(self._content.handle, prefix, buf_size=BUFFER_BYTES)
        for number, element in enumerate(found):
            yield f"/{self.list_name}/{number}" if self.list_name else f"/{number}", element


def _value(raw: Raw) -> object:
    return msgspec.json.decode(raw) if bytes(raw) else None
