"""Names and ids as sources and clients write them, through the whole gateway."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx
import pytest

from contracts import persons
from contracts.messages.gfx_game import GameBound
from deploy.local.servers import NatsServer
from services.wsop_import.app import NAME, main
from services.wsop_import.settings import Settings
from tests.support.gateway import Stage, assert_problem
from tests.support.gfx_facts import GAME, seen
from tests.support.live_bus import running
from tests.support.people_facts import stack, started, told
from tests.support.tournament import Imports, chips, minutes, place, player_id

# Blank, slash and dot: all that a path takes for something else.
EVENT = "E 1/a.b"
OPEN = f"/events/{quote(EVENT, safe='')}"
BOUND = "Only/bound"
WHO = f"w-{player_id(1)}"
LONG = "K" * 128
BODY = {"place": 9, "reason": "said the floor"}


@pytest.fixture
async def known(system: Stage, bus_urls: NatsServer) -> AsyncIterator[dict[str, int]]:
    """An event with a place, a stack and somebody out, one only a binding names, and a long id."""
    imports = Imports()
    sequence = await system.say(
        *imports.events(EVENT, event_name="Harbour Main Event"),
        *imports.counts(
            minutes(0), [chips(1, 0, status="eliminated"), chips(2, 900)], event_id=EVENT
        ),
        *imports.standings(minutes(1), [place(1, 2, 900)], event_id=EVENT),
        started(),
        told(LONG, name="Lena Longid"),
        stack(LONG, "Lena Longid", known=True),
        seen(),
        GameBound(game_id=GAME, event_id=BOUND, from_ticks="0", to_ticks=None),
    )
    async with running(bus_urls, NAME, lambda process: main(process, Settings())):
        yield {"min_seq": sequence}


async def test_an_event_whose_id_holds_a_slash_is_read_and_spoken_of(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    listed = (await api.get("/events", params=known)).json()
    assert EVENT in [row["event_id"] for row in listed["items"]]
    page = await api.get(OPEN, params=known)
    assert (page.status_code, page.json()["event_id"]) == (200, EVENT)
    for below, total in (("players", 2), ("standings", 1), ("eliminations", 1), ("payouts", 0)):
        answer = await api.get(f"{OPEN}/{below}", params=known)
        assert (answer.status_code, answer.json()["total"]) == (200, total), below
    held = await api.put(f"{OPEN}/hold", json={"minutes": 45})
    assert held.status_code == 200, held.text
    said = await api.put(f"{OPEN}/eliminations/{WHO}", json=BODY)
    assert said.status_code == 200, said.text
    page = await api.get(OPEN, params={"min_seq": said.json()["sequence"]})
    assert page.json()["hold"]["minutes"] == 45
    back = await api.delete(f"{OPEN}/eliminations/{WHO}")
    assert back.status_code == 200, back.text
    nowhere = assert_problem(await api.get("/events/no%2Fwhere"), 404, "not_found")
    assert nowhere["detail"] == "there is no event no/where"


async def test_nothing_is_said_about_an_event_or_a_person_that_nobody_knows(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    stranger = await api.put(f"{OPEN}/eliminations/w-NOBODY", json=BODY)
    told = assert_problem(stranger, 404, "not_found")
    assert told["detail"] == "there is no player w-NOBODY"
    for answer in (
        await api.put(f"/events/NOWHERE/eliminations/{WHO}", json=BODY),
        await api.put("/events/NOWHERE/hold", json={"minutes": 45}),
    ):
        assert assert_problem(answer, 404, "not_found")["detail"] == "there is no event NOWHERE"
    out = (await api.get(f"{OPEN}/eliminations", params=known)).json()
    assert [row["person_id"] for row in out["items"]] == [WHO]


async def test_an_event_and_a_person_told_of_a_moment_ago_are_waited_for(
    system: Stage, api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    bound = await api.put(f"/events/{quote(BOUND, safe='')}/hold", json={"minutes": 5})
    assert bound.status_code == 200, bound.text
    imports = Imports("late")
    rows = [chips(7, 0, status="eliminated")]
    await system.say(
        *imports.events("NEW", event_name="Night"),
        *imports.counts(minutes(3), rows, event_id="NEW"),
    )
    said = await api.put(f"/events/NEW/eliminations/w-{player_id(7)}", json=BODY)
    assert said.status_code == 200, said.text


async def test_a_player_with_a_long_id_and_no_hands_is_read_under_every_path(
    api: httpx.AsyncClient, known: dict[str, int]
) -> None:
    person_id = persons.of_wsop_player(LONG)
    found = (await api.get("/players", params=known | {"q": "Longid"})).json()
    assert [row["person_id"] for row in found["items"]] == [person_id]
    path = f"/players/{quote(person_id, safe='')}"
    for below in ("", "/links", "/overrides", "/images"):
        assert (await api.get(f"{path}{below}", params=known)).status_code == 200, below
    for below in ("hands", "chips", "pots"):
        answer = await api.get(f"{path}/{below}", params=known)
        assert (answer.status_code, answer.json()["total"]) == (200, 0), below
    for below in ("chip-flow", "statistics"):
        told = assert_problem(await api.get(f"{path}/{below}", params=known), 409, "missing_data")
        assert told["reason"] == "no_hands"
        assert told["detail"] == f"no hand lists the player {person_id}"
    of_game = await api.get(f"{path}/statistics", params=known | {"game_id": GAME})
    assert assert_problem(of_game, 409, "missing_data")["reason"] == "no_hands"


@pytest.mark.parametrize(
    "path",
    [
        "/events/a%00b",
        "/events/a%00b/players",
        "/events/a%00b/standings",
        "/events?status=%00",
        "/players?event_id=%00",
        "/players?q=%00",
        "/players/search?q=%00",
        "/identities?q=%00",
        "/games?table=%00",
        "/hands?event_id=%00",
        "/sync/gfx/history?entity_id=%00",
        "/sync/a%00b/history",
        "/sync/files?table_name=%00",
        "/sync/files?outcome=%00",
        "/notifications?audience=%00",
        "/imports/i1?code=%00",
        "/imports/i1?field=%00",
    ],
)
async def test_a_nul_character_is_a_wrong_input(api: httpx.AsyncClient, path: str) -> None:
    told = assert_problem(await api.get(path), 422, "invalid_input")
    assert "takes text without NUL characters" in told["detail"]
