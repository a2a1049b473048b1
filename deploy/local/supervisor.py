"""Keeps the processes of one home running, and takes all of them along when it ends.

A child that dies is started again after a pause that doubles. SIGINT or SIGTERM ends the `async
with` block: what was started last stops first, the members of one `start` call together. Should
the supervisor itself be killed, the kernel signals its children, and the next one on the same home
ends whatever is left (`process.end_stale`).
"""

import asyncio
import os
import signal
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

import msgspec

from deploy.local import log_file
from deploy.local.home import Home
from deploy.local.log_file import LogFile
from deploy.local.process import Child, ProcessSpec, end_stale
from deploy.local.start import StartFailed, ready, with_log

# A child that dies before it was ever ready is given that many starts, then it is an error of ours.
FIRST_STARTS_MAX = 3
# A descendant that left the group may hold the log pipe open; nobody waits longer for its words.
LOG_END_S = 1.0


class Restart(msgspec.Struct, frozen=True):
    """Pauses before a dead child is started again; a child that lived `steady_s` begins anew."""

    first_s: float = 0.2
    longest_s: float = 5.0
    steady_s: float = 30.0

    def pause_s(self, last_s: float, lived_s: float) -> float:
        """The next pause, after the last one (0 = there was none) and the life that followed it."""
        if last_s == 0 or lived_s >= self.steady_s:
            return self.first_s
        return min(2 * last_s, self.longest_s)


class Change(msgspec.Struct, frozen=True):
    """What became of a process; `code` is the exit code of one that died."""

    name: str
    state: Literal["started", "ready", "died", "stopped", "stale ended"]
    pid: int = 0
    code: int = 0


class _Kept:
    """One process kept alive: its present child, its log, and the task that watches it."""

    def __init__(self, spec: ProcessSpec, home: Home) -> None:
        self.spec = spec
        self.log = LogFile(home.logs / f"{spec.name}.log")
        self.first_ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.child: Child | None = None
        self.code = 0
        self.task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        return self.child.pid if self.child else 0

    def crashed(self, task: asyncio.Task[None]) -> None:
        """Hand a fault of the watching task itself to whoever waits for the process."""
        if not task.cancelled() and (error := task.exception()) and not self.first_ready.done():
            self.first_ready.set_exception(error)


class Supervisor:
    """Use as `async with` inside `home.locked()`, from the main thread."""

    def __init__(
        self,
        home: Home,
        report: Callable[[Change], None] = lambda _: None,
        restart: Restart | None = None,
    ) -> None:
        self._home = home
        self._report = report
        self._restart = restart or Restart()
        self._stages: list[list[_Kept]] = []
        self._owner: asyncio.Task[object] | None = None
        self._signalled = False
        self._stopping = False

    async def __aenter__(self) -> Self:
        for name in end_stale(self._home):
            self._report(Change(name, "stale ended"))
        self._owner = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> bool:
        await self.stop()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().remove_signal_handler(number)
        if not (self._signalled and kind is asyncio.CancelledError):
            return False
        assert self._owner is not None
        return self._owner.uncancel() == 0

    async def start(self, *specs: ProcessSpec) -> None:
        """Start processes side by side; returns when all are ready, or the jobs among them done.

        Raises StartFailed when one of them cannot be brought up; the others keep running.
        """
        stage = [_Kept(spec, self._home) for spec in specs]
        self._stages.append(stage)
        for kept in stage:
            kept.task = asyncio.create_task(self._keep(kept), name=kept.spec.name)
            kept.task.add_done_callback(kept.crashed)
        await asyncio.gather(*(kept.first_ready for kept in stage))

    async def wait(self) -> None:
        """Wait until a signal ends the block."""
        await asyncio.get_running_loop().create_future()

    async def stop(self) -> None:
        """Stop everything, the last stage first; a second signal kills what is left at once."""
        self._stopping = True
        while self._stages:
            stage = self._stages[-1]
            await asyncio.gather(*(self._stop(kept) for kept in stage))
            self._stages.pop()

    def pid(self, name: str) -> int:
        """Process id of a running child; raises KeyError when there is none."""
        for child in self._children():
            if child.spec.name == name:
                return child.pid
        raise KeyError(name)

    def _children(self) -> list[Child]:
        kept = (kept.child for stage in self._stages for kept in stage)
        return [child for child in kept if child is not None and not child.exited.done()]

    def _on_signal(self) -> None:
        if self._signalled or self._stopping:
            for child in self._children():
                child.send(signal.SIGKILL)
        elif self._owner is not None:
            self._signalled = True
            self._owner.cancel()

    async def _keep(self, kept: _Kept) -> None:
        """Run a process until cancelled, a job until it ends."""
        loop = asyncio.get_running_loop()
        pause_s, failures = 0.0, 0
        while True:
            since = loop.time()
            try:
                await self._run(kept)
            except StartFailed as error:
                failures += 1
                if not kept.first_ready.done() and failures == FIRST_STARTS_MAX:
                    kept.first_ready.set_exception(with_log(error, kept.log.path))
                    return
            if kept.spec.kind == "job" and kept.first_ready.done():
                return
            self._report(Change(kept.spec.name, "died", kept.pid, kept.code))
            pause_s = self._restart.pause_s(pause_s, loop.time() - since)
            await asyncio.sleep(pause_s)

    async def _run(self, kept: _Kept) -> None:
        """One life of a process: returns after it ended, raises StartFailed if never ready."""
        source, output = os.pipe()
        copying = asyncio.create_task(log_file.copy(source, kept.log))
        try:
            child = kept.child = Child(kept.spec, self._home, output)
        finally:
            os.close(output)
        self._report(Change(kept.spec.name, "started", child.pid))
        try:
            await ready(child)
            self._report(Change(kept.spec.name, "ready", child.pid))
            if not kept.first_ready.done():
                kept.first_ready.set_result(None)
            await child.wait()
        finally:
            kept.code = await child.stop()
            await asyncio.wait({copying}, timeout=LOG_END_S)
            copying.cancel()

    async def _stop(self, kept: _Kept) -> None:
        assert kept.task is not None
        kept.task.cancel()
        await asyncio.wait({kept.task})
        kept.first_ready.cancel()
        kept.log.close()
        self._report(Change(kept.spec.name, "stopped"))
