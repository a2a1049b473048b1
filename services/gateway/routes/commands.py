"""What people ask for: a session, a sheet, a cue, and the take.

Ids of new things follow from the actor and the idempotency key, so a repeated request names the
same thing and gets the same answer.
"""

import asyncio
import uuid
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Header, Query, Request, Response
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
)

from bus.api import Answer, CommandContext
from bus.clock import utc_now
from contracts import takes
from contracts.compositions import parameter_names, parameters_of
from contracts.messages import Command
from contracts.messages.cuesheet import AddItem, AddSheet, CreateSession, TakeItem
from services.gateway.errors import Problem, not_found, refused
from services.gateway.routes.context import SEQUENCE_HEADER, Context, Gateway, Id, NoQuery
from services.gateway.wait import WAIT_S_MAX

router = APIRouter(tags=["commands"])

# A take that arrives later than this surprises the person who pressed.
TAKE_EXPIRES_MS = 2000
TAKE_EXPIRES_MS_MAX = 60_000
# Ten minutes of one graphic is a whole break.
DURATION_S_MAX = 600
CUESHEET = "rundown"

# No control characters: PostgreSQL cannot store NUL, and the rest is never meant.
_PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f]+$"
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_PRINTABLE),
]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
Key = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[!-~]+$")
]
None_ = Annotated[NoQuery, Query()]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewSession(_Asked):
    """A session to open; the date is today's (UTC) unless given."""

    code: Text
    event_name: Text
    broadcast_date: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")


class NewSheet(_Asked):
    """A cue sheet to add."""

    name: Text
    sheet_type: Word = "main_show"


_NAMES = "; ".join(f"{name}: {', '.join(names)}" for name, names in parameter_names().items())


