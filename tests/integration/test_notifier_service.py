"""The notifier on a real bus: what failed becomes one notification and one notice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec
import pytest

from bus.nats import NatsBus
from contracts.envelope import SEQUENCE
from contracts.messages.gfx import FileRejected, FileSource
from contracts.messages.notification import NotificationRaised
from contracts.messages.render import RenderFailed, RenderRequested
from contracts.messages.wsop_sync import SourceSyncFailed
from deploy.local.servers import NatsServer
from services.notifier.app import App, main
from tests.support.live_bus import Facts, bus_as, emptied, facts_of, new_log, running, say

FAILED = RenderFailed(
    render_id="r1",
    session_id="s1",
    item_id="a",
    attempt=1,
    code="missing_glyph",
    message="no font has the letter U+1234",
)
REJECTED = FileRejected(
    table="river",
    source=FileSource(path="day1/game.json", sha256="ab" * 32),
    bytes=10,
    code="not_json",
    detail="line 1 is not JSON",
)
REQUESTED = RenderRequested(
    render_id="r2",
    session_id="s1",
    item_id="b",
    composition="table_leaderboard",
    data={},
    field_hash="f",
    theme="midnight",
    duration_s=5,
)


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        yield bus


@pytest.fixture
async def facts(log: NatsBus) -> AsyncIterator[Facts]:
    async with facts_of(log) as facts:
        yield facts


async def test_a_failed_render_and_a_rejected_file_are_raised_once_each_and_nothing_else(
    bus_urls: NatsServer, log: NatsBus, facts: Facts
):
    async with running(bus_urls, "notifier", main):
        await say(log, REQUESTED, FAILED, REJECTED)
        raised = await facts.until(NotificationRaised, 2)
        for durable in ("notifier-render", "notifier-gfx", "notifier-announcer"):
            await emptied(log, durable)
        newest = await log.newest("notifications.operators")

    assert (await log.head()).sequence == len(facts.seen) == 5
    causes = {fact.envelope.id: fact for fact in facts.seen}
    for fact in raised:
        assert (fact.envelope.actor, fact.envelope.source) == ("notifier", "notifier")
        assert fact.envelope.correlation_id == "story"
    assert {fact.event.message for fact in raised} == {
        "no font has the letter U+1234",
        "day1/game.json: line 1 is not JSON",
    }
    assert int(newest.headers[SEQUENCE]) == raised[-1].sequence
    assert causes[newest.headers["ce-causationid"]] is raised[-1]
    assert msgspec.json.decode(newest.data)["notification_id"] == raised[-1].event.notification_id


async def test_a_fact_that_is_delivered_again_raises_nothing_more(
    bus_urls: NatsServer, log: NatsBus, facts: Facts
):
    async with running(bus_urls, "notifier", main):
        await say(log, FAILED)
        [raised] = await facts.until(NotificationRaised)
    [failed] = facts.of(RenderFailed)

    async with bus_as(bus_urls, "notifier") as bus:
        app = App(bus)
        async with app.runner:
            await app.raise_for(failed)

    assert (await log.head()).sequence == raised.sequence


async def test_two_instances_that_get_the_same_fact_raise_it_once(
    bus_urls: NatsServer, log: NatsBus, facts: Facts
):
    await say(log, FAILED)
    [failed] = await facts.until(RenderFailed)

    async with bus_as(bus_urls, "notifier") as one, bus_as(bus_urls, "notifier") as other:
        apps = App(one), App(other)
        async with apps[0].runner, apps[1].runner:
            await asyncio.gather(*(app.raise_for(failed) for app in apps))

    assert (await log.head()).sequence == failed.sequence + 1


async def test_what_failed_while_the_notifier_was_away_is_raised_when_it_comes_back(
    bus_urls: NatsServer, log: NatsBus, facts: Facts
):
    await say(log, FAILED)

    async with running(bus_urls, "notifier", main):
        [raised] = await facts.until(NotificationRaised)
        await emptied(log, "notifier-announcer")

    assert raised.event.entity_id == "r1"
    assert await log.newest("notifications.operators") is not None


def fetch_failed(failures: int) -> SourceSyncFailed:
    return SourceSyncFailed(
        kind="players",
        sync_id=f"run {failures}",
        operation="scheduled",
        attempt=failures,
        error="the server says 503",
        failures=failures,
        duration_ms=1,
        retry_at=None,
        next_due_at=datetime(2031, 3, 1, tzinfo=UTC),
    )


async def test_only_the_third_failed_run_of_a_kind_is_raised(
    bus_urls: NatsServer, log: NatsBus, facts: Facts
):
    async with running(bus_urls, "notifier", main):
        await say(log, *map(fetch_failed, (1, 2, 3, 4)))
        [raised] = await facts.until(NotificationRaised)
        await emptied(log, "notifier-wsop-sync")

    assert (raised.event.level, raised.event.entity_id) == ("critical", "players")
    assert (await log.head()).sequence == 5
