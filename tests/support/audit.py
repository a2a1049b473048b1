"""Auditors: what must hold after any fault, whatever it was and whenever it came.

`dump` and `replayed` compare live tables with a clean replay of the same log, every column and
byte. `canonical` keeps what may not depend on when a fault came, so that a run with faults can be
compared with one without. The other two look into the log.
"""

import asyncio
import hashlib
import importlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from bus.api import RawMessage, recorded
from bus.health import Health
from bus.memory import Log, MemoryBus
from bus.project import ProjectionSpec, Projector
from contracts.messages import Event
from contracts.messages.cuesheet import CueTaken
from contracts.messages.render import RenderCompleted, RenderFailed, RenderRequested
from contracts.rows import Row
from contracts.streams import PROJECTIONS
from projections.renders.domain import RenderRow
from projections.rundown.domain import TriggerRow
from projections.sync_status.domain import FileRow, RunRow
from tests.support.bus import eventually

SPECS: Sequence[ProjectionSpec] = [
    importlib.import_module(f"projections.{name}.store").SPEC for name in PROJECTIONS
]
REPLAY_LIMIT_S = 60
# How often a job was begun and how long it drew depends on who was killed meanwhile.
_FAULTY = {RenderRow: ("attempt", "render_ms")}

type Dump = dict[str, list[str]]


async def dump(dsn: str) -> Dump:
    """Every table of every projection: whole rows as PostgreSQL writes them, ordered by key."""
    connection = await asyncpg.connect(dsn)
    found: Dump = {}
    try:
        for spec in SPECS:
            keys = {kind.TABLE: kind.KEY for kind in spec.rows}
            keys |= {"parked": ("sequence",), "checkpoint": ("only_row",), "meta": ("only_row",)}
            for table, key in keys.items():
                name = f'"{spec.schema}"."{table}"'
                sql = f"select t::text from {name} t order by {', '.join(key)}"
                found[name] = [row[0] for row in await connection.fetch(sql)]
    finally:
        await connection.close()
    return found


async def replayed(messages: Sequence[RawMessage], log_id: str, dsn: str) -> Dump:
    """The tables that the real projectors make of a log in an empty database."""
    log = Log(log_id)
    log.events.extend(messages)
    health = Health()
    running = [
        asyncio.create_task(Projector(spec, MemoryBus(log, spec.name), dsn, health).run())
        for spec in SPECS
    ]
    connection = await asyncpg.connect(dsn)
    try:
        await eventually(lambda: _at(connection, len(messages)), REPLAY_LIMIT_S)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await connection.close()
    return await dump(dsn)


async def _at(connection: "asyncpg.Connection[asyncpg.Record]", sequence: int) -> bool:
    if await connection.fetchval("select to_regclass('views.checkpoints')") is None:
        return False
    found = await connection.fetch("select seq from views.checkpoints")
    return [row["seq"] for row in found] == [sequence] * len(SPECS)


def difference(live: Dump, other: Dump) -> dict[str, tuple[list[str], list[str]]]:
    """Rows that only one of both has, by table; empty when they are the same."""
    return {
        table: (sorted(set(live[table]) - set(rows)), sorted(set(rows) - set(live[table])))
        for table, rows in other.items()
        if live[table] != rows
    }


async def canonical(dsn: str, contents: Iterable[str]) -> Dump:
    """Business columns of every row, ordered by themselves.

    `contents` are the SHA-256 of the files as they lie there at last: which contents of a growing
    file were seen before, and the periods that ended with them, are a matter of luck.
    """
    last = set(contents)
    connection = await asyncpg.connect(dsn)
    found: Dump = {}
    try:
        for spec in SPECS:
            for kind in spec.rows:
                name = f'"{spec.schema}"."{kind.TABLE}"'
                rows = await connection.fetch(f"select to_jsonb(t) from {name} t")
                plain = (json.loads(row[0]) for row in rows)
                found[name] = sorted(
                    _business(kind, row) for row in plain if _lasts(kind, row, last)
                )
    finally:
        await connection.close()
    return found


def _lasts(kind: type[Row], row: dict[str, Any], last: set[str]) -> bool:
    if kind is RunRow:
        return False  # every start of the service looks through the folder once more
    if kind is FileRow:
        return row["sha256"] in last
    # How often something was known otherwise depends on who was killed meanwhile.
    return row.get("to_seq") is None


def _business(kind: type[Row], row: dict[str, Any]) -> str:
    hidden: Sequence[str] = (*kind.AUDIT, *_FAULTY.get(kind, ()))  # type: ignore[attr-defined]
    if kind is TriggerRow and row["binding"]:
        row["binding"].pop("checkpoints")  # sequences, like the columns left out below
    return json.dumps({k: v for k, v in row.items() if k not in hidden}, sort_keys=True)


def of[E: Event](messages: Iterable[RawMessage], kind: type[E]) -> list[E]:
    """The facts of one kind."""
    name = kind.TYPE.name
    chosen = (m for m in messages if m.subject.rpartition(".")[2] == name)
    return [event for m in chosen if isinstance(event := recorded(m).event, kind)]


def unkept(messages: Sequence[RawMessage], acked: Iterable[tuple[int, str]]) -> list[str]:
    """Answers whose fact is not in the log where the answer said it is."""
    return [
        f"{sequence} is not about {about}"
        for sequence, about in acked
        if about.encode() not in messages[sequence - 1].data
    ]


def render_faults(messages: Sequence[RawMessage], objects: Path) -> list[str]:
    """Takes without exactly one picture, jobs without exactly one end, files that are not so."""
    asked = Counter(e.render_id for e in of(messages, CueTaken) if e.binding is not None)
    begun = Counter(event.render_id for event in of(messages, RenderRequested))
    completed = of(messages, RenderCompleted)
    ended = Counter(e.render_id for e in (*completed, *of(messages, RenderFailed)))
    found = [] if asked == begun == ended else [f"{asked} taken, {begun} begun, {ended} ended"]
    found += [f"render {render} happened {n} times" for render, n in asked.items() if n != 1]
    for output in (output for event in completed for output in event.outputs):
        data = (objects / output.object).read_bytes()
        if hashlib.sha256(data).hexdigest() != output.sha256:
            found.append(f"{output.object} is not what was completed")
    return found
