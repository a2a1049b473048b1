"""When links are suggested: at start, and when what is known of people has changed and rests.

It looks at how far the projections are. A log in motion moves them all the time, so the names that
were read are compared with those of the last time before anybody is compared with anybody.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import asyncpg
import structlog

from bus import retry
from bus.api import Head
from bus.errors import Retryable
from bus.health import Health
from services.override.inputs.names import Places
from services.override.inputs.suggesting import Names, Say, suggest_links

log = structlog.get_logger()

PART = "suggester"
# Between two looks at the checkpoints, a query of a millisecond.
LOOK_S = 0.5
# A projection writes within some 0.2 s what was said; one that takes longer is folding the past.
CATCH_UP_LOOKS = 20
CATCH_UP_LOOK_S = 0.1
# Reading and comparing a field of a hundred thousand may take half a minute without a word.
SILENCE_S_MAX = 90.0


class Views(Protocol):
    """The read models, as `names.Views` reads them."""

    async def places(self) -> Places:
        """How far each projection is."""
        ...

    async def names(self, head: Head) -> Names | None:
        """All names, or None while a projection is behind."""
        ...


class Log(Protocol):
    """The part of the bus that tells where the log ends."""

    async def head(self) -> Head:
        """The log's identity and end."""
        ...


class Rhythm:
    """Whether it is time: after a rest, not too often, and never put off for ever.

    All times are seconds of one clock that never jumps.
    """

    def __init__(self, rest_s: float, interval_s: float) -> None:
        """Look after `rest_s` without a change, at most once in `interval_s`, and at least so
        often when changes never rest.
        """
        self._rest_s = rest_s
        self._interval_s = interval_s
        self._places: Places | None = None
        self._moved = 0.0
        self._since: float | None = None
        self._looked: float | None = None

    def moved(self, places: Places, now: float) -> None:
        """Tell how far the projections are now."""
        if places == self._places:
            return
        self._places, self._moved = places, now
        if self._since is None:
            self._since = now

    def due(self, now: float) -> bool:
        """Whether to look now."""
        if self._since is None:
            return False
        if self._looked is None:
            return True
        if now - self._looked < self._interval_s:
            return False
        return now - self._moved >= self._rest_s or now - self._since >= self._interval_s

    def looked(self, now: float) -> None:
        """Tell that all that moved so far was looked at."""
        self._since, self._looked = None, now


class Suggester:
    """Suggests links for as long as it runs."""

    def __init__(
        self,
        views: Callable[[], AbstractAsyncContextManager[Views]],
        log: Log,
        say: Say,
        health: Health,
        rhythm: Rhythm,
    ) -> None:
        """`views` connects to the read models, `say` answers a command as if it were sent."""
        self._views = views
        self._log = log
        self._say = say
        self._health = health
        self._rhythm = rhythm
        self._clock = asyncio.get_running_loop().time
        self._known: Names | None = None
        health.register(PART, SILENCE_S_MAX)

    async def run(self) -> None:
        """Look for ever; comes back by itself from a lost database or server."""
        waits = retry.delays()
        while True:
            try:
                async with self._views() as views:
                    while True:
                        await self.look(views)
                        self._health.beat(PART)
                        waits = retry.delays()
                        await asyncio.sleep(LOOK_S)
            except (
                Retryable,
                OSError,
                TimeoutError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
            ) as error:
                reason = f"{type(error).__name__}: {error}"
                log.warning("suggester.again", error=reason)
                self._health.trouble(PART, reason)
                await asyncio.sleep(next(waits))

    async def look(self, views: Views) -> None:
        """Suggest if it is time and the read models show the present. Raises what they raise."""
        self._rhythm.moved(await views.places(), self._clock())
        if not self._rhythm.due(self._clock()):
            return
        started = self._clock()
        names = await self._present(views)
        if names is None:
            return
        if names != self._known:
            new = await suggest_links(names, self._say)
            self._known = names
            log.info("suggester.looked", new=new, identities=len(names.identities))
        self._rhythm.looked(started)

    async def _present(self, views: Views) -> Names | None:
        """The names at the log's end as of now; None if a projection is far from there."""
        head = await self._log.head()
        for _ in range(CATCH_UP_LOOKS):
            if (names := await views.names(head)) is not None:
                return names
            await asyncio.sleep(CATCH_UP_LOOK_S)
        return None
