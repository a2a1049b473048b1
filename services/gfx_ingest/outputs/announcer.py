"""The announcer of the tables: tells screens how each one's runs go."""

from bus.api import Bus
from bus.decide import DeciderRunner
from bus.react import Announcer
from contracts.recorded import Recorded
from services.gfx_ingest.domain import TABLE, Command, State, Table, sync_notice

REACTOR = "gfx-ingest-announcer"


class SyncAnnouncer:
    """Says the notice of a table after each fact that changed it."""

    def __init__(self, bus: Bus, runner: DeciderRunner[Command, State], source: str) -> None:
        """`source` is the service's name."""
        self._runner = runner
        self._announcer = Announcer(bus, source)

    async def announce(self, fact: Recorded) -> None:
        """Say the state of a fact's table."""
        table = fact.event.subject_id
        # What this instance decided itself is in the state before it comes back from the log.
        if self._runner.sequence(TABLE, table) < fact.sequence:
            await self._runner.reached(fact.sequence)
        state = self._runner.state(TABLE, table)
        notice = sync_notice(state, fact.event) if isinstance(state, Table) else None
        if notice is not None:
            await self._announcer.say([notice], self._runner.sequence(TABLE, table), fact)

    async def restore(self) -> None:
        """Say the state of every table again where LIVE does not have it."""
        for state in self._runner.entities(TABLE):
            notice = sync_notice(state) if isinstance(state, Table) else None
            if notice is not None:
                sequence = self._runner.sequence(TABLE, notice.table)
                await self._announcer.restore([notice], sequence)
