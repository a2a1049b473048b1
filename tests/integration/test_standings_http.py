"""Standings over HTTP: moments before now, pages of them, and events of which nobody stands."""

import httpx
import pytest

from tests.support.gateway import Stage, assert_problem
from tests.support.tournament import EVENT, Imports, bound, chips, game, minutes, place

PAGE = f"/events/{EVENT}/standings"


@pytest.fixture
async def told(system: Stage) -> list[int]:
    """Two snapshots and a rename; the last sequence of each file."""
    imports = Imports()
    return [
        await system.say(*imports.players(p1="Ada Quill", p2="Bo Quist", p3="Cy Penn")),
        await system.say(*imports.standings(minutes(0), [place(n, n, 100 - n) for n in (1, 2, 3)])),
        await system.say(*imports.players(p1="Ada Penn")),
        await system.say(
            *imports.standings(minutes(9), [place(n, 4 - n, 100 - n) for n in (1, 2, 3)])
        ),
    ]


async def rows(api: httpx.AsyncClient, **query: str | int) -> list[tuple[str, int | None]]:
    answer = await api.get(PAGE, params=query)
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["RC-Seq"]) >= int(query.get("min_seq", 0))
    return [(row["name"], row["rank_change"]) for row in answer.json()["items"]]


async def test_each_moment_has_its_set_its_names_and_its_changes(
    api: httpx.AsyncClient, told: list[int]
) -> None:
    assert await rows(api, as_of=told[0]) == []
    first = [("Ada Quill", None), ("Bo Quist", None), ("Cy Penn", None)]
    assert await rows(api, as_of=told[1]) == first
    assert await rows(api, as_of=told[2]) == [("Ada Penn", None), *first[1:]]
    now = [("Cy Penn", 2), ("Bo Quist", 0), ("Ada Penn", -2)]
    assert await rows(api, as_of=told[3]) == now
    assert await rows(api, min_seq=told[3]) == now


async def test_a_change_is_told_whichever_of_the_snapshots_names_the_person_only(
    api: httpx.AsyncClient, system: Stage
) -> None:
    imports = Imports()
    sequence = await system.say(
        *imports.players(p4="Ann Lee"),
        *imports.counts(minutes(0), [chips(4, 50)]),
        *imports.standings(minutes(1), [place(1, "ANN LEE", 50)]),
        *imports.standings(minutes(2), [place(2, 4, 30)]),
    )
    assert await rows(api, min_seq=sequence) == [("Ann Lee", -1)]
    sequence = await system.say(*imports.standings(minutes(3), [place(5, "Ann Lee", 20)]))
    assert await rows(api, min_seq=sequence) == [("Ann Lee", -3)]


async def test_a_later_page_of_a_moment_is_of_that_moment(
    api: httpx.AsyncClient, told: list[int]
) -> None:
    page = await api.get(PAGE, params={"as_of": told[1], "limit": 2})
    cursor = page.json()["next_cursor"]
    assert await rows(api, as_of=told[1], cursor=cursor) == [("Cy Penn", None)]
    wrong = await api.get(PAGE, params={"cursor": cursor, "order": "desc"})
    assert_problem(wrong, 422, "bad_cursor")


async def test_a_moment_that_the_log_has_not_reached_is_refused(
    api: httpx.AsyncClient, told: list[int]
) -> None:
    assert_problem(await api.get(PAGE, params={"as_of": told[3] + 999}), 422, "as_of_ahead")
    assert (await api.get(PAGE, params={"as_of": "noon"})).status_code == 422


async def test_an_event_that_only_a_binding_names_has_no_standings_but_is_known(
    api: httpx.AsyncClient, system: Stage
) -> None:
    sequence = await system.say(game(), bound("HARBOUR-2031-HR"))
    answer = await api.get("/events/HARBOUR-2031-HR/standings", params={"min_seq": sequence})
    assert answer.json() == {"standing": None, "items": [], "total": 0, "next_cursor": None}
    for query in ({}, {"as_of": sequence}):
        assert_problem(await api.get("/events/NOWHERE/standings", params=query), 404, "not_found")
