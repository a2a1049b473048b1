"""What people said, and when it is seen: windows of overrides, and the cost of uploaded pictures.

The windows run through the real `override` service and the real `unified_players`; nobody asks for
anything when one begins or ends. The pictures are those that cost a decoder most, each drawn or
refused by the child process that the service starts.
"""

import asyncio
import resource
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

import asyncpg

from bus.api import CommandContext
from bus.clock import utc_now
from contracts.messages.override_commands import CreatePerson
from services.override.outputs.pictures import Painter, PictureRefused
from tests.bench.bench_lab import WAIT_S_MAX, Commits, Figure, Lab, Run, commits, figure, lab
from tests.support.people import set_override
from tests.support.pictures import COSTLY

PART = "people"
PERSON = "m-bench"
# Windows that begin and end while the bench looks on.
WINDOWS = (3, 10, 30)
# From a command to its window: long enough for the fact to be in the row before.
BEFORE = timedelta(seconds=1.3)
LASTS = timedelta(seconds=1.1)
MOVED_S_MAX = 1.0
PICTURE_S_MAX = 1.0
PICTURE_MIB_MAX = 256.0
NAME = "select name from views.unified_players where person_id = $1"


async def measure(run: Run) -> list[Figure]:
    """Pictures first: the largest child is told of all that have ended so far."""
    pictures = [each async for each in _pictures(run.folder)]
    async with lab(run) as opened:
        begins, ends = await _windows(opened, run.sized(*WINDOWS))
    return [
        *pictures,
        *_moved("override begins, to its row", begins),
        *_moved("override ends, to its row", ends),
    ]


def _moved(what: str, taken: list[float]) -> list[Figure]:
    return [
        figure(PART, what, "s", taken),
        figure(PART, f"{what}, max", "s", [max(taken)], at_most=MOVED_S_MAX),
    ]


async def _windows(opened: Lab, count: int) -> tuple[list[float], list[float]]:
    """Seconds from each beginning and end to the row that shows it."""
    async with opened.database() as postgres, opened.bus("gateway") as gateway:
        known = opened.servers(postgres)
        async with (
            opened.processes(known, "override", "unified-players"),
            commits(postgres.dsn, "unified_players") as heard,
        ):
            reader = await asyncpg.connect(postgres.reader_dsn)
            try:
                await gateway.send(_new(), CommandContext(command_id="new", actor="bench"))
                begins, ends = [], []
                for number in range(count):
                    opens = utc_now() + BEFORE
                    closes = opens + LASTS
                    said = set_override(
                        person_id=PERSON,
                        override_id=f"o{number}",
                        value=f"Name {number}",
                        valid_from=opens,
                        valid_until=closes,
                    )
                    context = CommandContext(command_id=f"set-{number}", actor="bench")
                    answer = await gateway.send(said, context)
                    if answer.refusal is not None:
                        raise RuntimeError(answer.refusal.message)
                    for due, name, into in (
                        (opens, f"Name {number}", begins),
                        (closes, _new().name, ends),
                    ):
                        await _shown(reader, heard, name)
                        into.append((utc_now() - due).total_seconds())
                return begins, ends
            finally:
                await reader.close()


def _new() -> CreatePerson:
    return CreatePerson(person_id=PERSON, name="Bench Person", reason="to be measured")


async def _shown(reader: "asyncpg.Connection", heard: Commits, name: str) -> None:
    """Wait until the row has a name."""
    async with asyncio.timeout(WAIT_S_MAX):
        while await reader.fetchval(NAME, PERSON) != name:
            await heard.next()


async def _pictures(folder: Path) -> AsyncIterator[Figure]:
    """Wall time of each costly upload, and the largest child of all."""
    for what, make in COSTLY.items():
        upload = make()
        started = time.perf_counter()
        with suppress(PictureRefused):
            await Painter().draw(upload, Path(mkdtemp(dir=folder)))
        taken = time.perf_counter() - started
        yield figure(PART, f"upload: {what}", "s", [taken], at_most=PICTURE_S_MAX)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield figure(PART, "upload: largest child", "MiB", [peak], at_most=PICTURE_MIB_MAX)
