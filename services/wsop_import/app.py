"""Composition root of wsop-import: one folder and up to four addresses before one Decider."""

import time
import uuid
from collections.abc import Mapping

from bus.announce import StateAnnouncer
from bus.api import Answer, CommandContext, Entity
from bus.decide import DeciderRunner
from bus.react import react
from bus.run import Process
from contracts.messages import Command as Asked
from contracts.messages.wsop import Kind
from contracts.messages.wsop_sync import TriggerImport
from services.wsop_import.domain import (
    CONTEXT,
    EVENT,
    EVENT_COMMANDS,
    SOURCE,
    Command,
    State,
    WsopDecider,
    sync_notice,
)
from services.wsop_import.inputs.importer import Importer
from services.wsop_import.inputs.poller import SILENCE_S_MAX, Poller, Timing
from services.wsop_import.inputs.pull import Address, Puller
from services.wsop_import.inputs.syncing import Fetcher, KindSyncer, Rhythm
from services.wsop_import.inputs.wake import wake_on_changes
from services.wsop_import.settings import Settings

NAME = "wsop-import"
ANNOUNCER = "wsop-import-announcer"

type Runner = DeciderRunner[Command, State]


async def main(process: Process, settings: Settings) -> None:
    """Load what was said before, then watch the folder and fetch every kind in its rhythm."""
    decider = WsopDecider()
    runner: Runner = DeciderRunner(process.bus, decider, NAME)
    await process.start_decider(runner)
    importer = Importer(
        process.bus, runner, decider, settings.wsop_guide_event, settings.wsop_append_gap_s
    )
    poller = watch_folder(process, importer, settings)
    announcer = StateAnnouncer(process.bus, runner, NAME, SOURCE, sync_notice)
    await announcer.restore()
    process.spawn(react(process.bus, ANNOUNCER, announcer.announce), "announcer")
    syncers: dict[Kind, KindSyncer] = {}
    for kind, puller, rhythm in _sources(settings):
        fetcher = Fetcher(kind, importer, poller, puller)
        syncers[kind] = KindSyncer(process.bus, runner, fetcher, rhythm)
        process.spawn(syncers[kind].run(), f"runs of {kind}")
    serve(process, runner, syncers)


def watch_folder(process: Process, importer: Importer, settings: Settings) -> Poller | None:
    """Take in whatever rests in the folder, from now on."""
    if settings.wsop_folder is None:
        return None
    timing = Timing(
        quiet_s=settings.wsop_quiet_s,
        poll_s=settings.wsop_poll_s,
        retry_s=settings.wsop_retry_s,
        malformed_s=settings.wsop_malformed_s,
        bytes_max=settings.wsop_file_bytes_max,
    )
    poller = Poller(settings.wsop_folder, importer, timing, time.monotonic)
    process.health.register("import folder", SILENCE_S_MAX)
    process.spawn(poller.run(process.health, "import folder"), "import folder")
    process.spawn(wake_on_changes(settings.wsop_folder, poller.wake), "import folder's changes")
    return poller


def _sources(settings: Settings) -> list[tuple[Kind, Puller | None, Rhythm]]:
    """Address and rhythm of every kind."""
    told: dict[Kind, tuple[str, int]] = {
        "events": (settings.wsop_events_url, settings.wsop_events_interval_s),
        "players": (settings.wsop_players_url, settings.wsop_players_interval_s),
        "chip_counts": (settings.wsop_chip_counts_url, settings.wsop_chip_counts_interval_s),
        "standings": (settings.wsop_standings_url, settings.wsop_standings_interval_s),
    }
    return [
        (
            kind,
            Puller(kind, _address(url, settings)) if url else None,
            Rhythm(interval_s=interval_s, timeout_s=settings.wsop_run_timeout_s),
        )
        for kind, (url, interval_s) in told.items()
    ]


def _address(url: str, settings: Settings) -> Address:
    return Address(
        url=url,
        token=settings.wsop_token.get_secret_value(),
        timeout_s=settings.wsop_timeout_s,
        bytes_max=settings.wsop_file_bytes_max,
    )


def serve(process: Process, runner: Runner, syncers: Mapping[Kind, KindSyncer]) -> None:
    """Answer commands: somebody wants a kind, or all of them, now, or has a word on an event."""

    async def handle(command: Asked, context: CommandContext) -> Answer:
        if isinstance(command, EVENT_COMMANDS):
            return await runner.execute(command, Entity(CONTEXT, EVENT, command.event_id), context)
        if not isinstance(command, TriggerImport):
            raise TypeError(f"{command.TYPE.text} is not for {NAME}")
        if command.kind != "all":
            return await _trigger(runner, syncers, command, context)
        answers = []
        for kind in syncers:
            one = TriggerImport(kind=kind, sync_id=_part_id(command.sync_id, kind))
            part = CommandContext(
                command_id=_part_id(context.command_id, kind),
                actor=context.actor,
                correlation_id=context.correlation_id or context.command_id,
                causation_id=context.causation_id,
                expires_at=context.expires_at,
                traceparent=context.traceparent,
            )
            answers.append(await _trigger(runner, syncers, one, part))
        # A kind that is not fetched is no reason to refuse the others.
        done = [answer for answer in answers if answer.refusal is None]
        return max(done or answers, key=lambda answer: answer.sequence)

    process.spawn(process.bus.serve(NAME, handle), "commands")


async def _trigger(
    runner: Runner,
    syncers: Mapping[Kind, KindSyncer],
    command: TriggerImport,
    context: CommandContext,
) -> Answer:
    answer = await runner.execute(command, Entity(CONTEXT, SOURCE, command.kind), context)
    for kind, syncer in syncers.items():
        if kind == command.kind:
            syncer.wake()
    return answer


def _part_id(whole: str, kind: Kind) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{whole}:{kind}"))
