"""The tournament platform's files over HTTP: the real wsop-import, projections and gateway."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.messages.notification import NotificationRaised
from contracts.messages.wsop import ImportClosed, ImportRejected, ImportSkipped
from contracts.messages.wsop_sync import SourceSyncCompleted, SourceSyncStarted
from contracts.recorded import Recorded
from deploy.local.servers import NatsServer
from services.notifier import app as notifier
from tests.support.gateway import Stage, assert_problem, post
from tests.support.live_bus import Facts, facts_of, running
from tests.support.wsop_files import chip_row, events_json, player, players_json, table
from tests.support.wsop_files import event as tournament

USER = "wsop-import"
BAD_HEADER = b"event_id,rank,snapshot_at\nE1,1,2031-10-19T17:20:00Z\n"


@asynccontextmanager
async def imports(
    server: NatsServer, folder: Path, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """wsop-import as a process, logged in as itself, killed at the end."""
    environment = os.environ | {
        "RAILCAST_NATS_URL": server.url,
        "RAILCAST_NATS_USER": USER,
        "RAILCAST_NATS_PASSWORD": server.passwords.get(USER, ""),
        "RAILCAST_WSOP_FOLDER": str(folder),
        "RAILCAST_WSOP_QUIET_S": "0.05",
        "RAILCAST_WSOP_POLL_S": "0.02",
        "RAILCAST_WSOP_RETRY_S": "0.05",
        "RAILCAST_WSOP_MALFORMED_S": "0.1",
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.wsop_import", env=environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tournament"
    folder.mkdir()
    return folder


@pytest.fixture
async def facts(system: Stage) -> AsyncIterator[Facts]:
    async with facts_of(system.bus) as facts:
        yield facts


async def get(api: httpx.AsyncClient, path: str, /, **query: Any) -> Any:
    answer = await api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def of(raised: list[Recorded], kind: str) -> list[tuple[str, str]]:
    """Level and message of the notifications of one type."""
    told = [fact.event for fact in raised if isinstance(fact.event, NotificationRaised)]
    return [(each.level, each.message) for each in told if each.type == kind]


async def drop_five(folder: Path, facts: Facts) -> None:
    """Files of every outcome, one after the other."""
    players = players_json(player(1), player(2))
    chips = [chip_row(1), chip_row(2, -1), chip_row(3, "many"), chip_row(4)]
    whole = {
        "e.json": events_json(tournament()),
        "p.json": players,
        "c.csv": table(chips),
    }
    for number, (name, data) in enumerate(whole.items(), 1):
        (folder / name).write_bytes(data)
        await facts.until(ImportClosed, number)
    (folder / "s.csv").write_bytes(BAD_HEADER)
    await facts.until(ImportRejected)
    (folder / "again.json").write_bytes(players)
    await facts.until(ImportSkipped)


async def test_files_of_every_outcome_are_told_row_by_row_kind_by_kind_and_to_people(
    bus_urls: NatsServer, api: httpx.AsyncClient, folder: Path, facts: Facts
) -> None:
    async with running(bus_urls, "notifier", notifier.main), imports(bus_urls, folder):
        await facts.until(SourceSyncCompleted, 4)
        await drop_five(folder, facts)
        raised = await facts.until(NotificationRaised, 2)
    now = {"min_seq": facts.seen[-1].sequence}

    await check_the_log(api, now)
    await check_the_filters(api, now)
    await check_the_kinds(api, now)
    assert of(raised, "warning") == [
        ("medium", "c.csv: rejected rows 2 of 4, rejected fields 0; all else holds")
    ]
    [(level, message)] = of(raised, "error")
    assert (level, message.startswith("s.csv: ")) == ("high", True)


async def check_the_log(api: httpx.AsyncClient, now: dict[str, int]) -> None:
    log = await get(api, "/imports", **now)
    assert [(i["path"], i["kind"], i["status"]) for i in log["items"]] == [
        ("again.json", "players", "skipped"),
        ("s.csv", "standings", "failed"),
        ("c.csv", "chip_counts", "partial"),
        ("p.json", "players", "completed"),
        ("e.json", "events", "completed"),
    ]
    skipped, failed, partial, completed, _ = log["items"]
    assert skipped["same_as"] == completed["import_id"]
    assert (failed["error_code"], failed["position"]) == ("missing_header", "line 1")
    assert (partial["created"], partial["rejected"], partial["findings"]) == (2, 2, 2)
    assert (completed["created"], completed["rows"]) == (2, 2)
    assert completed["duration_ms"] >= 0
    assert (completed["rows_seen"], completed["imported_by"]) == (2, "wsop-import")

    path = f"/imports/{partial['import_id']}"
    first = await get(api, path, limit=1, **now)
    assert (first["import"], first["total"]) == (partial, 2)
    rest = await get(api, path, cursor=first["next_cursor"], **now)
    findings = first["items"] + rest["items"]
    assert [(f["outcome"], f["at"], f["field"]) for f in findings] == [
        ("rejected", "3", "chip_count"),
        ("rejected", "4", "chip_count"),
    ]
    assert all(f["sentence"] and f["code"] for f in findings)
    assert '"many"' in findings[1]["sentence"], "the value is shown"
    for asked, total in (
        ({"outcome": "rejected", "field": "chip_count"}, 2),
        ({"outcome": "noted"}, 0),
        ({"code": findings[1]["code"]}, 1),
        ({"field": "rank"}, 0),
    ):
        assert (await get(api, path, **asked, **now))["total"] == total, asked
    assert_problem(await api.get("/imports/nowhere"), 404, "not_found")


async def check_the_filters(api: httpx.AsyncClient, now: dict[str, int]) -> None:
    [whole] = (await get(api, "/imports", path="p.json", **now))["items"]
    filters: list[tuple[dict[str, str], list[str]]] = [
        ({"kind": "players"}, ["again.json", "p.json"]),
        ({"kind": "players", "status": "completed"}, ["p.json"]),
        ({"status": "failed"}, ["s.csv"]),
        ({"path": "c.csv"}, ["c.csv"]),
        ({"sha256": whole["sha256"]}, ["again.json", "p.json"]),
        ({"path": "none.csv"}, []),
    ]
    for query, paths in filters:
        found = await get(api, "/imports", **query, **now)
        assert [i["path"] for i in found["items"]] == paths, query
    for query in ({"kind": "seats"}, {"status": "lost"}, {"sha256": "x"}, {"path": "a\0"}):
        assert (await api.get("/imports", params=query)).status_code == 422, query


async def check_the_kinds(api: httpx.AsyncClient, now: dict[str, int]) -> None:
    states = {s["entity_id"]: s for s in (await get(api, "/sync/status", **now))["items"]}
    assert {(s["source"], s["entity_type"]) for s in states.values()} == {("wsop", "source")}
    assert {kind: (s["status"], s["health"]) for kind, s in states.items()} == {
        "events": ("synced", "healthy"),
        "players": ("synced", "healthy"),
        "chip_counts": ("synced", "healthy"),
        "standings": ("failed", "error"),
    }
    chips = states["chip_counts"]
    assert (chips["rows_created"], chips["rows_rejected"]) == (2, 2)
    assert (chips["interval_s"], chips["pulled"]) == (900, False)
    assert (states["players"]["files_recorded"], states["players"]["files_skipped"]) == (1, 1)
    assert "s.csv: " in states["standings"]["last_error"]


async def test_a_file_that_gets_its_old_content_back_has_one_import_for_each_content(
    bus_urls: NatsServer, api: httpx.AsyncClient, folder: Path, facts: Facts
) -> None:
    before, after = players_json(player(1)), players_json(player(1), player(2))
    async with imports(bus_urls, folder):
        for number, data in enumerate((before, after), 1):
            (folder / "p.json").write_bytes(data)
            await facts.until(ImportClosed, number)
        (folder / "p.json").write_bytes(before)
        [back] = await facts.until(ImportSkipped)

    newer, older = (await get(api, "/imports", min_seq=back.sequence))["items"]
    assert (older["status"], older["created"], older["skips"]) == ("completed", 1, 1)
    assert older["same_as"] == older["import_id"]
    assert (newer["status"], newer["created"], newer["skips"]) == ("completed", 1, 0)


async def test_rows_that_wanted_a_time_zone_are_listed_and_taken_when_it_is_known(
    bus_urls: NatsServer, api: httpx.AsyncClient, folder: Path, facts: Facts
) -> None:
    async with imports(bus_urls, folder):
        (folder / "c.csv").write_bytes(table([chip_row(1, at="2031-10-19 17:20:00"), chip_row(2)]))
        await facts.until(ImportClosed)
    async with imports(bus_urls, folder):
        (folder / "e.json").write_bytes(events_json(tournament(timezone="Asia/Nicosia")))
        *_, last = await facts.until(ImportClosed, 3)

    now = {"min_seq": last.sequence}
    again, refused = (await get(api, "/imports", path="c.csv", **now))["items"]
    counts = [(i["status"], i["created"], i["unchanged"], i["rejected"]) for i in (refused, again)]
    assert counts == [("partial", 1, 0, 1), ("completed", 1, 1, 0)]
    found = await get(api, f"/imports/{refused['import_id']}", field="recorded_at", **now)
    assert [(f["at"], f["code"]) for f in found["items"]] == [("2", "no_offset")]


async def test_an_import_tells_which_field_of_whom_it_changed_from_what_to_what(
    bus_urls: NatsServer, api: httpx.AsyncClient, folder: Path, facts: Facts
) -> None:
    first = [player(1, city="Oslo", wsop_cashes=1), player(2, city="Ely")]
    later = [player(1, city="Rye", wsop_cashes=2), player(2, city="Ely"), player(3)]
    photo = {"profile_image_url": "https://photos.example/2.png"}
    twice = [player(2, city="Bath", **photo)]
    async with imports(bus_urls, folder):
        for number, players in enumerate((first, later + twice), 1):
            (folder / "p.json").write_bytes(players_json(*players))
            closed = await facts.until(ImportClosed, number)
    now = {"min_seq": closed[-1].sequence}

    newer, older = (await get(api, "/imports", **now))["items"]
    assert (await get(api, f"/imports/{older['import_id']}/changes", **now))["items"] == []
    path = f"/imports/{newer['import_id']}"
    told, more = [], {}
    while more is not None:
        page = await get(api, f"{path}/changes", limit=2, **now, **more)
        assert page["total"] == 4
        told += page["items"]
        more = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert sorted((c["id"], c["field"], c["old"], c["new"]) for c in told) == [
        ("WP000001", "city", "Oslo", "Rye"),
        ("WP000001", "wsop_cashes", 1, 2),
        ("WP000002", "city", "Ely", "Bath"),
        ("WP000002", "profile_image_url", None, None),
    ]
    assert {c["id"]: c["at"] for c in told} == {"WP000001": "/players/0", "WP000002": "/players/3"}
    assert [c["field"] for c in told if c["withheld"]] == ["profile_image_url"]
    both = (await get(api, path, code="twice_in_file", **now))["items"]
    assert [(f["at"], f["sentence"].split()[0]) for f in both] == [
        ("/players/1", "/players/3"),
        ("/players/3", "/players/1"),
    ]
    assert_problem(await api.get("/imports/nowhere/changes"), 404, "not_found")
    bad = await api.get(f"{path}/changes", params={"cursor": "x"})
    assert_problem(bad, 422, "bad_cursor")


async def test_a_run_is_asked_for_over_http_and_its_history_is_told(
    bus_urls: NatsServer, api: httpx.AsyncClient, folder: Path, facts: Facts
) -> None:
    (folder / "p.json").write_bytes(players_json(player(1)))
    off = {"RAILCAST_WSOP_STANDINGS_INTERVAL_S": "0"}
    async with imports(bus_urls, folder, **off):
        await facts.until(SourceSyncCompleted, 3)
        one = await post(api, "/sync/wsop/trigger", {"kind": "players"}, "key-1")
        again = await post(api, "/sync/wsop/trigger", {"kind": "players"}, "key-1")
        await facts.until(SourceSyncCompleted, 4)
        every = await post(api, "/sync/wsop/trigger", None, "key-2")
        done = await facts.until(SourceSyncCompleted, 7)
        unknown = await post(api, "/sync/wsop/trigger", {"kind": "seats"}, "key-3")
        resting = await post(api, "/sync/wsop/trigger", {"kind": "standings"}, "key-4")
        mixed = await post(api, "/sync/wsop/trigger", {"table": "river"}, "key-5")
    assert one.status_code == every.status_code == 202
    [sync] = one.json()["syncs"]
    assert (sync["kind"], sync["table"], sync["merged"]) == ("players", None, False)
    assert again.json() == one.json(), "the same key asks for the same run"
    asked = [each["kind"] for each in every.json()["syncs"]]
    assert asked == ["chip_counts", "events", "players"]
    assert_problem(unknown, 404, "not_found")
    assert_problem(resting, 409, "source_disabled")
    assert_problem(mixed, 422, "invalid_input")

    now = {"min_seq": done[-1].sequence}
    runs = await get(api, "/sync/wsop/history", entity_id="players", **now)
    assert [(run["operation"], run["status"], run["files"]) for run in runs["items"]] == [
        ("manual", "synced", 1),
        ("manual", "synced", 1),
        ("full_sync", "synced", 1),
    ]
    assert runs["items"][1]["sync_id"] == sync["sync_id"]
    assert (await get(api, "/sync/gfx/history", **now))["total"] == 0
    states = {s["entity_id"]: s for s in (await get(api, "/sync/status", **now))["items"]}
    assert (states["standings"]["status"], states["standings"]["health"]) == (
        "disabled",
        "disabled",
    )
    assert states["players"]["health"] == "healthy"


async def test_who_asks_while_a_run_is_under_way_is_told_that_run(
    bus_urls: NatsServer, api: httpx.AsyncClient, folder: Path, facts: Facts
) -> None:
    async with (
        silent_server() as address,
        imports(bus_urls, folder, RAILCAST_WSOP_PLAYERS_URL=address),
    ):
        begun = await facts.until(SourceSyncStarted, 4)
        answer = await post(api, "/sync/wsop/trigger", {"kind": "players"}, "key-1")
    under_way = {
        each.event.kind: each.event.sync_id
        for each in begun
        if isinstance(each.event, SourceSyncStarted)
    }
    [sync] = answer.json()["syncs"]
    assert (sync["merged"], sync["sync_id"]) == (True, under_way["players"])


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """Address of a server that takes every request and never answers."""
    ended = asyncio.Event()

    async def wait(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ended.wait()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}/players"
    finally:
        ended.set()
        server.close()
