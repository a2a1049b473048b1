"""The HTTP API over real servers, real projections and the real cue sheet service."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from bus.health import Health
from contracts.messages.gfx import FileRejected
from contracts.messages.notification import NotificationRaised
from deploy.local.servers import NatsServer, PostgresServer
from services.gateway.app import API, build
from services.gateway.auth import Access
from services.gateway.canary import Canary
from services.gateway.errors import Problem
from services.gateway.routes.context import Gateway
from services.gateway.views import Views
from services.gateway.wait import Checkpoints
from tests.support.gateway import (
    CUE,
    KEY,
    KEY_SHA256,
    SESSION,
    Place,
    Stage,
    assert_problem,
    cue_of,
    first_event,
    png,
    post,
)
from tests.support.gfx_facts import GAME, TABLE, recorded_hand, source, walk


async def test_hands_come_page_by_page_and_a_late_hand_moves_no_page(
    system: Stage, api: httpx.AsyncClient
) -> None:
    sequence = await system.say_hands(7, first=0)
    first = (await api.get("/hands", params={"limit": 3, "min_seq": sequence})).json()
    assert first["total"] == 7
    assert [hand["ordinal"] for hand in first["items"]] == [0, 1, 2]
    late = await system.say(recorded_hand(walk(-5, {2: 100, 5: 900})))
    cursor = {"limit": 3, "cursor": first["next_cursor"], "min_seq": late}
    second = (await api.get("/hands", params=cursor)).json()
    assert [hand["hand_num"] for hand in second["items"]] == [4, 5, 6]
    assert second["total"] == 8
    third = (await api.get("/hands", params=cursor | {"cursor": second["next_cursor"]})).json()
    assert [hand["hand_num"] for hand in third["items"]] == [7]
    assert third["next_cursor"] is None
    newest = (await api.get("/hands", params={"order": "desc", "limit": 2})).json()["items"]
    assert [hand["hand_num"] for hand in newest] == [7, 6]
    assert (await api.get("/hands", params={"game_id": "7"})).json() == {
        "items": [],
        "total": 0,
        "next_cursor": None,
    }


async def test_a_hand_tells_its_figures_and_its_players(
    system: Stage, api: httpx.AsyncClient
) -> None:
    sequence = await system.say_hands(1)
    answer = await api.get("/hands", params={"game_id": GAME, "min_seq": sequence})
    assert int(answer.headers["RC-Seq"]) >= sequence
    [hand] = answer.json()["items"]
    assert hand["start_ticks"] == "640700000000000001"
    assert hand["start_utc"].endswith("0000001Z")
    assert (hand["state"], hand["big_blind"], hand["pot_total"]) == ("settled", 200, 300)
    assert [(p["seat"], p["start_stack"], p["end_stack"]) for p in hand["players"]] == [
        (2, 5000, 5000),
        (5, 6000, 5900),
        (8, 7000, 7100),
    ]


async def test_chips_are_those_of_the_last_hand_and_say_so(
    system: Stage, api: httpx.AsyncClient
) -> None:
    sequence = await system.say_hands(2)
    answer = await api.get(f"/games/{GAME}/chips", params={"min_seq": sequence})
    items = answer.json()["items"]
    assert [(row["seat"], row["stack"]) for row in items] == [(2, 5000), (5, 5900), (8, 7100)]
    assert items[0]["as_of"] == {
        "ordinal": 1,
        "hand_num": 2,
        "start_ticks": items[0]["as_of"]["start_ticks"],
        "state": "settled",
    }
    assert_problem(await api.get("/games/77/chips"), 404, "not_found")
    [game] = (await api.get("/games")).json()["items"]
    assert (game["game_id"], game["hands"], game["table_name"]) == (GAME, 2, TABLE)


async def test_a_read_waits_for_its_own_projections_and_says_not_yet_for_the_future(
    system: Stage, api: httpx.AsyncClient
) -> None:
    head = (await system.bus.head()).sequence
    waiting = asyncio.create_task(api.get("/hands", params={"min_seq": head + 9}))
    await system.say_hands(8)
    assert (await waiting).json()["total"] == 8
    answer = await api.get("/hands", params={"min_seq": head + 1000})
    assert "hands" in assert_problem(answer, 503, "not_yet")["detail"]
    assert answer.headers["Retry-After"] == "1"


async def test_sync_files_and_notifications_are_told_newest_first(
    system: Stage, api: httpx.AsyncClient
) -> None:
    rejected = [
        FileRejected(table=TABLE, source=source(f"{n}.json", str(n)), bytes=n, code="c", detail="d")
        for n in (1, 2)
    ]
    news = NotificationRaised(
        notification_id="n1",
        type="warning",
        level="medium",
        title="Rejected",
        message="1.json is empty",
        source="gfx",
        entity_type="table",
        entity_id=TABLE,
        audience="operator",
    )
    sequence = {"min_seq": await system.say(*rejected, news)}
    files = (await api.get("/sync/files", params=sequence)).json()
    assert [row["path"] for row in files["items"]] == ["2.json", "1.json"]
    chosen = (await api.get("/sync/files", params=sequence | {"outcome": "recorded"})).json()
    assert chosen["total"] == 0
    [status] = (await api.get("/sync/status", params=sequence)).json()["items"]
    assert status["files_rejected"] == 2
    told = (await api.get("/notifications", params=sequence | {"audience": "operator"})).json()
    assert [row["title"] for row in told["items"]] == ["Rejected"]


@pytest.mark.parametrize(
    ("method", "path", "body", "named"),
    [
        ("GET", "/hands?limit=0", None, ["limit"]),
        ("GET", "/hands?limit=501", None, ["limit"]),
        ("GET", "/hands?min_seq=-1&order=up", None, ["min_seq", "order"]),
        ("GET", "/hands?gameid=1", None, ["gameid"]),
        ("GET", "/hands?game_id=abc", None, ["game_id"]),
        ("GET", "/games/abc/chips", None, ["game_id"]),
        ("GET", "/health?x=1", None, ["x"]),
        ("GET", "/stream?session=1", None, ["session"]),
        ("GET", "/render/r1/output?kind=gif", None, ["kind"]),
        ("POST", "/sessions?x=1", SESSION, ["x"]),
        ("POST", "/sessions", {"event_name": " ", "date": "x"}, ["code", "event_name", "date"]),
        ("POST", "/sessions", SESSION | {"code": "a\x00b"}, ["code"]),
        ("POST", "/sessions", SESSION | {"broadcast_date": "tomorrow"}, ["broadcast_date"]),
        ("POST", "/sheets/s/items", CUE | {"composition": "x"}, ["composition"]),
        ("POST", "/sheets/s/items", CUE | {"parameters": {}}, ["parameters"]),
        ("POST", "/items/i/trigger", {"expires_in_ms": 0}, ["expires_in_ms"]),
    ],
)
async def test_every_wrong_input_is_named(
    method: str, path: str, body: Any, named: list[str], closed: httpx.AsyncClient
) -> None:
    answer = await closed.request(method, path, json=body)
    problem = assert_problem(answer, 422, "invalid_input")
    assert {wrong["name"] for wrong in problem["errors"]} >= set(named)
    for name in named:
        assert name in problem["detail"]


@pytest.fixture
async def closed(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The API without any server behind it: wrong input never gets that far."""
    app = build(
        Gateway(**dict.fromkeys(Gateway.__struct_fields__)),
        Access(KEY_SHA256, lambda: 0.0),
        tmp_path,
    )
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=f"http://desk.test{API}",
        headers={"Authorization": f"Bearer {KEY}"},
    ) as client:
        yield client


