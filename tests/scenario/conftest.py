"""One running system for all scenarios; each one uses tables of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.system import System
from tests.support.watch import Watch

TABLES = ("GG", "quay", "jetty", "shoal", "mole")


@pytest.fixture(scope="session")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system, up; what it leaves behind at the end is a failure."""
    system = System(tmp_path_factory.mktemp("show"), TABLES)
    system.start()
    yield system
    assert system.stop() == 0
    assert system.end() == []


@pytest.fixture
async def watch(show: System) -> AsyncIterator[Watch]:
    """Eyes on the system."""
    async with Watch(show) as watch:
        yield watch
