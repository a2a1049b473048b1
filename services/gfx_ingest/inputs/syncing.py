"""Runs of one table: begins what is asked for, ends it, and says when the next one is due."""

import asyncio
import time
from datetime import datetime

import msgspec
import structlog

from bus.clock import Clock, utc_now
from services.gfx_ingest.domain import (
    CompleteSync,
    FailSync,
    Run,
    ScheduleDue,
    StartSync,
    WatchTable,
)
from services.gfx_ingest.inputs.asking import (
    Runner,
    facts_until_now,
    insist,
    name_id,
    table_state,
)
from services.gfx_ingest.inputs.poller import Poller
from services.gfx_ingest.inputs.sweep import SweepFailed

log = structlog.get_logger()

# How late a run may begin that another instance was asked for, or that is due by the clock.
LOOK_S = 1.0


class Syncer:
    """Keeps one table's runs going while its folder is watched."""

    def __init__(
        self,
        runner: Runner,
        table: str,
        poller: Poller,
        timeout_s: float,
        clock: Clock = utc_now,
    ) -> None:
        """A run that takes longer than `timeout_s` seconds fails."""
        self._runner = runner
        self._table = table
        self._poller = poller
        self._timeout_s = timeout_s
        self._clock = clock
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; begins with a run through everything."""
        before = facts_until_now(self._runner, self._table)
        watch = WatchTable(table=self._table, sync_id=name_id(self._table, "full_sync", before))
        await insist(self._runner, watch, before)
        while True:
            state = table_state(self._runner, self._table)
            due_at = state.due_at
            if state.run is not None and not state.run.begun:
                await self._sync(state.run)
            elif due_at is not None and due_at <= self._clock():
                due = due_at.isoformat()
                command = ScheduleDue(table=self._table, sync_id=name_id(self._table, "due", due))
                await insist(self._runner, command, due)
            else:
                await self._rest(due_at)

    async def _rest(self, due_at: datetime | None) -> None:
        """Until the next run is due, or somebody asks for one."""
        wait = LOOK_S if due_at is None else (due_at - self._clock()).total_seconds()
        try:
            async with asyncio.timeout(min(max(wait, 0), LOOK_S)):
                await self.wake.wait()
        except TimeoutError:
            return
        self.wake.clear()

    async def _sync(self, run: Run) -> None:
        start = StartSync(table=self._table, sync_id=run.sync_id)
        answer = await insist(self._runner, start, run.sync_id)
        if not answer.said:
            return  # another instance has begun it
        started = time.monotonic()
        end = await self._outcome(run)
        duration_ms = round((time.monotonic() - started) * 1000)
        end = msgspec.structs.replace(end, duration_ms=duration_ms)
        await insist(self._runner, end, run.sync_id)

    async def _outcome(self, run: Run) -> CompleteSync | FailSync:
        reason = f"it was not done within {self._timeout_s:g} s"
        try:
            async with asyncio.timeout(self._timeout_s):
                tally = await self._poller.sweep()
        except SweepFailed as error:
            reason = str(error)
        except TimeoutError:
            pass
        else:
            log.info("sync.completed", table=self._table, files=tally.files)
            return CompleteSync(table=self._table, sync_id=run.sync_id, tally=tally, duration_ms=0)
        log.warning("sync.failed", table=self._table, attempt=run.attempt, error=reason)
        return FailSync(table=self._table, sync_id=run.sync_id, error=reason, duration_ms=0)