async def test_a_picture_is_served_once_it_is_completed_whole_and_in_ranges(
    system: Stage, api: httpx.AsyncClient, tmp_path: Path
) -> None:
    sequence = await system.start_render("r1", "s1", "a")
    at = {"min_seq": sequence}
    assert (await api.get("/render/r1/status", params=at)).json()["status"] == "rendering"
    assert_problem(await api.get("/render/r1/output", params=at), 409, "not_completed")
    assert_problem(await api.get("/render/nowhere/output"), 404, "not_found")
    picture = png(tmp_path / "picture.png")
    at = {"min_seq": await system.finish_render("r1", "s1", "a", picture)}
    whole = await api.get("/render/r1/output", params=at)
    content = await asyncio.to_thread(picture.read_bytes)
    assert (whole.status_code, whole.content) == (200, content)
    assert whole.headers["content-type"] == "image/png"
    tag = whole.headers["etag"]
    same = await api.get("/render/r1/output", headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    part = await api.get("/render/r1/output", headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")
    assert part.headers["content-range"] == f"bytes 1-3/{len(content)}"
    stale = await api.get(
        "/render/r1/output", headers={"Range": "bytes=1-3", "If-Range": '"other"'}
    )
    assert (stale.status_code, stale.content) == (200, content)
    assert_problem(
        await api.get("/render/r1/output", headers={"Range": "bytes=999999-"}), 416, "bad_range"
    )
    assert_problem(await api.get("/render/r1/output?kind=mp4"), 404, "not_found")
    [job] = (await api.get("/renders", params={"session_id": "s1"})).json()["items"]
    assert (job["status"], job["outputs"][0]["bytes"]) == ("completed", len(content))


async def test_the_canary_makes_the_gateway_ready_and_health_tells_every_projection(
    system: Stage, api: httpx.AsyncClient
) -> None:
    report = (await api.get("/health")).json()
    assert report["status"] == "ok"
    assert report["canary"]["passed"]
    assert {row["lag"] for row in report["projections"]} == {0}
    assert all(row["canary_seen"] for row in report["projections"])
    connection = await asyncpg.connect(system.place.dsn)
    await connection.execute("update views.checkpoints set seq = 0 where projection = 'hands'")
    await connection.close()
    report = (await api.get("/health")).json()
    assert report["status"] == "degraded"
    assert [row["projection"] for row in report["projections"] if row["lag"]] == ["hands"]


async def test_a_quiet_log_gets_another_canary_behind_the_first(system: Stage) -> None:
    canary = Canary(system.bus, Checkpoints("", Health()), Health())
    task = asyncio.create_task(canary.run(quiet_s=0))
    subject = f"evt.system.canary.{canary._entity.id}.said"
    async with asyncio.timeout(10), system.bus.reader("test-admin", subject, 0) as reader:
        found: list[int] = []
        while len(found) < 2:
            found += [json.loads(m.data)["number"] for m in await reader.next(10, 1.0)]
    task.cancel()
    assert found == [1, 2]


async def test_the_stream_starts_with_the_state_and_goes_on_with_notices(
    system: Stage, api: httpx.AsyncClient
) -> None:
    await system.folded(await system.say_hands(1))
    session, _, item = await cue_of(api)
    moved = await first_event(api, "read-model")
    assert moved["sequence"] > 0
    await post(api, f"/items/{item}/trigger", {}, "take")
    heard = await first_event(api, "notice", f"/stream?session_id={session}")
    assert heard["type"].startswith("cuesheet.")
    assert heard["body"]["session_id"] == session


async def test_no_projection_yet_is_said_and_no_fault(
    bus_urls: NatsServer, postgres_server: PostgresServer, database: str, tmp_path: Path
) -> None:
    place = Place(bus_urls, postgres_server, database, tmp_path)
    views = Views(place.reader_dsn, Checkpoints(place.reader_dsn, Health()))
    await views.open()
    with pytest.raises(Problem, match="no projection has started") as refused:
        async with views.read(("hands",)):
            pass
    assert refused.value.status == 503
    await views.close()


async def test_the_openapi_document_and_its_page_name_every_route(
    closed: httpx.AsyncClient,
) -> None:
    document = (await closed.get("/openapi.json")).json()
    assert "/api/v1/items/{item_id}/trigger" in document["paths"]
    docs = await closed.get("http://desk.test/docs")
    for path in document["paths"]:
        assert path in docs.text
