"""Pictures of people: what there is, which one is shown, and their bytes."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import StringConstraints

from bus.objects import ObjectMissing
from contracts.messages.override import ImageType, RenditionUse
from contracts.messages.override_commands import (
    AddImage,
    ApproveImage,
    MakeImagePrimary,
    RemoveImage,
)
from contracts.people import storage
from services.gateway.errors import not_found
from services.gateway.routes.commands import Created, None_, Send
from services.gateway.routes.context import (
    SEQUENCE_HEADER,
    Context,
    Gateway,
    Id,
    NoQuery,
    Read,
    ReadQuery,
)
from services.gateway.routes.operators import Said, WhyQuery
from services.gateway.routes.parameters import PersonId
from services.gateway.routes.people import models
from services.gateway.routes.people.asking import READS, Moment, known, person
from services.gateway.routes.people.saying import Note, holder, of_person

router = APIRouter(tags=["people"])


class NewImageQuery(NoQuery):
    """What a picture is for, and what whoever sends it adds."""

    image_type: ImageType = "profile"
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class RenditionQuery(ReadQuery):
    """Which form of a picture."""

    use: RenditionUse = "broadcast"


@router.get("/players/{person_id}/images")
async def images(
    gateway: Context, response: Response, person_id: PersonId, query: Read
) -> models.Listed[models.Image]:
    """All pictures of a person, of each of their ids, with what became of them."""
    rows = await of_person(gateway, response, (person_id, query.min_seq), "images")
    return models.Listed(items=[models.Image(**row) for row in rows], total=len(rows))


@router.post("/players/{person_id}/images", status_code=201)
async def add(
    gateway: Context,
    send: Send,
    request: Request,
    person_id: PersonId,
    query: Annotated[NewImageQuery, Query()],
) -> Created:
    """Keep a picture; the body is the file. It is shown once approved and made primary."""
    await known(gateway, person_id)
    content = await request.body()
    # Another content under the same key is another command, and refused as one.
    upload_id = send.id(f"upload {hashlib.sha256(content).hexdigest()}")
    image_id = send.id("image")
    await gateway.objects.put(storage.upload_key(upload_id), content)
    command = AddImage(
        person_id=person_id,
        image_id=image_id,
        upload_id=upload_id,
        image_type=query.image_type,
        note=query.note,
    )
    return Created(id=image_id, sequence=(await send.send(command)).sequence)


@router.get("/players/{person_id}/images/{image_id}", response_class=Response)
async def image(
    gateway: Context,
    request: Request,
    person_id: PersonId,
    image_id: Id,
    query: Annotated[RenditionQuery, Query()],
) -> Response:
    """One form of a picture that was not taken away."""
    async with gateway.views.read(READS, query.min_seq) as snapshot:
        at = Moment("unified_players", {}, query.min_seq)
        row = await person(snapshot, at, person_id)
        where: dict[str, Any] = {
            "person_id = any({0}::text[])": row["ids"],
            "image_id": image_id,
            "status": "kept",
        }
        found = await snapshot.select("images", where, "person_id", 1)
    forms = [each for kept in found for each in kept["renditions"] if each["use"] == query.use]
    if not forms:
        raise not_found(f"{query.use} picture", image_id)
    form = forms[0]
    # What is erased must not live on in a browser, so it asks each time.
    headers = {
        SEQUENCE_HEADER: str(snapshot.sequence),
        "ETag": f'"{form["sha256"]}"',
        "Cache-Control": "private, no-cache",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return await _content(gateway, form, headers)


async def _content(gateway: Gateway, form: dict[str, Any], headers: dict[str, str]) -> Response:
    key = str(form["object"])
    try:
        size = (await gateway.objects.info(key)).bytes
    except ObjectMissing as error:
        raise not_found("picture", key) from error
    headers["Content-Length"] = str(size)
    return StreamingResponse(
        gateway.objects.read(key, 0, size), headers=headers, media_type=form["media_type"]
    )


@router.post("/players/{person_id}/images/{image_id}/approve")
async def approve(
    gateway: Context, send: Send, person_id: PersonId, image_id: Id, body: Note
) -> Said:
    """Say that a picture may be shown."""
    of = await _holder(gateway, person_id, image_id)
    command = ApproveImage(person_id=of, image_id=image_id, note=body.note)
    return Said(sequence=(await send.send(command)).sequence)


@router.post("/players/{person_id}/images/{image_id}/primary")
async def make_primary(
    gateway: Context, send: Send, person_id: PersonId, image_id: Id, _: None_
) -> Said:
    """Show an approved picture wherever one of its type is shown."""
    of = await _holder(gateway, person_id, image_id)
    command = MakeImagePrimary(person_id=of, image_id=image_id)
    return Said(sequence=(await send.send(command)).sequence)


@router.delete("/players/{person_id}/images/{image_id}")
async def remove(
    gateway: Context,
    send: Send,
    person_id: PersonId,
    image_id: Id,
    query: Annotated[WhyQuery, Query()],
) -> Said:
    """Take a picture away."""
    of = await _holder(gateway, person_id, image_id)
    command = RemoveImage(person_id=of, image_id=image_id, reason=query.reason or "taken away")
    return Said(sequence=(await send.send(command)).sequence)


async def _holder(gateway: Gateway, person_id: str, image_id: str) -> str:
    return await holder(gateway, "images", person_id, ("image_id", image_id))
