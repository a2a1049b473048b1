"""Watches the import folder and takes every file whose content rests.

A content rests when two readings at least the quiet period apart, of a file that looked the same
all the time, have the same SHA-256. Files that rest are taken in the order of their kinds; files
put there together wait a moment for each other, so that events come before what mentions them.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import structlog

from bus.errors import Retryable
from bus.health import Health
from contracts.messages.wsop import ImportFile, Kind
from services.wsop_import.domain.syncing import Tally
from services.wsop_import.inputs.folder import Look, Scan, copy, fingerprint, scan
from services.wsop_import.inputs.importer import Became, Importer
from services.wsop_import.inputs.recognise import order_of

log = structlog.get_logger()

# A look at the folder together with the import of the largest file.
SILENCE_S_MAX = 60.0
# Files put down together are taken in order when they come within this time of each other.
TOGETHER_S_MAX = 3.0
# However often the folder changes, there is a pause between two looks: so that what is written in
# pieces is not read for every piece, it is several times as long as the last look took, up to the
# poll interval.
PAUSE_S_MIN = 0.02
PAUSE_PER_LOOK = 4


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """`quiet_s`: how long a content must rest. `poll_s`: longest time between two looks at the
    folder. `retry_s`: wait before a content is offered again. `malformed_s`: how long a malformed
    one must rest to be rejected. `bytes_max`: larger is not read.
    """

    quiet_s: float
    poll_s: float
    retry_s: float
    malformed_s: float
    bytes_max: int


class _Watched(msgspec.Struct):
    look: Look
    sha256: str
    order: int
    since: float  # when this content was first read
    due: float
    became: Became | None = None


def pause_after(looked_s: float, poll_s: float) -> float:
    """Seconds without a look at the folder after one that took so long."""
    return min(max(PAUSE_S_MIN, PAUSE_PER_LOOK * looked_s), poll_s)


class SweepFailed(Exception):
    """The folder could not be looked through; the sentence says why."""


class Poller:
    """Looks at one folder again and again; one file is taken at a time."""

    def __init__(
        self, root: Path, importer: Importer, timing: Timing, clock: Callable[[], float]
    ) -> None:
        """`clock` counts seconds and never jumps."""
        self._root = root
        self._importer = importer
        self._timing = timing
        self._clock = clock
        self._watched: dict[str, _Watched] = {}
        self._refused: set[str] = set()
        self._noted: list[str] = []
        self._sweeps: list[asyncio.Future[None]] = []
        self._looked_s = 0.0
        # Set by whoever knows that there is something to look at.
        self.wake = asyncio.Event()

    async def run(self, health: Health, part: str) -> None:
        """Poll until cancelled. A missing folder or log is trouble, not the end."""
        while True:
            self.wake.clear()
            try:
                await self.poll(lambda: health.beat(part))
                self._note([])
            except (OSError, Retryable) as error:
                self._note([str(error)])
                self._end_sweeps(SweepFailed(f"{self._root}: {error}"))
                health.trouble(part, f"{self._root}: {error}")
                await asyncio.sleep(self._timing.retry_s)
            else:
                await self._rest()

    async def _rest(self) -> None:
        """Until a content is due, the folder changed, or the poll interval is over."""
        poll_s, now = self._timing.poll_s, self._clock()
        pause = pause_after(self._looked_s, poll_s)
        await asyncio.sleep(pause)
        waiting = [w.due for w in self._watched.values() if w.became is None and w.due > now]
        wait = min([poll_s, *(due - now for due in waiting)]) - pause
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self.wake.wait()

    async def sweep(self, kind: Kind) -> Tally:
        """Read every file of a kind, and of unknown ones, again; what became of each.

        Raises SweepFailed when the folder or the log is away meanwhile.
        """
        self._watched = {path: w for path, w in self._watched.items() if not self._is(path, kind)}
        end = asyncio.get_running_loop().create_future()
        self._sweeps.append(end)
        self.wake.set()
        await end
        found = Counter(
            watched.became for path, watched in self._watched.items() if self._is(path, kind)
        )
        return Tally(
            files=found.total(),
            recorded=found["recorded"],
            skipped=found["skipped"],
            rejected=found["rejected"],
            unchanged=found["unchanged"],
        )

    def _end_sweeps(self, error: Exception | None) -> None:
        ended, self._sweeps = self._sweeps, []
        for end in ended:
            if end.done():
                continue  # whoever waited gave up
            if error is None:
                end.set_result(None)
            else:
                end.set_exception(error)

    def _is(self, path: str, kind: Kind) -> bool:
        return self._importer.kind_of(path) in (kind, None)

    async def poll(self, progress: Callable[[], None] = lambda: None) -> None:
        """Look at the folder once and take what rests; tells its progress with every file.

        Raises OSError when the folder cannot be listed, a Retryable error when the log is away.
        """
        started = self._clock()
        found = await asyncio.to_thread(scan, self._root)
        await self._note_scan(found)
        self._watched = {path: w for path, w in self._watched.items() if path in found.files}
        for path, look in found.files.items():
            watched = self._watched.get(path)
            if watched is None or watched.look != look:
                await self._meet(path, look)
                progress()
        self._looked_s = self._clock() - started
        self._reconsider()
        for path, watched in self._ready():
            await self._offer(path, watched)
            progress()
        await self._importer.abandon_missing(found.files)
        whole = self._watched.keys() == found.files.keys()
        if whole and all(watched.became for watched in self._watched.values()):
            self._end_sweeps(None)
        progress()

    def _ready(self) -> list[tuple[str, _Watched]]:
        """What rests, in order, contents that are taken again as they came; nothing while another
        file has only just come.
        """
        now = self._clock()
        waiting = [(path, w) for path, w in self._watched.items() if w.became is None]
        rested = [(path, w) for path, w in waiting if w.due <= now]
        together = any(now - w.due < TOGETHER_S_MAX for _, w in rested)
        if len(rested) < len(waiting) and together:
            return []
        arrival = self._importer.arrival
        return sorted(rested, key=lambda each: (each[1].order, arrival(each[1].sha256), each[0]))

    def _reconsider(self) -> None:
        """Files whose rows wanted a time zone that may be known by now are to be read again."""
        for watched in self._watched.values():
            if watched.became is not None and self._importer.zone_told_since(watched.sha256):
                watched.became, watched.due = None, self._clock()

    async def _note_scan(self, found: Scan) -> None:
        self._note(found.troubles)
        for path, (problem, look) in found.refused.items():
            if path not in self._refused:
                await self._refuse(path, look, "bad_path", problem)
                self._refused.add(path)

    async def _refuse(self, path: str, look: Look, code: str, reason: str) -> None:
        """The content is not read."""
        file = ImportFile(path=path, sha256="", bytes=look.size, content_at=look.modified_at)
        await self._importer.refuse(file, code, reason)

    def _note(self, troubles: list[str]) -> None:
        if troubles != self._noted:
            self._noted = troubles
            log.warning("poller.trouble", folder=str(self._root), parts=troubles or "over")

    async def _meet(self, path: str, look: Look) -> None:
        """A new look: fingerprint the content and wait whether it rests."""
        before = self._watched.pop(path, None)
        now = self._clock()
        if look.size > self._timing.bytes_max:
            limit = self._timing.bytes_max
            reason = f"the file has {look.size} bytes, the limit is {limit}"
            await self._refuse(path, look, "too_large", reason)
            self._watched[path] = _Watched(look, "", 0, now, now, "rejected")
            return
        found = await asyncio.to_thread(fingerprint, self._root, path, look)
        if found is None:
            return  # moving; the next poll meets it again
        sha256, head = found
        known = self._importer.accounted(path, sha256)
        since = before.since if before and before.sha256 == sha256 else now
        self._watched[path] = _Watched(
            look=look,
            sha256=sha256,
            order=order_of(head),
            since=since,
            due=now + self._timing.quiet_s,
            became="unchanged" if known else None,
        )

    async def _offer(self, path: str, watched: _Watched) -> None:
        """The quiet period is over: read again, and hand over what is still the same."""
        content = await asyncio.to_thread(copy, self._root, path, watched.look)
        if content is None or content.sha256 != watched.sha256:
            if content is not None:
                content.close()
            self._watched.pop(path, None)
            return
        rested_s = self._clock() - watched.since
        try:
            final = rested_s >= self._timing.malformed_s
            became = await self._importer.take(content, final=final)
        finally:
            content.close()
        if became == "again":
            watched.due = self._clock() + self._timing.retry_s
        else:
            watched.became = became
