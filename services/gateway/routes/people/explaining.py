"""Why a field has its value: the chain of facts down to file, hash and line, and what lost."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from contracts import persons
from services.gateway.routes.as_of import AsOfQuery
from services.gateway.routes.context import SEQUENCE_HEADER, Context, Gateway
from services.gateway.routes.parameters import PersonId
from services.gateway.routes.people import facts, models
from services.gateway.routes.people.asking import READS, ROWS_MAX, moment, person
from services.gateway.routes.people.models import PersonField
from services.gateway.routes.people.texts import kept_text
from services.gateway.views import Snapshot, Values

router = APIRouter(tags=["people"])


@router.get("/players/{person_id}/explain/{field}")
async def explain(
    gateway: Context,
    response: Response,
    person_id: PersonId,
    field: PersonField,
    query: Annotated[AsOfQuery, Query()],
) -> models.Explanation:
    """What holds and what it overruled, each with the fact, the file and the place in the file.

    With `as_of` all of it and the links behind it are as they were; a text or address that can be
    erased is today's, and so is the list of what was erased.
    """
    at = await moment(gateway, query)
    async with gateway.views.read(READS, at.min_seq) as snapshot:
        row = await person(snapshot, at, person_id)
        said = await _overrides(snapshot, row["ids"])
        links = await _links(snapshot, row)
        gone = [*facts.erased_overrides(said.values(), field)]
        gone += await facts.erased_images(snapshot, row, field)
    response.headers[SEQUENCE_HEADER] = str(snapshot.sequence)
    steps = []
    for each in row["fields"].get(field, ()):
        override = said.get((each["id"], each.get("override_id", "")))
        by = links.get(each["id"])
        step = each | {
            "value": await _value(gateway, row, field, each, override),
            "fact": await facts.fact_of(gateway.bus, each["sequence"]),
            "linked_by": await facts.fact_of(gateway.bus, by) if by else None,
            "reason": override["reason"] if override else None,
        }
        steps.append(models.Step(**step))
    return models.Explanation(
        person_id=row["person_id"],
        field=field,
        value=steps[0].value if steps else None,
        holds=steps[0] if steps else None,
        overruled=steps[1:],
        erased=[await facts.erased_value(gateway.bus, each) for each in gone],
    )


async def _overrides(snapshot: Snapshot, ids: list[str]) -> dict[tuple[str, str], Values]:
    where = {"person_id = any({0}::text[])": ids}
    rows = await snapshot.select("overrides", where, "person_id, override_id", ROWS_MAX)
    return {(row["person_id"], row["override_id"]): row for row in rows}


async def _value(
    gateway: Gateway, row: Values, field: str, told: Values, override: Values | None
) -> str | int | None:
    """The value of a candidate, also one that is kept elsewhere because it can be erased."""
    value: str | int | None = told.get("value")
    if value is None and override:
        value = override["value"] or await kept_text(gateway.objects, override["object"])
    elif field == "profile_image" and told["origin"] == "wsop":
        value = row["source_image_url"]
    return value


async def _links(snapshot: Snapshot, row: Values) -> dict[str, int]:
    """Sequence of the newest verification, as of the period, by identity."""
    identities = [each for each in row["ids"] if each.startswith(f"{persons.GFX}-")]
    where: dict[str, Any] = {
        "person_id = any({0}::text[])": identities,
        "player_person_id": row["person_id"],
    }
    found = {}
    for link in await snapshot.select("links", where, "person_id, wsop_player_id", ROWS_MAX):
        said = [w["sequence"] for w in link["history"] if w["word"] == "link_verified"]
        by_then = [each for each in said if each <= row["from_seq"]]
        if by_then:
            found[link["person_id"]] = max(by_then)
    return found
