"""People over HTTP: real projections, the real override service, the real gateway."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bus.clock import utc_now
from contracts.messages.gfx_game import GameBound
from contracts.messages.override import OverrideActivated, OverrideExpired
from deploy.cli import explain
from services.gateway.auth import PICTURE_BYTES_MAX
from services.override import app as override
from services.override.settings import OverrideSettings
from tests.support.folding import LOG_START
from tests.support.gateway import KEY, Stage, assert_problem, running
from tests.support.gfx_facts import GAME, seen
from tests.support.live_bus import facts_of
from tests.support.people import gradient, saved
from tests.support.people_facts import A, X, Y, hand, stack, started, told

TOLD = [
    started(), told("WP1", name="Aña Výborná", country_code="CZ"),
    told("WP2", name="Daniel Rezaei", country_code="AT", wsop_cashes=3),
    told("WP3", name="김지훈", country_code="KOR"), stack("WP4", "B. Stranger"),
    stack("WP2", "x", known=True), seen(), hand(0, "x", "y"),
    GameBound(game_id=GAME, event_id="E7", from_ticks="0", to_ticks=None),
]  # fmt: skip


@pytest.fixture
async def known(system: Stage) -> dict[str, int]:
    """Six people are told of; the query that waits for them."""
    return {"min_seq": await system.say(*TOLD)}


@pytest.fixture
async def service(system: Stage, tmp_path: Path) -> AsyncIterator[None]:
    """The service that answers people about people."""
    settings = OverrideSettings(
        objects_url=system.place.objects,
        work_dir=tmp_path / "work",
        **system.place.login("override"),
    )
    async with running("override", settings) as process:
        await override.main(process, settings)
        yield


async def get(api: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ask(api: httpx.AsyncClient, method: str, path: str, body: Any = None) -> Any:
    answer = await api.request(method, path, json=body)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def ids(page: dict[str, Any]) -> list[str]:
    return [each["person_id"] for each in page["items"]]


FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({}, {A, "w-WP2", "w-WP3", "w-WP4", X, Y}),
    ({"source": "gfx"}, {X, Y}),
    ({"source": "manual"}, set()),
    *(({"country": code}, {A}) for code in ("cz", "CZ", "CZE", "cze")),
    *(({"country": code}, {"w-WP3"}) for code in ("KR", "kor", "KOR")),
    ({"country": "ZZ"}, set()),
    ({"event_id": "E1"}, {"w-WP2", "w-WP4"}),
    ({"event_id": "E7"}, {X, Y}),
    ({"event_id": "E9"}, set()),
    ({"q": "VYBORNA"}, {A, X}),
    ({"q": "ana v", "source": "wsop"}, {A}),
    ({"q": "danial rezai"}, {"w-WP2"}),
    ({"q": "김ㅈ"}, {"w-WP3"}),
    ({"q": "%"}, set()),
]


async def test_people_are_found_by_every_filter_on_every_page(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    for query, expected in FILTERS:
        found: list[str] = []
        more: dict[str, Any] | None = {}
        while more is not None:
            page = await get(api, "/players", limit=2, **query, **known, **more)
            assert page["total"] == len(expected), query
            found += ids(page)
            more = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
        assert (len(found), set(found)) == (len(expected), expected), query


async def test_a_search_has_the_name_itself_first_and_half_names_behind(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    found = await get(api, "/players/search", q="anna vyborna", **known)
    first = found["items"][0]
    assert (first["person_id"], first["score"]) == (X, 100)
    assert A in ids(found)
    assert ids(await get(api, "/players/search", q="김지", **known)) == ["w-WP3"]
    assert ids(await get(api, "/players/search", q="zzz", **known)) == []


async def test_one_person_is_told_with_where_each_value_comes_from(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    found = await get(api, "/players/w-WP2", **known)
    assert (found["name_display"], found["name_short"], found["cashes"]) == (
        "DANIEL REZAEI",
        "Rezaei",
        3,
    )
    assert found["provenance"]["name"]["at"] == "/players/0"
    assert (found["bio"], found["social_links"], found["stub"]) == (None, None, False)
    assert (await get(api, "/players/w-WP4"))["stub"]
    assert_problem(await api.get("/players/w-nobody"), 404, "not_found")
    second = (LOG_START + timedelta(seconds=2)).isoformat()
    assert (await get(api, f"/players/{A}", as_of=second, **known))["name"] == "Aña Výborná"
    assert_problem(await api.get("/players/w-WP2", params={"as_of": second}), 404, "not_found")
    ahead = await api.get("/players/w-WP2", params={"as_of": 10**6})
    assert_problem(ahead, 422, "as_of_ahead")


@pytest.mark.usefixtures("service")
async def test_a_link_makes_one_person_whom_both_ids_lead_to_and_the_past_stays(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    body = {"wsop_player_id": "WP1", "reason": "saw the passport"}
    said = await ask(api, "POST", f"/players/{X}/links", body)
    after = {"min_seq": said["sequence"]}
    found = await get(api, f"/players/{X}", **after)
    assert (found["person_id"], found["ids"], found["sources"]) == (A, [A, X], ["wsop", "gfx"])
    assert found["name_short"] == "Vyborna"
    before = await get(api, f"/players/{X}", as_of=known["min_seq"])
    assert (before["person_id"], before["name"]) == (X, "Anna Vyborna")
    assert set(ids(await get(api, "/players", event_id="E7", **after))) == {A, Y}
    [link] = (await get(api, f"/players/{A}/links", **after))["items"]
    assert (link["status"], link["person_id"], link["history"][0]["text"]) == (
        "verified",
        X,
        "saw the passport",
    )
    refused = await api.post(f"/players/{X}/links/WP1/reject", json={"reason": "no"})
    assert_problem(refused, 409, "link_verified")
    [named] = (await get(api, "/links", status="verified", **after))["items"]
    assert (named["identity_name"], named["player_name"]) == ("Anna Vyborna", "Aña Výborná")
    assert (await get(api, "/links", status="suggested", **after))["total"] == 0
    said = await ask(api, "DELETE", f"/players/{X}/links/WP1")
    assert (await get(api, f"/players/{X}", min_seq=said["sequence"]))["person_id"] == X


@pytest.mark.usefixtures("service", "known")
async def test_nobody_is_linked_to_a_player_whom_no_source_told_of(api: httpx.AsyncClient) -> None:
    body = {"reason": "it looks like them"}
    link = await api.post(f"/players/{X}/links", json=body | {"wsop_player_id": "WP10001"})
    assert_problem(link, 404, "not_found")
    for word in ("verify", "reject"):
        said = await api.post(f"/players/{X}/links/WP10001/{word}", json=body)
        assert_problem(said, 404, "not_found")


@pytest.mark.usefixtures("service")
async def test_a_change_is_an_override_that_raw_does_not_show_and_that_can_be_taken_back(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    body = {"name": "Dániel Rezaei", "country_code": "HU", "reason": "his own words"}
    key = {"Idempotency-Key": "a"}
    said = (await api.patch("/players/w-WP2", json=body, headers=key)).json()
    again = (await api.patch("/players/w-WP2", json=body, headers=key)).json()
    assert again == said
    after = {"min_seq": said["sequence"]}
    found = await get(api, "/players/w-WP2", **after)
    assert (found["name"], found["name_display"], found["country_code"]) == (
        "Dániel Rezaei",
        "DÁNIEL REZAEI",
        "HU",
    )
    raw = await get(api, "/players/w-WP2", raw=True, **after)
    assert (raw["name"], raw["name_display"], raw["country_code"]) == (
        "Daniel Rezaei",
        "DANIEL REZAEI",
        "AT",
    )
    for query, found in ({"raw": True, "country": "AT"}, ["w-WP2"]), ({"country": "AT"}, []):
        assert ids(await get(api, "/players", **query, **after)) == found
    path = f"/players/w-WP2/override/{said['overrides']['name']}"
    await ask(api, "POST", f"{path}/approve", {"note": "checked"})
    gone = await ask(api, "DELETE", path)
    listed = await get(api, "/players/w-WP2/overrides", min_seq=gone["sequence"])
    assert {(o["field"], o["status"], o["approved"]) for o in listed["items"]} == {
        ("name", "withdrawn", True),
        ("country_code", "effective", False),
    }
    assert (await get(api, "/players/w-WP2"))["name"] == "Daniel Rezaei"
    assert_problem(await api.delete("/players/w-WP2/override/none"), 404, "not_found")


@pytest.mark.usefixtures("service")
async def test_an_override_begins_and_ends_without_anybody_asking(
    system: Stage, api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    begin = utc_now() + timedelta(seconds=0.4)
    window = {"valid_from": begin, "valid_until": begin + timedelta(seconds=0.4)}
    body = {"field": "name", "value": "Guest", "reason": "a joke"}
    body |= {name: moment.isoformat() for name, moment in window.items()}
    set_at = (await ask(api, "POST", "/players/w-WP2/override", body))["sequence"]
    async with facts_of(system.bus) as facts:
        [began] = await facts.until(OverrideActivated)
        [ended] = await facts.until(OverrideExpired)
    names = [
        (await get(api, "/players/w-WP2", as_of=sequence, min_seq=ended.sequence))["name"]
        for sequence in (set_at, began.sequence, ended.sequence)
    ]
    assert names == ["Daniel Rezaei", "Guest", "Daniel Rezaei"]


@pytest.mark.usefixtures("service")
async def test_somebody_no_source_knows_is_entered_and_known_at_once(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    body = {"name": "Cleo Vance", "reason": "guest of the show"}
    made = await ask(api, "POST", "/players", body)
    changed = {"name_korean": "클레오", "reason": "caption"}
    said = await ask(api, "PATCH", f"/players/{made['id']}", changed)
    found = await get(api, "/players", source="manual", min_seq=said["sequence"])
    assert [(p["name"], p["name_korean"]) for p in found["items"]] == [("Cleo Vance", "클레오")]
    assert ids(await get(api, "/players/search", q="클레")) == [made["id"]]


@pytest.mark.usefixtures("service")
async def test_a_picture_is_shown_once_approved_and_primary_until_it_is_taken_away(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    sent = {"content": saved(gradient(), "PNG"), "headers": {"Idempotency-Key": "pic"}}
    made = (await api.post(f"/players/{A}/images", **sent)).json()
    assert (await api.post(f"/players/{A}/images", **sent)).json() == made
    other = await api.post(f"/players/{A}/images", **sent | {"content": saved(gradient(), "WEBP")})
    assert other.status_code == 409, other.text
    path = f"/players/{A}/images/{made['id']}"
    assert_problem(await api.post(f"{path}/primary"), 409, "not_approved")
    await ask(api, "POST", f"{path}/approve", {})
    said = await ask(api, "POST", f"{path}/primary")
    after = {"min_seq": said["sequence"]}
    found = await get(api, f"/players/{A}", **after)
    assert [each["use"] for each in found["profile_image_renditions"]] == [
        "master",
        "broadcast",
        "thumbnail",
    ]
    [listed] = (await get(api, f"/players/{A}/images", **after))["items"]
    assert (listed["is_primary"], listed["status"]) == (True, "kept")
    picture = await api.get(path, params={"use": "thumbnail"})
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert picture.content.startswith(b"\xff\xd8\xff")
    said = await ask(api, "DELETE", path)
    gone = await get(api, f"/players/{A}", min_seq=said["sequence"])
    assert gone["profile_image_renditions"] == []
    assert_problem(await api.get(path), 404, "not_found")


@pytest.mark.usefixtures("service")
async def test_what_is_no_picture_or_too_large_is_refused(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    path = f"/players/{A}/images"
    assert_problem(await api.post(path, content=b"<html>"), 422, "not_an_image")
    large = b"\0" * (PICTURE_BYTES_MAX + 1)
    assert_problem(await api.post(path, content=large), 413, "body_too_large")
    assert (await get(api, path, **known))["total"] == 0


@pytest.mark.usefixtures("service")
async def test_a_private_value_lies_in_its_object_and_in_no_fact(
    system: Stage, api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    body = {"bio": "Grew up by the lake.", "reason": "for the show"}
    said = await ask(api, "PATCH", f"/players/{A}", body)
    found = await get(api, f"/players/{A}", min_seq=said["sequence"])
    assert found["bio"] == "Grew up by the lake."
    why = await get(api, f"/players/{A}/explain/bio", min_seq=said["sequence"])
    assert (why["value"], why["holds"]["reason"]) == ("Grew up by the lake.", "for the show")
    fact = await system.bus.event_at(said["sequence"])
    assert fact is not None
    assert b"lake" not in fact.data


async def test_the_command_line_explains_a_value(
    system: Stage,
    api: httpx.AsyncClient,
    known: dict[str, int],
    capsys: pytest.CaptureFixture[str],
) -> None:
    await get(api, "/players", **known)
    places = {"http": system.place.url, "token": KEY}
    shown = asyncio.to_thread(explain.show, places, "w-WP2", "name", False)
    assert await shown == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == 'w-WP2  name = "Daniel Rezaei"'
    assert "place      /players/0  name" in printed[3]
    assert await asyncio.to_thread(explain.show, places, "w-nobody", "name", False) == 1
    assert "there is no player w-nobody" in capsys.readouterr().err
