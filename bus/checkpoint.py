"""A projection's place in Postgres: its schema, its fingerprint and how far it has folded.

The checkpoint moves by compare-and-set in the transaction of the rows. It names the log it belongs
to and the event it stands on, so that a wiped, replaced or restored log is noticed.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import msgspec

from bus.api import Bus, Head
from bus.errors import Fatal, Fenced, LogMismatch
from bus.tables import Connection
from contracts.envelope import identity

# Channel on which every commit says "<projection>:<sequence>".
CHANNEL = "railcast_checkpoint"
# Where the views begin in a table.sql: what stands before it belongs to one version alone.
VIEWS_START = "create or replace view"
# One lock for all schema work, so that projections may start at the same time.
SCHEMA_LOCK = 7_202_511

_SETUP = """
create schema if not exists "{schema}";
create schema if not exists views;
create table if not exists "{schema}".meta (
    only_row boolean primary key default true check (only_row),
    fingerprint text not null
);
create table if not exists "{schema}".checkpoint (
    only_row boolean primary key default true check (only_row),
    log_id text not null,
    seq bigint not null,
    event_id text not null
);
create table if not exists "{schema}".parked (
    sequence bigint primary key,
    block_key text not null,
    subject text not null,
    reason text not null
);
create table if not exists views.checkpoints (
    projection text primary key,
    schema_name text not null,
    seq bigint not null,
    parked bigint not null,
    log_id text not null
);
"""


class Checkpoint(msgspec.Struct, frozen=True):
    """How far a projection is: which log, last sequence seen, id of the event there."""

    log_id: str
    sequence: int
    event_id: str


def fingerprint(files: Sequence[Path]) -> str:
    """Hash of the files that decide what a projection's rows look like."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


async def prepare(
    connection: Connection, schema: str, projection: str, table_sql: str, mark: str
) -> bool:
    """Make the schema on first use; raise Fatal when other code filled it under this version.

    Returns whether the views show this schema. A new version is filled beside the one that they
    show, until `publish`.
    """
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", SCHEMA_LOCK)
        exists = await connection.fetchval("select to_regclass($1)", f'"{schema}".meta')
        if exists is None:
            await connection.execute(_SETUP.replace("{schema}", schema))
            await connection.execute(_tables(table_sql).replace("{schema}", schema))
            await connection.execute(f'insert into "{schema}".meta values (true, $1)', mark)
        shown = await connection.fetchval(
            "select schema_name from views.checkpoints where projection = $1", projection
        )
        if shown is None or (shown == schema and exists is None):
            await _show(connection, schema, projection, table_sql)
            shown = schema
    stored = await connection.fetchval(f'select fingerprint from "{schema}".meta')
    if stored != mark:
        raise Fatal(
            f"schema {schema} was filled by other code under the same version; give the projection "
            "the next version in contracts/streams.py, or drop the schema to fill it again"
        )
    return bool(shown == schema)


async def publish(connection: Connection, schema: str, projection: str, table_sql: str) -> None:
    """Let the views show this schema from now on, in one transaction; the old one stays."""
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", SCHEMA_LOCK)
        await _show(connection, schema, projection, table_sql)


async def _show(connection: Connection, schema: str, projection: str, table_sql: str) -> None:
    if views := table_sql.removeprefix(_tables(table_sql)):
        await connection.execute(views.replace("{schema}", schema))
    await connection.execute(
        f"insert into views.checkpoints select $1, $2, coalesce((select seq from "
        f'"{schema}".checkpoint), 0), (select count(*) from "{schema}".parked), '
        f"coalesce((select log_id from \"{schema}\".checkpoint), '') "
        "on conflict (projection) do update set schema_name = excluded.schema_name, "
        "seq = excluded.seq, parked = excluded.parked, log_id = excluded.log_id",
        projection,
        schema,
    )
    await _grant(connection)


def _tables(table_sql: str) -> str:
    """The part of a table.sql before its views."""
    return table_sql.partition(VIEWS_START)[0]


async def _grant(connection: Connection) -> None:
    if await connection.fetchval("select 1 from pg_roles where rolname = 'reader'"):
        await connection.execute("grant usage on schema views to reader")
        await connection.execute("grant select on all tables in schema views to reader")


async def load(connection: Connection, schema: str) -> Checkpoint | None:
    """The stored checkpoint, None before the first commit."""
    row = await connection.fetchrow(f'select log_id, seq, event_id from "{schema}".checkpoint')
    return Checkpoint(row["log_id"], row["seq"], row["event_id"]) if row else None


async def move(
    connection: Connection, names: tuple[str, str], old: Checkpoint | None, new: Checkpoint
) -> None:
    """Compare-and-set inside the caller's transaction; `names` are (projection, schema).

    Raises Fenced when another instance moved it first.
    """
    projection, schema = names
    if old is None:
        status = await connection.execute(
            f'insert into "{schema}".checkpoint values (true, $1, $2, $3) on conflict do nothing',
            new.log_id,
            new.sequence,
            new.event_id,
        )
    else:
        status = await connection.execute(
            f'update "{schema}".checkpoint set seq = $1, event_id = $2 '
            "where seq = $3 and log_id = $4",
            new.sequence,
            new.event_id,
            old.sequence,
            new.log_id,
        )
    if not status.endswith(" 1"):
        raise Fenced(f"another instance of {projection} moved the checkpoint")
    await connection.execute(
        f"update views.checkpoints set seq = $2, log_id = $4, parked = (select count(*) from "
        f'"{schema}".parked) where projection = $1 and schema_name = $3',
        projection,
        new.sequence,
        schema,
        new.log_id,
    )
    await connection.execute("select pg_notify($1, $2)", CHANNEL, f"{projection}:{new.sequence}")


async def verify(bus: Bus, stored: Checkpoint | None) -> Head:
    """Compare log id, end and event id with the server. Raises LogMismatch with the remedy."""
    remedy = "restore the log this database belongs to, or drop the projection's schema and replay"
    try:
        head = await bus.head()
    except LogMismatch as error:
        raise LogMismatch(f"{error}; {remedy}") from error
    if stored is None:
        return head
    if stored.log_id != head.log_id:
        raise LogMismatch(f"rows belong to log {stored.log_id}, not to {head.log_id}; {remedy}")
    if stored.sequence > head.sequence:
        raise LogMismatch(
            f"rows reach sequence {stored.sequence}, the log ends at {head.sequence}; {remedy}"
        )
    if stored.sequence:
        message = await bus.event_at(stored.sequence)
        found = identity(message.headers) if message else None
        if found != stored.event_id:
            raise LogMismatch(
                f"event {stored.sequence} is {found}, the rows know it as {stored.event_id}; "
                f"{remedy}"
            )
    return head


async def connect(dsn: str, name: str) -> Connection:
    """One connection that gives up on a dead server quickly."""
    return await asyncpg.connect(
        dsn,
        timeout=5,
        command_timeout=60,
        server_settings={"application_name": f"railcast-{name}", "timezone": "UTC"},
    )
