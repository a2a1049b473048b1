"""When the canary is said: at the start, and once per quiet stretch of the log."""

import pytest

from bus.health import Health
from bus.memory import Log, MemoryBus
from contracts.streams import PROJECTIONS
from services.gateway import canary as canary_module
from services.gateway.canary import Canary
from services.gateway.wait import Checkpoints

QUIET_S = 30.0


class Stopped(Exception):
    """The test has seen enough."""


class Clock:
    """Seconds as the test moves them; the canary's loop ends when the script is over."""

    def __init__(self, *script: float) -> None:
        self._script = iter(script)

    def __call__(self) -> float:
        try:
            return next(self._script)
        except StopIteration as end:
            raise Stopped from end


class Folded(Checkpoints):
    """Projections that have always folded everything."""

    def lowest(self, projections=PROJECTIONS) -> int:
        return 2**62


@pytest.mark.parametrize(
    ("script", "said"),
    [
        # The start, then looks within the quiet time.
        ([0, 0, 10, 20], 1),
        # One more after the quiet time, and none again until it is over once more.
        ([0, 0, 31, 31.1, 31.2, 40, 60], 2),
        ([0, 0, 31, 61, 61.1, 91], 4),
    ],
)
async def test_a_quiet_log_gets_one_canary_per_quiet_time(
    script: list[float], said: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canary_module, "LOOK_S", 0)
    log = Log()
    bus = MemoryBus(log, "gateway")
    canary = Canary(bus, Folded("", Health()), Health(), Clock(*script))
    with pytest.raises(Stopped):
        await canary.run(QUIET_S)
    assert (await bus.head()).sequence == said
