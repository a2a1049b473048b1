"""The log's store wiped, or an older copy of it put back, under tables that know more."""

# Blocking calls are fine here: nothing else runs on a test's loop.

import asyncio
import os
import re
import shutil
import signal
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest

from bus.api import RawMessage, recorded
from contracts.messages.cuesheet import CueTaken
from contracts.messages.gfx import HandRecorded
from deploy.local.process import start_mark
from tests.support.audit import SPECS, difference, dump, of, replayed
from tests.support.folding import Folding
from tests.support.gfx_files import file_name, game_file, hand
from tests.support.system import DECIDERS, PROJECTORS, NotUp, System
from tests.support.watch import AWAY, Director, Watch

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("other-log"), pytest.mark.timeout(240)]

GAME = 639_700_000_000_000_001
# From the server's first answer until a projector says that this is not its log.
NOTICED_WITHIN_S = 5.0
GONE = "the stream EVENTS does not exist on this server; "
SHORT = r"the log ends at \d+; |the rows know it as [\w-]+; "
FORKED = r"the rows know it as [\w-]+ [\w:.-]+; "
REMEDY = "restore the log this database belongs to, or drop the projection's schema"
LOOK_S = 0.05


async def answering(watch: Watch) -> bool:
    """Whether the server is back, with whatever log."""
    await watch.bus.connection.api("INFO")
    return True


async def strange(system: System, reason: str) -> bool:
    """Whether every projector is unready and says why, and what to do."""
    words = [await asyncio.to_thread(system.readyz, name) for name in PROJECTORS]
    return all(status == 503 and re.search(reason + REMEDY, text) for status, text in words)


async def becomes_strange(watch: Watch, reason: str) -> None:
    await watch.until(partial(answering, watch))
    begun = time.monotonic()
    try:
        await watch.until(partial(strange, watch.system, f"(?:{reason})"), NOTICED_WITHIN_S)
    except TimeoutError:
        pytest.fail(str({name: watch.system.readyz(name) for name in PROJECTORS}))
    print(f"noticed by all after {time.monotonic() - begun:.2f} s")


async def drop(watch: Watch, number: int) -> None:
    """A new game's file."""
    path = watch.system.tables["dock"] / file_name(GAME + number)
    path.write_bytes(game_file(hand(0), hand(1), game_id=GAME + number))


async def counted(watch: Watch, games: int) -> bool:
    return await watch.one("select count(*) from views.games") == games


async def said(watch: Watch, games: int) -> bool:
    """Whether the log, whatever log it is, tells two hands of so many games."""
    return len(of(await watch.log(), HandRecorded)) == 2 * games


async def refused(system: System, item: str) -> int:
    """Status of a take of a cue that the log does not know."""
    path = f"/items/{item}/trigger"
    return (await asyncio.to_thread(system.ask, path, {}, f"lost-{item}"))[0]


def check_sense(log: Sequence[RawMessage]) -> None:
    """Nothing in a log stands on what is not in it: every fold can apply it from its beginning."""
    for spec in SPECS:
        handled = {(e.TYPE.owner, e.TYPE.name) for e in spec.fold.handles}
        chosen = [m for m in log if (m.subject.split(".")[1], m.subject.split(".")[-1]) in handled]
        Folding(spec.fold).apply_each(map(recorded, chosen))
    hands = Counter((event.game_id, event.hand.start_ticks) for event in of(log, HandRecorded))
    assert set(hands.values()) == {1}


class Stores:
    """The log's stores by name, each put aside when another one takes its place."""

    def __init__(self, system: System, folder: Path) -> None:
        self._system = system
        self._folder = folder

    def copy(self, name: str) -> None:
        """Keep a copy of the store as it is on disk at this moment."""
        self._freeze(signal.SIGSTOP)
        shutil.copytree(self._system.home / "nats" / "jetstream", self._folder / name)
        self._freeze(signal.SIGCONT)

    def _freeze(self, number: int) -> None:
        os.kill(self._system.pids()["nats-server"], number)

    def swap(self, aside: str, name: str = "") -> None:
        """Kill the server and let it come back with another store, or with none."""
        os.kill(self._system.pid, signal.SIGSTOP)  # nobody starts it again meanwhile
        pid = self._system.kill("nats-server")
        while start_mark(pid):
            time.sleep(LOOK_S)
        self.remove(aside)
        if name:
            (self._folder / name).rename(self._system.home / "nats" / "jetstream")
        os.kill(self._system.pid, signal.SIGCONT)

    def remove(self, aside: str) -> None:
        """Put the store aside while no server runs."""
        (self._system.home / "nats" / "jetstream").rename(self._folder / aside)


async def nobody_trusts_a_wiped_log(watch: Watch) -> None:
    await becomes_strange(watch, GONE)
    with pytest.raises(AWAY):
        await watch.head()  # nobody but a person makes a new log
    assert await watch.unready(DECIDERS)


async def nobody_trusts_an_older_log(watch: Watch, older: Sequence[RawMessage], item: str) -> None:
    """The services go on with what this log says; the tables still show what it lacks.

    What they say may make it as long again before a projector looks.
    """
    await becomes_strange(watch, f"{SHORT}|{FORKED}")
    await watch.until(partial(said, watch, 2))
    assert await watch.until(partial(refused, watch.system, item)) in (404, 409, 503)
    for number in (3, 4):
        await drop(watch, number)
    await watch.until(partial(said, watch, 4))
    watch.system.kill("hands")
    await becomes_strange(watch, FORKED)
    log = await watch.log()
    assert log[: len(older)] == older
    check_sense(log)
    assert of(log, CueTaken) == []
    assert await watch.one("select count(*) from views.games") == 2


async def all_go_on_with_the_true_log(watch: Watch, database: str) -> None:
    await watch.ready((*PROJECTORS, *DECIDERS, "gateway"))
    await watch.until(partial(counted, watch, 4))
    await watch.settled()
    log, head = await watch.log(), await watch.bus.head()
    live = await dump(watch.system.places["postgres_owner"])
    assert difference(live, await replayed(log, head.log_id, database)) == {}


async def test_a_wiped_or_older_log_is_noticed_by_all_and_trusted_by_none(
    make, tmp_path: Path, database: str
) -> None:
    system = make(("dock",)).start()
    stores = Stores(system, tmp_path)
    async with Watch(system) as watch:
        await drop(watch, 1)
        await watch.until(partial(counted, watch, 1))
        await watch.settled()
        stores.copy("older")
        older = await watch.log()
        director = Director(system, "lost-show")
        item = await director.add(await director.open(), 1, str(GAME + 1))
        await drop(watch, 2)
        await watch.until(partial(counted, watch, 2))
        await watch.settled()

        stores.swap("true")
        await nobody_trusts_a_wiped_log(watch)
        stores.swap("wiped", "older")
        await nobody_trusts_an_older_log(watch, older, item)
        stores.swap("forked", "true")
        await all_go_on_with_the_true_log(watch, database)
        await director.take(item)
    system.stop()

    stores.remove("true")
    with pytest.raises(NotUp, match=REMEDY):
        system.start()
