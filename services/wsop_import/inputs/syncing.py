"""Runs of one kind: what a run fetches, how often, and as whom it is told."""

import asyncio

import msgspec

from bus.api import Bus, Entity
from bus.decide import DeciderRunner
from bus.own import Own
from bus.syncing import Source, Syncer
from contracts.messages.wsop import Kind
from contracts.syncing import Tally
from services.wsop_import.domain import CONTEXT, SOURCE, Command, State, sync_notice
from services.wsop_import.domain.syncing import RegisterSource
from services.wsop_import.inputs.importer import Importer
from services.wsop_import.inputs.poller import Poller, SweepFailed
from services.wsop_import.inputs.pull import Puller, PullFailed

# A pulled content that has to wait for another import is offered again after this.
AGAIN_S = 0.5


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """How often a kind is fetched (0 = never), and how long a run may take, in seconds."""

    interval_s: int
    timeout_s: float


class Fetcher:
    """What one run does: pull the kind's address, then look through the folder."""

    def __init__(
        self, kind: Kind, importer: Importer, poller: Poller | None, puller: Puller | None
    ) -> None:
        """Either source may be missing."""
        self.kind = kind
        self._importer = importer
        self._poller = poller
        self.puller = puller

    @property
    def has_source(self) -> bool:
        """Whether there is anything to fetch."""
        return self._poller is not None or self.puller is not None

    async def fetch(self) -> Tally:
        """Take in what there is. Raises PullFailed, SweepFailed, or a Retryable bus error."""
        tally = await self._pull(self.puller) if self.puller else Tally()
        if self._poller is None:
            return tally
        found = msgspec.structs.asdict(await self._poller.sweep(self.kind))
        return Tally(**{name: count + getattr(tally, name) for name, count in found.items()})

    async def _pull(self, puller: Puller) -> Tally:
        if self._importer.zone_told_since(puller.sha256):
            puller.forget()
        content = await puller.pull()
        if content is None:
            return Tally(files=1, unchanged=1)
        try:
            became = await self._importer.take(content, final=True)
            while became == "again":
                await asyncio.sleep(AGAIN_S)
                became = await self._importer.take(content, final=True)
        finally:
            content.close()
        puller.taken()
        return Tally(**{"files": 1, became: 1})


class KindSyncer:
    """Keeps one kind's runs going."""

    def __init__(
        self, bus: Bus, runner: DeciderRunner[Command, State], fetcher: Fetcher, rhythm: Rhythm
    ) -> None:
        """A run that takes longer than the rhythm allows fails."""
        self._registered = RegisterSource(
            kind=fetcher.kind,
            interval_s=rhythm.interval_s,
            enabled=rhythm.interval_s > 0 and fetcher.has_source,
            pulled=fetcher.puller is not None,
        )
        self._own = Own(runner, Entity(CONTEXT, SOURCE, fetcher.kind), "wsop-import")
        source = Source(
            own=self._own,
            service="wsop-import",
            notice=sync_notice,
            look_through=fetcher.fetch,
            failures=(PullFailed, SweepFailed),
            timeout_s=rhythm.timeout_s,
        )
        self._syncer = Syncer(bus, source)

    def wake(self) -> None:
        """A run was asked for."""
        self._syncer.wake.set()

    async def run(self) -> None:
        """Say how often the kind is fetched, then make its runs, until cancelled."""
        await self._own.insist(self._registered, str(self._own.sequence))
        await self._syncer.run()
