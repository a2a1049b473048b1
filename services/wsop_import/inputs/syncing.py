"""Runs of one kind: begins what is asked for, ends it, and says when the next one is due."""

import asyncio
import time
import uuid
from datetime import datetime

import msgspec
import structlog

from bus import retry, tracing
from bus.api import Answer, CommandContext, Entity
from bus.clock import Clock, utc_now
from bus.decide import DeciderRunner
from bus.errors import Retryable
from contracts.messages.wsop import Kind
from services.wsop_import.domain import CONTEXT, SOURCE, Command, Source, State
from services.wsop_import.domain.sources import Run
from services.wsop_import.domain.syncing import (
    CompleteSync,
    FailSync,
    RegisterSource,
    ScheduleDue,
    ServeSource,
    SourceCommand,
    StartSync,
    Tally,
)
from services.wsop_import.inputs.importer import Importer
from services.wsop_import.inputs.poller import Poller, SweepFailed
from services.wsop_import.inputs.pull import Puller, PullFailed

log = structlog.get_logger()

# Names of commands: what is due at one time is asked for once, whoever asks.
_NAMESPACE = uuid.UUID("3d0d3c4e-7a3b-5b55-a0a7-0f4b2f2c9e18")
# How late a run may begin that another instance was asked for, or that is due by the clock.
LOOK_S = 1.0


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """How often a kind is fetched (0 = never), and how long a run may take, in seconds."""

    interval_s: int
    timeout_s: float


class Fetcher:
    """What one run does: pull the kind's address, then look through the folder."""

    def __init__(
        self, kind: Kind, importer: Importer, poller: Poller | None, puller: Puller | None
    ) -> None:
        """Either source may be missing."""
        self.kind = kind
        self._importer = importer
        self._poller = poller
        self.puller = puller

    @property
    def has_source(self) -> bool:
        """Whether there is anything to fetch."""
        return self._poller is not None or self.puller is not None

    async def fetch(self) -> Tally:
        """Take in what there is. Raises PullFailed, SweepFailed, or a Retryable bus error."""
        tally = await self._pull(self.puller) if self.puller else Tally()
        if self._poller is None:
            return tally
        found = msgspec.structs.asdict(await self._poller.sweep(self.kind))
        return Tally(**{name: count + getattr(tally, name) for name, count in found.items()})

    async def _pull(self, puller: Puller) -> Tally:
        content = await puller.pull()
        if content is None:
            return Tally(files=1, unchanged=1)
        try:
            became = await self._importer.take(content, final=True)
        finally:
            content.close()
        puller.taken()
        return Tally(**{"files": 1, became: 1})


class Syncer:
    """Keeps one kind's runs going."""

    def __init__(
        self,
        runner: DeciderRunner[Command, State],
        fetcher: Fetcher,
        rhythm: Rhythm,
        clock: Clock = utc_now,
    ) -> None:
        """A run that takes longer than the rhythm allows fails."""
        self._runner = runner
        self._fetcher = fetcher
        self._kind: Kind = fetcher.kind
        self._rhythm = rhythm
        self._clock = clock
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled; begins with a run through everything."""
        sequence = str(self._runner.sequence(SOURCE, self._kind))
        registered = RegisterSource(
            kind=self._kind,
            interval_s=self._rhythm.interval_s,
            enabled=self._rhythm.interval_s > 0 and self._fetcher.has_source,
            pulled=self._fetcher.puller is not None,
        )
        await self._say(registered, sequence)
        serve = ServeSource(kind=self._kind, sync_id=self._id("full_sync", sequence))
        await self._say(serve, sequence)
        while True:
            state = self._state()
            due_at = state.due_at
            if state.run is not None and not state.run.begun:
                await self._sync(state.run)
            elif due_at is not None and due_at <= self._clock():
                due = due_at.isoformat()
                await self._say(ScheduleDue(kind=self._kind, sync_id=self._id("due", due)), due)
            else:
                await self._rest(due_at)

    def _state(self) -> Source:
        state = self._runner.state(SOURCE, self._kind)
        return state if isinstance(state, Source) else Source()

    def _id(self, *parts: str) -> str:
        return str(uuid.uuid5(_NAMESPACE, "\n".join((self._kind, *parts))))

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
        answer = await self._say(StartSync(sync_id=run.sync_id), run.sync_id)
        if not answer.said:
            return  # another instance has begun it
        started = time.monotonic()
        end = await self._outcome(run)
        duration_ms = round((time.monotonic() - started) * 1000)
        await self._say(msgspec.structs.replace(end, duration_ms=duration_ms), run.sync_id)

    async def _outcome(self, run: Run) -> CompleteSync | FailSync:
        reason = f"it was not done within {self._rhythm.timeout_s:g} s"
        try:
            async with asyncio.timeout(self._rhythm.timeout_s):
                tally = await self._fetcher.fetch()
        except (PullFailed, SweepFailed, Retryable) as error:
            reason = str(error)
        except TimeoutError:
            pass
        else:
            log.info("sync.completed", kind=self._kind, files=tally.files)
            return CompleteSync(sync_id=run.sync_id, tally=tally, duration_ms=0)
        log.warning("sync.failed", kind=self._kind, attempt=run.attempt, error=reason)
        return FailSync(sync_id=run.sync_id, error=reason, duration_ms=0)

    async def _say(self, command: SourceCommand, *parts: str) -> Answer:
        """Decide a command, however long the log is away."""
        context = CommandContext(
            command_id=self._id(type(command).__name__, *parts),
            actor="wsop-import",
            traceparent=tracing.traceparent(),
        )
        waits = retry.delays()
        while True:
            try:
                return await self._runner.execute(
                    command, Entity(CONTEXT, SOURCE, self._kind), context
                )
            except Retryable as error:
                log.warning("sync.unsaid", kind=self._kind, error=str(error))
                await asyncio.sleep(next(waits))
