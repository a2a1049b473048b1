"""Fixtures every test may use: real servers, shared by a test process or of one test alone."""

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from deploy.local.home import Home
from deploy.local.servers import NatsServer, PostgresServer
from tests.support import servers
from tests.support.servers import FreshNats, FreshPostgres

# How long an example takes says something about the machine, not about the code.
settings.register_profile("railcast", deadline=None)
settings.load_profile("railcast")


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """The nats-server of this test process; streams of other tests may be on it."""
    with servers.shared_nats(tmp_path_factory.mktemp("nats")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """The PostgreSQL of this test process; use `database` for a place of your own on it."""
    with servers.shared_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture
async def bus_urls(nats_server: NatsServer) -> NatsServer:
    """The shared nats-server without any stream; `url_for(user)` is the address of each user."""
    await servers.delete_streams(nats_server)
    return nats_server


@pytest.fixture
async def database(postgres_server: PostgresServer) -> AsyncIterator[str]:
    """Address of a new, empty database, dropped after the test."""
    name = f"test_{uuid.uuid4().hex}"
    yield await servers.create_database(postgres_server, name)
    await servers.drop_database(postgres_server, name)


@pytest.fixture
async def fresh_nats(tmp_path: Path) -> AsyncIterator[FreshNats]:
    """A running nats-server of this test alone: `kill9`, `restart` and `wipe` it."""
    fresh = FreshNats(Home(tmp_path / "nats-home"))
    await fresh.restart()
    yield fresh
    await fresh.stop()


@pytest.fixture
async def fresh_postgres(tmp_path: Path) -> AsyncIterator[FreshPostgres]:
    """A running PostgreSQL of this test alone: `kill9`, `restart` and `wipe` it."""
    fresh = FreshPostgres(Home(tmp_path / "postgres-home"))
    await fresh.restart()
    yield fresh
    await fresh.stop()
