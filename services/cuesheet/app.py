"""Composition root of the cue sheet service."""

import asyncio
from collections.abc import Iterable, Mapping

import msgspec

from bus.api import Answer, Bus, CommandContext, Entity
from bus.decide import DeciderRunner
from bus.react import Announcer, ask, effect_id, react
from bus.run import Process
from contracts import takes
from contracts.messages import Command
from contracts.messages.cuesheet import AddItem, AddSheet, CreateSession, CueTaken, TakeItem
from contracts.messages.render import SubmitRender
from contracts.recorded import Recorded
from services.cuesheet.domain import Command as Decision
from services.cuesheet.domain import Cue, Cuesheet, RecordRefusal, Session, Take
from services.cuesheet.inputs.binder import Binder, MissingBinding
from services.cuesheet.outputs import notices, touched
from services.cuesheet.settings import CuesheetSettings


class App:
    """The service: a Decider with a command side, two reactors and a binder."""

    def __init__(self, bus: Bus, binder: Binder, render_duration_s: int) -> None:
        """Tests pass a memory bus and a binder of their own."""
        self._bus = bus
        self._binder = binder
        self._render_duration_s = render_duration_s
        self.runner: DeciderRunner[Decision, Session] = DeciderRunner(bus, Cuesheet(), "cuesheet")
        self._announcer = Announcer(bus, "cuesheet")

    async def start(self, process: Process) -> None:
        """Load what was said before, then run every part."""
        await process.start_decider(self.runner)
        await self.restore()
        process.spawn(self._bus.serve("cuesheet", self.handle), "commands")
        process.spawn(react(self._bus, "cuesheet-announcer", self.announce), "announcer")
        process.spawn(react(self._bus, "cuesheet-render", self.ask_render), "render requests")

    async def handle(self, command: Command, context: CommandContext) -> Answer:
        """Answer one command from the bus."""
        entity = Entity("cuesheet", "session", command.subject_id)
        match command:
            case TakeItem():
                return await self._take(command, entity, context)
            case CreateSession() | AddSheet() | AddItem():
                return await self.runner.execute(command, entity, context)
            case _:
                raise TypeError(f"{command.TYPE.text} is not for the cue sheet")

    async def _take(self, command: TakeItem, entity: Entity, context: CommandContext) -> Answer:
        take = await self._bound(command, entity, context)
        answer = await self.runner.execute(take, entity, context)
        if answer.refusal and answer.refusal.code == "expired":
            kept = RecordRefusal(
                session_id=command.session_id,
                item_id=command.item_id,
                reason=answer.refusal.message,
            )
            again = CommandContext(
                command_id=effect_id("take-refused", context.command_id),
                actor=context.actor,
                correlation_id=context.correlation_id or context.command_id,
                traceparent=context.traceparent,
            )
            await self.runner.execute(kept, entity, again)
        return answer

    async def _bound(self, command: TakeItem, entity: Entity, context: CommandContext) -> Take:
        trigger_id = takes.trigger_id(context.command_id)
        take = Take(
            session_id=command.session_id,
            item_id=command.item_id,
            trigger_id=trigger_id,
            trigger_type=command.trigger_type,
            render_id=takes.render_id(trigger_id),
        )
        cue = self._cue(command)
        if cue is None:
            # Another instance may have added it a moment ago.
            await self.runner.reached(await self._bus.last_sequence(entity.filter))
            cue = self._cue(command)
        if cue is None:
            return take
        try:
            binding = await self._binder.bind(cue.added.composition, cue.added.parameters)
        except MissingBinding as error:
            return msgspec.structs.replace(take, missing=str(error))
        return msgspec.structs.replace(take, binding=binding)

    def _cue(self, command: TakeItem) -> Cue | None:
        session = self.runner.state("session", command.session_id)
        return session.cues.get(command.item_id) if session else None

    async def announce(self, fact: Recorded) -> None:
        """Say the notices that a fact of ours changed."""
        session_id = fact.event.subject_id
        # What this instance decided itself is in the state before it comes back from the log.
        if self.runner.sequence("session", session_id) < fact.sequence:
            await self.runner.reached(fact.sequence)
        session = self.runner.state("session", session_id)
        if session is not None:
            said = notices(session, fact.event.TYPE.name, touched(fact.event))
            sequence = self.runner.sequence("session", session_id)
            await self._announcer.say(said, sequence, fact)

    async def restore(self) -> None:
        """Say the state of every session again where LIVE does not have it."""
        for session in self.runner.entities("session"):
            if session.created is not None:
                sequence = self.runner.sequence("session", session.created.session_id)
                await self._announcer.restore(notices(session, "restored"), sequence)

    async def ask_render(self, fact: Recorded) -> None:
        """Ask for the picture of a taken cue."""
        event = fact.event
        if not isinstance(event, CueTaken) or event.binding is None or event.render_id is None:
            return
        command = SubmitRender(
            render_id=event.render_id,
            session_id=event.session_id,
            item_id=event.item_id,
            composition=event.binding.composition,
            data=event.binding.data,
            field_hash=event.binding.field_hash,
            duration_s=self._render_duration_s,
        )
        await ask(self._bus, "cuesheet-render", fact, command)


class BusClock:
    """The newest facts, asked from the log."""

    def __init__(self, bus: Bus) -> None:
        """Read through this bus."""
        self._bus = bus
        self._log_id = ""

    @property
    def log_id(self) -> str:
        """See `services.cuesheet.inputs.binder.FactClock`."""
        return self._log_id

    async def newest(self, filters: Iterable[str]) -> Mapping[str, int]:
        """See `services.cuesheet.inputs.binder.FactClock`."""
        if not self._log_id:  # once: a process whose log is exchanged ends itself
            self._log_id = (await self._bus.head()).log_id
        asked = tuple(filters)
        found = await asyncio.gather(*(self._bus.last_sequence(each) for each in asked))
        return dict(zip(asked, found, strict=True))


async def main(process: Process, settings: CuesheetSettings) -> None:
    """Start the service with the read models of its settings."""
    binder = Binder(
        settings.reader_url.get_secret_value(), BusClock(process.bus), settings.binding_wait_s
    )
    await binder.open()
    await App(process.bus, binder, settings.render_duration_s).start(process)
