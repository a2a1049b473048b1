"""Binding a leaderboard to the read models as they are: caught up, in one snapshot, or refused."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import partial
from urllib.parse import urlsplit

import asyncpg
import msgspec
import pytest

from bus import checkpoint
from bus.api import CommandContext
from bus.nats import NatsBus
from bus.tables import Table
from contracts.compositions import LeaderboardData, field_hash, leaderboard_fields
from contracts.messages.cuesheet import (
    AddItem,
    AddSheet,
    Binding,
    CreateSession,
    CueTaken,
    HandPoint,
    TakeItem,
)
from deploy.local.servers import NatsServer, PostgresServer
from projections.chip_counts.domain import GameRow, PeriodRow
from projections.chip_counts.store import SPEC
from services.cuesheet.app import BusClock, main
from services.cuesheet.inputs.binder import Binder, MissingBinding
from services.cuesheet.settings import CuesheetSettings
from tests.support.folding import LOG_START
from tests.support.gfx_facts import GAME, recorded_hand, seen, walk
from tests.support.live_bus import PATIENCE_S, bus_as, facts_of, new_log, running, say
from tests.support.read_models import folding, prepare

PARAMETERS = {"game_id": GAME, "subtitle": "Day 2"}
FIRST = {2: 5_000, 5: 6_000, 8: 7_000}
SECOND = {2: 4_000, 5: 9_000, 8: 5_000}
COMPOSITION = "table_leaderboard"


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        yield bus


@pytest.fixture
def reader_dsn(postgres_server: PostgresServer, database: str) -> str:
    """The test's database as the role that may only read the views."""
    path = urlsplit(database).path
    return urlsplit(postgres_server.reader_dsn)._replace(path=path).geturl()


@pytest.fixture
async def binder(log: NatsBus, reader_dsn: str) -> AsyncIterator[Binder]:
    """Patient: it waits as long as a test may take."""
    binder = Binder(reader_dsn, BusClock(log), PATIENCE_S)
    yield binder
    await binder.close()


def chips(binding: Binding) -> dict[int, int]:
    return {row["seat"]: row["chips"] for row in binding.data["rows"]}


async def test_a_leaderboard_is_bound_to_the_newest_hand_of_its_game(
    bus_urls: NatsServer, log: NatsBus, database: str, binder: Binder
):
    head = await say(log, seen(), recorded_hand(walk(0, FIRST)), recorded_hand(walk(1, SECOND), 1))
    async with folding(bus_urls, database):
        binding = await binder.bind(COMPOSITION, PARAMETERS)

    assert chips(binding) == {2: 4_000, 5: 8_900, 8: 5_100}
    assert binding.point == HandPoint(game_id=GAME, ordinal=1, at="end")
    assert binding.checkpoints == {"chip_counts": head, "unified_players": head}
    data = msgspec.convert(binding.data, LeaderboardData)
    assert binding.field_hash == field_hash(leaderboard_fields(data), {})
    assert (data.subtitle, data.big_blind, data.players) == ("Day 2", 200, 3)


async def test_a_binding_waits_until_the_projection_has_reached_the_newest_fact_of_the_game(
    bus_urls: NatsServer, log: NatsBus, database: str, binder: Binder
):
    await say(log, seen(), recorded_hand(walk(0, FIRST)))
    async with folding(bus_urls, database):
        assert chips(await binder.bind(COMPOSITION, PARAMETERS)) == {2: 5_000, 5: 5_900, 8: 7_100}
    head = await say(log, recorded_hand(walk(1, SECOND), 1))

    binding = asyncio.create_task(binder.bind(COMPOSITION, PARAMETERS))
    async with folding(bus_urls, database):
        bound = await binding

    assert chips(bound) == {2: 4_000, 5: 8_900, 8: 5_100}
    assert bound.checkpoints["chip_counts"] >= head


async def test_facts_of_other_games_are_not_waited_for(
    bus_urls: NatsServer, log: NatsBus, database: str, binder: Binder
):
    head = await say(log, seen(), recorded_hand(walk(0, FIRST)))
    async with folding(bus_urls, database):
        await binder.bind(COMPOSITION, PARAMETERS)
    await say(log, seen("639700000000000002"))

    binding = await binder.bind(COMPOSITION, PARAMETERS)

    assert binding.checkpoints == {"chip_counts": head, "unified_players": head}


async def test_a_projection_that_does_not_catch_up_in_time_means_no_binding(
    bus_urls: NatsServer, log: NatsBus, database: str, binder: Binder, reader_dsn: str
):
    await say(log, seen(), recorded_hand(walk(0, FIRST)))
    async with folding(bus_urls, database):
        await binder.bind(COMPOSITION, PARAMETERS)
    await say(log, recorded_hand(walk(1, SECOND), 1))
    hasty = Binder(reader_dsn, BusClock(log), 0.2)

    with pytest.raises(MissingBinding, match=r"did not reach the log within 0\.2 s"):
        await hasty.bind(COMPOSITION, PARAMETERS)
    await hasty.close()


async def test_a_game_nobody_ever_saw_has_no_binding(
    bus_urls: NatsServer, log: NatsBus, database: str, binder: Binder
):
    await say(log, seen(), recorded_hand(walk(0, FIRST)))
    async with folding(bus_urls, database):
        await binder.bind(COMPOSITION, PARAMETERS)

    with pytest.raises(MissingBinding, match="no hand with players"):
        await binder.bind(COMPOSITION, {"game_id": "7"})


