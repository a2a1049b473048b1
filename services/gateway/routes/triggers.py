"""What people ask of the sources: to look through the folders of the tables now."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query
from pydantic import BaseModel, ConfigDict

from bus.api import Answer, CommandContext
from contracts.messages.gfx_sync import SOURCE, TriggerSync
from services.gateway.errors import Problem, refused
from services.gateway.routes import models
from services.gateway.routes.commands import Sender, Text
from services.gateway.routes.context import SEQUENCE_HEADER, NoQuery
from services.gateway.routes.sync import Source, check_source

router = APIRouter(tags=["sync"])

# A table is one PC; more than this are not asked with one request.
TABLES_MAX = 64
# A person waits for the id of the run that theirs was merged into, but not long.
MERGED_S_MAX = 2.0


class Trigger(BaseModel):
    """Which table to look through; all that are enabled if none is named."""

    model_config = ConfigDict(extra="forbid")

    table: Text | None = None


class SyncSender(Sender):
    """One request's way to the bus, with a command for each of several tables."""

    async def trigger(self, table: str) -> models.TriggeredSync:
        """Ask for a run of one table. Raises Problem when it is refused."""
        sync_id = self.id(f"sync {table}")
        command = TriggerSync(table=table, sync_id=sync_id)
        context = CommandContext(command_id=self.id(f"command {table}"), actor=self._actor)
        answer = await self._gateway.bus.send(command, context)
        if answer.refusal is not None:
            raise refused(answer.refusal)
        merged = not answer.said and not answer.repeated
        return models.TriggeredSync(
            table=table,
            sync_id=await self._newest_run(table, answer) if merged else sync_id,
            sequence=answer.sequence,
            merged=merged,
        )

    async def enabled(self) -> list[str]:
        """Names of the tables whose folders are watched."""
        async with self._gateway.views.read(("sync_status",)) as snapshot:
            rows = await snapshot.rows(
                "select entity_id from views.sync_status where source = $1 and enabled "
                "order by entity_id limit $2",
                SOURCE,
                TABLES_MAX,
            )
        return [row["entity_id"] for row in rows]

    def tell(self, sequence: int) -> None:
        """Tell in the answer's headers what a repeat needs and what a read may wait for."""
        self._response.headers[SEQUENCE_HEADER] = str(sequence)
        self._response.headers["Idempotency-Key"] = self._key

    async def _newest_run(self, table: str, answer: Answer) -> str | None:
        """Id of the run that a request was merged into; None while the view lacks it."""
        try:
            async with (
                asyncio.timeout(MERGED_S_MAX),
                self._gateway.views.read(("sync_status",), answer.sequence) as snapshot,
            ):
                row = await snapshot.row(
                    "select sync_id from views.sync_runs where source = $1 and entity_id = $2 "
                    "and sequence <= $3 order by sequence desc limit 1",
                    SOURCE,
                    table,
                    answer.sequence,
                )
        except (Problem, TimeoutError, OSError):
            return None  # the run is a fact already; only its id is not known here yet
        return row["sync_id"] if row else None


@router.post("/sync/{source}/trigger", status_code=202)
async def trigger(
    source: Source,
    send: Annotated[SyncSender, Depends()],
    _: Annotated[NoQuery, Query()],
    body: Annotated[Trigger, Body(default_factory=Trigger)],
) -> models.TriggeredSyncs:
    """Look through the folders of one table, or of all, now. The history tells how it went."""
    check_source(source)
    tables = [body.table] if body.table else await send.enabled()
    if not tables:
        raise Problem(404, "not_found", "no table is enabled")
    syncs = await asyncio.gather(*(send.trigger(table) for table in tables))
    send.tell(max(sync.sequence for sync in syncs))
    return models.TriggeredSyncs(syncs=syncs)
