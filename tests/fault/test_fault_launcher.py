"""`railcast up` begun twice, stopped, killed and begun again on the same home."""

# Blocking calls are fine here: nothing else runs on a test's loop.

import os
import signal
import subprocess
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import nats
import pytest

from deploy.local.home import Home, free_port
from deploy.local.probes import nats_answers
from deploy.local.process import ProcessSpec, start_mark
from deploy.local.servers import _nats_binary
from tests.support.gfx_files import file_name, game_file, hand
from tests.support.servers import Runner
from tests.support.system import PROCESSES, RAILCAST, NotUp, System
from tests.support.watch import PATIENCE_S, Watch

pytestmark = [pytest.mark.fault, pytest.mark.xdist_group("launcher"), pytest.mark.timeout(240)]

HANDS = "select game_id, digest, first_sequence from views.hands order by start_ticks"


async def shown(watch: Watch, count: int) -> bool:
    return len(await watch.rows(HANDS)) == count


def refused(system: System) -> str:
    """What another `railcast up` on the same home says."""
    command = [*RAILCAST, "up", "--home", str(system.home), "--no-demo"]
    other = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert other.returncode == 1
    return other.stderr.strip()


async def test_stopped_or_killed_and_begun_again_it_goes_on_and_leaves_nothing(make) -> None:
    system = make(("dock",))
    system.http_port = 0
    places = system.start().places
    path = system.tables["dock"] / file_name()
    path.write_bytes(game_file(hand(0), hand(1)))
    async with Watch(system) as watch:
        await watch.until(partial(shown, watch, 2))
        before = await watch.rows(HANDS)
    assert refused(system) == f"railcast: {system.home} is in use by process {system.pid}"
    assert system.stop(signal.SIGINT) == 0
    assert system.rests() == []
    assert not (system.home / "run.json").exists()

    system.start()
    assert system.places == places
    async with Watch(system) as watch:
        assert await watch.rows(HANDS) == before
        status, answer = system.ask("/games")
        assert (status, answer["items"][0]["hands"]) == (200, 2)
        path.write_bytes(game_file(hand(0), hand(1), hand(2)))
        await watch.until(partial(shown, watch, 3))
        before = await watch.rows(HANDS)
    children = system.pids()
    assert children.keys() == set(PROCESSES)
    # One that takes no signal now is still there when the next one begins.
    os.kill(children["nats-server"], signal.SIGSTOP)
    system.stop(signal.SIGKILL)
    assert start_mark(children["nats-server"])

    system.start()
    assert [name for name, pid in children.items() if start_mark(pid)] == []
    assert "nats-server of an earlier run was still there" in system.text
    async with Watch(system) as watch:
        assert await watch.rows(HANDS) == before
    assert system.stop(signal.SIGTERM) == 0
    assert system.rests() == []


@pytest.fixture
async def foreign(tmp_path: Path) -> AsyncIterator[dict[str, str]]:
    """A nats-server as it comes, which syncs every two minutes; settings that name it."""
    port, monitor_port = free_port(0), free_port(0)
    url = f"nats://127.0.0.1:{port}"
    places = ("-sd", str(tmp_path / "store"), "-p", str(port), "-m", str(monitor_port))
    runner = Runner(Home(tmp_path))
    await runner.start(
        ProcessSpec(
            name="foreign",
            argv=(str(_nats_binary()), "-js", "-a", "127.0.0.1", *places),
            probe=partial(nats_answers, url),
        )
    )
    yield {"NATS_URL": url, "NATS_MONITOR_URL": f"http://127.0.0.1:{monitor_port}"}
    await runner.stop()


async def streams(url: str) -> list[object]:
    client = await nats.connect(url)
    try:
        return list(await client.jsm().streams_info())
    finally:
        await client.close()


async def test_a_server_of_others_that_acknowledges_before_it_syncs_is_refused(
    make, foreign: dict[str, str]
) -> None:
    with pytest.raises(NotUp, match="railcast: the server acknowledges before it syncs"):
        make((), foreign).start()
    blind = {"NATS_URL": foreign["NATS_URL"]}
    with pytest.raises(NotUp, match="name its monitor in NATS_MONITOR_URL"):
        make((), blind).start()
    assert await streams(foreign["NATS_URL"]) == []
