"""People as the real projector stores them: however the log was read, the rows are the same."""

import asyncio
import time
from contextlib import asynccontextmanager
from random import Random

import asyncpg
import pytest

from bus.api import Draft, Entity
from bus.health import Health
from bus.memory import Log, MemoryBus
from bus.project import Projector
from contracts.messages.override import PersonErased
from projections.unified_players.store import SPEC
from tests.support import servers
from tests.support.bus import eventually
from tests.support.folding import log_of
from tests.support.people import image_added, override_set
from tests.support.people_facts import FIELDS, IDS, A, M, Oracle, X, Y, corrected, placed, stack

DAY_S = 86_400
STEPS = 120


def story(random):
    """Steps of everything that can be said, as `Oracle` takes them."""
    kinds = {
        "told": lambda: (random.choice("12"), random.choice("pq"), random.random() < 0.5),
        "stub": lambda: (random.choice("12"), random.choice("st"), random.randrange(3),
                         random.choice([stack, placed])),
        "hand": lambda: (random.randrange(3), random.choice(["x", "y", "z", "xy", "yz"])),
        "count": lambda: (random.random() < 0.7,),
        "link": lambda: (random.choice([X, Y]), random.choice("12")),
        "made": lambda: (random.choice("ab"),),
        "over": lambda: (
            random.choice(IDS), random.choice(FIELDS), random.randrange(3), random.randrange(2),
            random.choice(["scheduled", "effective", "expired"]),
        ),
        "then": lambda: (random.randrange(20), random.choice(["on", "off", "back"])),
    }  # fmt: skip
    for _ in range(STEPS):
        kind = random.choice(list(kinds))
        yield (kind, *kinds[kind]())


def everything(seed):
    url = "https://photos.example/ida.jpg"
    erased = PersonErased(
        person_id=A, reason="asked", overrides=("p1",), images=("i1",), objects=()
    )
    return log_of(
        *Oracle(story(Random(seed))).events,
        override_set(person_id=A, override_id="p1", field="profile_image_url", value=url),
        image_added(person_id=A),
        corrected(M, "Cleo Vance"),
        erased,
    )


async def say(bus, facts):
    for fact in facts:
        kind = fact.event.TYPE
        entity = Entity(kind.owner, kind.entity, fact.event.subject_id)
        known = await bus.last_sequence(entity.filter)
        await bus.append(entity, known, [Draft(fact.event, fact.envelope)])


@asynccontextmanager
async def projecting(log, dsn):
    """The projector on a log; gives a wait until it has folded a sequence."""
    task = asyncio.create_task(Projector(SPEC, MemoryBus(log, SPEC.name), dsn, Health()).run())
    connection = await asyncpg.connect(dsn)

    async def reached(sequence):
        async def at():
            if await connection.fetchval("select to_regclass('views.checkpoints')") is None:
                return False
            found = await connection.fetchval("select max(seq) from views.checkpoints")
            return found == sequence

        await eventually(at)
        return connection

    try:
        yield reached
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await connection.close()


async def dump(connection):
    found = {}
    for table in (*(kind.TABLE for kind in SPEC.rows), "parked"):
        rows = await connection.fetch(f'select t::text from {SPEC.schema}."{table}" t order by 1')
        found[table] = [row[0] for row in rows]
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_rows_folded_piece_by_piece_are_those_of_a_replay_on_another_day(
    database, postgres_server, monkeypatch, seed
):
    facts, log, random = everything(seed), Log(), Random(seed)
    bus = MemoryBus(log, "test")
    async with projecting(log, database) as reached:
        while len(log.events) < len(facts):
            first = len(log.events)
            await say(bus, facts[first : first + random.randint(1, 25)])
            await reached(len(log.events))
        live = await dump(await reached(len(facts)))
    assert live["parked"] == []
    assert {table for table, rows in live.items() if not rows} <= {"parked", "address"}

    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 40 * DAY_S)
    monkeypatch.setenv("TZ", "Asia/Seoul")
    other = await servers.create_database(postgres_server, f"replay_{seed}")
    try:
        async with projecting(log, other) as reached:
            assert await dump(await reached(len(facts))) == live
    finally:
        await servers.drop_database(postgres_server, f"replay_{seed}")
