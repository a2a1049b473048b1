"""Start a process and wait until it really answers."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from deploy.local.process import Child, ProcessSpec

# A crash recovery of a full store, or thirteen processes on two busy cores, is the slowest honest
# start; who is ended too early only makes the machine busier.
READY_LIMIT_S = 90.0
# Between two looks at a process that does not answer yet: short against a start (0.1 s).
PROBE_PAUSE_FIRST_S = 0.01
PROBE_PAUSE_MAX_S = 0.2
LOG_TAIL_LINES = 12
LOG_TAIL_BYTES_MAX = 8192

# Starts a process and returns when it is ready (a job: when it has ended well).
type Start = Callable[[ProcessSpec], Awaitable[None]]


class StartFailed(RuntimeError):
    """A process ended, or did not answer in time, before it was ready."""


async def ready(child: Child) -> None:
    """Wait until a child answers its probe, or a job has ended with 0; raises StartFailed."""
    name = child.spec.name
    try:
        async with asyncio.timeout(READY_LIMIT_S):
            if child.spec.kind == "job":
                code = await child.wait()
            else:
                code = await _answers(child)
    except TimeoutError as error:
        raise StartFailed(f"{name} was not ready after {READY_LIMIT_S:.0f} s") from error
    except PermissionError as error:
        raise StartFailed(f"{name} refused our login: {error}") from error
    if code is not None and (code != 0 or child.spec.kind == "service"):
        raise StartFailed(f"{name} ended with {code}")


async def _answers(child: Child) -> int | None:
    """None once the probe succeeds, the exit code if the process ends first."""
    pause_s = PROBE_PAUSE_FIRST_S
    while child.spec.probe is not None:
        if child.exited.done():
            return child.exited.result()
        try:
            await child.spec.probe()
        except PermissionError:
            raise
        except (OSError, TimeoutError):
            if (code := await child.wait(pause_s)) is not None:
                return code
            pause_s = min(2 * pause_s, PROBE_PAUSE_MAX_S)
        else:
            return None
    return None


def with_log(error: StartFailed, log: Path) -> StartFailed:
    """The same error, telling what the process last said."""
    return StartFailed(f"{error}; end of {log}:\n{log_tail(log)}")


def log_tail(log: Path) -> str:
    """The last lines of a log file, or nothing."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - LOG_TAIL_BYTES_MAX))
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(lines[-LOG_TAIL_LINES:])
