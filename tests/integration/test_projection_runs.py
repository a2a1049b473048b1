"""All projections as they run: a real log, real tables, and the rows a fold in memory gives."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import msgspec
import pytest

from bus import checkpoint
from bus.api import Draft, Entity
from bus.connection import open_connection
from bus.health import Health
from bus.nats import NatsBus
from bus.project import Projector
from bus.provision import provision
from bus.settings import ProcessSettings
from bus.tables import Table
from contracts.messages.cuesheet import CueTaken, ItemAdded, SessionCreated, SheetAdded
from contracts.messages.gfx import FileRejected
from contracts.messages.gfx_game import GameBound, GameExcluded, HandGraded, SeatCorrected
from contracts.messages.notification import NotificationRaised
from contracts.messages.render import RenderRequested, RenderStarted
from contracts.messages.system import CanarySaid
from contracts.streams import PROJECTIONS
from deploy.local.servers import NatsServer
from deploy.nats.permissions import user_name
from tests.support.folding import LOG_START, Folding, log_of
from tests.support.gfx_facts import GAME, TABLE, said_about, snapshot, source, ticks, walk

SPECS = [importlib.import_module(f"projections.{name}.store").SPEC for name in PROJECTIONS]
STACKS = {2: 5000, 5: 6000, 8: 7000}
SESSION = Entity("cuesheet", "session", "s1")
GAME_FILES = [
    snapshot("a.json", [walk(0, STACKS)]),
    snapshot("a.json", [walk(0, STACKS), walk(1, STACKS)]),
    snapshot("b.json", [walk(0, STACKS, settled=False), walk(1, STACKS), walk(2, {2: 10, 8: 20})]),
]
GAME_WORDS = [
    GameBound(game_id=GAME, event_id="e1", from_ticks="0", to_ticks=None),
    SeatCorrected(
        game_id=GAME,
        correction_id="c1",
        seat=2,
        from_ticks=str(ticks(1)),
        to_ticks=None,
        person_id="w-77",
        name="Wren",
        long_name="",
        reason="typed wrong",
    ),
    HandGraded(game_id=GAME, start_ticks=str(ticks(0)), letter="A", reason="a classic"),
    GameExcluded(game_id=GAME, reason="a rehearsal"),
]
SHOW = [
    SessionCreated(
        session_id="s1",
        code="LAKE-D1",
        event_name="Lake Classic",
        broadcast_date="2031-03-01",
        status="live",
    ),
    SheetAdded(
        session_id="s1",
        sheet_id="main",
        name="Main",
        sheet_type="main_show",
        status="active",
        sort_order=0,
    ),
    ItemAdded(
        session_id="s1",
        sheet_id="main",
        item_id="a",
        cue_number="Q001",
        composition="leaderboard",
        layer="full",
        title="Leaderboard",
        parameters={"table_name": TABLE},
        duration_s=None,
        sort_order=0,
    ),
    CueTaken(
        session_id="s1",
        sheet_id="main",
        item_id="a",
        cue_number="Q001",
        trigger_id="t1",
        trigger_type="manual",
        layer="full",
        ended=(),
        binding=None,
        render_id="r1",
        taken_at=LOG_START,
    ),
]
RENDER = [
    RenderRequested(
        render_id="r1",
        session_id="s1",
        item_id="a",
        composition="leaderboard",
        data={},
        field_hash="f",
        theme="midnight",
        duration_s=5,
    ),
    RenderStarted(render_id="r1", attempt=1, worker="w", engine="builtin", engine_version="1"),
]
REST = [
    FileRejected(table=TABLE, source=source("bad.json"), bytes=1, code="empty", detail="empty"),
    NotificationRaised(
        notification_id="n1",
        type="warning",
        level="medium",
        title="Rejected",
        message="bad.json is empty",
        source="gfx",
        entity_type="table",
        entity_id=TABLE,
        audience="operator",
    ),
    CanarySaid(canary_id="c", number=1),
]


@asynccontextmanager
async def bus_of(server: NatsServer, user: str) -> AsyncIterator[NatsBus]:
    login = {"nats_url": server.url}
    if user in server.passwords:
        login |= {"nats_user": user, "nats_password": server.passwords[user]}
    connection = await open_connection(ProcessSettings(**login), user)
    try:
        if user == "test-admin":
            await provision(connection)
        yield NatsBus(connection, user)
    finally:
        await connection.close()


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    """A new log, written by somebody who may say everything."""
    async with bus_of(bus_urls, "test-admin") as bus:
        yield bus


async def say(bus: NatsBus, facts) -> int:
    last = 0
    for fact in facts:
        kind = fact.event.TYPE
        entity = Entity(kind.owner, kind.entity, fact.event.subject_id)
        known = await bus.last_sequence(entity.filter)
        last = await bus.append(entity, known, [Draft(fact.event, fact.envelope)])
    return last


async def reached(dsn: str, sequence: int, projections) -> None:
    """Wait until these projections committed this sequence."""
    connection = await asyncpg.connect(dsn)
    moved = asyncio.Event()
    try:
        await connection.add_listener(checkpoint.CHANNEL, lambda *_: moved.set())
        while True:
            moved.clear()
            there = await connection.fetchval("select to_regclass('views.checkpoints')")
            rows = await connection.fetch("select * from views.checkpoints") if there else []
            done = {row["projection"] for row in rows if row["seq"] >= sequence}
            if done >= set(projections):
                return
            await moved.wait()
    finally:
        await connection.close()


@asynccontextmanager
async def running(server: NatsServer, dsn: str, specs) -> AsyncIterator[None]:
    """Projectors, each logged in as itself."""
    async with AsyncExitStack() as stack:
        tasks = []
        for spec in specs:
            bus = await stack.enter_async_context(bus_of(server, user_name(spec.name)))
            tasks.append(asyncio.create_task(Projector(spec, bus, dsn, Health()).run()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def stored(dsn: str, spec) -> dict[str, list]:
    connection = await checkpoint.connect(dsn, "test")
    try:
        tables = {}
        for kind in spec.rows:
            keys = await connection.fetch(
                f"select {', '.join(kind.KEY)} from {spec.schema}.{kind.TABLE}"
            )
            found = await Table(kind, spec.schema).load(connection, [tuple(k) for k in keys])
            tables[kind.TABLE] = [found[key] for key in sorted(found)]
        return tables
    finally:
        await connection.close()


async def test_every_projection_stores_what_its_fold_gives_also_over_a_restart(
    bus_urls: NatsServer, log: NatsBus, database: str
):
    facts = log_of(*said_about(GAME_FILES), *GAME_WORDS, *SHOW, *RENDER, *REST)
    half = len(facts) // 2

    middle = await say(log, facts[:half])
    async with running(bus_urls, database, SPECS):
        await reached(database, middle, PROJECTIONS)
    head = await say(log, facts[half:])
    async with running(bus_urls, database, SPECS):
        await reached(database, head, PROJECTIONS)

    assert head == len(facts)
    for spec in SPECS:
        expected = Folding(spec.fold).apply(facts)
        rows = await stored(database, spec)
        assert rows == {kind.TABLE: expected.rows(kind) for kind in spec.rows}, spec.name
        assert any(rows.values()), spec.name


async def test_the_views_answer_what_a_desk_asks(bus_urls: NatsServer, log: NatsBus, database: str):
    facts = log_of(*said_about(GAME_FILES), *SHOW)
    head = await say(log, facts)
    specs = [spec for spec in SPECS if spec.name in {"hands", "chip_counts", "rundown"}]
    async with running(bus_urls, database, specs):
        await reached(database, head, [spec.name for spec in specs])
    connection = await asyncpg.connect(database)
    try:
        hands = await connection.fetch(
            "select ordinal, state, absent, incomplete from views.hands order by ordinal"
        )
        chips = await connection.fetch(
            "select table_name, seat, stack, ordinal, incomplete from views.chips order by seat"
        )
        sheet = await connection.fetchrow("select items, completed_items from views.sheets")
    finally:
        await connection.close()

    assert [tuple(row) for row in hands] == [
        (0, "unsettled", False, False),
        (1, "settled", False, False),
        (2, "settled", False, False),
    ]
    assert [tuple(row) for row in chips] == [(TABLE, 2, 0, 2, False), (TABLE, 8, 30, 2, False)]
    assert tuple(sheet) == (1, 0)


async def test_a_game_that_cannot_be_folded_is_shown_as_incomplete_and_others_go_on(
    bus_urls: NatsServer, log: NatsBus, database: str
):
    good = said_about(GAME_FILES[:1])
    broken = msgspec.structs.replace(good[1], hand=walk(9, STACKS), digest="d")
    spec = next(spec for spec in SPECS if spec.name == "hands")
    bad_ticks = msgspec.structs.replace(
        broken, hand=msgspec.structs.replace(broken.hand, start_utc="some day")
    )
    head = await say(log, log_of(*good, bad_ticks))

    async with running(bus_urls, database, [spec]):
        await reached(database, head, ["hands"])

    connection = await asyncpg.connect(database)
    try:
        games = await connection.fetch("select hands, incomplete from views.games")
    finally:
        await connection.close()
    assert [tuple(row) for row in games] == [(1, True)]
