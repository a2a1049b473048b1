"""Composition root of gfx-ingest: one poller per table in front of one Decider."""

from datetime import timedelta

from bus.announce import StateAnnouncer
from bus.api import Answer, CommandContext, Entity
from bus.decide import DeciderRunner
from bus.react import react
from bus.run import Process
from contracts.messages import Command as Asked
from contracts.messages.gfx_sync import TriggerSync
from services.gfx_ingest.domain import (
    CONTEXT,
    TABLE,
    WORD_COMMANDS,
    Command,
    GfxDecider,
    State,
    sync_notice,
)
from services.gfx_ingest.inputs.clocks import ClockCheck
from services.gfx_ingest.inputs.importer import Importer, Patience
from services.gfx_ingest.inputs.poller import Timing
from services.gfx_ingest.inputs.registry import Registry, WatchedTable
from services.gfx_ingest.inputs.tables import Tables
from services.gfx_ingest.inputs.watching import Rhythm, Watch
from services.gfx_ingest.outputs.findings import REACTOR, FindingsReactor
from services.gfx_ingest.outputs.quiet import QuietTimer
from services.gfx_ingest.settings import Settings

NAME = "gfx-ingest"
ANNOUNCER = "gfx-ingest-announcer"

type Runner = DeciderRunner[Command, State]


async def main(process: Process, settings: Settings) -> None:
    """Load what was said before, then watch every table's folder."""
    finalise_after = timedelta(seconds=settings.gfx_finalise_after_s)
    runner: Runner = DeciderRunner(process.bus, GfxDecider(finalise_after), NAME)
    await process.start_decider(runner)
    tables = watch_tables(process, runner, settings)
    announcer = StateAnnouncer(process.bus, runner, NAME, TABLE, sync_notice)
    await announcer.restore()
    process.spawn(react(process.bus, ANNOUNCER, announcer.announce), "announcer")
    serve_games(process, runner, finalise_after, tables)


def watch_tables(process: Process, runner: Runner, settings: Settings) -> Tables:
    """Watch every table's folder, as the registry tells. Raises BadRegistry."""
    short = [
        WatchedTable(name=each.table, folder=each.folder, time_zone=None)
        for each in settings.gfx_tables
    ]
    patience = Patience(
        tries_max=settings.gfx_tries_max,
        unchanged_s_max=settings.gfx_unchanged_s_max,
        bytes_max=settings.gfx_file_bytes_max,
        depth_max=settings.gfx_depth_max,
    )
    timing = Timing(
        quiet_s=max(settings.gfx_quiet_s, settings.gfx_poll_s),
        poll_s=settings.gfx_poll_s,
        retry_s=settings.gfx_retry_s,
        gone_s=settings.gfx_gone_s,
        bytes_max=settings.gfx_file_bytes_max,
    )
    rhythm = Rhythm(files=timing, timeout_s=settings.gfx_sync_timeout_s)

    def watch(table: WatchedTable) -> Watch:
        look = ClockCheck(table.name, table.time_zone).look
        importer = Importer(runner, table.name, table.folder, patience, look)
        return Watch(process.bus, runner, table, importer, rhythm)

    registry = Registry(short, settings.gfx_registry)
    tables = Tables(runner, registry, watch, settings.gfx_sync_interval_s)
    process.spawn(tables.run(process.health), "tables")
    return tables


def serve_games(
    process: Process, runner: Runner, finalise_after: timedelta, tables: Tables
) -> None:
    """Run what does not come from a folder: commands, findings, and hands that rested."""

    async def handle(command: Asked, context: CommandContext) -> Answer:
        if not isinstance(command, (*WORD_COMMANDS, TriggerSync)):
            raise TypeError(f"{command.TYPE.text} is not for {NAME}")
        entity = Entity(CONTEXT, command.TYPE.entity, command.subject_id)
        answer = await runner.execute(command, entity, context)
        if isinstance(command, TriggerSync):
            tables.wake(command.table)
        return answer

    findings = FindingsReactor(process.bus, runner)
    process.spawn(process.bus.serve(NAME, handle), "commands")
    process.spawn(react(process.bus, REACTOR, findings.react), "findings")
    process.spawn(QuietTimer(runner, finalise_after).run(), "quiet hands")
