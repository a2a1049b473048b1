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
