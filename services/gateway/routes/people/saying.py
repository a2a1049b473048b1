"""What people say of a person: a new one, and overrides of single fields.

An override is set on the id that is named and stays on it, whatever that id stands for. A private
value (biography, addresses of sites) becomes an upload, so that it lies in no stream.
"""

from typing import Annotated, Any, Self, get_args

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from contracts import persons
from contracts.messages.override import OverrideField
from contracts.messages.override_commands import (
    PRIORITY_DEFAULT,
    ApproveOverride,
    CreatePerson,
    SetOverride,
    WithdrawOverride,
)
from contracts.people import fields, storage
from services.gateway.errors import not_found
from services.gateway.routes.commands import Created, None_, Send, Text
from services.gateway.routes.context import SEQUENCE_HEADER, Context, Gateway, Id, NoQuery, Read
from services.gateway.routes.operators import Said, WhyQuery
from services.gateway.routes.parameters import PersonId
from services.gateway.routes.people import models
from services.gateway.routes.people.asking import READS, ROWS_MAX, Moment, known, person
from services.gateway.routes.people.sending import PeopleSender
from services.gateway.views import Values

router = APIRouter(tags=["people"])

Value = Annotated[str, StringConstraints(min_length=1, max_length=max(fields.LENGTH_MAX.values()))]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class _Asked(NoQuery):
    """A body; unknown members are refused."""


class NewPlayer(_Asked):
    """Somebody no source knows."""

    name: Text
    reason: Reason


class _Window(_Asked):
    """Why, with what weight (the smaller number wins) and from when until when."""

    reason: Reason
    priority: int = Field(default=PRIORITY_DEFAULT, ge=0, le=1000)
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The members that every override of the request shares."""
        names = ("reason", "priority", "valid_from", "valid_until")
        return {name: getattr(self, name) for name in names}


class NewOverride(_Window):
    """Another value of one field."""

    field: OverrideField
    value: Value


class PlayerChange(_Window):
    """Other values of fields; each becomes an override."""

    name: Value | None = None
    name_korean: Value | None = None
    name_display: Value | None = None
    name_short: Value | None = None
    country_code: Value | None = None
    country_name: Value | None = None
    profile_image_url: Value | None = None
    notable_wins: Value | None = None
    bio: Value | None = None
    social_links: Value | None = None
    birth_date: Value | None = None
    contact: Value | None = None

    @model_validator(mode="after")
    def _check_change(self) -> Self:
        if not self.values:
            raise ValueError("name at least one field")
        return self

    @property
    def values(self) -> dict[OverrideField, str]:
        """The fields that are given."""
        given = ((field, getattr(self, field)) for field in get_args(OverrideField.__value__))
        return {field: value for field, value in given if value is not None}


class Note(_Asked):
    """What a person who checked it adds."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class Changed(Said):
    """The overrides that a change became, by field."""

    overrides: dict[str, str]


@router.post("/players", status_code=201)
async def create(send: Send, body: NewPlayer, _: None_) -> Created:
    """Enter somebody no source knows; whatever else is known of them is an override."""
    person_id = persons.of_operator(send.id("person"))
    command = CreatePerson(person_id=person_id, name=body.name, reason=body.reason)
    return Created(id=person_id, sequence=(await send.send(command)).sequence)


@router.patch("/players/{person_id}")
async def change(
    gateway: Context,
    send: Annotated[PeopleSender, Depends()],
    person_id: PersonId,
    body: PlayerChange,
    _: None_,
) -> Changed:
    """Override fields, one after the other; what a source says is never changed.

    A refused field ends it: those before it are set. The same key continues where it ended.
    """
    await known(gateway, person_id)
    said, sequence = {}, 0
    for field, value in body.values.items():
        override_id = send.id(f"override {field}")
        told = await kept(gateway, field, value, send.id(f"upload {field}"))
        command = SetOverride(
            person_id=person_id, override_id=override_id, field=field, **told, **body.options
        )
        sequence = await send.send_one(field, command)
        said[field] = override_id
    return Changed(sequence=sequence, overrides=said)


@router.post("/players/{person_id}/override", status_code=201)
async def override(
    gateway: Context, send: Send, person_id: PersonId, body: NewOverride, _: None_
) -> Created:
    """Give a field another value, from now on or within a window."""
    await known(gateway, person_id)
    override_id = send.id("override")
    told = await kept(gateway, body.field, body.value, send.id("upload"))
    command = SetOverride(
        person_id=person_id, override_id=override_id, field=body.field, **told, **body.options
    )
    return Created(id=override_id, sequence=(await send.send(command)).sequence)


@router.get("/players/{person_id}/overrides")
async def overrides(
    gateway: Context, response: Response, person_id: PersonId, query: Read
) -> models.Listed[models.Override]:
    """All overrides of a person, of each of their ids, with what became of them."""
    rows = await of_person(gateway, response, (person_id, query.min_seq), "overrides")
    return models.Listed(items=[models.Override(**row) for row in rows], total=len(rows))


@router.delete("/players/{person_id}/override/{override_id}")
async def withdraw(
    gateway: Context,
    send: Send,
    person_id: PersonId,
    override_id: Id,
    query: Annotated[WhyQuery, Query()],
) -> Said:
    """Take an override back; the next one by priority, or the source, holds again."""
    command = WithdrawOverride(
        person_id=await _holder(gateway, person_id, override_id),
        override_id=override_id,
        reason=query.reason or "taken back",
    )
    return Said(sequence=(await send.send(command)).sequence)


@router.post("/players/{person_id}/override/{override_id}/approve")
async def approve(
    gateway: Context, send: Send, person_id: PersonId, override_id: Id, body: Note
) -> Said:
    """Put on record that somebody checked an override; it holds without that, too."""
    holder = await _holder(gateway, person_id, override_id)
    command = ApproveOverride(person_id=holder, override_id=override_id, note=body.note)
    return Said(sequence=(await send.send(command)).sequence)


async def kept(
    gateway: Gateway, field: OverrideField, value: str, upload_id: str
) -> dict[str, Any]:
    """How a command tells a value: itself, or the upload that a private one is."""
    if field not in fields.PRIVATE:
        return {"value": value}
    await gateway.objects.put(storage.upload_key(upload_id), value.encode())
    return {"upload_id": upload_id}


async def of_person(
    gateway: Gateway, response: Response, who: tuple[str, int], view: str
) -> list[Values]:
    """Rows of a view about any id of a person; `who` is an id and the sequence to wait for."""
    person_id, min_seq = who
    async with gateway.views.read(READS, min_seq) as snapshot:
        row = await person(snapshot, Moment("unified_players", {}, min_seq), person_id)
        where = {"person_id = any({0}::text[])": row["ids"]}
        found = await snapshot.select(view, where, "sequence, person_id", ROWS_MAX)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    return found


async def holder(gateway: Gateway, view: str, person_id: str, thing: tuple[str, str]) -> str:
    """Which id of a person has an override or a picture; `thing` is the column and its value.

    One made a moment ago is waited for. Raises Problem 404.
    """
    column, value = thing
    for wait in (False, True):
        sequence = (await gateway.bus.head()).sequence if wait else 0
        row = await known(gateway, person_id, sequence)
        async with gateway.views.read(READS, sequence) as snapshot:
            where = {"person_id = any({0}::text[])": row["ids"], column: value}
            found = await snapshot.select(view, where, "person_id", 1)
        if found:
            return str(found[0]["person_id"])
    raise not_found(view.removesuffix("s"), value)


async def _holder(gateway: Gateway, person_id: str, override_id: str) -> str:
    return await holder(gateway, "overrides", person_id, ("override_id", override_id))
