"""Replay speed of the real projector, against its own limits, and whether its memory grows."""

import asyncio
import sys
import time
from pathlib import Path

import msgspec

from tests.bench.bench_lab import Figure, Lab, Run, figure, lab
from tests.bench.bench_replay import Replay

PART = "projector"
# Each for a quick, a default and a full run.
ROUNDS = (2, 3, 1)
EVENTS = (30_000, 200_000, 2_000_000)
NAIVE = (500, 3_000, 3_000)
# A crowded machine gets fewer rounds, so that the run still ends in minutes.
BUDGET_S = 60.0
# All rows have been met by then, and the caches of the client and the server are warm.
WARM_AT = 20_000
# Shares of the write-only loop and multiples of the naive one; growth of memory in percent.
OF_WRITER_MIN, OF_NAIVE_MIN, GROWTH_MAX = 0.75, 25.0, 10.0

_replays = msgspec.json.Decoder(Replay)


async def measure(run: Run) -> list[Figure]:
    """Rounds of projector, writer and naive, one after the other."""
    async with lab(run) as opened:
        return await _measure(opened, run)


async def _measure(lab: Lab, run: Run) -> list[Figure]:
    count = run.sized(*EVENTS)
    naive_count = run.sized(*NAIVE)
    await lab.fill(count)
    rates: dict[str, list[float]] = {"projector": [], "writer": [], "naive": []}
    work: dict[str, list[float]] = {"projector": [], "writer": []}
    growth: list[float] = []
    until = time.monotonic() + BUDGET_S
    for number in range(run.sized(*ROUNDS)):
        if time.monotonic() > until:
            break
        lab.say(f"projector: round {number + 1}")
        folded = await _replay(lab, "projector", str(count))
        written = await _replay(lab, "writer", ",".join(map(str, folded.ends[1:])))
        single = await _replay(lab, "naive", str(naive_count))
        rates["projector"].append(folded.ends[-1] / folded.seconds)
        rates["writer"].append(folded.ends[-1] / written.seconds)
        rates["naive"].append(naive_count / single.seconds)
        growth.append(_growth(folded))
        work["projector"].append(1e6 * folded.cpu_s / folded.ends[-1])
        work["writer"].append(1e6 * written.cpu_s / folded.ends[-1])
    ratios = {
        name: [a / b for a, b in zip(rates["projector"], rates[name], strict=True)]
        for name in ("writer", "naive")
    }
    return [
        figure(PART, "of Postgres write-only", "x", ratios["writer"], at_least=OF_WRITER_MIN),
        figure(PART, "of a transaction per event", "x", ratios["naive"], at_least=OF_NAIVE_MIN),
        figure(PART, f"memory, {WARM_AT:,} to {count:,}", "+%", growth, at_most=GROWTH_MAX),
        figure(PART, "replay", "events/s", rates["projector"]),
        figure(PART, "Postgres write-only", "events/s", rates["writer"]),
        figure(PART, "a transaction per event", "events/s", rates["naive"]),
        figure(PART, "processor time of the projector", "us/event", work["projector"]),
        figure(PART, "processor time of write-only", "us/event", work["writer"]),
    ]


def _growth(replay: Replay) -> float:
    """Percent by which memory ever rose over what it was when warm."""
    at = next(i for i, end in enumerate(replay.ends) if end >= WARM_AT)
    warm = replay.rss_kib[at]
    return 100 * (max(replay.rss_kib[at:]) - warm) / warm


async def _replay(lab: Lab, kind: str, size: str) -> Replay:
    async with lab.database() as postgres:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bench.bench_replay", kind, size),
            env={
                **lab.nats.environment("test-admin"),
                "RAILCAST_DATABASE_URL": postgres.dsn,
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
        if process.returncode:
            raise RuntimeError(f"the replay {kind} ended with {process.returncode}")
        return _replays.decode(output)
