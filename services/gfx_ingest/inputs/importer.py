"""From resting bytes to a decision: parse, gather the rivals, decide, reject what is no export."""

import asyncio
import uuid
from collections.abc import Callable
from pathlib import Path

import msgspec
import structlog

from bus import tracing
from bus.api import Answer, CommandContext, Entity
from bus.decide import DeciderRunner
from contracts.messages.gfx import FileSource
from services.gfx_ingest.domain import (
    CONTEXT,
    GAME,
    TABLE,
    Command,
    Game,
    ImportSnapshot,
    RejectFile,
    RemoveFile,
    Snapshot,
    State,
)
from services.gfx_ingest.inputs.folder import Look
from services.gfx_ingest.inputs.parse import BadFile, Origin, id_in_name, parse
from services.gfx_ingest.inputs.poller import Outcome, Resting
from services.gfx_ingest.inputs.reading import read

log = structlog.get_logger()

# Names of commands: what is asked again about a game that nothing was said of is the same thing.
_NAMESPACE = uuid.UUID("5f1c8b1e-6a53-5f0b-9a55-7e0c6b2f4d11")
# Copies of one game that are compared; a game has one file and perhaps two archived ones.
RIVALS_MAX = 16
# Refusals that no later try of the same content can change.
REJECTING = ("other_table", "hand_too_large", "too_many_hands")
# Appends of one file: more hands than a hundred days of play would need.
APPENDS_MAX = 1000


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """When a malformed content is no longer taken for a half-written one: after `tries_max` vain
    tries of its path, or when it did not change for `unchanged_s_max` seconds.
    """

    tries_max: int
    unchanged_s_max: float
    bytes_max: int
    depth_max: int


class Importer:
    """The `Sink` of one table's poller."""

    def __init__(
        self,
        runner: DeciderRunner[Command, State],
        table: str,
        root: Path,
        patience: Patience,
        look: Callable[[Snapshot], object] | None = None,
    ) -> None:
        """`root` is the table's folder; `table` its name in every fact; `look` is shown
        every snapshot.
        """
        self._runner = runner
        self._table = table
        self._root = root
        self._patience = patience
        self._look = look

    def accounted(self, path: str, sha256: str) -> bool:
        """See `Sink.accounted`; only the name tells the game here, the content is not parsed."""
        game_id = id_in_name(path)
        return bool(game_id) and self._said(game_id, FileSource(path=path, sha256=sha256))

    async def take(self, file: Resting) -> Outcome:
        """See `Sink.take`."""
        with tracing.span("import file"):
            origin = Origin(self._table, file.path, file.sha256)
            try:
                snapshot = await asyncio.to_thread(
                    parse, file.data, origin, self._patience.depth_max
                )
            except BadFile as error:
                if error.again and not self._given_up(file):
                    return Outcome.AGAIN
                await self._reject(origin, len(file.data), error.code, str(error))
                return Outcome.REJECTED
            if self._look is not None:
                self._look(snapshot)
            return await self._import(snapshot)

    async def refuse(self, path: str, size: int, code: str, detail: str) -> None:
        """See `Sink.refuse`."""
        await self._reject(Origin(self._table, path, ""), size, code, detail)

    async def removed(self, path: str) -> None:
        """See `Sink.removed`."""
        for game in self._games():
            if sha256 := game.present().get(path):
                source = FileSource(path=path, sha256=sha256)
                name = f"{self._table}\n{path}\n{sha256}\nremoved\n{game.facts}"
                entity = Entity(CONTEXT, GAME, game.game_id)
                await self._execute(RemoveFile(game_id=game.game_id, source=source), entity, name)

    def known_paths(self) -> frozenset[str]:
        """Paths of this table whose content was taken in and that were not removed since."""
        return frozenset(path for game in self._games() for path in game.present())

    def _games(self) -> list[Game]:
        states = self._runner.entities(GAME)
        return [s for s in states if isinstance(s, Game) and s.table == self._table]

    def _given_up(self, file: Resting) -> bool:
        patience = self._patience
        return file.tries >= patience.tries_max or file.unchanged_s >= patience.unchanged_s_max

    def _game(self, game_id: str) -> Game:
        state = self._runner.state(GAME, game_id)
        return state if isinstance(state, Game) else Game()

    def _said(self, game_id: str, source: FileSource) -> bool:
        game = self._game(game_id)
        return game.table == self._table and game.accounted(source)

    async def _import(self, snapshot: Snapshot) -> Outcome:
        source = snapshot.source
        rivals = await asyncio.to_thread(self._rivals, snapshot, self._game(snapshot.game_id))
        command = ImportSnapshot(snapshot=snapshot, rivals=rivals)
        for _ in range(APPENDS_MAX):
            if self._said(snapshot.game_id, source):
                log.info("file.accounted", table=self._table, path=source.path)
                told = self._game(snapshot.game_id).paths[source.path]
                return Outcome.SKIPPED if told.skipped else Outcome.RECORDED
            facts = self._game(snapshot.game_id).facts
            name = f"{self._table}\n{source.path}\n{source.sha256}\n{facts}"
            answer = await self._execute(command, Entity(CONTEXT, GAME, snapshot.game_id), name)
            if answer.refusal is None and not answer.repeated:
                continue
            if answer.refusal and answer.refusal.reason in REJECTING:
                origin = Origin(self._table, source.path, source.sha256)
                await self._reject(
                    origin, snapshot.bytes, answer.refusal.reason, answer.refusal.message
                )
                return Outcome.REJECTED
            return Outcome.AGAIN  # another instance took it; its facts are still on their way
        raise AssertionError(f"{source.path} does not come to an end")

    def _rivals(self, snapshot: Snapshot, game: Game) -> tuple[Snapshot, ...]:
        """Contents of the game's other files that are on disk as they were accounted."""
        others = [path for path in game.present() if path != snapshot.source.path]
        others.sort(key=lambda path: game.paths[path].rank, reverse=True)
        if len(others) > RIVALS_MAX:
            log.warning("file.many_copies", game_id=snapshot.game_id, copies=len(others))
        found = (self._rival(path, game.paths[path].sha256) for path in others[:RIVALS_MAX])
        return tuple(rival for rival in found if rival is not None)

    def _rival(self, path: str, sha256: str) -> Snapshot | None:
        try:
            look = Look.of((self._root / path).stat(follow_symlinks=False))
            if look.size > self._patience.bytes_max:
                return None
            content = read(self._root, path, look)
            if content is None or content.sha256 != sha256:
                return None
            return parse(content.data, Origin(self._table, path, sha256), self._patience.depth_max)
        except (OSError, BadFile):
            return None

    async def _reject(self, origin: Origin, size: int, code: str, detail: str) -> None:
        log.warning("file.rejected", table=self._table, path=origin.path, code=code, detail=detail)
        command = RejectFile(
            table=self._table,
            source=FileSource(path=origin.path, sha256=origin.sha256),
            bytes=size,
            code=code,
            detail=detail,
        )
        name = f"{self._table}\n{origin.path}\n{origin.sha256}\n{code}"
        await self._execute(command, Entity(CONTEXT, TABLE, self._table), name)

    async def _execute(self, command: Command, entity: Entity, name: str) -> Answer:
        context = CommandContext(
            command_id=str(uuid.uuid5(_NAMESPACE, name)),
            actor=f"gfx-ingest:{self._table}",
            traceparent=tracing.traceparent(),
        )
        return await self._runner.execute(command, entity, context)
