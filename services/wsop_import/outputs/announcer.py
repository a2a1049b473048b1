"""The announcer of the kinds: tells screens how the runs of each one go."""

from bus.api import Bus
from bus.decide import DeciderRunner
from bus.react import Announcer
from contracts.recorded import Recorded
from services.wsop_import.domain import SOURCE, Command, Source, State
from services.wsop_import.domain.sources import sync_notice

REACTOR = "wsop-import-announcer"


class SyncAnnouncer:
    """Says the notice of a kind after each fact that changed it."""

    def __init__(self, bus: Bus, runner: DeciderRunner[Command, State], source: str) -> None:
        """`source` is the service's name."""
        self._runner = runner
        self._announcer = Announcer(bus, source)

    async def announce(self, fact: Recorded) -> None:
        """Say the state of a fact's kind."""
        kind = fact.event.subject_id
        # What this instance decided itself is in the state before it comes back from the log.
        if self._runner.sequence(SOURCE, kind) < fact.sequence:
            await self._runner.reached(fact.sequence)
        state = self._runner.state(SOURCE, kind)
        notice = sync_notice(state, fact.event) if isinstance(state, Source) else None
        if notice is not None:
            await self._announcer.say([notice], self._runner.sequence(SOURCE, kind), fact)

    async def restore(self) -> None:
        """Say the state of every kind again where LIVE does not have it."""
        for state in self._runner.entities(SOURCE):
            notice = sync_notice(state) if isinstance(state, Source) else None
            if notice is not None:
                sequence = self._runner.sequence(SOURCE, notice.kind)
                await self._announcer.restore([notice], sequence)
