"""Run a process: logs, health, signals, a connected bus, tasks that fail together, a drain."""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bus import health as health_module
from bus import tracing
from bus.connection import Connection, open_connection
from bus.decide import DeciderRunner
from bus.errors import BusError, Fatal, Retryable
from bus.health import Health
from bus.nats import NatsBus
from bus.project import ProjectionSpec, Projector
from bus.settings import ProcessSettings

log = structlog.get_logger()

# The connection itself must be heard of at least this often.
CONNECTION_SILENCE_S = 6.0
CONNECTION_CHECK_S = 1.0
# The log's identity is compared this often: nobody may decide on another log's state.
DECIDER_CHECK_S = 2.0
DECIDER_SILENCE_S = 8.0


class Process:
    """What a service's `main` gets: its settings, the bus, its health and a place for tasks."""

    def __init__(self, name: str, settings: ProcessSettings, connection: Connection) -> None:
        """Made by `run`."""
        self.name = name
        self.settings = settings
        self.connection = connection
        self.bus = NatsBus(connection, name)
        self.health = Health()
        self.stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._starting: asyncio.Task[None] | None = None

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run what starts the parts; it ends when they run, or fails like one of them."""
        self._starting = asyncio.create_task(work, name="start")

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Start a part of the process; if it ends or fails, the process stops."""
        self._tasks.append(asyncio.create_task(work, name=name))

    async def start_decider(self, runner: DeciderRunner[Any, Any]) -> None:
        """Load a Decider's state, then keep it current and compare its log with the server's."""
        self.health.register("decider", DECIDER_SILENCE_S)
        await runner.start()
        self.spawn(runner.follow(), "decider")
        self.spawn(self._watch_decider(runner), "decider log")

    async def _watch_decider(self, runner: DeciderRunner[Any, Any]) -> None:
        while True:
            try:
                await runner.check_log()
            except Fatal:
                raise
            except Retryable as error:
                self.health.trouble("decider", str(error))
            else:
                if runner.idle_s > DECIDER_SILENCE_S:
                    self.health.trouble("decider", "nothing is heard of the own context")
                else:
                    self.health.beat("decider")
            await asyncio.sleep(DECIDER_CHECK_S)

    async def wait(self) -> None:
        """Until a signal, a failed part or a fatal connection error; raises what failed."""
        stop = asyncio.create_task(self.stopping.wait(), name="stopping")
        try:
            if self._starting is not None:
                await self._first(stop, self._starting)
            while not self.stopping.is_set():
                ended = await self._first(stop, *self._tasks)
                if ended is not stop:
                    raise Fatal(f"part {ended.get_name()} ended by itself")
        finally:
            stop.cancel()

    async def _first(self, *watched: asyncio.Task[Any]) -> asyncio.Task[Any]:
        """The first of these that ends; raises what it, or the connection, failed with."""
        await asyncio.wait(
            [*watched, *self._tasks, self.connection.failed], return_when=asyncio.FIRST_COMPLETED
        )
        for future in (self.connection.failed, *self._tasks, *watched):
            if future.done():
                future.result()
        return next(task for task in (*watched, *self._tasks) if task.done())

    async def drain(self) -> None:
        """Cancel the parts and let them finish within the drain time."""
        tasks = [*self._tasks, *([self._starting] if self._starting else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=self.settings.drain_s)


type Main = Callable[[Process], Coroutine[Any, Any, None]]


def run(main: Main, name: str, settings: ProcessSettings) -> None:
    """Run a process until it is told to stop; exit code 1 with a logged reason if it fails."""
    configure_logs(name, settings.log_level)
    tracing.start(name)
    try:
        asyncio.run(_run(main, name, settings))
    except KeyboardInterrupt:
        sys.exit(130)
    except (BusError, OSError, ValueError, ExceptionGroup) as error:
        log.critical("process.failed", error=_sentence(error))
        sys.exit(1)


async def _run(main: Main, name: str, settings: ProcessSettings) -> None:
    connection = await open_connection(settings, name)
    process = Process(name, settings, connection)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, process.stopping.set)
    process.health.register("nats", CONNECTION_SILENCE_S)
    process.spawn(_watch_connection(process), "nats")
    port = health_module.serve(process.health, settings.health_host, settings.health_port)
    log.info("process.started", health_port=port)
    # The start is a part like the others: a signal ends it, and it may end first.
    process.start(main(process))
    try:
        await process.wait()
    finally:
        await process.drain()
        await connection.close()
        log.info("process.stopped")


async def _watch_connection(process: Process) -> None:
    while True:
        if process.connection.client.is_connected:
            process.health.beat("nats")
        else:
            process.health.trouble("nats", "not connected to NATS")
        await asyncio.sleep(CONNECTION_CHECK_S)


def _sentence(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(_sentence(inner) for inner in error.exceptions)
    return f"{type(error).__name__}: {error}"


def configure_logs(name: str, level: str) -> None:
    """One JSON object per line on standard error, with the process name in each."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=name)


def run_projection(spec: ProjectionSpec, settings: ProcessSettings) -> None:
    """Run one projection as a process."""

    async def main(process: Process) -> None:
        dsn = settings.database_url.get_secret_value()
        projector = Projector(spec, process.bus, dsn, process.health)
        process.spawn(projector.run(), spec.name)

    run(main, spec.name.replace("_", "-"), settings)
