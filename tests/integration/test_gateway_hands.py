"""Games, hands and people over HTTP: real projections, the real gfx-ingest, the real gateway."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from contracts import persons
from contracts.messages.gfx import HandRecorded
from contracts.poker.hand import Hand
from contracts.poker.identity import player_hash
from contracts.poker.ticks import ticks_to_utc
from services.gfx_ingest import app as gfx_ingest
from services.gfx_ingest.inputs.parse import Origin, parse
from services.gfx_ingest.settings import Settings as IngestSettings
from tests.support.battle import LONER, battle
from tests.support.gateway import Stage, assert_problem, running
from tests.support.gfx_facts import GAME, TABLE, recorded_hand, said_about, seen, ticks, walk
from tests.support.gfx_files import real_data, real_files, sha256

# Made before the other one.
OTHER_GAME = "639600000000000001"
STACKS = {2: 5000, 5: 6000, 8: 7000}
PLAYED = (
    walk(0, STACKS),
    battle(1),
    msgspec.structs.replace(walk(2, STACKS), hand_num=2),
    walk(3, STACKS, settled=False),
)
REPEATING_GAME, REPEATED_NUMBER, REPEATED_ORDINALS = "638963043524931047", 106, [105, 106]


def person_of(name: str, first: str = "Ada") -> str:
    return persons.of_identity(player_hash(name, f"{first} {name}"))


ADA = person_of("Marchetti-Oduya")


@pytest.fixture
async def game(system: Stage) -> dict[str, int]:
    """Four hands of one game are known; the query that waits for them."""
    hands = [recorded_hand(hand, ordinal) for ordinal, hand in enumerate(PLAYED)]
    return {"min_seq": await system.say(seen(), *hands)}


@pytest.fixture
async def ingest(system: Stage) -> AsyncIterator[None]:
    """The service that answers operators."""
    settings = IngestSettings(**system.place.login("gfx-ingest"))
    async with running("gfx-ingest", settings) as process:
        await gfx_ingest.main(process, settings)
        yield


async def get(api: httpx.AsyncClient, path: str, **query: Any) -> Any:
    answer = await api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def asked(api: httpx.AsyncClient, method: str, path: str, body: Any = None) -> dict[str, Any]:
    answer = await api.request(method, path, json=body)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [0, 1, 2, 3]),
    ({"game_id": GAME, "table": TABLE}, [0, 1, 2, 3]),
    ({"table": "lake"}, []),
    ({"event_id": "e7"}, []),
    ({"showdown": True}, [1]),
    ({"showdown": False}, [0, 2, 3]),
    ({"state": "unsettled"}, [3]),
    ({"final": False}, [3]),
    ({"final": True}, [0, 1, 2]),
    ({"grade": "B"}, [1]),
    ({"grade": "C"}, [0, 2, 3]),
    ({"min_pot": 6300}, [1]),
    ({"min_pot": 6301}, []),
    ({"hand_num": 2}, [1, 2]),
    ({"player": person_of(LONER, "Bo")}, [1]),
    ({"player": ADA}, [0, 2, 3]),
    ({"from": ticks_to_utc(ticks(1))}, [1, 2, 3]),
    ({"from": ticks_to_utc(ticks(1)), "to": ticks_to_utc(ticks(3))}, [1, 2]),
    ({"player": ADA, "state": "settled", "hand_num": 2}, [2]),
]


async def test_hands_are_found_by_every_filter_on_every_page(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    for query, ordinals in FILTERS:
        found: list[int] = []
        more: dict[str, Any] = {}
        while more is not None:
            page = await get(api, "/hands", limit=2, **query, **game, **more)
            assert page["total"] == len(ordinals), query
            found += [hand["ordinal"] for hand in page["items"]]
            more = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
        assert found == ordinals, query


async def test_one_hand_is_told_in_full(api: httpx.AsyncClient, game: dict[str, int]) -> None:
    found = await get(api, f"/games/{GAME}/hands/1", **game)
    assert found["board_by_street"] == {"flop": ["ks", "9h", "4d"], "turn": ["2c"], "river": ["2h"]}
    assert [step["display"] for step in found["timeline"] if step["seat"] == 2] == [
        "RAISE TO",
        "BET",
        "ALL IN RAISE",
    ]
    assert found["timeline"][-1]["pot_after"] == found["pot_total"] == 6300
    [winner] = found["winners"]
    assert (winner["seat"], winner["person_id"], winner["collected"]) == (
        2,
        person_of("Ostrander", "Bo"),
        6300,
    )
    seats = {seat["seat"]: seat for seat in found["seats"]}
    assert seats[2]["best_hand"] == {"rank": 4, "name": "full house"}
    assert (seats[2]["best_at_showdown"], seats[8]["best_at_showdown"]) == (True, False)
    assert (seats[8]["contribution"], seats[8]["net"], seats[5]["live"]) == (3200, -3200, False)
    assert found["grading"]["grade"] == found["grade"] == "B"
    assert (found["grading"]["premium_hand"], found["grading"]["manual"]) == (True, None)
    assert found["edit_start_seconds"] == 0
    assert found["legality"]["verdict"] == "ok"
    assert {finding["kind"] for finding in found["findings"]} >= {"seat_changed", "all_in_detected"}
    assert (found["previous_ordinal"], found["next_ordinal"]) == (0, 2)
    assert (found["start_ticks"], found["start_utc"]) == (str(ticks(1)), ticks_to_utc(ticks(1)))
    edges = [await get(api, f"/games/{GAME}/hands/{n}", **game) for n in (0, 3)]
    assert [(hand["previous_ordinal"], hand["next_ordinal"]) for hand in edges] == [
        (None, 1),
        (2, None),
    ]
    assert (edges[1]["provisional"], edges[1]["winners_known"]) == (True, False)


async def test_a_hand_is_found_by_its_number_only_where_one_hand_carries_it(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    found = await get(api, f"/games/{GAME}/hands/by-number/1", **game)
    assert found == await get(api, f"/games/{GAME}/hands/0", **game)
    twice = await api.get(f"/games/{GAME}/hands/by-number/2", params=game)
    assert assert_problem(twice, 409, "hand_number_not_unique")["candidates"] == [
        {"ordinal": n, "start_utc": ticks_to_utc(ticks(n))} for n in (1, 2)
    ]
    for path in (f"/games/{GAME}/hands/by-number/9", f"/games/{GAME}/hands/4", "/games/7/hands/0"):
        assert_problem(await api.get(path, params=game), 404, "not_found")


async def test_a_game_tells_its_states_findings_and_biggest_pots(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    found = await get(api, f"/games/{GAME}", **game)
    states = [found[f"{state}_hands"] for state in ("settled", "unsettled", "edited")]
    assert states == [3, 1, 0]
    assert found["biggest_pots"][0]["ordinal"] == 1
    assert found["biggest_pots"][0]["pot_called"] == 6300
    listed = await get(api, f"/games/{GAME}/findings", limit=500, **game)
    assert listed["total"] == sum(found["findings"].values()) > 0
    for kind, times in found["findings"].items():
        assert (await get(api, "/findings", kind=kind, table=TABLE, **game))["total"] == times
    busted = await get(api, "/findings", kind="all_in_detected", game_id=GAME, **game)
    assert [(row["ordinal"], row["seat"]) for row in busted["items"]] == [(1, 2)]
    assert busted["items"][0]["detail"]
    loner = await get(api, "/findings", player=person_of(LONER, "Bo"), **game)
    assert {row["name"] for row in loner["items"]} == {LONER}
    assert_problem(await api.get("/games/7/findings"), 404, "not_found")


async def test_people_are_found_by_part_of_a_name(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    everyone = await get(api, "/identities", **game)
    assert everyone["total"] == 6
    first = await get(api, "/identities", q="oDUY", limit=1, **game)
    assert [row["person_id"] for row in first["items"]] == [ADA]
    assert (await get(api, "/identities", q="%", **game))["total"] == 0
    paged = await get(api, "/identities", limit=4, **game)
    rest = await get(api, "/identities", limit=4, cursor=paged["next_cursor"], **game)
    assert paged["items"] + rest["items"] == everyone["items"]


async def test_the_figures_of_a_person_follow_from_their_hands(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    hands = await get(api, f"/players/{ADA}/hands", **game)
    assert [row["ordinal"] for row in hands["items"]] == [3, 2, 0]
    chips = await get(api, f"/players/{ADA}/chips", **game)
    assert [(row["ordinal"], row["at"], row["chips"]) for row in chips["items"]] == [
        (0, "start", 7000),
        (0, "end", 7100),
        (2, "start", 7000),
        (2, "end", 7100),
        (3, "start", 7000),
    ]
    flow = await get(api, f"/players/{ADA}/chip-flow", **game)
    assert (flow["text"], flow["values"], flow["stack_typed"]) == (
        "LAST 2 HANDS",
        [7100, 7000],
        True,
    )
    before = {"game_id": GAME, "ordinal": 3, "at": "start"}
    flow = await get(api, f"/players/{ADA}/chip-flow", **before, **game)
    assert (flow["values"], flow["as_of_ordinal"]) == ([7100, 7100], 2)
    figures = await get(api, f"/players/{ADA}/statistics", game_id=GAME, **game)
    assert (figures["own"]["dealt"], figures["own"]["vpip_percent"]) == (3, 0)
    assert figures["source"]["ordinal"] == 3
    pots = await get(api, f"/players/{ADA}/pots", **game)
    assert [(row["ordinal"], row["collected"]) for row in pots["items"]] == [(0, 200), (2, 200)]
    assert (await get(api, f"/players/{person_of('Ostrander')}/pots", **game))["total"] == 0


async def test_figures_that_do_not_exist_are_missing_with_the_reason(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    loner = person_of(LONER, "Bo")
    left = await api.get(f"/players/{loner}/chip-flow", params=game)
    assert assert_problem(left, 409, "missing_data")["reason"] == "no_current_game"
    few = await api.get(f"/players/{loner}/chip-flow", params=game | {"game_id": GAME})
    assert assert_problem(few, 409, "missing_data")["reason"] == "too_few_hands"
    for path in ("hands", "chips", "chip-flow", "statistics", "pots"):
        assert_problem(await api.get(f"/players/m-nobody/{path}", params=game), 404, "not_found")
    late = {"game_id": GAME, "ordinal": 4}
    assert_problem(
        await api.get(f"/players/{ADA}/statistics", params=game | late), 404, "not_found"
    )


def of_other_game(hand: Hand) -> HandRecorded:
    return msgspec.structs.replace(recorded_hand(hand), game_id=OTHER_GAME)


async def test_the_current_game_of_a_person_is_the_newest_that_listed_them_until_they_leave_it(
    system: Stage, api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    path = f"/players/{ADA}/statistics"
    elsewhere = [of_other_game(walk(number, STACKS)) for number in (-2, -1)]
    older = {"min_seq": await system.say(seen(OTHER_GAME), *elsewhere)}
    assert (await get(api, path, **older))["game_id"] == GAME
    # Seat 8 stays empty from here on, and a stack of the older game is none of now.
    left = {"min_seq": await system.say(recorded_hand(walk(4, {2: 5000, 5: 6000}), 4))}
    gone = assert_problem(await api.get(path, params=left), 409, "missing_data")
    assert gone["reason"] == "no_current_game"
    # A settled hand states its end; it is newer than the start of one that is not settled.
    tie = [recorded_hand(walk(6, STACKS, settled=False), 5), of_other_game(walk(6, STACKS))]
    assert (await get(api, path, min_seq=await system.say(*tie)))["game_id"] == OTHER_GAME


@pytest.mark.usefixtures("ingest")
async def test_an_excluded_game_leaves_every_list_and_comes_back_as_it_was(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    paths = [
        "/hands",
        "/findings",
        "/identities",
        f"/games/{GAME}/hands/1",
        f"/games/{GAME}/chips",
        f"/players/{ADA}/hands",
        f"/players/{ADA}/chip-flow",
    ]
    before = [await get(api, path, **game) for path in paths]
    said = await asked(api, "POST", f"/games/{GAME}/exclude", {"reason": "rehearsal"})
    now = {"min_seq": said["sequence"]}
    for path in ("/hands", "/findings", "/identities", f"/games/{GAME}/chips"):
        assert (await get(api, path, **now))["total"] == 0
    assert_problem(await api.get(f"/games/{GAME}/hands/1", params=now), 404, "not_found")
    assert_problem(await api.get(f"/players/{ADA}/hands", params=now), 404, "not_found")
    shown = (await get(api, "/games", excluded=True, **now))["items"]
    assert [(row["game_id"], row["exclusion_reason"]) for row in shown] == [(GAME, "rehearsal")]
    said = await asked(api, "POST", f"/games/{GAME}/include", {"reason": "it was the show"})
    now = {"min_seq": said["sequence"]}
    assert [await get(api, path, **now) for path in paths] == before
    assert (await get(api, "/games", excluded=True, **now))["total"] == 0


@pytest.mark.usefixtures("ingest")
async def test_a_binding_gives_its_hands_the_event_until_it_is_taken_back(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    body = {"event_id": "e7", "from_ordinal": 1, "to_ordinal": 3}
    said = await asked(api, "PUT", f"/games/{GAME}/binding", body)
    now = {"min_seq": said["sequence"]}
    found = await get(api, "/hands", event_id="e7", **now)
    assert [hand["ordinal"] for hand in found["items"]] == [1, 2]
    [binding] = (await get(api, f"/games/{GAME}", **now))["bindings"]
    assert (binding["event_id"], binding["from_ordinal"], binding["to_ordinal"]) == ("e7", 1, 3)
    overlap = await api.put(f"/games/{GAME}/binding", json={"event_id": "e8", "from_ordinal": 2})
    assert_problem(overlap, 409, "binding_overlap")
    said = await asked(api, "DELETE", f"/games/{GAME}/binding?from_ordinal=1")
    assert (await get(api, "/hands", event_id="e7", min_seq=said["sequence"]))["total"] == 0


@pytest.mark.usefixtures("ingest")
async def test_a_seat_correction_moves_a_seat_to_its_person_and_back(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    before = await get(api, f"/players/{ADA}/hands", **game)
    path = f"/games/{GAME}/seat-corrections"
    body = {"seat": 8, "from_ordinal": 2, "name": "Cleo Vance", "reason": "swapped cards"}
    answer = await api.post(path, json=body)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    cleo = said["person_id"]
    # Cleo is known at once, in another seat of a hand before.
    body = {"seat": 5, "from_ordinal": 0, "to_ordinal": 0, "person_id": cleo, "reason": "moved"}
    more = (await api.post(path, json=body)).json()
    now = {"min_seq": more["sequence"]}
    hands = (await get(api, f"/players/{cleo}/hands", **now))["items"]
    assert [(row["ordinal"], row["seat"], row["person_name"]) for row in hands] == [
        (3, 8, "Cleo Vance"),
        (2, 8, "Cleo Vance"),
        (0, 5, "Cleo Vance"),
    ]
    assert {row["name"] for row in hands[:2]} == {"Marchetti-Oduya"}
    chips = (await get(api, f"/games/{GAME}/chips", **now))["items"]
    assert chips[2]["person_id"] == cleo
    assert (await get(api, f"/players/{ADA}/hands", **now))["total"] == 1
    listed = (await get(api, path, **now))["items"]
    assert [(row["correction_id"], row["to_ordinal"]) for row in listed] == [
        (more["id"], 0),
        (said["id"], None),
    ]
    for correction in (more["id"], said["id"]):
        said = await asked(api, "DELETE", f"{path}/{correction}")
    after = await get(api, f"/players/{ADA}/hands", min_seq=said["sequence"])
    assert after == before


@pytest.mark.usefixtures("ingest")
async def test_one_person_on_two_seats_has_no_figures_until_somebody_says_who_sits_where(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    path = f"/games/{GAME}/seat-corrections"
    nobody = {"seat": 5, "from_ordinal": 2, "person_id": "m-nobody", "reason": "typed twice"}
    assert_problem(await api.post(path, json=nobody), 404, "not_found")
    said = (await api.post(path, json=nobody | {"person_id": ADA})).json()
    now = {"min_seq": said["sequence"]}
    for figure in ("chips", "chip-flow", "statistics"):
        refused = await api.get(f"/players/{ADA}/{figure}", params=now | {"game_id": GAME})
        problem = assert_problem(refused, 409, "missing_data")
        assert problem["reason"] == "identity_on_two_seats"
    seats = (await get(api, f"/games/{GAME}/hands/2", **now))["seats"]
    assert [seat["on_two_seats"] for seat in seats] == [False, True, True]


@pytest.mark.usefixtures("ingest")
async def test_a_manual_grade_counts_until_it_is_withdrawn(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    path = f"/games/{GAME}/hands/0"
    assert (await get(api, path, **game))["grade"] == "C"
    said = await asked(api, "PUT", f"{path}/grade", {"grade": "A", "reason": "hero fold"})
    graded = await get(api, path, min_seq=said["sequence"])
    assert (graded["grade"], graded["graded_by"], graded["grade_auto"]) == ("A", "manual", "C")
    assert graded["grading"]["manual"] == "A"
    assert (await get(api, "/hands", grade="A"))["total"] == 1
    said = await asked(api, "DELETE", f"{path}/grade")
    back = await get(api, path, min_seq=said["sequence"])
    assert (back["grade"], back["graded_by"], back["grade_manual"]) == ("C", "auto", None)


@pytest.mark.usefixtures("ingest")
async def test_words_about_what_does_not_exist_are_refused(
    api: httpx.AsyncClient, game: dict[str, int]
) -> None:
    unknown = await api.post("/games/7/exclude", json={"reason": "rehearsal"})
    assert_problem(unknown, 404, "game_not_found")
    late = await api.put(f"/games/{GAME}/hands/4/grade", json={"grade": "A", "reason": "x"})
    assert_problem(late, 404, "hand_not_found")
    gone = await api.delete(f"/games/{GAME}/seat-corrections/nothing")
    assert_problem(gone, 404, "correction_not_found")


async def test_the_figures_of_a_real_game_come_out_as_the_golden_ones(
    system: Stage, api: httpx.AsyncClient
) -> None:
    lines = [json.loads(line) for line in (real_data() / "golden_hands.jsonl").open()]
    golden = [line for line in lines if line["game_id"] == REPEATING_GAME]
    [(path, data)] = [each for each in real_files() if REPEATING_GAME in each[0]]
    facts = said_about([parse(data, Origin("GG", path, sha256(data)))])
    sequence = await system.say(*facts)
    found = await get(api, "/hands", game_id=REPEATING_GAME, limit=500, min_seq=sequence)
    assert found["total"] == len(golden) == 107
    for told, line in zip(found["items"], golden, strict=True):
        expected = {name: line[name] for name in line if name != "max_event_pot"}
        expected["busted"] = [each["seat"] for each in line["busted"]]
        assert {name: told[name] for name in expected} == expected
    by_number = f"/games/{REPEATING_GAME}/hands/by-number/{REPEATED_NUMBER}"
    problem = assert_problem(await api.get(by_number), 409, "hand_number_not_unique")
    assert [each["ordinal"] for each in problem["candidates"]] == REPEATED_ORDINALS
    for ordinal in (0, *REPEATED_ORDINALS):
        hand = await get(api, f"/games/{REPEATING_GAME}/hands/{ordinal}")
        assert len(hand["timeline"]) == golden[ordinal]["events"]
