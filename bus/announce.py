"""Tells screens how entities of one kind stand, after each fact and again where that is missing."""

from collections.abc import Callable
from typing import Any

from bus.api import Bus
from bus.decide import DeciderRunner
from bus.react import Announcer
from contracts.messages import Event, Notice
from contracts.recorded import Recorded

# The notice of a state after a fact, or again (None); None where screens need not know.
type Tell = Callable[[Any, Event | None], Notice | None]


class StateAnnouncer:
    """Says the notice of an entity after each fact that changed it."""

    def __init__(
        self, bus: Bus, runner: DeciderRunner[Any, Any], source: str, entity: str, tell: Tell
    ) -> None:
        """`source` is the service's name, `entity` what all its states are of."""
        self._runner = runner
        self._entity = entity
        self._tell = tell
        self._announcer = Announcer(bus, source)

    async def announce(self, fact: Recorded) -> None:
        """Say the state of a fact's entity."""
        own = fact.event.subject_id
        # What this instance decided itself is in the state before it comes back from the log.
        if self._runner.sequence(self._entity, own) < fact.sequence:
            await self._runner.reached(fact.sequence)
        notice = self._tell(self._runner.state(self._entity, own), fact.event)
        if notice is not None:
            await self._announcer.say([notice], self._runner.sequence(self._entity, own), fact)

    async def restore(self) -> None:
        """Say the state of every entity again where LIVE does not have it."""
        for state in self._runner.entities(self._entity):
            notice = self._tell(state, None)
            if notice is not None:
                sequence = self._runner.sequence(self._entity, notice.subject_id)
                await self._announcer.restore([notice], sequence)
