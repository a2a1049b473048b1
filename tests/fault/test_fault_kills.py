"""Every process killed once, at a random moment of a running show; nothing is lost or made up."""

import asyncio
import os
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from bus.api import RawMessage
from contracts.messages.cuesheet import CueTaken
from deploy.simulate.options import Quirks
from deploy.simulate.pc import PcOptions, run
from tests.support.audit import (
    canonical,
    difference,
    dump,
    of,
    render_faults,
    replayed,
    unkept,
)
from tests.support.gfx_files import sha256
from tests.support.system import DECIDERS, PROCESSES, PROJECTORS, System
from tests.support.watch import Director, Watch

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("kills"), pytest.mark.timeout(240)]

# Seed of the hands, of the order of the kills and of their moments; another one looks elsewhere.
SEED = int(os.environ.get("RAILCAST_FAULT_SEED", "7"))
# A finished game for the takes, and one that is played while everything dies.
DONE, PLAYED = "dock", "pier"
HANDS = 60
# Longer than a content must rest, so that every hand is told by itself.
HAND_S = 0.2
RESTS = {"RAILCAST_GFX_QUIET_S": "0.05", "RAILCAST_GFX_POLL_S": "0.05"}
TAKES = 3
START = datetime(2031, 3, 1, 17, tzinfo=UTC)


def game(share: Path, table: str, hands: int, interval_s: float) -> PcOptions:
    return PcOptions(
        out=share,
        tables=(table,),
        seed=SEED,
        hands=hands,
        interval_s=interval_s,
        start=START,
        quirks=Quirks.rough(),
    )


def files(system: System, table: str) -> dict[str, bytes]:
    """The contents of a table's folder."""
    return {file.name: file.read_bytes() for file in system.tables[table].iterdir()}


async def read(watch: Watch, table: str) -> bool:
    """Whether the files of a table are known as they lie there."""
    rows = await watch.rows("select sha256 from views.sync_files where table_name = $1", table)
    known = {row["sha256"] for row in rows}
    return all(sha256(data) in known for data in files(watch.system, table).values())


async def prepare(watch: Watch) -> tuple[Director, list[str]]:
    """A show with a finished game and cues for it."""
    await run(game(watch.system.tables[DONE].parent, DONE, 12, 0))
    await watch.until(partial(read, watch, DONE))
    await watch.settled()
    game_id = await watch.one("select game_id from views.games where table_name = $1", DONE)
    director = Director(watch.system, "show")
    sheet = await director.open()
    return director, [await director.add(sheet, number, game_id) for number in range(TAKES)]


class Killer:
    """Kills every process once, each when the log has reached a random sequence."""

    def __init__(self, watch: Watch, whims: random.Random) -> None:
        self._watch = watch
        self._whims = whims
        self.killed: dict[str, int] = {}
        # The log as it was when a server died: all of it was stored, so all of it must stay.
        self.kept: list[Sequence[RawMessage]] = []

    async def run(self, first: int, last: int) -> None:
        """Between these two sequences."""
        order = self._whims.sample(PROCESSES, len(PROCESSES))
        moments = sorted(self._whims.randrange(first, last) for _ in order)
        print(f"seed {SEED}: {dict(zip(order, moments, strict=True))}")
        for name, moment in zip(order, moments, strict=True):
            await self._watch.until(partial(reached, self._watch, moment))
            await self._watch.until(partial(alive, self._watch.system, name))
            if name == "nats-server":
                self.kept.append(await self._watch.log())
            self.killed[name] = self._watch.system.kill(name)


async def alive(system: System, name: str) -> bool:
    return name in system.pids()


async def reached(watch: Watch, moment: int) -> bool:
    return await watch.head() >= moment


async def take(watch: Watch, director: Director, moments: dict[str, int]) -> None:
    """Take each cue when the log has reached its sequence."""
    for item, moment in moments.items():
        await watch.until(partial(reached, watch, moment))
        await director.take(item)


async def finish(watch: Watch) -> None:
    """Wait until everything is said, drawn and folded."""
    await watch.until(partial(read, watch, PLAYED))
    await watch.ready((*DECIDERS, "gateway", *PROJECTORS))
    await watch.settled()


async def test_each_process_killed_once_during_a_show_changes_nothing(make, database: str) -> None:
    faulty, calm = make((DONE, PLAYED), RESTS), make((DONE, PLAYED))
    faulty.start()
    async with Watch(faulty) as watch:
        director, items = await prepare(watch)
        begin = await watch.settled()
        end = begin + HANDS
        killer = Killer(watch, random.Random(SEED))
        moments = {item: begin + n * HANDS // TAKES for n, item in enumerate(items)}
        async with asyncio.TaskGroup() as group:
            group.create_task(killer.run(begin, end))
            group.create_task(take(watch, director, moments))
            group.create_task(run(game(faulty.tables[PLAYED].parent, PLAYED, HANDS, HAND_S)))
        await finish(watch)
        assert killer.killed.keys() == set(PROCESSES)
        assert [n for n, pid in killer.killed.items() if faulty.pids()[n] == pid] == []

        log, head = await watch.log(), await watch.bus.head()
        for kept in killer.kept:
            assert [same(m) for m in log[: len(kept)]] == [same(m) for m in kept]
        assert unkept(log, director.acked) == []
        assert len(of(log, CueTaken)) == TAKES
        assert render_faults(log, faulty.home / "objects") == []
        owner = faulty.places["postgres_owner"]
        assert difference(await dump(owner), await replayed(log, head.log_id, database)) == {}
        contents = [sha256(d) for t in (DONE, PLAYED) for d in files(faulty, t).values()]
        after_faults = await canonical(owner, contents)
    for name, data in files(faulty, PLAYED).items():
        (calm.tables[PLAYED] / name).write_bytes(data)
    faulty.stop()

    calm.start()
    async with Watch(calm) as watch:
        director, items = await prepare(watch)
        await take(watch, director, dict.fromkeys(items, 0))
        await finish(watch)
        without = await canonical(calm.places["postgres_owner"], contents)
    assert difference(after_faults, without) == {}


def same(message: RawMessage) -> tuple[str, str, bytes]:
    return message.subject, message.headers["ce-id"], message.data
