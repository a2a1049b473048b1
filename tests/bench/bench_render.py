"""The built-in engine alone: a still and a movie of five seconds."""

import asyncio
import time
from pathlib import Path

from contracts.compositions import TABLE_LEADERBOARD, leaderboard_fields
from services.render.outputs.builtin.engine import BuiltinEngine
from services.render.outputs.engine import EngineJob, EngineResult
from tests.bench.bench_lab import Figure, Run, figure
from tests.support.leaderboards import table

PART = "render"
# For a quick, a default and a full run.
ROUNDS = (2, 5, 5)
DURATION_MS = 5_000
# The movie must be there before its own length has passed.
TIMES_REAL_MAX = 1.0


async def measure(run: Run) -> list[Figure]:
    """Render the same table a few times; every round makes both files and proves them."""
    engine = BuiltinEngine()
    seconds, frames = [], []
    for number in range(run.sized(*ROUNDS)):
        run.say(f"render: round {number + 1}")
        started = time.perf_counter()
        result = await asyncio.to_thread(_render, engine, run.folder)
        seconds.append(time.perf_counter() - started)
        frames.append(result.frames / seconds[-1])
    real = [s / (DURATION_MS / 1e3) for s in seconds]
    return [
        figure(PART, "PNG and 5 s MP4, of the movie's length", "x", real, at_most=TIMES_REAL_MAX),
        figure(PART, "PNG and 5 s MP4", "s", seconds),
        figure(PART, "frames", "frames/s", frames),
    ]


def _render(engine: BuiltinEngine, folder: Path) -> EngineResult:
    job = EngineJob(
        composition=TABLE_LEADERBOARD.name,
        fields=leaderboard_fields(table()),
        duration_ms=DURATION_MS,
        still_path=folder / "still.png",
        movie_path=folder / "movie.mp4",
    )
    return engine.render(job, lambda done, total: None)
