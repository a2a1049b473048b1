"""What people ask of the sources: to look for files, and fetch what can be fetched, now."""

import asyncio
from typing import Annotated, get_args

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict

from bus.api import Answer, CommandContext
from contracts.messages import Command, gfx_sync, wsop, wsop_sync
from services.gateway.errors import Problem, not_found, refused
from services.gateway.routes import models
from services.gateway.routes.commands import Sender, Text
from services.gateway.routes.context import SEQUENCE_HEADER, NoQuery
from services.gateway.routes.sync import Source, check_source

router = APIRouter(tags=["sync"])

# A table is one PC, of the other source there are four kinds; more are not asked with one request.
ENTITIES_MAX = 64
# A person waits for the id of the run that theirs was merged into, but not long.
MERGED_S_MAX = 2.0
# What a source's runs are of, as requests and answers name it.
NAMES = {gfx_sync.SOURCE: "table", wsop_sync.SOURCE: "kind"}
KINDS: tuple[wsop.Kind, ...] = get_args(wsop.Kind.__value__)


class Trigger(BaseModel):
    """Which `table` of gfx, or which `kind` of wsop; all that are enabled if none is named."""

    model_config = ConfigDict(extra="forbid")

    table: Text | None = None
    kind: Text | None = None


class SyncSender(Sender):
    """One request's way to the bus, with a command for each of several tables or kinds."""

    async def trigger(self, source: str, name: str) -> models.TriggeredSync:
        """Ask for a run of one table or kind. Raises Problem when it is refused."""
        sync_id = self.id(f"sync {name}")
        context = CommandContext(command_id=self.id(f"command {name}"), actor=self._actor)
        answer = await self._gateway.bus.send(_command(source, name, sync_id), context)
        if answer.refusal is not None:
            raise refused(answer.refusal)
        merged = not answer.said and not answer.repeated
        return models.TriggeredSync(
            sync_id=await self._newest_run(source, name, answer) if merged else sync_id,
            sequence=answer.sequence,
            merged=merged,
            **{NAMES[source]: name},
        )

    async def enabled(self, source: str) -> list[str]:
        """Names of the tables that are watched, or of the kinds that are fetched."""
        async with self._gateway.views.read(("sync_status",)) as snapshot:
            rows = await snapshot.rows(
                "select entity_id from views.sync_status where source = $1 and enabled "
                "order by entity_id limit $2",
                source,
                ENTITIES_MAX,
            )
        return [row["entity_id"] for row in rows]

    def tell(self, sequence: int) -> None:
        """Tell in the answer's headers what a repeat needs and what a read may wait for."""
        self._response.headers[SEQUENCE_HEADER] = str(sequence)
        self._response.headers["Idempotency-Key"] = self._key

    async def _newest_run(self, source: str, name: str, answer: Answer) -> str | None:
        """Id of the run that a request was merged into; None while the view lacks it."""
        try:
            async with (
                asyncio.timeout(MERGED_S_MAX),
                self._gateway.views.read(("sync_status",), answer.sequence) as snapshot,
            ):
                row = await snapshot.row(
                    "select sync_id from views.sync_runs where source = $1 and entity_id = $2 "
                    "and sequence <= $3 order by sequence desc limit 1",
                    source,
                    name,
                    answer.sequence,
                )
        except (Problem, TimeoutError, OSError):
            return None  # the run is a fact already; only its id is not known here yet
        return row["sync_id"] if row else None


def _command(source: str, name: str, sync_id: str) -> Command:
    if source == gfx_sync.SOURCE:
        return gfx_sync.TriggerSync(table=name, sync_id=sync_id)
    for kind in KINDS:
        if kind == name:
            return wsop_sync.TriggerImport(kind=kind, sync_id=sync_id)
    raise not_found("kind", name)


def named(source: str, body: Trigger) -> str | None:
    """The table or kind that is asked for. Raises Problem for the name of another source's."""
    own = NAMES[source]
    for name in NAMES.values():
        if name != own and getattr(body, name) is not None:
            raise Problem(422, "invalid_input", f"body {name}: runs of {source} are of a {own}")
    asked: str | None = getattr(body, own)
    return asked


@router.post("/sync/{source}/trigger", status_code=202)
async def trigger(
    source: Source,
    send: Annotated[SyncSender, Depends()],
    _: Annotated[NoQuery, Query()],
    body: Annotated[Trigger, Body(default_factory=Trigger)],
) -> models.TriggeredSyncs:
    """Look for the files of one table or kind, or of all, now. The history tells how it went."""
    check_source(source)
    asked = named(source, body)
    names = [asked] if asked else await send.enabled(source)
    if not names:
        raise Problem(404, "not_found", f"no {NAMES[source]} is enabled")
    syncs = await asyncio.gather(*(send.trigger(source, name) for name in names))
    send.tell(max(sync.sequence for sync in syncs))
    return models.TriggeredSyncs(syncs=syncs)
