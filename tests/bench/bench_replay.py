"""One replay in a process of its own; its result is one line of JSON on standard output.

    python -m tests.bench.bench_replay projector LAST
    python -m tests.bench.bench_replay writer END,END,...
    python -m tests.bench.bench_replay naive COUNT

`projector` folds the log up to LAST; `writer` only writes the rows of the same batches, made
beforehand; `naive` commits every event by itself. The servers are named by `RAILCAST_...`.
"""

import asyncio
import gc
import resource
import sys
import time
from pathlib import Path

import msgspec

from bus import checkpoint
from bus.api import recorded
from bus.connection import open_connection
from bus.health import Health
from bus.nats import NatsBus
from bus.project import Projector
from bus.run import configure_logs
from bus.settings import ProcessSettings
from bus.tables import Table
from contracts.recorded import Recorded
from contracts.rows import Rows
from tests.bench.bench_lab import FILL_BATCH, commits, draft, running
from tests.bench.players.domain import PlayerRow
from tests.bench.players.events import EVENTS, event, register
from tests.bench.players.store import SPEC


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What one replay took. `ends` are the sequences after each commit, `rss_kib` the memory then.

    `seconds` leaves out the start of the process and the making of the tables.
    """

    seconds: float
    cpu_s: float
    ends: list[int] = []
    rss_kib: list[int] = []


def rss_kib() -> int:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def cpu_s() -> float:
    """Processor time of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def projector(settings: ProcessSettings, last: int) -> Replay:
    """The real Projector from an empty schema to `last`."""
    dsn = settings.database_url.get_secret_value()
    connection = await open_connection(settings, settings.nats_user)
    memory: list[int] = []
    try:
        async with commits(dsn, SPEC.name) as heard:
            heard.on_commit = lambda: memory.append(rss_kib())
            bus = NatsBus(connection, "bench")
            async with running(Projector(SPEC, bus, dsn, Health()).run()):
                # The first commit is the checkpoint 0 of the empty tables.
                await heard.reached(0)
                began = cpu_s()
                await heard.reached(last)
    finally:
        await connection.close()
    started, ended = heard.seen[0][1], heard.seen[-1][1]
    ends = [sequence for sequence, _ in heard.seen]
    return Replay(seconds=ended - started, cpu_s=cpu_s() - began, ends=ends, rss_kib=memory)


def batches(ends: list[int]) -> list[list[list[object]]]:
    """The columns of the rows that each of the projector's batches writes."""
    rows, made = Rows(), []
    rows_of = Table(PlayerRow, SPEC.schema)
    for first, end in zip([0, *ends], ends, strict=False):
        for number in range(first, end):
            said = event(number, f"table-{number // FILL_BATCH}")
            SPEC.fold.project(Recorded(number + 1, draft(said, number).envelope, said), rows)
        changed = [row for _, _, row in rows.take_changes() if row is not None]
        made.append(rows_of.values(changed))
    return made


async def writer(settings: ProcessSettings, ends: list[int]) -> Replay:
    """Only the statements: nothing is read, decoded, folded or checked."""
    connection = await checkpoint.connect(settings.database_url.get_secret_value(), "bench-writer")
    await checkpoint.prepare(connection, SPEC.schema, SPEC.name, SPEC.sql.read_text(), "bench")
    statement = Table(PlayerRow, SPEC.schema)._upsert
    prepared = batches(ends)
    gc.collect()
    gc.freeze()
    began, started = cpu_s(), time.perf_counter()
    for columns in prepared:
        if columns:
            async with connection.transaction():
                await connection.execute(statement, *columns)
    seconds, used = time.perf_counter() - started, cpu_s() - began
    await connection.close()
    return Replay(seconds=seconds, cpu_s=used)


async def naive(settings: ProcessSettings, count: int) -> Replay:
    """One event, one transaction: its row and the checkpoint."""
    postgres = await checkpoint.connect(settings.database_url.get_secret_value(), "bench-naive")
    await checkpoint.prepare(postgres, SPEC.schema, SPEC.name, SPEC.sql.read_text(), "bench")
    await postgres.execute(f'insert into "{SPEC.schema}".checkpoint values (true, $1, 0, $1)', "")
    table, rows = Table(PlayerRow, SPEC.schema), Rows()
    move = f'update "{SPEC.schema}".checkpoint set seq = $1, event_id = $2'
    connection = await open_connection(settings, settings.nats_user)
    began, done = cpu_s(), 0
    async with NatsBus(connection, "bench").reader("bench_naive", None, 0) as reader:
        started = time.perf_counter()
        while done < count:
            for message in await reader.next(1, 1.0):
                fact = recorded(message)
                SPEC.fold.project(fact, rows)
                changed = [row for _, _, row in rows.take_changes() if row is not None]
                async with postgres.transaction():
                    await table.write(postgres, changed)
                    await postgres.execute(move, fact.sequence, fact.envelope.id)
                done += 1
        seconds = time.perf_counter() - started
    await connection.close()
    await postgres.close()
    return Replay(seconds=seconds, cpu_s=cpu_s() - began)


def main() -> None:
    """Run what the command line asks for."""
    configure_logs("bench", "error")
    register(*EVENTS)
    kind, size = sys.argv[1:]
    settings = ProcessSettings()
    match kind:
        case "projector":
            work = projector(settings, int(size))
        case "writer":
            work = writer(settings, [int(end) for end in size.split(",")])
        case _:
            work = naive(settings, int(size))
    print(msgspec.json.encode(asyncio.run(work)).decode())


if __name__ == "__main__":
    main()