async def test_without_the_views_there_is_no_binding(log: NatsBus, binder: Binder):
    with pytest.raises(MissingBinding, match="the read models cannot be read"):
        await binder.bind(COMPOSITION, PARAMETERS)


async def test_without_the_database_there_is_no_binding(log: NatsBus):
    nowhere = Binder("postgresql://reader@127.0.0.1:1/none", BusClock(log), PATIENCE_S)

    with pytest.raises(MissingBinding, match="the read models cannot be read"):
        await nowhere.bind(COMPOSITION, PARAMETERS)


async def test_a_binder_that_was_opened_needs_no_connection_for_its_first_take(
    tables: asyncpg.Connection, reader_dsn: str
):
    binder = Binder(reader_dsn, NoFacts(), PATIENCE_S)
    await write(tables, 1)

    await binder.open()
    binder._dsn = "postgresql://reader@127.0.0.1:1/none"
    binding = await binder.bind(COMPOSITION, PARAMETERS)
    await binder.close()

    assert set(chips(binding).values()) == {1}


async def test_a_binder_opened_without_the_database_refuses_takes_only(log: NatsBus):
    nowhere = Binder("postgresql://reader@127.0.0.1:1/none", BusClock(log), PATIENCE_S)

    await nowhere.open()

    with pytest.raises(MissingBinding, match="the read models cannot be read"):
        await nowhere.bind(COMPOSITION, PARAMETERS)


class NoFacts:
    """A log without a fact of any game: nothing is waited for."""

    log_id = ""

    async def newest(self, filters: Iterable[str]) -> Mapping[str, int]:
        return dict.fromkeys(filters, 0)


@pytest.fixture
async def tables(database: str) -> AsyncIterator[asyncpg.Connection]:
    """The projection's tables, filled by the test itself."""
    await prepare(database)
    connection = await checkpoint.connect(database, "test")
    yield connection
    await connection.close()


async def write(connection: asyncpg.Connection, number: int) -> None:
    """One batch in one transaction: every stack and the checkpoint become `number`."""
    periods = [
        PeriodRow(
            game_id=GAME,
            seat=seat,
            from_seq=1,
            name="Bellweather",
            long_name="Ada Bellweather",
            player_hash="00",
            stack=number,
            in_play=True,
            dealt_in=True,
            small_blind=1,
            big_blind=2,
            ante=0,
            start_ticks=1,
            hand_num=1,
            state="settled",
            statement_at=LOG_START,
            said_at=LOG_START,
        )
        for seat in range(1, 10)
    ]
    game = GameRow(game_id=GAME, table_name="river", hands=1)
    async with connection.transaction():
        await Table(GameRow, SPEC.schema).write(connection, [game])
        await Table(PeriodRow, SPEC.schema).write(connection, periods)
        await connection.execute("update views.checkpoints set seq = $1", number)


async def test_rows_and_checkpoint_of_a_binding_are_of_one_moment(
    tables: asyncpg.Connection, reader_dsn: str
):
    binder = Binder(reader_dsn, NoFacts(), PATIENCE_S)
    await write(tables, 1)

    async def bind_often() -> set[int]:
        moments = set()
        for _ in range(300):
            binding = await binder.bind(COMPOSITION, PARAMETERS)
            assert set(chips(binding).values()) == {binding.checkpoints["chip_counts"]}
            moments.add(binding.checkpoints["chip_counts"])
        return moments

    binding = asyncio.create_task(bind_often())
    number = 1
    while not binding.done():
        number += 1
        await write(tables, number)

    assert len(await binding) > 10
    await binder.close()


async def test_a_game_with_a_fact_set_aside_has_no_binding(
    tables: asyncpg.Connection, reader_dsn: str
):
    binder = Binder(reader_dsn, NoFacts(), PATIENCE_S)
    await write(tables, 1)
    await tables.execute(
        f"insert into {SPEC.schema}.parked values (2, $1, 'evt.gfx.game.x.hand_recorded', 'why')",
        GAME,
    )

    with pytest.raises(MissingBinding, match="set aside"):
        await binder.bind(COMPOSITION, PARAMETERS)
    await binder.close()


async def test_the_service_takes_a_cue_with_what_the_read_models_say(
    bus_urls: NatsServer, log: NatsBus, database: str, reader_dsn: str
):
    await say(log, seen(), recorded_hand(walk(0, FIRST)))
    settings = CuesheetSettings(reader_url=reader_dsn, binding_wait_s=PATIENCE_S)
    commands = (
        CreateSession(session_id="s1", code="L", event_name="Lake", broadcast_date="2031-03-01"),
        AddSheet(session_id="s1", sheet_id="main", name="Main"),
        AddItem(
            session_id="s1",
            sheet_id="main",
            item_id="a",
            composition=COMPOSITION,
            title="Leaderboard",
            parameters=PARAMETERS,
        ),
        TakeItem(session_id="s1", item_id="a"),
    )
    async with (
        folding(bus_urls, database),
        running(bus_urls, "cuesheet", partial(main, settings=settings)),
        bus_as(bus_urls, "gateway") as gateway,
        facts_of(log) as facts,
    ):
        for command in commands:
            context = CommandContext(command_id=type(command).__name__, actor="dana")
            assert (await gateway.send(command, context)).refusal is None
        [taken] = await facts.until(CueTaken)

    assert chips(taken.event.binding) == {2: 5_000, 5: 5_900, 8: 7_100}
    assert taken.event.binding.checkpoints["chip_counts"] >= 2
