"""Which known files are gone from a folder, and which are only out of sight."""

from collections.abc import Collection

from services.gfx_ingest.inputs.folder import Scan


def lost(found: Scan, known: Collection[str]) -> str:
    """Why a listing is not believed to be the whole folder; empty where it is.

    A share that lost its mount is an empty folder, so that is not believed where files are known,
    even if somebody did clear it.
    """
    if found.troubles:
        return "; ".join(found.troubles)
    if known and not found.files:
        return f"it is empty, but {len(known)} of its files are known; is the share mounted?"
    return ""


class Gone:
    """Known files that are away, and since when."""

    def __init__(self, gone_s: float) -> None:
        """A file is gone after `gone_s` seconds: a program may delete and write it anew."""
        self._gone_s = gone_s
        self._since: dict[str, float] = {}

    def look(self, found: Scan, known: Collection[str], now: float) -> list[str]:
        """Known paths that are gone by now; none if all of them are: that is another share.

        A file whose name is still found in another folder was moved there, not removed.
        """
        if found.troubles or not any(path in found.files for path in known):
            self._since.clear()
            return []
        names = {_name(path) for path in found.files}
        away = (p for p in known if _name(p) not in names and p not in found.refused)
        self._since = {path: self._since.get(path, now) for path in away}
        return [path for path, since in self._since.items() if now - since >= self._gone_s]


def _name(path: str) -> str:
    return path.rpartition("/")[2]
