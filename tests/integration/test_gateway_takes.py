"""Commands over HTTP, answered by the real cue sheet service."""

import asyncio

import asyncpg
import httpx
import pytest

from bus.api import Head
from tests.support.gateway import CUE, SESSION, Stage, assert_problem, cue_of, post


async def test_a_session_a_sheet_and_a_cue_are_made_and_the_cue_taken(
    system: Stage, api: httpx.AsyncClient
) -> None:
    await system.folded(await system.say_hands(3))
    session, sheet, item = await cue_of(api)
    taken = await post(api, f"/items/{item}/trigger", {}, "take")
    assert taken.status_code == 202, taken.text
    body = taken.json()
    assert taken.headers["RC-Seq"] == str(body["sequence"])
    assert body["trigger_id"]
    assert body["render_id"]
    at = {"min_seq": body["sequence"]}
    assert (await api.get(f"/sessions/{session}", params=at)).json()["on_air"] == {"full": item}
    [row] = (await api.get(f"/sheets/{sheet}/items", params=at)).json()["items"]
    assert (row["status"], row["render_id"]) == ("on_air", body["render_id"])
    assert row["parameters"] == CUE["parameters"]
    [listed] = (await api.get("/sessions", params=at)).json()["items"]
    assert listed["code"] == "LAKE-D1"
    [of] = (await api.get(f"/sessions/{session}/sheets", params=at)).json()["items"]
    assert of["current_item_id"] == item


async def test_a_second_press_at_once_is_merged_into_the_first_take(
    system: Stage, api: httpx.AsyncClient
) -> None:
    await system.folded(await system.say_hands(2))
    _, _, item = await cue_of(api)
    first = (await post(api, f"/items/{item}/trigger", {}, "one-press")).json()
    second = (await post(api, f"/items/{item}/trigger", {}, "another")).json()
    again = (await post(api, f"/items/{item}/trigger", {}, "one-press")).json()
    assert (first["merged"], second["merged"], again["merged"]) == (False, True, False)
    assert second["trigger_id"] == first["trigger_id"] == again["trigger_id"]
    assert second["sequence"] == first["sequence"] == again["sequence"]


async def test_a_sheet_that_the_read_model_does_not_show_yet_is_waited_for(
    system: Stage, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = (await post(api, "/sessions", SESSION, "session")).json()
    await system.folded(session["sequence"])
    connection = await asyncpg.connect(system.place.dsn)
    held = connection.transaction()
    await held.start()
    # Rows can be read but not written: the projection stands still.
    await connection.execute("lock table rundown_v1.sheet in share mode")
    sheet = (await post(api, f"/sessions/{session['id']}/sheets", {"name": "Main"}, "s")).json()
    looked = asyncio.Event()
    head = system.gateway_bus.head

    async def watched() -> Head:
        looked.set()
        return await head()

    monkeypatch.setattr(system.gateway_bus, "head", watched)
    adding = asyncio.create_task(post(api, f"/sheets/{sheet['id']}/items", CUE, "i"))
    await asyncio.wait_for(looked.wait(), 10)
    # Who would not wait has looked again and given up by the time these are answered.
    for _ in range(3):
        await api.get("/sessions")
    await held.rollback()
    await connection.close()
    answer = await adding
    assert answer.status_code == 201, answer.text


async def test_a_repeated_key_gives_the_same_answer_and_another_body_is_a_conflict(
    system: Stage, api: httpx.AsyncClient
) -> None:
    await system.folded(await system.say_hands(1))
    first = await post(api, "/sessions", SESSION, "one")
    again = await post(api, "/sessions", SESSION, "one")
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    other = await post(api, "/sessions", SESSION | {"code": "OTHER"}, "one")
    assert_problem(other, 409, "idempotency_key_reused")
    _, _, item = await cue_of(api)
    takes = [await post(api, f"/items/{item}/trigger", {}, "take") for _ in range(3)]
    assert {take.text for take in takes} == {takes[0].text}
    assert (await api.post("/sessions", json=SESSION)).headers["Idempotency-Key"]


async def test_a_refused_command_says_why_and_writes_nothing(
    system: Stage, api: httpx.AsyncClient
) -> None:
    await system.folded(await system.say_hands(1))
    _, sheet, _item = await cue_of(api)
    nobody = {"composition": "table_leaderboard", "parameters": {"game_id": "77"}}
    made = await post(api, f"/sheets/{sheet}/items", nobody, "nobody")
    head = (await system.bus.head()).sequence
    refused = await post(api, f"/items/{made.json()['id']}/trigger", {}, "t")
    assert_problem(refused, 409, "missing_data")
    lost = await post(api, "/sessions/nowhere/sheets", {"name": "Main"}, "s")
    assert_problem(lost, 404, "session_not_found")
    assert_problem(await post(api, "/sheets/nowhere/items", CUE, "i"), 404, "not_found")
    assert_problem(await post(api, "/items/nowhere/trigger", {}, "t"), 404, "not_found")
    assert_problem(await api.get("/sessions/nowhere"), 404, "not_found")
    assert_problem(await api.get("/sheets/nowhere/items"), 404, "not_found")
    assert_problem(await api.get("/sessions/nowhere/sheets"), 404, "not_found")
    assert (await system.bus.head()).sequence == head
