"""The facts behind what is shown of people, and what is left of what was erased."""

from collections.abc import Iterable, Iterator
from typing import Any

from bus.api import Bus, recorded
from contracts.messages.override import PersonErased
from services.gateway.routes.people import models
from services.gateway.routes.people.asking import ROWS_MAX
from services.gateway.views import Snapshot, Values


async def fact_of(bus: Bus, sequence: int) -> models.Fact | None:
    """The fact at a sequence of the log."""
    message = await bus.event_at(sequence)
    if message is None:
        return None
    headers = message.headers
    return models.Fact(
        sequence=sequence,
        type=headers["ce-type"],
        id=headers["ce-id"],
        said_at=headers["ce-time"],
        actor=headers.get("ce-actor", ""),
    )


def erased_overrides(overrides: Iterable[Values], field: str) -> Iterator[Values]:
    """Those of a field that were erased."""
    told = "profile_image_url" if field == "profile_image" else field
    for override in overrides:
        if override["status"] == "erased" and override["field"] == told:
            yield override


async def erased_images(snapshot: Snapshot, row: Values, field: str) -> list[Values]:
    """Erased pictures of any id of a person; only one field has pictures."""
    if field != "profile_image":
        return []
    where: dict[str, Any] = {"person_id = any({0}::text[])": row["ids"], "status": "erased"}
    return await snapshot.select("images", where, "person_id, image_id", ROWS_MAX)


async def erased_value(bus: Bus, gone: Values) -> models.ErasedValue:
    """What is left of it: who said it, and who erased it last."""
    first = gone["history"][0]
    last = next(word for word in reversed(gone["history"]) if word["word"] == "person_erased")
    message = await bus.event_at(last["sequence"])
    erasure = None if message is None else recorded(message).event
    return models.ErasedValue(
        origin="image" if "image_id" in gone else "override",
        id=gone["person_id"],
        override_id=gone.get("override_id", ""),
        image_id=gone.get("image_id", ""),
        set_by=await fact_of(bus, first["sequence"]),
        erased_by=await fact_of(bus, last["sequence"]),
        reason=erasure.reason if isinstance(erasure, PersonErased) else "",
    )
