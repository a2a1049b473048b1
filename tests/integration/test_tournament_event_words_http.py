"""What operators say about an event over HTTP: the real gateway, wsop-import and projections."""

from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.local.servers import NatsServer
from services.wsop_import.app import NAME, main
from services.wsop_import.settings import Settings
from tests.support.gateway import Stage, assert_problem
from tests.support.live_bus import running
from tests.support.tournament import EVENT, Imports, chips, minutes, player_id

WHO = f"w-{player_id(1)}"
PLACE = f"/events/{EVENT}/eliminations/{WHO}"
HOLD = f"/events/{EVENT}/hold"


@pytest.fixture
async def told(system: Stage, bus_urls: NatsServer) -> AsyncIterator[Stage]:
    """An event with somebody out whose place nobody told, and the service that answers."""
    imports = Imports()
    await system.say(
        *imports.events(event_name="Harbour Main Event"),
        *imports.counts(minutes(0), [chips(1, 0, status="eliminated")]),
    )
    async with running(bus_urls, NAME, lambda process: main(process, Settings())):
        yield system


async def test_a_place_is_said_shown_and_taken_back(api: httpx.AsyncClient, told: Stage) -> None:
    shown = f"/events/{EVENT}/eliminations"
    body = {"place": 9, "reason": "said the floor"}
    said = await api.put(PLACE, json=body)
    assert said.status_code == 200, said.text
    page = (await api.get(shown, params={"min_seq": said.json()["sequence"]})).json()
    [row] = page["items"]
    assert (row["place"], row["place_source"], row["blocked"]) == (9, "operator", False)
    back = await api.delete(PLACE, params={"reason": "somebody else"})
    page = (await api.get(shown, params={"min_seq": back.json()["sequence"]})).json()
    [row] = page["items"]
    assert (row["place"], row["place_source"], row["blocked"]) == (None, None, True)
    assert_problem(await api.delete(PLACE), 404, "elimination_not_found")


async def test_a_hold_is_said_and_nonsense_is_refused_with_its_reason(
    api: httpx.AsyncClient, told: Stage
) -> None:
    said = await api.put(HOLD, json={"minutes": 45})
    assert said.status_code == 200, said.text
    for path, body, reason in (
        (HOLD, {"minutes": -1}, "bad_minutes"),
        (HOLD, {"minutes": 1441}, "bad_minutes"),
        (PLACE, {"place": 0, "reason": "a slip"}, "bad_place"),
    ):
        assert_problem(await api.put(path, json=body), 422, reason)
    for path, body in ((PLACE, {"place": 3}), (HOLD, {}), (HOLD, {"minutes": 5, "hours": 1})):
        assert (await api.put(path, json=body)).status_code == 422


async def test_an_event_shows_its_hold_and_who_said_it_and_the_usual_one_until_then(
    api: httpx.AsyncClient, told: Stage
) -> None:
    known = {"min_seq": (await told.bus.head()).sequence}
    usual = (await api.get(f"/events/{EVENT}", params=known)).json()
    assert usual["hold"] == {
        "minutes": 30,
        "default": True,
        "actor": None,
        "said_at": None,
        "sequence": None,
    }
    assert usual["words"] == []
    for count in (45, 10):
        said = (await api.put(HOLD, json={"minutes": count})).json()
    page = (await api.get(f"/events/{EVENT}", params={"min_seq": said["sequence"]})).json()
    hold = page["hold"]
    assert (hold["minutes"], hold["default"], hold["actor"]) == (10, False, "api")
    assert hold["sequence"] == said["sequence"]
    assert hold["said_at"] is not None
    assert [(word["minutes"], word["holds"]) for word in page["words"]] == [(10, True), (45, False)]


async def test_who_is_out_by_an_operators_word_shows_who_said_it_and_why(
    api: httpx.AsyncClient, told: Stage
) -> None:
    shown = f"/events/{EVENT}/eliminations"
    known = {"min_seq": (await told.bus.head()).sequence}
    [row] = (await api.get(shown, params=known)).json()["items"]
    assert row["operator"] is None
    said = (await api.put(PLACE, json={"place": 9, "reason": "said the floor"})).json()
    now = {"min_seq": said["sequence"]}
    [row] = (await api.get(shown, params=now)).json()["items"]
    operator = row["operator"]
    assert (operator["place"], operator["reason"], operator["actor"]) == (
        9,
        "said the floor",
        "api",
    )
    assert operator["sequence"] == said["sequence"]
    [word] = (await api.get(f"/events/{EVENT}", params=now)).json()["words"]
    assert (word["word"], word["person_id"], word["place"]) == ("elimination_set", WHO, 9)
    back = (await api.delete(PLACE, params={"reason": "somebody else"})).json()
    now = {"min_seq": back["sequence"]}
    [row] = (await api.get(shown, params=now)).json()["items"]
    assert row["operator"] is None
    words = (await api.get(f"/events/{EVENT}", params=now)).json()["words"]
    assert [(w["word"], w["reason"], w["holds"]) for w in words] == [
        ("elimination_withdrawn", "somebody else", False),
        ("elimination_set", "said the floor", False),
    ]
