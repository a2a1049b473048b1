"""One child process: started through the launcher, recorded in the home, ended without a rest."""

import asyncio
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Literal

import msgspec

from deploy.local import launch
from deploy.local.home import Home, write_private

# Longer than any clean stop we measured (0.3 s), shorter than a person's patience.
STOP_GRACE_S = 5.0
# How long the kernel may take to remove a process it was told to kill.
KILL_GRACE_S = 2.0

# Raises OSError or TimeoutError while the process does not answer yet.
type Probe = Callable[[], Awaitable[None]]


class ProcessSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A program to run.

    `kind`: a `service` is meant to run until it is stopped, a `job` to end by itself with 0.
    `env` is added to our own environment. `stop_signal` asks for a clean end; `orphan_signal` is
    sent by the kernel when whoever started it dies. `unprivileged` names the folder of a program
    that must not run as root.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = {}
    kind: Literal["service", "job"] = "service"
    probe: Probe | None = None
    stop_signal: int = signal.SIGTERM
    orphan_signal: int = signal.SIGKILL
    unprivileged: Path | None = None


class Child:
    """A running process. Start it from a thread that lives as long: the kernel ties them.

    `exited` resolves with the exit code (negative = the signal that ended it) after everything in
    the process's group has been killed.
    """

    def __init__(self, spec: ProcessSpec, home: Home, output: int) -> None:
        """Start it; `output` is the file descriptor that takes both its outputs."""
        self.spec = spec
        self.exited: Future[int] = Future()
        self._process = subprocess.Popen(  # noqa: S603 - argv is ours, no shell
            [*_launcher(spec), *spec.argv],
            env={**os.environ, **spec.env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=home.root,
            start_new_session=True,
        )
        self._record = home.run / f"{self.pid}.json"
        record = {"name": spec.name, "mark": start_mark(self.pid), "signal": spec.stop_signal}
        write_private(self._record, json.dumps(record))
        threading.Thread(target=self._reap, name=f"reap-{spec.name}", daemon=True).start()

    @property
    def pid(self) -> int:
        """Process id, also that of its group."""
        return self._process.pid

    def send(self, number: int) -> None:
        """Send a signal, or nothing if it has ended."""
        if not self.exited.done():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def wait(self, timeout_s: float | None = None) -> int | None:
        """Exit code, or None if it still runs after `timeout_s`."""
        done, _ = await asyncio.wait({asyncio.wrap_future(self.exited)}, timeout=timeout_s)
        return done.pop().result() if done else None

    async def stop(self) -> int:
        """Ask for a clean end, insist after STOP_GRACE_S; returns the exit code."""
        self.send(self.spec.stop_signal)
        code = await self.wait(STOP_GRACE_S)
        if code is None:
            self.send(signal.SIGKILL)
            code = await self.wait()
        assert code is not None
        return code

    def _reap(self) -> None:
        # Not reaped yet, the leader keeps its number: the group killed here is surely ours.
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        kill_group(self.pid)
        code = self._process.wait()
        self._record.unlink(missing_ok=True)
        self.exited.set_result(code)


def _launcher(spec: ProcessSpec) -> list[str]:
    return [
        sys.executable,
        "-I",
        "-S",
        launch.__file__,
        str(os.getpid()),
        str(int(spec.orphan_signal)),
        str(spec.unprivileged or ""),
    ]


def kill_group(group: int) -> None:
    """Kill every process of a group; returns when the kernel has ended them."""
    handles = []
    for pid in _members(group):
        with contextlib.suppress(ProcessLookupError):
            handles.append(os.pidfd_open(pid))
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
    for handle in handles:
        select.select([handle], [], [], KILL_GRACE_S)
        os.close(handle)


def _members(group: int) -> list[int]:
    stats = ((int(p.name), _stat(int(p.name))) for p in Path("/proc").glob("[1-9]*"))
    return [pid for pid, fields in stats if fields and int(fields[2]) == group]


def _stat(pid: int) -> list[str]:
    """Fields of the kernel's line about a process from its state on; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def boot_id() -> str:
    """Which start of the machine this is; empty where the kernel does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def start_mark(pid: int) -> str:
    """What tells a process from a later one with the same id; empty when there is none."""
    fields = _stat(pid)
    # A zombie has nothing left to end. Field 19 is the start, in clock ticks since boot.
    return f"{boot_id()}/{fields[19]}" if fields and fields[0] != "Z" else ""


def end_stale(home: Home) -> list[str]:
    """End what a killed predecessor left behind on this home; returns the names.

    Call it with the home locked. Blocks for at most a few seconds for each.
    """
    ended = []
    for file in sorted(home.run.glob("*.json")):
        record = json.loads(file.read_text())
        if _end_recorded(int(file.stem), str(record["mark"]), int(record["signal"])):
            ended.append(str(record["name"]))
        file.unlink()
    return ended


def _end_recorded(pid: int, mark: str, stop_signal: int) -> bool:
    now = start_mark(pid)
    if mark and now == mark:
        _end(pid, stop_signal)
    elif now or mark.partition("/")[0] != boot_id():
        return False  # the number is somebody else's today
    # Its own children stayed in its group, whose number nobody gets while one of them lives.
    kill_group(pid)
    return bool(now)


def _end(pid: int, stop_signal: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            signal.pidfd_send_signal(handle, stop_signal)
            if not select.select([handle], [], [], STOP_GRACE_S)[0]:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                select.select([handle], [], [], KILL_GRACE_S)
        finally:
            os.close(handle)
