"""How far the projections are, as PostgreSQL tells it, and waiting until they are far enough."""

import asyncio
from collections.abc import Callable, Iterable

import asyncpg
import structlog

from bus import checkpoint, retry
from bus.health import Health
from bus.tables import Connection
from contracts.streams import PROJECTIONS

log = structlog.get_logger()

PART = "checkpoints"
# A lost connection must be noticed before a person wonders; it also catches a missed NOTIFY.
LOOK_S = 2.0
SILENCE_S_MAX = 8.0
# A reader waits this long for a read model, then hears "not yet".
WAIT_S_MAX = 1.0


class Checkpoints:
    """The last sequence each projection has folded, kept current by LISTEN.

    It only wakes who waits: whether a row may be shown is decided by the checkpoint in the same
    transaction (`views.Views.read`).
    """

    def __init__(self, dsn: str, health: Health) -> None:
        """`dsn` is the reader's."""
        self._dsn = dsn
        self._health = health
        self._moved = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.at: dict[str, int] = {}
        self.moved_s: dict[str, float] = {}
        self.listeners: list[Callable[[str, int], None]] = []
        health.register(PART, SILENCE_S_MAX)

    def lowest(self, projections: Iterable[str] = PROJECTIONS) -> int:
        """The sequence that all of these have reached; 0 while one never started."""
        return min(self.at.get(name, 0) for name in projections)

    def age_s(self, projection: str) -> float | None:
        """Seconds since a projection's checkpoint last moved; None if that was never seen."""
        moved = self.moved_s.get(projection)
        return None if moved is None else self._loop.time() - moved

    async def reached(
        self, projections: Iterable[str], sequence: int, wait_s: float = WAIT_S_MAX
    ) -> bool:
        """Wait until all of these have folded a sequence; False when the time is over."""
        names = tuple(projections)
        try:
            async with asyncio.timeout(wait_s):
                while self.lowest(names) < sequence:
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Listen until cancelled; comes back by itself from a lost database."""
        waits = retry.delays()
        while True:
            try:
                connection = await checkpoint.connect(self._dsn, "gateway-listen")
                try:
                    await connection.add_listener(checkpoint.CHANNEL, self._heard)
                    while True:
                        await self._look(connection)
                        waits = retry.delays()
                        await asyncio.sleep(LOOK_S)
                finally:
                    await connection.close(timeout=LOOK_S)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                reason = f"{type(error).__name__}: {error}"
                log.warning("checkpoints.again", error=reason)
                self._health.trouble(PART, reason)
                await asyncio.sleep(next(waits))

    async def _look(self, connection: Connection) -> None:
        """Read all checkpoints; the views do not exist before the first projection started."""
        if await connection.fetchval("select to_regclass('views.checkpoints')", timeout=LOOK_S):
            rows = await connection.fetch(
                "select projection, seq from views.checkpoints", timeout=LOOK_S
            )
            for row in rows:
                self._set(row["projection"], row["seq"])
        self._health.beat(PART)

    def _heard(self, _connection: object, _pid: int, _channel: str, text: object) -> None:
        name, _, sequence = str(text).rpartition(":")
        if sequence.isdecimal():
            self._set(name, int(sequence))

    def _set(self, name: str, sequence: int) -> None:
        # A rebuild starts again at 0, so a lower figure counts as well.
        if self.at.get(name) == sequence:
            return
        self.at[name] = sequence
        self.moved_s[name] = self._loop.time()
        self._moved.set()
        self._moved = asyncio.Event()
        for listener in self.listeners:
            listener(name, sequence)
