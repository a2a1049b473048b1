"""Runs of real folders: asked for over HTTP, after a kill, and when the registry changes."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from contracts.messages.gfx import FileRemoved, HandRecorded, HandWithdrawn
from contracts.messages.gfx_sync import (
    SyncCompleted,
    SyncFailed,
    SyncNotice,
    SyncStarted,
    TableRegistered,
    TableRemoved,
)
from contracts.messages.notification import NotificationRaised
from contracts.syncing.rules import INTERRUPTED
from deploy.local.servers import NatsServer
from services.notifier import app as notifier
from tests.support.folding import LOG_START
from tests.support.gateway import Stage, assert_problem, post
from tests.support.gfx_facts import GAME, source
from tests.support.gfx_files import GAME_ID, file_name, game_file, hand
from tests.support.live_bus import Facts, emptied, facts_of, new_log, running, say

USER = "gfx-ingest"
NAME = file_name()


class Share:
    """A registry file and the folders of its tables."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.registry = root / "tables.toml"

    def tell(self, *tables: str, resting: str = "") -> None:
        """Write the registry."""
        entries = [(name, "true") for name in tables] + [(resting, "false")] * bool(resting)
        for name, _ in entries:
            (self.root / name).mkdir(exist_ok=True)
        self.registry.write_text(
            "".join(f"[[table]]\nname='{n}'\nfolder='{n}'\nenabled={on}\n" for n, on in entries)
        )

    def game(self, table: str, *hands: int, number: int = 0) -> Path:
        """The file of one game of a table, with these hands."""
        game_id = GAME_ID + number
        path = self.root / table / file_name(game_id)
        path.write_bytes(game_file(*map(hand, hands), game_id=game_id))
        return path


