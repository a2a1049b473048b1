"""Events a projection could not fold: set aside with everything behind them, the rest flows."""

from collections.abc import Sequence

import msgspec

from bus.api import Bus
from bus.tables import Connection

# More parked events mean that the code is wrong, not the events: the projection stops.
PARKED_MAX = 10_000


class Parked(msgspec.Struct, frozen=True):
    """One parked event: what holds it back and why."""

    sequence: int
    block_key: str
    subject: str
    reason: str


async def count(connection: Connection, schema: str) -> int:
    """How many events are parked."""
    found: int = await connection.fetchval(f'select count(*) from "{schema}".parked')
    return found


async def load_keys(connection: Connection, schema: str) -> dict[str, int]:
    """Block key -> sequence of the event that failed first."""
    rows = await connection.fetch(
        f'select block_key, min(sequence) as first from "{schema}".parked group by block_key'
    )
    return {row["block_key"]: row["first"] for row in rows}


async def store(connection: Connection, schema: str, parked: Sequence[Parked]) -> None:
    """Keep parked events; part of the transaction of their batch."""
    await connection.executemany(
        f'insert into "{schema}".parked values ($1, $2, $3, $4) on conflict do nothing',
        [(p.sequence, p.block_key, p.subject, p.reason) for p in parked],
    )


async def report(bus: Bus, owner: str, parked: Sequence[Parked]) -> None:
    """Make dead letters of parked events. To be done before their batch is committed: one may come
    twice after a crash, but is never missing.
    """
    for item in parked:
        message = await bus.event_at(item.sequence)
        if message is not None:
            await bus.set_aside(owner, message, item.reason)


def reason(error: Exception) -> str:
    """Why an event failed, as it is stored."""
    return storable(f"{type(error).__name__}: {error}")


def storable(text: str) -> str:
    """PostgreSQL takes every character but one."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def entity_key(subject: str) -> str:
    """Block key of an event nobody can decode: its entity."""
    return subject.rpartition(".")[0]
