"""One look through a whole folder: what is still to be read anew, and what became of the rest."""

import asyncio
from collections.abc import Collection, Mapping
from typing import Literal

from contracts.syncing import Tally
from services.gfx_ingest.inputs.folder import Look

# Unchanged files read anew at one look at the folder. A file of a running game must never wait for
# a whole archive: between two looks are some ten megabytes at most.
RENEWED_MAX = 16

type Settled = Literal["recorded", "skipped", "rejected", "unchanged"]


class SweepFailed(Exception):
    """The folder, or a part of it, could not be looked through."""


class Sweep:
    """Counts the files of one folder until each has been accounted for or is gone."""

    def __init__(self) -> None:
        """Begins with the next look at the folder."""
        self.ended: asyncio.Future[Tally] = asyncio.get_running_loop().create_future()
        self._files = 0
        self._waiting: set[str] | None = None
        self._anew: set[str] = set()
        self._renewed = 0
        self._counts: dict[Settled, int] = dict.fromkeys(
            ("recorded", "skipped", "rejected", "unchanged"), 0
        )

    @property
    def busy(self) -> bool:
        """Whether there are files to be read anew at the next look."""
        return not self.ended.done() and (self._waiting is None or bool(self._anew))

    def look(self, files: Mapping[str, Look], refused: Collection[str]) -> None:
        """A look at the folder starts; the first one tells which files it is about."""
        self._renewed = 0
        if self._waiting is None:
            self._waiting, self._anew = set(files), set(files)
            self._files = len(files) + len(refused)
            self._counts["rejected"] = len(refused)
        self._waiting &= files.keys()
        self._anew &= files.keys()

    def renews(self, path: str) -> bool:
        """Whether a file that looks as before is to be read anew now."""
        return path in self._anew and self._renewed < RENEWED_MAX

    def met(self, path: str) -> None:
        """The file was read."""
        if path in self._anew:
            self._anew.discard(path)
            self._renewed += 1

    def settle(self, path: str, became: Settled) -> None:
        """What became of a file; only the first word on it counts."""
        if self._waiting and path in self._waiting:
            self._waiting.discard(path)
            self._counts[became] += 1

    def finish(self) -> None:
        """A look is over: so is the sweep, if nothing is left."""
        if self._waiting is not None and not self._waiting and not self.ended.done():
            self.ended.set_result(Tally(files=self._files, **self._counts))

    def fail(self, reason: str) -> None:
        """It cannot be finished."""
        if not self.ended.done():
            self.ended.set_exception(SweepFailed(reason))
