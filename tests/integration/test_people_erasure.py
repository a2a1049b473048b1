"""A person is erased over HTTP: real override service, real projections, real gateway."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bus.objects import ObjectMissing, Objects
from contracts.messages.override import PersonErased
from services.override import app as override
from services.override.settings import OverrideSettings
from tests.support.gateway import Stage, assert_problem, running
from tests.support.gfx_facts import seen
from tests.support.live_bus import emptied, facts_of
from tests.support.people import gradient, saved
from tests.support.people_facts import A, X, hand, started, told

PHOTO = "https://photos.example/ana.png"
BIO = "Grew up by the lake of Ohrid."
CONTACT = "+41 79 000 11 22"
WHY = {"reason": "she asked for it"}
ERASE = f"/players/{X}/personal-data"


@pytest.fixture
async def service(system: Stage, tmp_path: Path) -> AsyncIterator[None]:
    settings = OverrideSettings(
        objects_url=system.place.objects,
        work_dir=tmp_path / "work",
        **system.place.login("override"),
    )
    async with running("override", settings) as process:
        await override.main(process, settings)
        yield


async def ask(api: httpx.AsyncClient, method: str, path: str, **more: Any) -> Any:
    answer = await api.request(method, path, **more)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


@pytest.fixture
async def anna(system: Stage, api: httpx.AsyncClient, service: None) -> dict[str, Any]:
    """Somebody with two ids: private texts on one, a primary picture on the other, and a photo
    that the platform tells of. Returns the picture's path and every object of hers.
    """
    fields = {"name": "Aña Výborná", "country_code": "CZ", "profile_image_url": PHOTO}
    await system.folded(await system.say(started(), told("WP1", **fields), seen(), hand(0, "x")))
    await ask(api, "POST", f"/players/{X}/links", json={"wsop_player_id": "WP1", "reason": "seen"})
    texts = {"bio": BIO, "contact": CONTACT, "name": "Anna Výborná", "reason": "for the show"}
    await ask(api, "PATCH", f"/players/{X}", json=texts)
    made = await ask(api, "POST", f"/players/{A}/images", content=saved(gradient(), "PNG"))
    path = f"/players/{A}/images/{made['id']}"
    await ask(api, "POST", f"{path}/approve", json={})
    said = await ask(api, "POST", f"{path}/primary")
    found = await ask(api, "GET", f"/players/{X}", params={"min_seq": said["sequence"]})
    assert (found["bio"], len(found["profile_image_renditions"])) == (BIO, 3)
    keys = [
        *(each["object"] for each in found["profile_image_renditions"]),
        *(
            each["object"]
            for each in (await ask(api, "GET", f"/players/{A}/overrides"))["items"]
            if each["object"]
        ),
    ]
    objects = Objects(system.place.objects)
    assert [await there(objects, key) for key in keys] == [True] * 5
    return {"image": path, "objects": keys, "before": said["sequence"]}


async def there(objects: Objects, key: str) -> bool:
    try:
        await objects.info(key)
    except ObjectMissing:
        return False
    return True


async def test_what_is_private_of_every_id_is_gone_from_objects_and_reads(
    system: Stage, api: httpx.AsyncClient, anna: dict[str, Any]
) -> None:
    said = await ask(api, "DELETE", ERASE, params=WHY)
    assert set(said["ids"]) == {A, X}
    await emptied(system.bus, "override-eraser")
    objects = Objects(system.place.objects)
    assert [key for key in anna["objects"] if await there(objects, key)] == []
    after = {"min_seq": said["sequence"]}
    found = await ask(api, "GET", f"/players/{A}", params=after)
    assert (found["bio"], found["profile_image_renditions"]) == (None, [])
    assert found["profile_image_url"] is None, "nor the address that the platform told"
    assert (found["name"], found["country_code"]) == ("Anna Výborná", "CZ")
    assert_problem(await api.get(anna["image"]), 404, "not_found")
    then = await ask(api, "GET", f"/players/{A}", params=after | {"as_of": anna["before"]})
    assert (then["bio"], then["profile_image_url"]) == (None, None)
    listed = await ask(api, "GET", f"/players/{A}/overrides", params=after)
    states = {each["field"]: (each["status"], each["object"]) for each in listed["items"]}
    assert states["bio"] == states["contact"] == ("erased", None)
    assert states["name"] == ("effective", None)


async def test_explain_says_what_was_erased_by_whom_and_why(
    api: httpx.AsyncClient, anna: dict[str, Any]
) -> None:
    before = await ask(api, "GET", f"/players/{A}/explain/bio")
    assert (before["value"], before["erased"]) == (BIO, [])
    said = await ask(api, "DELETE", ERASE, params=WHY)
    now = {"min_seq": said["sequence"]}
    for field, origin, owner in (("bio", "override", X), ("profile_image", "image", A)):
        found = await ask(api, "GET", f"/players/{A}/explain/{field}", params=now)
        assert (found["value"], found["holds"]) == (None, None)
        [erased] = found["erased"]
        assert (erased["origin"], erased["id"], erased["reason"]) == (
            origin,
            owner,
            WHY["reason"],
        )
        assert erased["erased_by"]["type"] == "override.person_erased.v1"
        assert erased["erased_by"]["actor"] == "api"
        assert erased["set_by"]["sequence"] < erased["erased_by"]["sequence"]
    name = await ask(api, "GET", f"/players/{A}/explain/name", params=now)
    assert (name["value"], name["erased"]) == ("Anna Výborná", [])


async def test_no_stream_ever_held_anything_private(
    system: Stage, api: httpx.AsyncClient, anna: dict[str, Any]
) -> None:
    said = await ask(api, "DELETE", ERASE, params=WHY)
    for sequence in range(1, said["sequence"] + 1):
        fact = await system.bus.event_at(sequence)
        assert fact is not None
        whole = fact.data + str(fact.headers).encode()
        assert b"Ohrid" not in whole
        assert b"000 11 22" not in whole


async def test_erasing_again_changes_nothing_and_what_is_said_later_holds(
    system: Stage, api: httpx.AsyncClient, anna: dict[str, Any]
) -> None:
    first = await ask(api, "DELETE", ERASE, params=WHY, headers={"Idempotency-Key": "a"})
    same = await ask(api, "DELETE", ERASE, params=WHY, headers={"Idempotency-Key": "a"})
    again = await ask(api, "DELETE", f"/players/{A}/personal-data", params=WHY)
    assert first == same == again
    async with facts_of(system.bus) as facts:
        assert len(await facts.until(PersonErased, 2)) == 2
    body = {"bio": "Plays again.", "reason": "her own words"}
    said = await ask(api, "PATCH", f"/players/{A}", json=body)
    found = await ask(api, "GET", f"/players/{A}", params={"min_seq": said["sequence"]})
    assert found["bio"] == "Plays again."
    head = (await system.bus.head()).sequence
    assert head == said["sequence"]


async def test_an_erasure_needs_somebody_and_a_reason(
    api: httpx.AsyncClient, anna: dict[str, Any]
) -> None:
    for query in ({}, {"reason": " "}, WHY | {"why": "x"}):
        assert_problem(await api.delete(ERASE, params=query), 422, "invalid_input")
    nobody = await api.delete("/players/w-nobody/personal-data", params=WHY)
    assert_problem(nobody, 404, "not_found")
