"""Fixtures of the tests that drive the HTTP API over real servers."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.local.servers import NatsServer, PostgresServer
from tests.support.gateway import Place, Stage, stage


@pytest.fixture
async def system(
    bus_urls: NatsServer, postgres_server: PostgresServer, database: str, tmp_path: Path
) -> AsyncIterator[Stage]:
    """The gateway with the real services and projections behind it."""
    async with stage(Place(bus_urls, postgres_server, database, tmp_path)) as running:
        yield running


@pytest.fixture
async def api(system: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of `system` with its key."""
    async with system.client() as client:
        yield client
