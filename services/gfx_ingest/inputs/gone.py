"""Which known files are gone from a folder, and which are only out of sight.

A share that lost its mount is an empty folder, too. A folder is believed to be the one that holds
the known files once one of them was seen in it, and as long as every look since then succeeded and
found the same folder: another mount, or none, has another device or inode. A server that lost the
disk behind its share may show the same folder without anything in it; but an entry that was deleted
leaves a later time of change on its folder, and such a loss does not.
"""

from collections.abc import Collection

from services.gfx_ingest.inputs.folder import Place, Scan


class Gone:
    """Known files that are away, and since when."""

    def __init__(self, gone_s: float) -> None:
        """A file is gone after `gone_s` seconds: a program may delete and write it anew."""
        self._gone_s = gone_s
        self._since: dict[str, float] = {}
        self._place: Place | None = None  # when there last was something in it
        self._proved = False

    def forget(self) -> None:
        """The folder could not be listed: it may be another one the next time."""
        self._place, self._proved = None, False

    def see(self, found: Scan) -> None:
        """One look; every one has to be told."""
        if found.troubles or not self._is_same(found):
            self.forget()
        if found.entries:
            self._place = found.place

    def _is_same(self, found: Scan) -> bool:
        before, now = self._place, found.place
        if before is None or (before.device, before.inode) != (now.device, now.inode):
            return False
        return found.entries > 0 or now.modified_ns > before.modified_ns

    def lost(self, found: Scan, known: Collection[str]) -> str:
        """Why a listing is not believed to be the whole folder; empty where it is."""
        if found.troubles:
            return "; ".join(found.troubles)
        if known and not found.files and not self._proved:
            return f"it is empty, but {len(known)} of its files are known; is the share mounted?"
        return ""

    def look(self, found: Scan, known: Collection[str], now: float) -> list[str]:
        """Known paths that are gone by now; none where the folder may be another one.

        A file whose name is still found in another folder was moved there, not removed.
        """
        self._proved = self._proved or any(path in found.files for path in known)
        if found.troubles or not self._proved:
            self._since.clear()
            return []
        names = {_name(path) for path in found.files}
        away = (p for p in known if _name(p) not in names and p not in found.refused)
        self._since = {path: self._since.get(path, now) for path in away}
        return [path for path, since in self._since.items() if now - since >= self._gone_s]


def _name(path: str) -> str:
    return path.rpartition("/")[2]
