"""Watches one table's folder and takes every file whose content rests.

A content rests when two readings at least the quiet period apart, of a file that looked the same
all the time, have the same SHA-256. Parsing is no proof: a half-rewritten file can be valid JSON.
"""

import asyncio
from collections.abc import Callable, Collection
from enum import Enum
from pathlib import Path
from typing import Protocol

import msgspec
import structlog

from bus.errors import Retryable
from bus.health import Health
from contracts.syncing import Tally
from services.gfx_ingest.inputs.folder import Look, Scan, printable, scan
from services.gfx_ingest.inputs.gone import Gone
from services.gfx_ingest.inputs.reading import fingerprint, read
from services.gfx_ingest.inputs.sweep import Settled, Sweep

log = structlog.get_logger()

# A wake-up by file events never makes two looks at the folder closer than this.
WAKE_GAP_S = 0.02
# Files are looked for that are gone no more often than this: all that is known has to be compared.
GONE_LOOK_S = 1.0
# A look at the folder together with the import of one file; a slow share needs seconds.
SILENCE_S_MAX = 15.0


class Outcome(Enum):
    """What became of a resting content; `AGAIN`: it should be offered once more."""

    RECORDED = "recorded"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    AGAIN = "again"


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """`quiet_s`: how long a content must rest. `poll_s`: longest time between two looks at the
    folder. `retry_s`: wait before a content is offered again. `gone_s`: how long a file must be
    away before it counts as removed. `bytes_max`: larger is not read.
    """

    quiet_s: float
    poll_s: float
    retry_s: float
    gone_s: float
    bytes_max: int


class Resting(msgspec.Struct, frozen=True, kw_only=True):
    """A resting content. `tries` counts how often this path was offered in vain before, with
    whatever content; `unchanged_s` is how long this content is known.
    """

    path: str
    data: bytes
    sha256: str
    tries: int
    unchanged_s: float


class Sink(Protocol):
    """Where files go."""

    def accounted(self, path: str, sha256: str) -> bool:
        """Whether this content of this path was said already."""
        ...

    async def take(self, file: Resting) -> Outcome:
        """Take in one content. Raises a Retryable bus error."""
        ...

    async def refuse(self, path: str, size: int, code: str, detail: str) -> None:
        """A file that is not read, once per path and code. Raises a Retryable bus error."""
        ...

    def known_paths(self) -> Collection[str]:
        """Paths whose content was taken in and that were not removed since."""
        ...

    async def removed(self, path: str) -> None:
        """A known path is gone. Raises a Retryable bus error."""
        ...


class _Watched(msgspec.Struct):
    look: Look
    sha256: str
    since: float  # when this content was first read
    due: float
    tries: int = 0
    done: bool = False


