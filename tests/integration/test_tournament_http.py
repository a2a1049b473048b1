"""Tournament events over HTTP: real projections, the real gateway."""

from typing import Any

import httpx
import pytest

from contracts import persons
from tests.support.gateway import Stage, assert_problem
from tests.support.gfx_facts import recorded_hand, walk
from tests.support.tournament import (
    EVENT,
    Imports,
    bound,
    chips,
    game,
    level,
    linked,
    minutes,
    payout,
    place,
    player_id,
)

STACKS = {2: 5000, 5: 6000, 8: 7000}


def person(number: int) -> str:
    return persons.of_wsop_player(player_id(number))


@pytest.fixture
async def told(system: Stage) -> dict[str, int]:
    """An event with players, stacks, two snapshots and a hand; the query that waits for them."""
    imports = Imports()
    facts = imports.events(
        event_name="Harbour Main Event",
        starting_chips=1000,
        total_entries=30,
        blind_structure=(level(1, 100, 200, 0), level(2, 200, 400, 400)),
        payouts=(payout(1, 1, 90_000), payout(2, 5, 10_000)),
    )
    facts += imports.players(p1="Ada Quill", p2="Bo Quist", p3="Cy Penn")
    facts += imports.counts(minutes(0), [chips(n, 1000 * n, table_num=1) for n in (1, 2, 3)])
    rows = [place(1, 3, 3000), place(2, 2, 2000), place(3, 1, 1000)]
    facts += imports.standings(minutes(1), rows)
    rows = [place(1, 1, 4000), place(2, 3, 2000), place(3, 2, 0, status="eliminated")]
    facts += imports.standings(minutes(9), rows)
    facts += [game(), bound(), linked(2, 1), recorded_hand(walk(0, STACKS))]
    return {"min_seq": await system.say(*facts)}


async def get(api: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_event_tells_its_level_its_prizes_and_where_each_value_was_told(
    api: httpx.AsyncClient, told: dict[str, int]
) -> None:
    found = await get(api, f"/events/{EVENT}", **told)
    assert (found["event_name"], found["current_level"], found["places_paid"]) == (
        "Harbour Main Event",
        1,
        5,
    )
    assert (found["players_remaining"], found["remaining_source"]) == (2, "standings")
    assert [line["level"] for line in found["levels"]] == [1, 2]
    proof = next(p for p in found["provenance"] if p["field"] == "starting_chips")
    assert (proof["value"], proof["path"], proof["at"]) == (1000, "i1.txt", "/events/0")
    prizes = await get(api, f"/events/{EVENT}/payouts", **told)
    assert [band["amount"] for band in prizes["items"]] == [90_000, 10_000]
    assert prizes["provenance"]["import_id"] == "i1"
    listed = await get(api, "/events", **told)
    assert [(each["event_id"], each["kind"]) for each in listed["items"]] == [(EVENT, "wsop")]


async def test_what_nobody_told_of_is_not_found(
    api: httpx.AsyncClient, told: dict[str, int]
) -> None:
    for part in ("", "/payouts", "/players", "/chips", "/standings", "/eliminations"):
        assert_problem(await api.get(f"/events/NOWHERE{part}", params=told), 404, "not_found")


async def test_standings_are_paged_within_one_set_and_tell_the_change_of_rank(
    api: httpx.AsyncClient, told: dict[str, int]
) -> None:
    page = await get(api, f"/events/{EVENT}/standings", limit=2, **told)
    assert (page["standing"]["source"], page["total"]) == ("imported", 3)
    assert (page["standing"]["chips_in_play"], page["standing"]["average_stack"]) == (
        30_000,
        15_000,
    )
    rows = [(r["rank"], r["person_id"], r["name"], r["rank_change"]) for r in page["items"]]
    assert rows == [(1, person(1), "Ada Quill", 2), (2, person(3), "Cy Penn", -1)]
    last = await get(api, f"/events/{EVENT}/standings", cursor=page["next_cursor"], **told)
    assert [(r["rank"], r["person_id"]) for r in last["items"]] == [(3, person(2))]
    assert last["next_cursor"] is None
    back = await get(api, f"/events/{EVENT}/standings", limit=2, order="desc", **told)
    assert [r["position"] for r in back["items"]] == [3, 2]


async def test_a_source_can_be_forced_and_the_past_asked_for(
    api: httpx.AsyncClient, told: dict[str, int]
) -> None:
    made = await get(api, f"/events/{EVENT}/standings", source="recomputed", **told)
    assert [(r["rank"], r["chips"]) for r in made["items"]] == [(1, 3000), (2, 2000), (3, 1000)]
    newest = await get(api, f"/events/{EVENT}/standings", **told)
    sequence = newest["standing"]["from_seq"] - 1
    before = await get(api, f"/events/{EVENT}/standings", as_of=sequence, **told)
    assert [r["person_id"] for r in before["items"]] == [person(3), person(2), person(1)]
    assert {r["rank_change"] for r in before["items"]} == {None}
    at = before["standing"]["known_at"]
    assert await get(api, f"/events/{EVENT}/standings", as_of=at, **told) == before
    nothing = await get(api, f"/events/{EVENT}/standings", as_of=1, **told)
    assert (nothing["standing"], nothing["items"]) == (None, [])
    wrong = await api.get(f"/events/{EVENT}/standings", params={"as_of": "noon"})
    assert wrong.status_code == 422


async def test_chips_give_both_sources_with_their_age_and_players_their_state(
    api: httpx.AsyncClient, told: dict[str, int]
) -> None:
    page = await get(api, f"/events/{EVENT}/chips", person_id=person(1), **told)
    [held] = page["items"]
    assert (held["source"], held["chips"], held["gfx"]["chips"]) == ("gfx", 5000, 5000)
    assert held["gfx"]["age_s"] == held["age_s"] < held["wsop"]["age_s"]
    assert held["wsop"]["chips"] == 1000
    assert (held["name"], held["wsop"]["table_num"]) == ("Ada Quill", 1)
    nobody = await get(api, f"/events/{EVENT}/chips", as_of=0, **told)
    assert nobody["items"] == []
    assert (await api.get(f"/events/{EVENT}/chips/%00/history")).status_code == 422
    everybody = await get(api, f"/events/{EVENT}/chips", **told)
    assert everybody["total"] == 5
    players = await get(api, f"/events/{EVENT}/players", **told)
    assert [(p["name"], p["state"]) for p in players["items"]] == [
        ("Ada Quill", "in"),
        ("Bo Quist", "out"),
        ("Cy Penn", "in"),
    ]


async def test_eliminations_tell_place_and_prize(
    api: httpx.AsyncClient, told: dict[str, int]
) -> None:
    page = await get(api, f"/events/{EVENT}/eliminations", **told)
    [out] = page["items"]
    assert (out["person_id"], out["place"], out["prize"]) == (person(2), 3, 10_000)
    assert (out["place_source"], out["blocked"], out["name"]) == ("wsop", False, "Bo Quist")
