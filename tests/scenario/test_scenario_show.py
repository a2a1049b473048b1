"""From a file to a picture on air, asked for as a desk asks; the figures are proved afterwards."""

import asyncio
import contextlib
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from contracts.streams import PROJECTIONS
from deploy.local.demo import FLOW, run_demo
from deploy.simulate.options import FEATURE_TABLE, Quirks
from deploy.simulate.pc import PcOptions, run
from deploy.simulate.tournament import CHIPS, LEFT_AT_START
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from tests.support.audit import difference, dump, render_faults, replayed, unkept
from tests.support.gfx_files import FIRST_TICKS, file_name, game_file, hand
from tests.support.system import RAILCAST, System
from tests.support.watch import Director, Watch

pytestmark = pytest.mark.xdist_group("show")

PERIOD = f"{CHIP_COUNTS.schema}.period"

GAME_ID = str(FIRST_TICKS % 10**18 + 55)
OTHER_GAME_ID = str(FIRST_TICKS % 10**18 + 56)


def verify(show: System) -> tuple[int, str]:
    """Exit code and words of `railcast verify`."""
    done = subprocess.run(
        [*RAILCAST, "verify", "--home", str(show.home)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


async def play(watch: Watch, game_id: str) -> None:
    """A game of two hands whose seats are shown."""
    path = watch.system.tables["mole"] / file_name(int(game_id))
    path.write_bytes(game_file(hand(0), hand(1), game_id=int(game_id)))

    async def arrived() -> bool:
        return await watch.one("select count(*) from views.chips where game_id = $1", game_id) == 2

    await watch.until(arrived)


async def test_a_take_shows_the_stacks_of_the_file_and_becomes_one_picture(
    show: System, watch: Watch
) -> None:
    await play(watch, GAME_ID)
    director = Director(show, "one-picture")
    sheet = await director.open()
    items = [await director.add(sheet, number, GAME_ID) for number in range(2)]
    takes = [await director.take(item) for item in items]

    async def drawn() -> bool:
        sql = "select count(*) from views.renders where status = 'completed' and item_id = any($1)"
        return await watch.one(sql, items) == len(items)

    await watch.until(drawn)
    await watch.settled()
    rows = await watch.rows(
        "select item_id, binding from views.triggers where sequence = any($1) order by sequence",
        takes,
    )
    assert [row["item_id"] for row in rows] == items
    shown = [row["chips"] for row in json.loads(rows[0]["binding"])["data"]["rows"]]
    assert sorted(shown) == [10_000 - 100, 20_000 + 100]
    on_air = await watch.rows("select item_id from views.items where status = 'on_air'")
    assert [row["item_id"] for row in on_air] == items[1:]
    log = await watch.log()
    assert unkept(log, director.acked) == []
    assert render_faults(log, show.home / "objects") == []


@asynccontextmanager
async def directed(show: System) -> AsyncIterator[list[str]]:
    """The demo's director at work; gives what it says."""
    lines: list[str] = []
    http, token = show.places["http"], show.places["token"]
    running = asyncio.create_task(run_demo(http, token, lines.append, tournament=True))
    try:
        yield lines
        assert not running.done()
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def answer(show: System, path: str) -> Any:
    """JSON of a GET that succeeds."""
    status, body = await asyncio.to_thread(show.ask, path)
    assert status == 200, body
    return body


async def play_tournament(show: System) -> None:
    """Twelve hands of a table, and the exports of the tournament round it."""
    options = PcOptions(
        out=show.tables["mole"].parent,
        tables=("mole",),
        hands=12,
        interval_s=0,
        # Later than every other game of this system: the director looks at the newest.
        start=datetime(2040, 1, 2, 12, tzinfo=UTC),
        opened_records=0,
        quirks=Quirks.none(),
        wsop=show.home / "tournament",
    )
    await run(options)


async def check_links(show: System, watch: Watch, game_id: str) -> None:
    """All that is suggested of those at the table is verified, but one."""
    seats = (await answer(show, f"/games/{game_id}/chips"))["items"]
    names = [seat["person_id"] for seat in seats]
    linked = "select status from views.links where $1 && array[person_id, player_person_id]"
    links = await watch.rows(linked, names)
    said_of_names = sorted(link["status"] for link in links)
    assert said_of_names == ["suggested", *["verified"] * (len(seats) - 1)]


async def check_standings(show: System, event_id: str) -> None:
    """Everybody is listed, no chip is lost, and the table counts for those who sit there."""
    page = await answer(show, f"/events/{event_id}/standings?limit=200")
    assert page["total"] == LEFT_AT_START
    assert sum(row["chips"] for row in page["items"]) == CHIPS
    at_table = {row["person_id"] for row in page["items"] if row["table_num"] == FEATURE_TABLE}
    chips = await answer(show, f"/events/{event_id}/chips?limit=200")
    by_table = {row["person_id"] for row in chips["items"] if row["source"] == "gfx"}
    assert at_table & by_table


async def test_the_demo_directs_a_tournament_round_its_table(show: System, watch: Watch) -> None:
    await play_tournament(show)
    async with directed(show) as lines:
        await watch.until(
            lambda: watch.rows("select from views.items where composition = $1", FLOW)
        )
        await watch.settled()
    (event,) = (await answer(show, "/events"))["items"]
    game = (await answer(show, "/games?order=desc&limit=1"))["items"][0]
    assert game["event_id"] == event["event_id"]
    await check_links(show, watch, game["game_id"])
    await check_standings(show, event["event_id"])
    (override,) = await watch.rows("select value from views.overrides")
    assert any(override["value"] in line for line in lines)
    items = await watch.rows("select * from views.items order by item_id")

    async def came_to_the_links() -> bool:
        return any("left for you" in line for line in again)

    async with directed(show) as again:
        await watch.until(came_to_the_links)
        await watch.settled()
    assert await watch.rows("select * from views.items order by item_id") == items
    assert not any("took" in line for line in again)


async def test_live_tables_are_what_a_clean_replay_of_the_log_makes(
    show: System, watch: Watch, database: str
) -> None:
    await watch.settled()
    log, head = await watch.log(), await watch.bus.head()
    live = await dump(show.places["postgres_owner"])
    if head == await watch.bus.head():
        assert difference(live, await replayed(log, head.log_id, database)) == {}
    code, words = verify(show)
    assert code == 0, words
    assert words.count("equal to a replay") == len(PROJECTIONS)


async def test_verify_names_a_row_that_is_not_what_the_log_says(show: System, watch: Watch) -> None:
    await play(watch, OTHER_GAME_ID)
    await watch.settled()
    owner = await asyncpg.connect(show.places["postgres_owner"])
    try:
        change = f"update {PERIOD} set stack = stack + $1 where game_id = $2 and seat = 3"
        await owner.execute(change, 1, OTHER_GAME_ID)
        code, words = verify(show)
        await owner.execute(change, -1, OTHER_GAME_ID)
    finally:
        await owner.close()
    assert code == 1
    assert f"{PERIOD} {OTHER_GAME_ID}, 3" in words
    assert "differs in stack" in words
