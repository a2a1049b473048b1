"""Signs of life: who does something that takes long says its state again and again as a notice.

Another instance that would step in listens. Silence is counted from when it was first listened to,
on the listener's own clock, so that no two clocks are compared. It is a guess, not a lock: who is
only slow is taken for gone, so the entity must refuse the late word of whoever was replaced.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from bus.api import Bus
from bus.errors import Retryable
from bus.react import Announcer
from contracts.envelope import identity
from contracts.messages import Notice

log = structlog.get_logger()

# What goes on is told this often.
BEAT_S = 1.0
# Five missed beats: a busy machine misses one or two, and a show waits a few seconds at most.
SILENCE_S_MAX = 5.0

# What is to be said now, and the sequence of the newest fact it reflects; None = it is over.
type Told = Callable[[], tuple[Notice, int] | None]


class Pulse:
    """The sign of life of one piece of work: its own, or that of another instance."""

    def __init__(self, bus: Bus, service: str) -> None:
        """`service` is the hyphenated name of the process."""
        self._bus = bus
        self._announcer = Announcer(bus, service)
        self._heard, self._since = "", 0.0

    async def beat(self, told: Told) -> None:
        """Say what is told until it is over."""
        while True:
            await asyncio.sleep(BEAT_S)
            said = told()
            if said is None:
                return
            notice, sequence = said
            try:
                await self._announcer.say([notice], sequence, None)
            except Retryable as error:
                log.info("pulse.unsaid", subject=notice.subject, error=str(error))

    async def is_silent(self, subject: str, work: str) -> bool:
        """Whether nothing new was heard on a subject for long, about one piece of work."""
        try:
            newest = await self._bus.newest(subject)
        except Retryable as error:
            log.info("pulse.unheard", subject=subject, error=str(error))
            self._heard = ""  # who cannot hear knows nothing of silence
            return False
        heard, now = f"{work} {identity(newest.headers) if newest else ''}", time.monotonic()
        if heard != self._heard:
            self._heard, self._since = heard, now
        return now - self._since >= SILENCE_S_MAX