class Poller:
    """Looks at one folder again and again; one file is read at a time, in the order of paths."""

    def __init__(self, root: Path, sink: Sink, timing: Timing, clock: Callable[[], float]) -> None:
        """`clock` counts seconds and never jumps."""
        self._root = root
        self._sink = sink
        self._timing = timing
        self._clock = clock
        self._watched: dict[str, _Watched] = {}
        self._refused: set[str] = set()
        self._unread: list[str] = []
        self._trouble = ""
        self._gone = Gone(timing.gone_s)
        self._gone_looked = float("-inf")
        self._sweep: Sweep | None = None
        self.wake = asyncio.Event()

    async def run(self, health: Health, part: str) -> None:
        """Poll until cancelled. A missing folder or log is trouble, not the end."""
        while True:
            try:
                await self.poll(lambda: health.beat(part))
                self._note_trouble("")
            except (OSError, Retryable) as error:
                if self._sweep and isinstance(error, OSError):
                    self._sweep.fail(f"{self._root}: {error}")
                self._note_trouble(str(error))
                health.trouble(part, f"{self._root}: {error}")
                await asyncio.sleep(self._timing.retry_s)
            await self._rest()

    async def _rest(self) -> None:
        """Until a content is due, the folder is woken, or the poll interval is over."""
        if self._sweep and self._sweep.busy:
            await asyncio.sleep(WAKE_GAP_S)
            return
        waiting = (w.due for w in self._watched.values() if not w.done)
        wait = min(waiting, default=float("inf")) - self._clock()
        try:
            async with asyncio.timeout(min(max(wait, WAKE_GAP_S), self._timing.poll_s)):
                await self.wake.wait()
        except TimeoutError:
            return
        self.wake.clear()
        await asyncio.sleep(WAKE_GAP_S)

    async def sweep(self) -> Tally:
        """Read every file anew, whatever its look says, and offer what is not accounted.

        Needs `run` beside it, one at a time. Raises SweepFailed when a part of the folder cannot be
        listed, or is empty like a share that lost its mount; see `Gone`.
        """
        self._sweep = sweep = Sweep()
        self.wake.set()
        try:
            return await sweep.ended
        finally:
            self._sweep = None

    async def poll(self, progress: Callable[[], None] = lambda: None) -> None:
        """Look at the folder once and take what rests; tells its progress with every file.

        Raises OSError when the folder cannot be listed, a Retryable error when the log is away.
        """
        try:
            found = await asyncio.to_thread(scan, self._root)
        except OSError:
            self._gone.forget()
            raise
        self._gone.see(found)
        self._note_parts(found)
        for path, problem in found.refused.items():
            if path not in self._refused:
                await self._sink.refuse(printable(path), 0, "bad_path", problem)
                self._refused.add(path)
        self._watched = {path: w for path, w in self._watched.items() if path in found.files}
        self._look(found)
        for path, look in found.files.items():
            watched = self._watched.get(path)
            if watched is None or watched.look != look or self._renews(path):
                await self._meet(path, look)
            elif not watched.done and watched.due <= self._clock():
                await self._offer(path, watched)
            progress()
        if self._sweep:
            self._sweep.finish()
        await self._tell_gone(found)
        progress()

    async def _tell_gone(self, found: Scan) -> None:
        now = self._clock()
        if now - self._gone_looked < GONE_LOOK_S:
            return
        self._gone_looked = now
        for path in self._gone.look(found, self._sink.known_paths(), now):
            await self._sink.removed(path)

    def _look(self, found: Scan) -> None:
        if self._sweep is None:
            return
        if reason := self._gone.lost(found, self._sink.known_paths()):
            self._sweep.fail(f"{self._root}: {reason}")
        else:
            self._sweep.look(found.files, found.refused)

    def _renews(self, path: str) -> bool:
        return self._sweep is not None and self._sweep.renews(path)

    def _settle(self, path: str, became: Settled) -> None:
        if self._sweep:
            self._sweep.settle(path, became)

    def _note_parts(self, found: Scan) -> None:
        if found.troubles != self._unread:
            self._unread = found.troubles
            log.warning("poller.unread", folder=str(self._root), parts=found.troubles)

    def _note_trouble(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            log.warning("poller.trouble", folder=str(self._root), error=trouble or "over")

    async def _meet(self, path: str, look: Look) -> None:
        """A new look: fingerprint the content and wait whether it rests."""
        before = self._watched.pop(path, None)
        sha256: str | None = ""
        if look.size <= self._timing.bytes_max:
            sha256 = await asyncio.to_thread(fingerprint, self._root, path, look)
        if self._sweep:
            self._sweep.met(path)
        if sha256 is None:
            return  # moving; the next poll meets it again
        now = self._clock()
        # The same bytes as said before: whatever happens next will change the look.
        known = bool(sha256) and self._sink.accounted(path, sha256)
        self._watched[path] = _Watched(
            look,
            sha256,
            since=before.since if before and before.sha256 == sha256 else now,
            due=now + self._timing.quiet_s,
            tries=before.tries if before else 0,
            done=known,
        )
        if known:
            self._settle(path, "unchanged")

    async def _offer(self, path: str, watched: _Watched) -> None:
        """The quiet period is over: read again, and hand over what is still the same."""
        if watched.look.size > self._timing.bytes_max:
            limit = self._timing.bytes_max
            detail = f"the file has {watched.look.size} bytes, the limit is {limit}"
            await self._sink.refuse(path, watched.look.size, "too_large", detail)
            watched.done = True
            self._settle(path, "rejected")
            return
        content = await asyncio.to_thread(read, self._root, path, watched.look)
        if content is None or content.sha256 != watched.sha256:
            del self._watched[path]
            return
        file = Resting(
            path=path,
            data=content.data,
            sha256=content.sha256,
            tries=watched.tries,
            unchanged_s=self._clock() - watched.since,
        )
        outcome = await self._sink.take(file)
        if outcome is Outcome.AGAIN:
            watched.due, watched.tries = self._clock() + self._timing.retry_s, watched.tries + 1
        else:
            watched.done, watched.tries = True, 0
            self._settle(path, outcome.value)
