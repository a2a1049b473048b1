"""Composition root of gfx-ingest: one poller per table in front of one Decider."""

import time

from bus.decide import DeciderRunner
from bus.run import Process
from services.gfx_ingest.domain import Command, GfxDecider, State
from services.gfx_ingest.inputs.importer import Importer, Patience
from services.gfx_ingest.inputs.poller import SILENCE_S_MAX, Poller, Timing
from services.gfx_ingest.inputs.wake import wake_on_changes
from services.gfx_ingest.settings import Settings

NAME = "gfx-ingest"


async def main(process: Process, settings: Settings) -> None:
    """Load what was said before, then watch every table's folder."""
    runner: DeciderRunner[Command, State] = DeciderRunner(process.bus, GfxDecider(), NAME)
    await process.start_decider(runner)
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
        bytes_max=settings.gfx_file_bytes_max,
    )
    for each in settings.gfx_tables:
        importer = Importer(runner, each.table, each.folder, patience)
        poller = Poller(each.folder, importer, timing, time.monotonic)
        part = f"files of {each.table}"
        process.health.register(part, SILENCE_S_MAX)
        process.spawn(poller.run(process.health, part), part)
        process.spawn(wake_on_changes(each.folder, poller.wake), f"wake of {each.table}")