@asynccontextmanager
async def ingest(
    server: NatsServer, registry: Path, **more: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """gfx-ingest as a process, logged in as itself, killed at the end."""
    environment = os.environ | {
        "RAILCAST_NATS_URL": server.url,
        "RAILCAST_NATS_USER": USER,
        "RAILCAST_NATS_PASSWORD": server.passwords.get(USER, ""),
        "RAILCAST_GFX_REGISTRY": str(registry),
        "RAILCAST_GFX_RETRY_S": "0.2",
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.gfx_ingest", env=environment
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


# A half-written file is read again and again instead of being rejected: a run waits for its end.
PATIENT = {"RAILCAST_GFX_TRIES_MAX": "1000000", "RAILCAST_GFX_UNCHANGED_S_MAX": "1000000"}


@pytest.fixture
def share(tmp_path: Path) -> Share:
    root = tmp_path / "share"
    root.mkdir()
    return Share(root)


@pytest.fixture
async def facts(system: Stage) -> AsyncIterator[Facts]:
    async with facts_of(system.bus) as facts:
        yield facts


async def test_a_run_is_asked_for_over_http_and_its_history_and_state_are_told(
    bus_urls: NatsServer, api: httpx.AsyncClient, share: Share, facts: Facts
) -> None:
    share.tell("river", resting="lake")
    share.game("river", 0, 1)
    async with ingest(bus_urls, share.registry):
        await facts.until(SyncCompleted)
        answer = await post(api, "/sync/gfx/trigger", None, "key-1")
        again = await post(api, "/sync/gfx/trigger", None, "key-1")
        [_, manual] = await facts.until(SyncCompleted, 2)
        unknown = await post(api, "/sync/gfx/trigger", {"table": "creek"}, "key-2")
        resting = await post(api, "/sync/gfx/trigger", {"table": "lake"}, "key-3")
        foreign = await post(api, "/sync/manual/trigger", None, "key-4")
    assert answer.status_code == again.status_code == 202
    [sync] = answer.json()["syncs"]
    assert (sync["table"], sync["merged"]) == ("river", False)
    assert again.json() == answer.json(), "the same key asks for the same run"
    assert (manual.event.sync_id, manual.event.operation) == (sync["sync_id"], "manual")
    assert (manual.event.files, manual.event.unchanged) == (1, 1)
    assert_problem(unknown, 404, "not_found")
    assert_problem(resting, 409, "table_disabled")
    assert assert_problem(foreign, 404, "not_found")["allowed"] == ["gfx", "wsop"]

    sequence = {"min_seq": manual.sequence}
    runs = (await api.get("/sync/gfx/history", params=sequence)).json()
    assert [run["operation"] for run in runs["items"]] == ["manual", "full_sync"]
    assert [run["status"] for run in runs["items"]] == ["synced", "synced"]
    assert runs["items"][1]["recorded"] == 1
    lake = (await api.get("/sync/gfx/history", params=sequence | {"entity_id": "lake"})).json()
    assert lake["total"] == 0
    assert_problem(await api.get("/sync/manual/history"), 404, "not_found")
    states = (await api.get("/sync/status", params=sequence)).json()["items"]
    assert [(s["entity_id"], s["status"], s["health"]) for s in states] == [
        ("lake", "disabled", "disabled"),
        ("river", "synced", "healthy"),
    ]
    assert (states[1]["interval_s"], states[1]["time_zone"]) == (3600, "UTC")
    due = manual.event.next_due_at.isoformat().replace("+00:00", "Z")
    assert states[1]["next_due_at"] == due


async def test_who_asks_while_a_run_is_under_way_is_told_that_run(
    bus_urls: NatsServer, api: httpx.AsyncClient, share: Share, facts: Facts
) -> None:
    share.tell("river")
    whole = share.game("river", 0).read_bytes()
    (share.root / "river" / NAME).write_bytes(whole[:-9])
    async with ingest(bus_urls, share.registry, **PATIENT):
        [begun] = await facts.until(SyncStarted)
        answer = await post(api, "/sync/gfx/trigger", {"table": "river"}, "key-1")
        [state] = (await api.get("/sync/status", params={"min_seq": begun.sequence})).json()[
            "items"
        ]
        (share.root / "river" / NAME).write_bytes(whole)
        [done] = await facts.until(SyncCompleted)
    [sync] = answer.json()["syncs"]
    assert (sync["sync_id"], sync["merged"]) == (begun.event.sync_id, True)
    assert (state["status"], state["health"]) == ("in_progress", "syncing")
    assert done.event.sync_id == begun.event.sync_id


async def test_a_run_that_was_killed_has_failed_and_everything_is_looked_through_again(
    bus_urls: NatsServer, system: Stage, share: Share, facts: Facts
) -> None:
    share.tell("river")
    whole = share.game("river", 0).read_bytes()
    (share.root / "river" / NAME).write_bytes(whole[:-9])
    async with ingest(bus_urls, share.registry, **PATIENT) as process:
        [begun] = await facts.until(SyncStarted)
        process.kill()
        await process.wait()
    (share.root / "river" / NAME).write_bytes(whole)
    async with ingest(bus_urls, share.registry):
        [failed] = await facts.until(SyncFailed)
        [done] = await facts.until(SyncCompleted)
    assert (failed.event.sync_id, failed.event.error) == (begun.event.sync_id, INTERRUPTED)
    assert (done.event.operation, done.event.recorded + done.event.unchanged) == ("full_sync", 1)
    assert len(facts.of(HandRecorded)) == len(facts.of(TableRegistered)) == 1


async def test_a_table_is_added_and_taken_away_while_the_process_runs(
    bus_urls: NatsServer, system: Stage, share: Share, facts: Facts
) -> None:
    share.tell("river")
    share.game("river", 0)
    async with ingest(bus_urls, share.registry) as process:
        await facts.until(SyncCompleted)
        share.tell("river", "lake")
        share.game("lake", 0, number=1)
        await facts.until(HandRecorded, 2)
        share.tell("lake")
        [removed] = await facts.until(TableRemoved)
        hands = len(facts.of(HandRecorded))
        share.game("river", 0, 1)
        share.game("lake", 0, 1, number=1)
        recorded = await facts.until(HandRecorded, hands + 1)
        process.terminate()
        assert await process.wait() == 0
    assert removed.event.table == "river"
    assert recorded[-1].event.game_id == str(GAME_ID + 1)


async def test_screens_are_told_the_newest_state(
    bus_urls: NatsServer, system: Stage, share: Share, facts: Facts
) -> None:
    share.tell("river")
    share.root.joinpath("river").rmdir()
    async with ingest(bus_urls, share.registry):
        [failed] = await facts.until(SyncFailed)
        await emptied(system.bus, "gfx-ingest-announcer")
    found = await system.bus.newest("sync-status.gfx.river")
    assert found is not None
    notice = msgspec.json.decode(found.data, type=SyncNotice)
    assert (notice.verb, notice.status) == ("sync:failed", "failed")
    assert notice.retry_at == failed.event.retry_at
    assert str(share.root / "river") in (notice.error or "")


async def test_a_file_that_was_deleted_is_said_to_be_gone(
    bus_urls: NatsServer, api: httpx.AsyncClient, share: Share, facts: Facts
) -> None:
    share.tell("river")
    share.game("river", 0)
    place = share.game("river", 0, number=1)
    async with ingest(bus_urls, share.registry, RAILCAST_GFX_GONE_S="0.3"):
        await facts.until(SyncCompleted)
        place.unlink()
        [gone] = await facts.until(FileRemoved)
    rows = (await api.get("/sync/files", params={"min_seq": gone.sequence})).json()["items"]
    assert [(row["path"], row["outcome"]) for row in rows] == [
        (place.name, "removed"),
        (NAME, "recorded"),
    ]


async def test_people_are_told_of_a_sync_that_keeps_failing_and_once_of_a_file_that_lost_hands(
    bus_urls: NatsServer,
) -> None:
    failed = SyncFailed(
        table="river",
        sync_id="a",
        operation="scheduled",
        attempt=3,
        error="no such folder",
        failures=3,
        duration_ms=1,
        retry_at=None,
        next_due_at=LOG_START,
    )
    lost = [
        HandWithdrawn(game_id=GAME, start_ticks=str(n), digest="0", source=source())
        for n in range(20)
    ]
    async with new_log(bus_urls) as bus, facts_of(bus) as facts:
        async with running(bus_urls, "notifier", notifier.main):
            await say(bus, failed, *lost)
            raised = await facts.until(NotificationRaised, 2)
            for durable in ("notifier-sync", "notifier-hands"):
                await emptied(bus, durable)
        assert (await bus.head()).sequence == 1 + len(lost) + 2
    assert sorted(fact.event.level for fact in raised) == ["critical", "high"]
