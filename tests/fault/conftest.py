"""Systems that are broken on purpose: started by the test, searched for rests at its end."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from tests.support.system import System

type Make = Callable[..., System]


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """Makes systems that are not started yet; what one of them leaves behind is a failure."""
    made: list[System] = []

    def make(tables: Sequence[str] = (), more: Mapping[str, str] | None = None) -> System:
        system = System(tmp_path_factory.mktemp("system"), tables, more)
        made.append(system)
        return system

    yield make
    left = [rest for system in made for rest in system.end()]
    assert left == []
