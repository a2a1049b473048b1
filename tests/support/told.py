"""Hands and stacks as the views show them while more and more is said."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from contracts.messages import Event
from contracts.recorded import Recorded
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from projections.hands.store import SPEC as HANDS
from tests.support.folding import log_of
from tests.support.stored import Stored, stored


class Told:
    """A log that grows, and the views over it."""

    def __init__(self, views: Stored) -> None:
        self.views = views
        self.facts: list[Recorded] = []

    async def say(self, *events: Event) -> None:
        """Let more be said, and the views show it."""
        self.facts += log_of(*events, after=len(self.facts))
        await self.views.tell(self.facts)


@asynccontextmanager
async def told(database: str, *events: Event) -> AsyncIterator[Told]:
    """Hands and stacks of a log that begins with these events, in an empty database."""
    async with stored(database, HANDS, CHIP_COUNTS) as views:
        log = Told(views)
        await log.say(*events)
        yield log
