"""The runs (syncs) of one source: begun when they are asked for or due, timed, ended, told.

Of several instances that look after a source one does the run. While it goes on its state is said
again and again (`bus/pulse.py`); an instance that hears nothing of it any more says that the run
was interrupted, and asks for one that makes up for it. If the first one lives after all, no harm is
done: nothing is said any more about a run that was ended.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
import structlog

from bus.api import Bus
from bus.clock import Clock, utc_now
from bus.errors import Retryable
from bus.own import Own
from bus.pulse import Pulse
from contracts import syncing
from contracts.messages import Notice
from contracts.syncing import Run, Sync, Tally

log = structlog.get_logger()

# How late a run may begin that another instance was asked for, or that is due by the clock.
LOOK_S = 1.0


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked through. The state of the entity `own` holds its runs as `sync`; `notice`
    tells that state to screens, in the name of `service`. `look_through` does one run of at most
    `timeout_s` seconds; where it cannot, it raises a Retryable bus error or one of `failures`,
    whose sentence is told.
    """

    own: Own
    service: str
    notice: Callable[[Any], Notice | None]
    look_through: Callable[[], Awaitable[Tally]]
    failures: tuple[type[Exception], ...]
    timeout_s: float


class Syncer:
    """Keeps the runs of one source going."""

    def __init__(self, bus: Bus, source: Source, clock: Clock = utc_now) -> None:
        """`clock` tells what is due."""
        self._source = source
        self._own = source.own
        self._clock = clock
        self._pulse = Pulse(bus, source.service)
        self._instance = uuid.uuid4().hex
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; begins with a run through everything."""
        own, before = self._own, str(self._own.sequence)
        await own.insist(syncing.Serve(sync_id=own.named("full_sync", before)), before)
        while True:
            state = self._state()
            run, due_at = state.run, state.due_at
            if run is not None and not run.begun:
                await self._sync(run)
            elif run is not None and await self._is_silent(run):
                again = own.named("after", run.sync_id)
                command = syncing.InterruptSync(sync_id=run.sync_id, next_id=again)
                await own.insist(command, run.sync_id)
            elif due_at is not None and due_at <= self._clock():
                due = due_at.isoformat()
                await own.insist(syncing.ScheduleDue(sync_id=own.named("due", due)), due)
            else:
                await self._rest(due_at)

    def _state(self) -> Sync:
        state = self._own.state
        sync: Sync = state.sync if state else Sync()
        return sync

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
        # Named after this instance: only one of those that ask begins the run.
        start = syncing.StartSync(sync_id=run.sync_id)
        answer = await self._own.insist(start, run.sync_id, self._instance)
        if not answer.said:
            return  # another instance has begun it
        started = time.monotonic()
        beating = asyncio.create_task(self._beat(run))
        try:
            end = await self._outcome(run)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
        duration_ms = round((time.monotonic() - started) * 1000)
        await self._own.insist(msgspec.structs.replace(end, duration_ms=duration_ms), run.sync_id)

    async def _outcome(self, run: Run) -> syncing.CompleteSync | syncing.FailSync:
        source = self._source
        failures: tuple[type[Exception], ...] = (*source.failures, Retryable)
        reason = f"it was not done within {source.timeout_s:g} s"
        try:
            async with asyncio.timeout(source.timeout_s):
                tally = await source.look_through()
        except failures as error:
            reason = str(error)
        except TimeoutError:
            pass
        else:
            log.info("sync.completed", entity=self._own.name, files=tally.files)
            return syncing.CompleteSync(sync_id=run.sync_id, tally=tally, duration_ms=0)
        log.warning("sync.failed", entity=self._own.name, attempt=run.attempt, error=reason)
        return syncing.FailSync(sync_id=run.sync_id, error=reason, duration_ms=0)

    def _told(self) -> tuple[Notice, int] | None:
        state = self._own.state
        notice = None if state is None else self._source.notice(state)
        return (notice, self._own.sequence) if notice else None

    async def _beat(self, run: Run) -> None:
        """Tell the state as long as it is that of this run."""

        def told() -> tuple[Notice, int] | None:
            present = self._state().run
            return self._told() if present and present.sync_id == run.sync_id else None

        await self._pulse.beat(told)

    async def _is_silent(self, run: Run) -> bool:
        """Whether nothing was heard for long of a run that another instance began."""
        told = self._told()
        return told is not None and await self._pulse.is_silent(told[0].subject, run.sync_id)
