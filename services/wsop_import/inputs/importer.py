"""From a content to facts: recognised, parsed, compared with what holds, said piece by piece."""

import asyncio
import time
import uuid
from collections.abc import Iterable
from typing import Literal

import structlog

from bus import tracing
from bus.api import Answer, Bus, CommandContext, Entity
from bus.decide import DeciderRunner
from contracts import subjects
from contracts.messages.wsop import ImportFile
from services.wsop_import.domain import (
    CONTEXT,
    IMPORT,
    AbandonFile,
    BeginFile,
    Command,
    Import,
    RejectFile,
    SkipFile,
    State,
    TellFile,
    Work,
    WsopDecider,
    arrange,
)
from services.wsop_import.domain.importing import ImportCommand
from services.wsop_import.domain.records import unzoned_rows
from services.wsop_import.domain.state import FILES_MAX, Moment, Newest
from services.wsop_import.domain.telling import HeldStack, moments_to_read
from services.wsop_import.inputs.building import Setting
from services.wsop_import.inputs.content import Content
from services.wsop_import.inputs.errors import BadFile
from services.wsop_import.inputs.parse import import_file, import_id, parse
from services.wsop_import.inputs.said import stacks_told

log = structlog.get_logger()

# Names of commands: the same step of the same import is the same command, also after a restart.
_NAMESPACE = uuid.UUID("a9d5b0b8-5c8b-5a0e-9f3e-2f1b6f0f4d33")
# Time between two looks at an import that another instance tells. One that goes on meanwhile is
# left to it: a living one appends every 10 ms, or reads what was said of its moments before.
LOOK_S = 0.25
# An import that rests so long is not told by anybody any more: that reading takes some seconds.
REST_S_MAX = 10.0
# Appends of one import: every row of the largest file as a moment of its own.
APPENDS_MAX = 10_000

type Became = Literal["recorded", "skipped", "rejected", "unchanged", "again"]


