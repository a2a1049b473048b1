"""The supervisor: real processes that die, hang, have children, and outlive their keeper."""

# Blocking calls are fine here: nothing else runs on a test's loop.
# ruff: noqa: ASYNC220, ASYNC240

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local import process
from deploy.local.home import Home
from deploy.local.log_file import LogFile
from deploy.local.process import ProcessSpec, start_mark
from deploy.local.start import StartFailed
from deploy.local.supervisor import Change, Restart, Supervisor

SLEEP = ("sleep", "600")
# Long enough for a busy machine, short against the time-out of a test.
PATIENCE_S = 20


class Changes:
    """What a supervisor reported, and a way to wait for more of it."""

    def __init__(self) -> None:
        self.all: list[Change] = []
        self._more = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, change: Change) -> None:
        self.all.append(change)
        task = asyncio.get_running_loop().create_task(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._more:
            self._more.notify_all()

    def of(self, state: str) -> list[Change]:
        return [change for change in self.all if change.state == state]

    async def reach(self, state: str, count: int) -> list[Change]:
        async with asyncio.timeout(PATIENCE_S), self._more:
            await self._more.wait_for(lambda: len(self.of(state)) >= count)
        return self.of(state)


@pytest.fixture
async def changes() -> Changes:
    return Changes()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
async def supervisor(home: Home, changes: Changes) -> AsyncIterator[Supervisor]:
    async with Supervisor(home, changes.add, Restart(first_s=0.01)) as supervisor:
        yield supervisor


def shell(name: str, script: str, **options: object) -> ProcessSpec:
    """A shell that is ready when its script has made the file `<name>.up` in the home."""
    return ProcessSpec(name=name, argv=("sh", "-c", script), **options)


def exists(path: Path):
    async def probe() -> None:
        path.stat()

    return probe


async def test_a_child_that_dies_is_started_again(supervisor: Supervisor, changes: Changes):
    await supervisor.start(ProcessSpec(name="steady", argv=SLEEP))
    first = supervisor.pid("steady")
    os.kill(first, signal.SIGKILL)
    await changes.reach("ready", 2)
    assert supervisor.pid("steady") != first
    assert changes.of("died") == [Change("steady", "died", first, -signal.SIGKILL)]


def test_the_pause_doubles_to_its_limit_and_a_steady_life_resets_it():
    restart = Restart(first_s=0.2, longest_s=5.0, steady_s=30.0)
    pauses = [0.0]
    for _ in range(7):
        pauses.append(restart.pause_s(pauses[-1], lived_s=1.0))
    assert pauses[1:] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert restart.pause_s(5.0, lived_s=30.0) == 0.2


async def test_what_started_last_stops_first(home: Home, changes: Changes):
    async with Supervisor(home, changes.add) as supervisor:
        await supervisor.start(ProcessSpec(name="server", argv=SLEEP))
        await supervisor.start(ProcessSpec(name="service", argv=SLEEP))
    assert [change.name for change in changes.of("stopped")] == ["service", "server"]


async def test_a_child_is_asked_with_its_own_signal_and_may_finish(home: Home):
    script = 'trap "echo finished; exit 0" INT; : > polite.up; while :; do sleep 0.01; done'
    polite = shell("polite", script, probe=exists(home.root / "polite.up"), stop_signal=2)
    async with Supervisor(home) as supervisor:
        await supervisor.start(polite)
    assert (home.logs / "polite.log").read_text() == "finished\n"


async def test_a_child_that_ignores_the_request_is_killed(
    home: Home, changes: Changes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(process, "STOP_GRACE_S", 0.05)
    script = 'trap "" TERM; : > deaf.up; while :; do sleep 1; done'
    async with Supervisor(home, changes.add) as supervisor:
        await supervisor.start(shell("deaf", script, probe=exists(home.root / "deaf.up")))
        pid = supervisor.pid("deaf")
    assert not start_mark(pid)


async def test_the_children_of_a_child_end_with_it(home: Home):
    script = "sleep 600 & echo $! > child.pid; : > parent.up; wait"
    async with Supervisor(home) as supervisor:
        await supervisor.start(shell("parent", script, probe=exists(home.root / "parent.up")))
        grandchild = int((home.root / "child.pid").read_text())
        assert start_mark(grandchild)
    assert not start_mark(grandchild)


async def test_a_job_is_done_when_it_ends_well_and_not_run_again(
    supervisor: Supervisor, changes: Changes, home: Home
):
    await supervisor.start(shell("job", "echo once", kind="job"))
    assert (home.logs / "job.log").read_text() == "once\n"
    assert len(changes.of("started")) == 1


async def test_a_process_that_cannot_be_brought_up_fails_the_start_with_its_last_words(
    supervisor: Supervisor, home: Home
):
    broken = shell("broken", "echo no licence; exit 3", probe=exists(home.root / "never"))
    with pytest.raises(StartFailed, match=r"(?s)broken ended with 3.*no licence"):
        await supervisor.start(broken)


async def test_a_signal_ends_the_block_and_every_child(home: Home, changes: Changes):
    async with Supervisor(home, changes.add) as supervisor:
        await supervisor.start(*(ProcessSpec(name=name, argv=SLEEP) for name in ("a", "b")))
        os.kill(os.getpid(), signal.SIGTERM)
        await supervisor.wait()
    assert not [change.pid for change in changes.of("started") if start_mark(change.pid)]
    assert not asyncio.current_task().cancelling()


async def test_a_signal_during_the_start_ends_it_too(home: Home, changes: Changes):
    async with Supervisor(home, changes.add) as supervisor:
        starting = asyncio.create_task(changes.reach("started", 1))
        starting.add_done_callback(lambda _: os.kill(os.getpid(), signal.SIGINT))
        await supervisor.start(
            ProcessSpec(name="slow", argv=SLEEP, probe=exists(home.root / "never"))
        )
        pytest.fail("the start went on")
    assert not start_mark(changes.of("started")[0].pid)


SUPERVISED = """
import asyncio, signal, sys
from pathlib import Path
from deploy.local.home import Home
from deploy.local.process import ProcessSpec
from deploy.local.supervisor import Supervisor

def exists(path):
    async def probe():
        path.stat()
    return probe

async def main():
    with Home(Path(sys.argv[1])).locked() as home:
        async with Supervisor(home) as supervisor:
            deaf = "trap '' TERM; sleep 600 & echo $! > deaf.child; : > deaf.up; wait; wait"
            await supervisor.start(
                ProcessSpec(name="tied", argv=("sleep", "600")),
                ProcessSpec(name="deaf", argv=("sh", "-c", deaf), orphan_signal=signal.SIGTERM,
                            probe=exists(home.root / "deaf.up")),
            )
            print(supervisor.pid("tied"), supervisor.pid("deaf"), flush=True)
            await supervisor.wait()

asyncio.run(main())
"""


@pytest.mark.fault
async def test_a_killed_supervisor_leaves_nothing_after_the_next_start(
    home: Home, changes: Changes, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(process, "STOP_GRACE_S", 0.05)
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISED, str(home.root)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    ) as victim:
        assert victim.stdout is not None
        tied, deaf = (int(pid) for pid in victim.stdout.readline().split())
        tied_end = os.pidfd_open(tied)
        victim.kill()
    assert select.select([tied_end], [], [], PATIENCE_S)[0], "the kernel was not asked to end it"
    os.close(tied_end)
    # It ignores the kernel's signal, so it is still there for the next supervisor to find.
    assert start_mark(deaf)
    grandchild = int((home.root / "deaf.child").read_text())
    with home.locked():
        async with Supervisor(home, changes.add):
            pass
    assert changes.all[0] == Change("deaf", "stale ended")
    assert not [pid for pid in (tied, deaf, grandchild) if start_mark(pid)]
    assert not list(home.run.iterdir())


async def test_a_number_that_belongs_to_somebody_else_today_is_left_alone(
    home: Home, changes: Changes
):
    with subprocess.Popen(SLEEP, start_new_session=True) as stranger:
        record = home.run / f"{stranger.pid}.json"
        for mark in ("", f"{process.boot_id()}/1", "other-boot/1"):
            record.write_text(f'{{"name": "old", "mark": "{mark}", "signal": 15}}')
            async with Supervisor(home, changes.add):
                pass
        assert start_mark(stranger.pid)
        stranger.kill()
    assert not changes.all


def test_a_full_log_begins_anew_and_keeps_one_older_file(tmp_path: Path):
    log = LogFile(tmp_path / "talker.log", bytes_max=10)
    for line in (b"first\n", b"second\n", b"third\n"):
        log.write(line)
    log.close()
    assert (tmp_path / "talker.log").read_bytes() == b"third\n"
    assert (tmp_path / "talker.log.1").read_bytes() == b"second\n"
    assert len(list(tmp_path.iterdir())) == 2


async def test_a_home_is_free_again_when_its_supervisor_was_killed(home: Home):
    script = "import sys; from deploy.local.home import Home; from pathlib import Path\n"
    script += "with Home(Path(sys.argv[1])).locked(): print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        holder.kill()
    with home.locked():
        pass