class NewItem(_Asked):
    """A cue to append; a parameter that is null counts as not given."""

    composition: Literal["table_leaderboard", "chip_flow", "at_risk"]
    title: Text | None = Field(default=None, description="else the name of the composition")
    parameters: dict[str, Any] = Field(description=f"What the graphic shows, by kind. {_NAMES}")
    duration_seconds: int | None = Field(default=None, ge=1, le=DURATION_S_MAX)

    @field_validator("parameters")
    @classmethod
    def _check(cls, given: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        """The service refuses the same; here the answer names the field."""
        named = {name: value for name, value in given.items() if value is not None}
        if composition := info.data.get("composition"):
            parameters_of(composition, named)
        return named


class Take(_Asked):
    """A take; it is refused when it could not be done within `expires_in_ms`."""

    trigger_type: Literal["manual", "scheduled", "auto", "api", "hotkey", "external"] = "manual"
    expires_in_ms: int = Field(default=TAKE_EXPIRES_MS, ge=1, le=TAKE_EXPIRES_MS_MAX)


class Created(BaseModel):
    """A new thing: its id, and the sequence to pass as `min_seq` to see it."""

    id: str
    sequence: int


class Taken(BaseModel):
    """A take that was made, or merged into the one of a moment ago: then the ids are that one's,
    null while the read model has not shown them yet.
    """

    sequence: int
    session_id: str
    item_id: str
    trigger_id: str | None
    render_id: str | None
    merged: bool


class Sender:
    """One request's way to the bus: its actor, its key, and the ids that follow from them."""

    def __init__(
        self, gateway: Context, request: Request, response: Response, key: Key = None
    ) -> None:
        """Made by FastAPI; a key that was not sent is made up and told in the answer."""
        self._gateway = gateway
        self._response = response
        self._actor: str = request.state.actor
        self._key = key or str(uuid.uuid4())

    def id(self, kind: str) -> str:
        """Id of the thing of this kind that this request makes."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._actor}\n{self._key}\n{kind}"))

    @property
    def command_id(self) -> str:
        """Id of the command; the same for every repeat of the request."""
        return self.id("command")

    async def send(self, command: Command, expires_in_ms: int | None = None) -> Answer:
        """Send a command. Raises Problem when it is refused, Unavailable without an answer."""
        within = None if expires_in_ms is None else timedelta(milliseconds=expires_in_ms)
        context = CommandContext(
            command_id=self.command_id,
            actor=self._actor,
            expires_at=None if within is None else utc_now() + within,
        )
        answer = await self._gateway.bus.send(command, context)
        if answer.refusal is not None:
            raise refused(answer.refusal)
        self._response.headers[SEQUENCE_HEADER] = str(answer.sequence)
        self._response.headers["Idempotency-Key"] = self._key
        return answer


Send = Annotated[Sender, Depends()]


@router.post("/sessions", status_code=201)
async def create_session(send: Send, body: NewSession, _: None_) -> Created:
    """Open a broadcast session; it is live at once."""
    session_id = send.id("session")
    answer = await send.send(
        CreateSession(
            session_id=session_id,
            code=body.code,
            event_name=body.event_name,
            broadcast_date=body.broadcast_date or utc_now().date().isoformat(),
        )
    )
    return Created(id=session_id, sequence=answer.sequence)


@router.post("/sessions/{session_id}/sheets", status_code=201)
async def add_sheet(send: Send, session_id: Id, body: NewSheet, _: None_) -> Created:
    """Add a cue sheet; the first one of a session becomes active."""
    sheet_id = send.id("sheet")
    command = AddSheet(
        session_id=session_id, sheet_id=sheet_id, name=body.name, sheet_type=body.sheet_type
    )
    return Created(id=sheet_id, sequence=(await send.send(command)).sequence)


@router.post("/sheets/{sheet_id}/items", status_code=201)
async def add_item(gateway: Context, send: Send, sheet_id: Id, body: NewItem, _: None_) -> Created:
    """Append a cue to a sheet."""
    item_id = send.id("item")
    command = AddItem(
        session_id=await _session_of(gateway, "sheets", sheet_id),
        sheet_id=sheet_id,
        item_id=item_id,
        composition=body.composition,
        title=body.title or body.composition.replace("_", " ").capitalize(),
        parameters=body.parameters,
        duration_s=body.duration_seconds,
    )
    return Created(id=item_id, sequence=(await send.send(command)).sequence)


@router.post("/items/{item_id}/trigger", status_code=202)
async def take(
    gateway: Context,
    send: Send,
    item_id: Id,
    _: None_,
    body: Annotated[Take, Body(default_factory=Take)],
) -> Taken:
    """Put a cue on air now, or not at all."""
    session_id = await _session_of(gateway, "items", item_id)
    command = TakeItem(session_id=session_id, item_id=item_id, trigger_type=body.trigger_type)
    answer = await send.send(command, body.expires_in_ms)
    merged = not answer.said and not answer.repeated
    trigger_id: str | None = takes.trigger_id(send.command_id)
    render_id: str | None = takes.render_id(trigger_id or "")
    if merged:
        trigger_id, render_id = await _first_take(gateway, item_id, answer.sequence)
    return Taken(
        sequence=answer.sequence,
        session_id=session_id,
        item_id=item_id,
        trigger_id=trigger_id,
        render_id=render_id,
        merged=merged,
    )


async def _session_of(gateway: Gateway, view: Literal["sheets", "items"], thing_id: str) -> str:
    """Session of a sheet or cue; one made a moment ago is waited for."""
    column = {"sheets": "sheet_id", "items": "item_id"}[view]
    async with gateway.views.read((CUESHEET,)) as snapshot:
        found = await snapshot.one(view, column, thing_id)
    if found is None:
        head = await gateway.bus.head()
        async with gateway.views.read((CUESHEET,), head.sequence) as snapshot:
            found = await snapshot.one(view, column, thing_id)
    if found is None:
        raise not_found({"sheets": "cue sheet", "items": "cue"}[view], thing_id)
    return str(found["session_id"])


async def _first_take(gateway: Gateway, item_id: str, sequence: int) -> tuple[str | None, ...]:
    """Ids of the take that a second press was merged into; null while the view lacks it."""
    try:
        async with (
            asyncio.timeout(2 * WAIT_S_MAX),
            gateway.views.read((CUESHEET,), sequence) as snapshot,
        ):
            row = await snapshot.row(
                "select trigger_id, render_id from views.triggers "
                "where item_id = $1 and sequence <= $2 order by sequence desc limit 1",
                item_id,
                sequence,
            )
    except (Problem, TimeoutError, OSError):
        # The take is a fact already; only its ids are not known here yet.
        return None, None
    return (row["trigger_id"], row["render_id"]) if row else (None, None)
