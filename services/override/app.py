"""Composition root of the override service."""

import asyncio
import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from bus.api import Answer, Bus, CommandContext, Entity
from bus.clock import Clock, utc_now
from bus.decide import DeciderRunner
from bus.errors import Retryable
from bus.react import react
from bus.run import Process
from contracts.messages import Command
from contracts.messages import override_commands as asked
from contracts.messages.override import PersonErased
from contracts.recorded import Recorded
from services.override import domain
from services.override.inputs import names
from services.override.inputs.suggester import Rhythm, Suggester
from services.override.outputs.uploads import Objects, Uploads
from services.override.outputs.vault import Vault
from services.override.settings import OverrideSettings

log = structlog.get_logger()

# The timer looks at least this often: what was set a moment ago may be due already.
TIMER_S_MAX = 0.5
# A window begins and ends: whoever slept through both says both.
PHASES = 2
# An upload is used within seconds; a day leaves room for a person who comes back to it.
UPLOAD_AGE_MAX = timedelta(days=1)
SWEEP_S = 3600.0


class App:
    """The service: a Decider with a command side, a timer, an eraser and a sweeper of uploads."""

    def __init__(self, bus: Bus, vault: Vault, work_dir: Path, clock: Clock = utc_now) -> None:
        """Tests pass a memory bus and a clock of their own."""
        self._bus = bus
        self._vault = vault
        self._uploads = Uploads(vault)
        self._work_dir = work_dir
        self._clock = clock
        # An object is stored just before the fact that names it; no erasure may come in between.
        self._storing = asyncio.Lock()
        self.runner: DeciderRunner[domain.Command, domain.Person] = DeciderRunner(
            bus, domain.Overriding(), "override", clock
        )

    async def start(self, process: Process) -> None:
        """Load what was said before, then run every part."""
        await process.start_decider(self.runner)
        process.spawn(self._bus.serve("override", self.handle), "commands")
        process.spawn(react(self._bus, "override-eraser", self.erase), "eraser")
        process.spawn(self._keep_time(), "timer")
        process.spawn(self._keep_clean(), "sweeper")

    async def handle(self, command: Command, context: CommandContext) -> Answer:
        """Answer one command from the bus."""
        person = self.runner.state("person", command.subject_id)
        match command:
            case asked.SetOverride():
                override, objects = await self._uploads.override(command, person)
                return await self._keep(override, objects, context)
            case asked.AddImage():
                self._work_dir.mkdir(parents=True, exist_ok=True)
                with TemporaryDirectory(dir=self._work_dir, ignore_cleanup_errors=True) as folder:
                    image, objects = await self._uploads.image(command, person, Path(folder))
                    return await self._keep(image, objects, context)
            case (
                asked.WithdrawOverride()
                | asked.ApproveOverride()
                | asked.CreatePerson()
                | asked.ErasePerson()
                | asked.SuggestLink()
                | asked.VerifyLink()
                | asked.RejectLink()
                | asked.RemoveLink()
                | asked.ApproveImage()
                | asked.MakeImagePrimary()
                | asked.RemoveImage()
            ):
                return await self.runner.execute(command, _entity(command.person_id), context)
            case _:
                raise TypeError(f"{command.TYPE.text} is not for override")

    async def _keep(
        self,
        decision: domain.KeepOverride | domain.KeepImage,
        objects: Objects,
        context: CommandContext,
    ) -> Answer:
        """Store what the fact will name, then decide; the upload has then done its work."""
        request = decision.asked
        entity = _entity(request.person_id)
        if not objects:  # nothing to store: what is only said must not wait for pictures
            return await self.runner.execute(decision, entity, context)
        async with self._storing:
            for key, content in objects.items():
                await self._vault.write(key, content)
            answer = await self.runner.execute(decision, entity, context)
        if request.upload_id is not None and not answer.refusal:
            try:
                await self._vault.drop_upload(request.upload_id)
            except Retryable as error:  # it will be swept away
                log.warning("upload.kept", error=str(error))
        return answer

    async def tell_due(self) -> int:
        """Say every beginning and end of a window that is due, however late; returns how many."""
        said = 0
        for _ in range(PHASES):
            told = [t for t in domain.due(self.runner.entities("person")) if t.due <= self._clock()]
            for tell in told:
                said += (await self._tell(tell)).said
        return said

    async def _tell(self, tell: domain.TellPhase) -> Answer:
        entity = _entity(tell.person_id)
        # The same for every instance and every try, so that it is said once.
        named = f"{entity.filter}:{tell.override_id}:{tell.phase}:{tell.due.isoformat()}"
        context = CommandContext(
            command_id=str(uuid.uuid5(uuid.NAMESPACE_OID, named)), actor="override-timer"
        )
        return await self.runner.execute(tell, entity, context)

    async def _keep_time(self) -> None:
        while True:
            try:
                await self.tell_due()
            except Retryable as error:
                log.warning("timer.again", error=str(error))
            await asyncio.sleep(self._until_due())

    def _until_due(self) -> float:
        """Seconds until the timer should look again."""
        coming = domain.due(self.runner.entities("person"))
        wait = (coming[0].due - self._clock()).total_seconds() if coming else TIMER_S_MAX
        return wait if 0 < wait < TIMER_S_MAX else TIMER_S_MAX

    async def erase(self, fact: Recorded) -> None:
        """Delete the objects of an erased person; what was set again since then stays."""
        event = fact.event
        if not isinstance(event, PersonErased):
            return
        await self.runner.reached(fact.sequence)
        async with self._storing:
            person = self.runner.state("person", event.person_id)
            keep = person.objects if person else frozenset()
            gone = await self._vault.erase(event.person_id, keep)
        log.info("person.erased", person=event.person_id, objects=gone)

    async def sweep(self) -> int:
        """Delete uploads that nobody used; returns how many."""
        return await self._vault.sweep(self._clock() - UPLOAD_AGE_MAX)

    async def _keep_clean(self) -> None:
        while True:
            try:
                await self.sweep()
            except Retryable as error:
                log.warning("sweep.again", error=str(error))
            await asyncio.sleep(SWEEP_S)


def _entity(person_id: str) -> Entity:
    return Entity("override", "person", person_id)


async def main(process: Process, settings: OverrideSettings) -> None:
    """Start the service on the object store of its settings, and on the read models if it names
    them.
    """
    app = App(process.bus, Vault(settings.objects_url), settings.work_dir)
    await app.start(process)
    if not settings.reader_url.get_secret_value():
        log.warning("suggester.off", why="RAILCAST_READER_URL is not set")
        return
    views = partial(names.opened, settings.reader_url.get_secret_value(), settings.table_numbers)
    rhythm = Rhythm(settings.suggest_rest_s, settings.suggest_interval_s)
    suggester = Suggester(views, process.bus, app.handle, process.health, rhythm)
    process.spawn(suggester.run(), "suggester")
