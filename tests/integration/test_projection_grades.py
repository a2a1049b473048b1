"""Other grading rules are a replay beside the rows that are shown, on real servers."""

import asyncio
import os
import sys
from contextlib import asynccontextmanager

import asyncpg
import pytest

from bus import project
from bus.health import Health
from bus.project import Projector
from bus.provision import provision
from contracts.messages.gfx_game import HandGraded
from contracts.poker.grading import GradeRules, parse_rules
from contracts.streams import PROJECTIONS
from deploy.nats.permissions import user_name
from projections.hands.store import spec
from tests.support.bus import eventually, nats_bus, running
from tests.support.gfx_facts import GAME, recorded_hand, seen, ticks, walk
from tests.support.live_bus import bus_as
from tests.support.live_bus import say as say_facts

PATIENCE_S = 30
STACKS = {2: 5000, 5: 6000, 8: 7000}
HANDS = 12
TOLD = [seen(), *(recorded_hand(walk(number, STACKS)) for number in range(HANDS))]
# A minute is long by these rules, so every hand meets one condition.
SHORT = parse_rules(
    'version = "short"\nlong_play_ticks = 600_000_000\nletters = ["C", "B", "A", "A"]'
)
GRADES = """
select grade_rules, grade_auto, count(*) from views.hands group by 1, 2 order by 1, 2
"""


@pytest.fixture
async def log(bus_urls):
    async with nats_bus(bus_urls) as bus:
        await provision(bus.connection)
        yield bus


@pytest.fixture
async def reader(database):
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


@asynccontextmanager
async def folding(server, dsn, rules):
    """The projection under these rules, logged in as itself."""
    async with (
        bus_as(server, user_name("hands")) as bus,
        running(Projector(spec(rules), bus, dsn, Health()).run()),
    ):
        yield


async def shown(reader):
    return [tuple(row) for row in await reader.fetch(GRADES)]


async def at(reader, schema, sequence):
    """Whether the views show this schema, folded up to a sequence."""
    if await reader.fetchval("select to_regclass('views.checkpoints')") is None:
        return False
    place = await reader.fetchrow("select schema_name, seq from views.checkpoints")
    return place is not None and tuple(place) == (schema, sequence)


async def test_other_rules_take_the_views_over_when_every_hand_is_graded_again(
    bus_urls, log, database, reader, monkeypatch
):
    monkeypatch.setattr(project, "BATCH_MAX", 1)  # so that the replay is seen half way
    built_in, other = spec().schema, spec(SHORT).schema
    last = await say_facts(log, *TOLD)
    async with folding(bus_urls, database, GradeRules()):
        await eventually(lambda: at(reader, built_in, last))
    before, after = [("1", "C", HANDS)], [("short", "B", HANDS)]
    assert await shown(reader) == before

    seen_by_readers = []
    async with folding(bus_urls, database, SHORT), asyncio.timeout(PATIENCE_S):
        while (now := await shown(reader)) != after:
            seen_by_readers.append(now)
        await eventually(lambda: at(reader, other, last))
    assert seen_by_readers
    assert all(each == before for each in seen_by_readers)
    assert await reader.fetchval(f"select count(*) from {built_in}.hand") == HANDS
    assert await reader.fetchval(f"select count(*) from {other}.hand") == HANDS


async def test_going_back_to_former_rules_costs_only_what_was_missed(
    bus_urls, log, database, reader
):
    first = await say_facts(log, *TOLD[:5])
    async with folding(bus_urls, database, GradeRules()):
        await eventually(lambda: at(reader, spec().schema, first))
    word = HandGraded(game_id=GAME, start_ticks=str(ticks(0)), letter="A", reason="a classic")
    last = await say_facts(log, *TOLD[5:], word)
    async with folding(bus_urls, database, SHORT):
        await eventually(lambda: at(reader, spec(SHORT).schema, last))
    grade = "select grade, graded_by, grade_auto from views.hands where ordinal = 0"
    assert tuple(await reader.fetchrow(grade)) == ("A", "manual", "B")

    async with folding(bus_urls, database, GradeRules()):
        await eventually(lambda: at(reader, spec().schema, last))
    assert tuple(await reader.fetchrow(grade)) == ("A", "manual", "C")
    assert await shown(reader) == [("1", "C", HANDS)]


def test_rules_name_their_own_schema_and_never_another_reader():
    version = f"hands_v{PROJECTIONS['hands']}"
    assert (spec().schema, spec(GradeRules()).schema) == (version, version)
    assert spec(SHORT).schema == f"{version}_{SHORT.digest}"
    assert spec(SHORT).owner == spec().owner == version
    renamed = GradeRules(version="autumn")
    assert spec(renamed).schema not in (version, spec(SHORT).schema)


async def start(server, dsn, rules):
    """The process as it is started."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "projections.hands"),
        env={
            **os.environ,
            **server.environment(user_name("hands")),
            "RAILCAST_DATABASE_URL": dsn,
            "RAILCAST_GRADE_RULES": str(rules),
        },
        stderr=asyncio.subprocess.PIPE,
    )


async def test_rules_that_cannot_be_used_stop_the_process_with_a_sentence(
    bus_urls, log, database, tmp_path
):
    for name, text, sentence in (
        ("unknown.toml", "premium_rank = 4", "unknown field `premium_rank`"),
        ("type.toml", 'long_play_ticks = "long"', "$.long_play_ticks"),
        ("absent.toml", None, "No such file"),
    ):
        if text is not None:
            (tmp_path / name).write_text(text)
        process = await start(bus_urls, database, tmp_path / name)
        async with asyncio.timeout(PATIENCE_S):
            _, told = await process.communicate()
        assert process.returncode == 1
        assert sentence in told.decode()


async def test_the_process_grades_by_the_rules_it_is_told(
    bus_urls, log, database, reader, tmp_path
):
    last = await say_facts(log, *TOLD)
    (tmp_path / "rules.toml").write_text('long_play_ticks = 1\nletters = ["C", "B", "A", "A"]')
    process = await start(bus_urls, database, tmp_path / "rules.toml")
    rules = parse_rules((tmp_path / "rules.toml").read_text())
    try:
        await eventually(lambda: at(reader, spec(rules).schema, last), PATIENCE_S)
    finally:
        process.terminate()
        await process.communicate()
    assert await shown(reader) == [(rules.version, "B", HANDS)]