class Importer:
    """Takes in one content at a time, whoever brings it."""

    def __init__(
        self,
        bus: Bus,
        runner: DeciderRunner[Command, State],
        decider: WsopDecider,
        guide_event: str,
        gap_s: float,
    ) -> None:
        """`decider` is the runner's own. `gap_s` is the rest between two appends."""
        self._bus = bus
        self._runner = runner
        self._catalogue = decider.catalogue
        self._guide_event = guide_event
        self._gap_s = gap_s
        self._turn = asyncio.Lock()
        # How often zones had been told when a content had nothing more to say.
        self._looked: Newest[str, int] = Newest(FILES_MAX)

    def accounted(self, path: str, sha256: str) -> bool:
        """Whether this content is the newest one of its path, and not to be taken again."""
        return self._catalogue.accounted(path, sha256) and not self.zone_told_since(sha256)

    def zone_told_since(self, sha256: str) -> bool:
        """Whether rows of a content wanted a time zone, and one was told since it was last looked
        at: such a content is to be taken again.
        """
        looked = self._looked.get(sha256, -1) == self._catalogue.zones
        return not looked and self._catalogue.zone_told_since(sha256)

    def arrival(self, sha256: str) -> int:
        """Contents in the order in which they came; new ones are the last."""
        return self._catalogue.arrival(sha256)

    def kind_of(self, path: str) -> str | None:
        """What the newest content of a path was, where it could be recognised."""
        told = self._catalogue.paths.get(path)
        return told.kind if told else None

    async def take(self, content: Content, *, final: bool) -> Became:
        """Take in one content. One that may be half written is `again`, unless it is `final`; so is
        one that somebody else gave up meanwhile.

        Raises a Retryable bus error; taken again it goes on where it was.
        """
        async with self._turn:
            with tracing.span("import file"):
                await self._catch_up()
                return await self._take(content, final=final)

    async def refuse(self, file: ImportFile, code: str, reason: str) -> None:
        """A file that is not read, once per path and code. Raises a Retryable bus error."""
        await self._reject(file, BadFile(code, reason))

    async def abandon_missing(self, present: Iterable[str]) -> None:
        """Close imports of the folder whose file is gone. Raises a Retryable bus error."""
        there = set(present) if self._catalogue.open else set()
        for own, file in list(self._catalogue.open.items()):
            if "://" not in file.path and file.path not in there:
                await self._execute(AbandonFile(import_id=own), own, "abandon")

    async def _catch_up(self) -> None:
        """Know what other instances said until now: what holds spans all imports."""
        filter_ = subjects.events_of(CONTEXT, IMPORT)
        await self._runner.reached(await self._bus.last_sequence(filter_))

    async def _take(self, content: Content, *, final: bool) -> Became:
        file = import_file(content, content.content_at)
        own = self._own(file)
        if self.accounted(file.path, file.sha256):
            return "unchanged"
        for other, opened in list(self._catalogue.open.items()):
            if opened.path == file.path and other != own:
                await self._execute(AbandonFile(import_id=other), other, "abandon")
        await self._wait_for_turn(own)
        if self.accounted(file.path, file.sha256):
            return "unchanged"  # another instance took it in
        own = self._own(file)
        known = file.sha256 in self._catalogue.contents and own not in self._catalogue.open
        try:
            if known and not await self._has_more(content, file):
                own = import_id(file.path, file.sha256)
                answer = await self._execute(SkipFile(import_id=own, file=file), own, "skip")
                return "skipped" if answer.said else "unchanged"
            return await self._tell(await self._begin(content, file))
        except BadFile as error:
            if error.again and not final:
                return "again"
            self._looked[file.sha256] = self._catalogue.zones
            await self._reject(file, error)
            return "rejected"

    def _own(self, file: ImportFile) -> str:
        """The id of the import that takes in a content now: another one each time it is taken."""
        return import_id(file.path, file.sha256, self._catalogue.takes(file.sha256))

    async def _has_more(self, content: Content, file: ImportFile) -> bool:
        """Whether rows of a known content that wanted a time zone are good by now. Each time there
        are fewer left, so that it comes to an end. Raises BadFile.
        """
        told = self._catalogue.contents[file.sha256]
        if not self.zone_told_since(file.sha256):
            return False
        zones = self._catalogue.zones
        work = await self._parse(content, file)
        if unzoned_rows(work.parsed.findings) < told.unzoned:
            return True
        self._looked[file.sha256] = zones
        return False

    async def _begin(self, content: Content, file: ImportFile) -> Work:
        """What there is to be told, when it has the turn. Raises BadFile."""
        zones = self._catalogue.zones
        work = await self._parse(content, file)
        own = work.parsed.import_id
        answer = await self._execute(BeginFile(work=work), own, "begin")
        if answer.refusal:
            raise BadFile(answer.refusal.reason, answer.refusal.message)
        await self._catch_up()
        if await self._wait_for_turn(own) or zones != self._catalogue.zones:
            # Another import was begun at the same time: it may have told the time zone of an event.
            work = await self._parse(content, file)
        return work

    def _first(self) -> str | None:
        """The open import whose turn it is: the one that was begun first. Only that one has told
        anything yet; the newest fact of the others is their beginning.
        """

        def order(own: str) -> tuple[bool, int]:
            state = self._runner.state(IMPORT, own)
            waits = isinstance(state, Import) and state.progress is None
            return waits, self._runner.sequence(IMPORT, own)

        return min(self._catalogue.open, key=order, default=None)

    async def _wait_for_turn(self, own: str) -> bool:
        """Wait until no other import has the turn; returns whether that took any time. One that
        rests too long is given up: if there still is a content, it is taken in anew.
        """
        place, since = ("", 0), 0.0
        while (first := self._first()) not in (None, own):
            now, before = time.monotonic(), place
            place = (first, self._runner.sequence(IMPORT, first))
            if place != before:
                since = now
            elif now - since >= REST_S_MAX:
                await self._execute(AbandonFile(import_id=first), first, "abandon")
            await asyncio.sleep(LOOK_S)
            await self._catch_up()
        return bool(since)

    async def _leave(self, own: str) -> None:
        """Another instance tells this import: as long as it goes on, leave it to it."""
        before = -1
        while before != (now := self._runner.sequence(IMPORT, own)):
            before = now
            await asyncio.sleep(LOOK_S)

    async def _parse(self, content: Content, file: ImportFile) -> Work:
        return await asyncio.to_thread(self._read, content, self._setting(file))

    def _setting(self, file: ImportFile) -> Setting:
        # A file that is only touched while it is taken in keeps the time it was begun with.
        opened = self._catalogue.open.get(self._own(file), file)
        return Setting(
            zone=self._catalogue.zone,
            guide_event=self._guide_event,
            content_at=opened.content_at,
            takes=self._catalogue.takes(file.sha256),
        )

    @staticmethod
    def _read(content: Content, setting: Setting) -> Work:
        return arrange(parse(content, setting))

    async def _tell(self, work: Work) -> Became:
        """Raises BadFile."""
        parsed, own = work.parsed, work.parsed.import_id
        held: dict[Moment, dict[str, HeldStack]] = {}
        for _ in range(APPENDS_MAX):
            if self.accounted(parsed.file.path, parsed.file.sha256):
                log.info("import.closed", path=parsed.file.path, kind=parsed.kind, rows=parsed.rows)
                return "recorded"
            state = self._runner.state(IMPORT, own)
            if self._first() != own or not isinstance(state, Import):
                return "again"
            said = state.said
            await self._read_back(work, state.progress.through if state.progress else 0, held)
            command = TellFile(work=work, held=held, said=said)
            answer = await self._execute(command, own, parsed.file.sha256)
            if answer.refusal and answer.refusal.reason == "too_many_known":
                raise BadFile(answer.refusal.reason, answer.refusal.message)
            await (asyncio.sleep(self._gap_s) if answer.said else self._leave(own))
            await self._catch_up()
        raise AssertionError(f"{parsed.file.path} does not come to an end")

    async def _read_back(
        self, work: Work, through: int, held: dict[Moment, dict[str, HeldStack]]
    ) -> None:
        """What was said of moments that differ, for the rows of this file, from the log."""
        wanted = {
            (group.event_id, group.moment): {record.key for record in group.records}
            for group in moments_to_read(work, self._catalogue, through)
            if (group.event_id, group.moment) not in held
        }
        known = self._catalogue.moments
        arrivals = {own: self._arrival(own) for moment in wanted for own in known[moment].imports}
        held.update(await stacks_told(self._bus, arrivals, wanted))

    def _arrival(self, own: str) -> int:
        """When the content of an import arrived, whose turn it is or was."""
        if opened := self._catalogue.open.get(own):
            return self._catalogue.arrival(opened.sha256)
        state = self._runner.state(IMPORT, own)
        return state.arrival if isinstance(state, Import) else 0

    async def _reject(self, file: ImportFile, error: BadFile) -> None:
        log.warning("import.rejected", path=file.path, code=error.code, reason=str(error))
        own = self._own(file)
        command = RejectFile(
            import_id=own,
            file=file,
            kind=error.kind,
            code=error.code,
            reason=str(error),
            position=error.position,
        )
        await self._execute(command, own, f"reject {error.code}")

    async def _execute(self, command: ImportCommand, own: str, what: str) -> Answer:
        """Decide a step of an import; its name is where the import stands."""
        step = f"{what}\n{self._runner.sequence(IMPORT, own)}"
        context = CommandContext(
            command_id=str(uuid.uuid5(_NAMESPACE, f"{own}\n{step}")),
            actor="wsop-import",
            traceparent=tracing.traceparent(),
            command_hash=str(uuid.uuid5(_NAMESPACE, step)),
        )
        return await self._runner.execute(command, Entity(CONTEXT, IMPORT, own), context)
