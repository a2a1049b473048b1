"""The tables that are watched now: follows the registry, and keeps each table's watch running."""

import asyncio
from collections.abc import Callable

import structlog

from bus.errors import Retryable
from bus.health import Health
from services.gfx_ingest.domain import (
    TABLE,
    RegisterTable,
    Registration,
    RemoveTable,
    Table,
)
from services.gfx_ingest.inputs.poller import SILENCE_S_MAX
from services.gfx_ingest.inputs.registry import Registry, WatchedTable
from services.gfx_ingest.inputs.syncing import Runner, own_table, table_state
from services.gfx_ingest.inputs.watching import Watch

log = structlog.get_logger()

# How soon a changed registry counts; its file may lie on a share that tells no changes.
LOOK_S = 2.0
PART = "tables"


class Tables:
    """Starts and stops the watch of tables as the registry tells."""

    def __init__(
        self,
        runner: Runner,
        registry: Registry,
        watch: Callable[[WatchedTable], Watch],
        interval_s: int,
    ) -> None:
        """`watch` makes the watch of a table, `interval_s` lies between two of its runs."""
        self._runner = runner
        self._registry = registry
        self._watch = watch
        self._interval_s = interval_s
        self._watches: dict[str, Watch] = {}
        self._trouble = ""
        self._told: set[str] | None = None  # by the registry, at the last good look

    def wake(self, table: str) -> None:
        """A run of this table was asked for."""
        if watch := self._watches.get(table):
            watch.wake()

    async def run(self, health: Health) -> None:
        """Follow the registry until cancelled; a part of a table that fails ends this, too."""
        health.register(PART, SILENCE_S_MAX)
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    await self._look(group)
                except Retryable as error:
                    health.trouble(PART, str(error))
                else:
                    self._tell(health)
                await asyncio.sleep(LOOK_S)

    async def _look(self, group: asyncio.TaskGroup) -> None:
        wanted = {each.name: each for each in await asyncio.to_thread(self._registry.look)}
        self._note_trouble()
        for name, watch in list(self._watches.items()):
            if wanted.get(name) != watch.table:
                log.info("table.unwatched", table=name)
                await watch.stop()
                del self._watches[name]
        await self._register(wanted)
        for name, table in wanted.items():
            if table.enabled and name not in self._watches:
                log.info("table.watched", table=name, folder=str(table.folder))
                watch = self._watch(table)
                watch.start(group)
                self._watches[name] = watch

    async def _register(self, wanted: dict[str, WatchedTable]) -> None:
        """Say what the registry tells and was not said. One that cannot be read removes nothing."""
        for name, table in wanted.items():
            registration = Registration(
                time_zone=table.time_zone,
                interval_s=self._interval_s,
                enabled=table.enabled,
            )
            if table_state(self._runner, name).registration != registration:
                command = RegisterTable(table=name, registration=registration)
                await self._decide(name, command)
        if self._registry.trouble:
            return
        for name in self._registered() if self._told is None else self._told:
            if name not in wanted:
                await self._decide(name, RemoveTable(table=name))
        self._told = set(wanted)

    async def _decide(self, table: str, command: RegisterTable | RemoveTable) -> None:
        own = own_table(self._runner, table)
        # The same may be asked again later, as something else.
        await own.decide(command, str(own.sequence))

    def _registered(self) -> list[str]:
        """What was told before this process began. Only looked at once: another instance may watch
        other tables, and two that take back each other's words would never end.
        """
        states = self._runner.entities(TABLE)
        return [s.table for s in states if isinstance(s, Table) and s.registration]

    def _note_trouble(self) -> None:
        if self._registry.trouble != self._trouble:
            self._trouble = self._registry.trouble
            log.warning("registry.trouble", error=self._trouble or "over")

    def _tell(self, health: Health) -> None:
        """The health of all tables in one part, because tables come and go."""
        words = {name: watch.health for name, watch in self._watches.items()}
        bad = [f"{name}: {word}" for name, word in words.items() if word not in ("ok", "starting")]
        troubles = [self._trouble] * bool(self._trouble) + bad
        if troubles:
            health.trouble(PART, "; ".join(troubles))
        elif "starting" not in words.values():
            health.beat(PART)
