"""Composition root of the render service."""

import asyncio
import re
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bus.api import Answer, Bus, CommandContext, Entity
from bus.decide import DeciderRunner
from bus.errors import Fatal, Retryable
from bus.objects import Objects
from bus.react import Announcer, effect_id, react
from bus.run import Process
from contracts.messages import Command
from contracts.messages.render import Output, RenderRequested, SubmitRender
from contracts.recorded import Recorded
from services.render.domain import Command as Decision
from services.render.domain import Complete, Fail, Job, Rendering, Start, notice, progress_notice
from services.render.outputs.builtin.engine import BuiltinEngine
from services.render.outputs.engine import Engine, EngineError, EngineResult
from services.render.outputs.job import engine_job
from services.render.settings import RenderSettings

log = structlog.get_logger()

# Progress is for eyes: at most four times a second.
PROGRESS_S = 0.25


class App:
    """The service: a Decider with a command side, one worker and an announcer."""

    def __init__(
        self, bus: Bus, engine: Engine, objects: Objects, settings: RenderSettings
    ) -> None:
        """Tests pass a memory bus and an engine of their own."""
        self._bus = bus
        self._engine = engine
        self._objects = objects
        self._settings = settings
        self.runner: DeciderRunner[Decision, Job] = DeciderRunner(bus, Rendering(), "render")
        self._announcer = Announcer(bus, "render")

    async def start(self, process: Process) -> None:
        """Load what was said before, then run every part."""
        await process.start_decider(self.runner)
        process.spawn(self._bus.serve("render", self.handle), "commands")
        process.spawn(react(self._bus, "render-announcer", self.announce), "announcer")
        process.spawn(react(self._bus, "render-worker", self.work), "worker")

    async def handle(self, command: Command, context: CommandContext) -> Answer:
        """Answer one command from the bus."""
        if not isinstance(command, SubmitRender):
            raise TypeError(f"{command.TYPE.text} is not for render")
        return await self.runner.execute(command, _entity(command.render_id), context)

    async def announce(self, fact: Recorded) -> None:
        """Say the notice of one fact of ours."""
        await self.runner.reached(fact.sequence)
        job = self.runner.state("job", fact.event.subject_id)
        if job is not None and job.requested is not None:
            told = notice(job.requested, fact.event)
            if told is not None:
                await self._announcer.say([told], fact.sequence, fact)

    async def work(self, fact: Recorded) -> None:
        """Render one requested job; a redelivery of an ended one does nothing."""
        requested = fact.event
        if not isinstance(requested, RenderRequested):
            return
        await self.runner.reached(fact.sequence)
        attempt = await self._start(requested, fact)
        if attempt is None:
            return
        outcome = await self._render(requested, attempt)
        await self._execute(outcome, fact, f"end-{attempt}")

    async def _start(self, requested: RenderRequested, fact: Recorded) -> int | None:
        before = self.runner.state("job", requested.render_id)
        number = before.attempt + 1 if before else 1
        start = Start(
            render_id=requested.render_id,
            worker=self._settings.worker,
            engine=self._engine.name,
            engine_version=self._engine.version,
        )
        answer = await self._execute(start, fact, f"start-{number}")
        job = self.runner.state("job", requested.render_id)
        if answer.refusal or job is None or job.ended:
            return None
        return job.attempt

    async def _execute(self, command: Decision, fact: Recorded, step: str) -> Answer:
        context = CommandContext(
            command_id=effect_id(step, fact.envelope.id),
            actor=self._settings.worker,
            correlation_id=fact.envelope.correlation_id,
            causation_id=fact.envelope.id,
            traceparent=fact.envelope.traceparent,
        )
        answer = await self.runner.execute(command, _entity(fact.event.subject_id), context)
        if answer.refusal:
            log.info("render.refused", step=step, reason=answer.refusal.message)
        return answer

    async def _render(self, requested: RenderRequested, attempt: int) -> Complete | Fail:
        started = time.monotonic()
        folder = self._settings.work_dir
        try:
            await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
            # One folder per attempt: a worker that was thought lost may still draw the same job.
            with TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as scratch:
                result = await self._draw(requested, Path(scratch))
                outputs = await self._keep(result)
        except (Retryable, Fatal):
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, the job must end with a reason
            return _fail(requested, attempt, error)
        return Complete(
            render_id=requested.render_id,
            attempt=attempt,
            outputs=outputs,
            duration_ms=int((time.monotonic() - started) * 1000),
            warnings=result.warnings,
        )

    async def _draw(self, requested: RenderRequested, folder: Path) -> EngineResult:
        """Run the engine in a thread; its progress comes back as notices.

        A thread cannot be cancelled: when nobody waits for it any more it is told to stop.
        """
        loop = asyncio.get_running_loop()
        frames: asyncio.Queue[tuple[int, int]] = asyncio.Queue()

        def progress(done: int, total: int) -> None:
            loop.call_soon_threadsafe(frames.put_nowait, (done, total))

        stop = threading.Event()
        job = engine_job(requested, folder, stop.is_set)
        saying = asyncio.create_task(self._say_progress(requested, frames))
        try:
            return await asyncio.to_thread(self._engine.render, job, progress)
        finally:
            stop.set()
            saying.cancel()
            await asyncio.gather(saying, return_exceptions=True)

    async def _say_progress(
        self, requested: RenderRequested, frames: asyncio.Queue[tuple[int, int]]
    ) -> None:
        while True:
            newest = await frames.get()
            while not frames.empty():
                newest = frames.get_nowait()
            sequence = self.runner.sequence("job", requested.render_id)
            told = progress_notice(requested, "progress", newest)
            try:
                await self._announcer.say([told], sequence, None)
            except Retryable as error:
                log.info("render.progress_unsaid", error=str(error))
            await asyncio.sleep(PROGRESS_S)

    async def _keep(self, result: EngineResult) -> tuple[Output, ...]:
        """Put the proved files into the object store."""
        still = await self._objects.put_file(result.still.path, result.still.sha256)
        movie = await self._objects.put_file(result.movie.path, result.movie.sha256)
        size = {"width": result.width, "height": result.height, "fps": result.fps}
        return (
            Output(
                kind="png",
                object=still.key,
                sha256=result.still.sha256,
                bytes=still.bytes,
                frames=1,
                **size,
            ),
            Output(
                kind="mp4",
                object=movie.key,
                sha256=result.movie.sha256,
                bytes=movie.bytes,
                frames=result.frames,
                **size,
            ),
        )


def _fail(requested: RenderRequested, attempt: int, error: Exception) -> Fail:
    """A job's end by an error: one of the engine's own, or a bug that is named as one."""
    name = type(error).__name__
    known = isinstance(error, EngineError)
    code = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() if known else "bug"
    message = str(error) if known else f"{name}: {error}"
    log.warning("render.failed", render=requested.render_id, code=code, exc_info=not known)
    return Fail(render_id=requested.render_id, attempt=attempt, code=code, message=message)


def _entity(render_id: str) -> Entity:
    return Entity("render", "job", render_id)


async def main(process: Process, settings: RenderSettings) -> None:
    """Start the service with the built-in engine."""
    app = App(process.bus, BuiltinEngine(), Objects(settings.objects_url), settings)
    await app.start(process)
