"""A real system and a real Chromium for the tests of the page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from deploy.local.servers import NatsServer, PostgresServer
from tests.support.browser import chromium
from tests.support.gateway import Place, Stage, stage

ASSETS = Path(__file__).parents[2] / "assets" / "vendor" / "js"


@pytest.fixture
async def system(
    bus_urls: NatsServer, postgres_server: PostgresServer, database: str, tmp_path: Path
) -> AsyncIterator[Stage]:
    if not ASSETS.is_dir():
        pytest.skip("no vendored scripts: run the set-up of assets")
    async with stage(Place(bus_urls, postgres_server, database, tmp_path)) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running
