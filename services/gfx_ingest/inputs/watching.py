"""One table under watch: its poller, its wake-up and its runs, which live and end together."""

import asyncio
import time

import msgspec

from bus.api import Bus
from bus.health import Health
from bus.syncing import Syncer
from services.gfx_ingest.inputs.poller import SILENCE_S_MAX, Poller, Sink, Timing
from services.gfx_ingest.inputs.registry import WatchedTable
from services.gfx_ingest.inputs.syncing import Runner, own_table, table_source
from services.gfx_ingest.inputs.wake import wake_on_changes

# Of one table's own health: its poller is its only part.
_FILES = "files"


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """`files`: how files are looked at. `timeout_s`: longest time of one run of a table."""

    files: Timing
    timeout_s: float


class Watch:
    """One table under watch."""

    def __init__(
        self, bus: Bus, runner: Runner, table: WatchedTable, sink: Sink, rhythm: Rhythm
    ) -> None:
        """`sink` is where the table's files go."""
        self.table = table
        self._poller = Poller(table.folder, sink, rhythm.files, time.monotonic)
        own = own_table(runner, table.name)
        self._syncer = Syncer(bus, table_source(own, self._poller, rhythm.timeout_s))
        self._health = Health()
        self._health.register(_FILES, SILENCE_S_MAX)
        self._task: asyncio.Task[None] | None = None

    @property
    def health(self) -> str:
        """`ok`, `starting` or what is wrong."""
        return self._health.report()[_FILES]

    def start(self, group: asyncio.TaskGroup) -> None:
        """Run as one task of the group."""
        self._task = group.create_task(self._run(), name=f"table {self.table.name}")

    async def stop(self) -> None:
        """Cancel the task and wait for its end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def wake(self) -> None:
        """A run was asked for."""
        self._syncer.wake.set()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._poller.run(self._health, _FILES))
            parts.create_task(wake_on_changes(self.table.folder, self._poller.wake))
            parts.create_task(self._syncer.run())
