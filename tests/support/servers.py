"""Real servers for tests.

`RAILCAST_TEST_SERVERS` chooses where they come from: `embedded` (default, the wheels with the
configuration of `railcast up`), `url` (NATS_URL and DATABASE_URL, whose user may do everything) or
`testcontainers` (the official images, where a Docker engine answers).
"""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import nats
import pytest

from deploy.local.home import Home
from deploy.local.process import Child, ProcessSpec
from deploy.local.servers import (
    NatsServer,
    PostgresServer,
    external_nats,
    external_postgres,
    start_nats,
    start_postgres,
)
from deploy.local.start import StartFailed, ready, with_log
from deploy.nats.permissions import USERS, User
from deploy.postgres.config import DATABASE, OWNER

PROVIDER = os.environ.get("RAILCAST_TEST_SERVERS", "embedded")
# May do everything in CORE, so that a test can look and clean up; only test servers know it.
TEST_ADMIN = User(name="test-admin", publish=(">",), subscribe=(">",))
TEST_USERS = (*USERS, TEST_ADMIN)
# A limit on paper only: tests write a few megabytes.
FILE_STORE_BYTES = 4 * 1024**3


class Runner:
    """Starts processes without a supervisor, so that a test decides when they live and die."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.children: list[Child] = []

    async def start(self, spec: ProcessSpec) -> None:
        log = self.home.logs / f"{spec.name}.log"
        with log.open("ab") as output:
            child = Child(spec, self.home, output.fileno())
        self.children.append(child)
        try:
            await ready(child)
        except StartFailed as error:
            await child.stop()
            raise with_log(error, log) from error

    async def stop(self) -> None:
        while self.children:
            await self.children.pop().stop()


class _Fresh:
    """A server of one test, on a store of its own that outlives its processes."""

    def __init__(self, home: Home) -> None:
        self._runner = Runner(home)

    @property
    def pid(self) -> int:
        return self._runner.children[-1].pid

    async def stop(self) -> None:
        """End it cleanly."""
        await self._runner.stop()

    async def kill9(self) -> None:
        """Kill it as a crash would; returns when it is gone."""
        child = self._runner.children[-1]
        child.send(signal.SIGKILL)
        await child.wait()


class FreshNats(_Fresh):
    """A nats-server of one test."""

    server: NatsServer

    async def restart(self) -> None:
        """Start it, stopping it first if it runs; the address stays the same."""
        await self.stop()
        self.server = await start_nats(
            self._runner.home, self._runner.start, TEST_USERS, FILE_STORE_BYTES
        )

    async def wipe(self) -> None:
        """Lose the whole store and start again empty."""
        await self.stop()
        shutil.rmtree(self._runner.home.nats / "jetstream")
        await self.restart()


class FreshPostgres(_Fresh):
    """A PostgreSQL of one test."""

    server: PostgresServer

    async def restart(self) -> None:
        """Start it, stopping it first if it runs; the address stays the same."""
        await self.stop()
        self.server = await start_postgres(self._runner.home, self._runner.start)

    async def wipe(self) -> None:
        """Lose all data and start again with a new data folder."""
        await self.stop()
        shutil.rmtree(self._runner.home.postgres / "data")
        await self.restart()


@contextmanager
def shared_nats(folder: Path) -> Iterator[NatsServer]:
    """The nats-server of a test session."""
    if PROVIDER == "url":
        yield _named(external_nats(), "NATS_URL")
    elif PROVIDER == "testcontainers":
        from tests.support.containers import nats_container

        with nats_container(folder) as server:
            yield server
    else:
        fresh = FreshNats(Home(folder))
        asyncio.run(fresh.restart())
        yield fresh.server
        asyncio.run(fresh.stop())


@contextmanager
def shared_postgres(folder: Path) -> Iterator[PostgresServer]:
    """The PostgreSQL of a test session."""
    if PROVIDER == "url":
        yield _named(external_postgres(), "DATABASE_URL")
    elif PROVIDER == "testcontainers":
        from tests.support.containers import postgres_container

        with postgres_container() as server:
            yield server
    else:
        fresh = FreshPostgres(Home(folder))
        asyncio.run(fresh.restart())
        yield fresh.server
        asyncio.run(fresh.stop())


def _named[Server](server: Server | None, variable: str) -> Server:
    if server is None:
        pytest.fail(f"RAILCAST_TEST_SERVERS=url needs {variable}")
    return server


async def connect(server: NatsServer, user: str, **options: object) -> nats.NATS:
    """A plain client logged in as one user, with that user's inbox prefix."""
    return await nats.connect(
        server.url_for(user), inbox_prefix=f"_INBOX.{user}".encode(), **options
    )


async def delete_streams(server: NatsServer) -> None:
    """Leave the server without any stream, hence without any consumer."""
    client = await connect(server, TEST_ADMIN.name)
    try:
        for info in await client.jsm().streams_info():
            await client.jsm().delete_stream(info.config.name)
    finally:
        await client.close()


async def create_database(server: PostgresServer, name: str) -> str:
    """Make an empty database with our roles' rights; returns its address for the owner."""
    own = f" owner {OWNER} template {DATABASE}" if server.admin_dsn else ""
    await _administer(server, f'create database "{name}"{own}')
    return urlsplit(server.dsn)._replace(path=f"/{name}").geturl()


async def drop_database(server: PostgresServer, name: str) -> None:
    """Remove a database, also from under forgotten connections."""
    await _administer(server, f'drop database "{name}" with (force)')


async def _administer(server: PostgresServer, statement: str) -> None:
    connection = await asyncpg.connect(server.admin_dsn or server.dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
