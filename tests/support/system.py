"""The whole of `railcast up` as a test sees it: started, asked, killed, stopped, looked after.

The system runs as a person starts it, in folders of its own. Nothing here belongs to an event loop,
so one system can serve every test of a worker; `tests/support/watch.py` has what awaits.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from contracts.streams import PROJECTIONS
from deploy.local import launch
from deploy.local.home import free_port
from deploy.local.process import start_mark
from deploy.local.show import SERVICES
from deploy.local.start import log_tail
from deploy.nats.permissions import user_name

RAILCAST: tuple[str, ...] = (str(Path(sys.executable).with_name("railcast")),)
PROJECTORS = tuple(user_name(name) for name in PROJECTIONS)
DECIDERS = SERVICES
SERVERS = ("nats-server", "postgres")
# Everything that may be killed; the launcher itself is a case of its own.
PROCESSES = (*SERVERS, *SERVICES, "gateway", *PROJECTORS)

# A busy machine starts thirteen Python processes in some ten seconds.
START_LIMIT_S = 90
STOP_LIMIT_S = 30
ASK_LIMIT_S = 10

# Times of a show, shortened: what is waited for is the same, only sooner.
QUIET_S = 0.2
HASTE = {
    "RAILCAST_GFX_QUIET_S": str(QUIET_S),
    "RAILCAST_GFX_POLL_S": "0.1",
    "RAILCAST_GFX_RETRY_S": "0.2",
    "RAILCAST_GFX_UNCHANGED_S_MAX": "1",
    "RAILCAST_RENDER_DURATION_S": "2",
}


class NotUp(RuntimeError):
    """`railcast up` ended before it was up; the text is what it said."""


class System:
    """One home and the `railcast up` on it. Not started until `start`."""

    def __init__(
        self, folder: Path, tables: Sequence[str] = (), more: Mapping[str, str] | None = None
    ) -> None:
        """`folder` takes everything; `more` is added to the environment."""
        self.home = folder / "home"
        # Two systems that start at the same moment would both find the usual port free; 0 asks
        # for the usual one all the same.
        self.http_port = free_port(0)
        self.tables = {name: folder / "share" / name for name in tables}
        self.lines: list[str] = []
        self._mark = uuid.uuid4().hex
        self._folder = folder
        self._outside = {name: folder / name for name in ("user", "tmp", "cwd")}
        for place in (*self._outside.values(), *self.tables.values()):
            place.mkdir(parents=True, exist_ok=True)
        self._more = dict(more or {})
        self._process: subprocess.Popen[str] | None = None
        self._said = threading.Thread()
        self._up = threading.Event()
        self._seen: set[int] = set()

    @property
    def pid(self) -> int:
        """Process id of `railcast up` itself."""
        assert self._process is not None
        return self._process.pid

    @property
    def text(self) -> str:
        """All that `railcast up` said."""
        return "\n".join(self.lines)

    def environment(self) -> dict[str, str]:
        """A user with an empty home and scratch folder, and short times."""
        own = {k: v for k, v in os.environ.items() if not k.startswith("RAILCAST_")}
        own |= {"HOME": str(self._outside["user"]), "TMPDIR": str(self._outside["tmp"])}
        # Byte code belongs to the checkout and is nothing that the launcher leaves.
        own |= {"RAILCAST_TEST_MARK": self._mark, "PYTHONDONTWRITEBYTECODE": "1"}
        return own | HASTE | self._more

    def begin(self) -> None:
        """Start without waiting. Call it from a thread that lives on: the kernel ties them."""
        tables = [part for name, at in self.tables.items() for part in ("--gfx", f"{name}={at}")]
        port = ("--http-port", str(self.http_port))
        command = [*RAILCAST, "up", "--home", str(self.home), "--no-demo", *port, *tables]
        tied = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid())]
        self._up.clear()
        self.lines = []
        self._process = subprocess.Popen(
            [*tied, str(int(signal.SIGTERM)), "", *command],
            env=self.environment(),
            cwd=self._outside["cwd"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._said = threading.Thread(target=self._listen, args=(self._process,), daemon=True)
        self._said.start()

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.lines.append(line.rstrip())
            if "railcast is up" in line:
                self._up.set()
        self._up.set()

    def start(self) -> "System":
        """Start and wait until it is up. Raises NotUp."""
        self.begin()
        if not self._up.wait(START_LIMIT_S) or "railcast is up" not in self.text:
            self.stop(signal.SIGKILL)
            raise NotUp(self.text)
        return self

    def wait(self) -> int:
        """Exit code, once it ends by itself."""
        assert self._process is not None
        code = self._process.wait(START_LIMIT_S)
        self._said.join(STOP_LIMIT_S)
        return code

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and wait for the end; returns the exit code. Safe to repeat."""
        assert self._process is not None
        self.pids()
        if self._process.poll() is None:
            self._process.send_signal(number)
        code = self._process.wait(STOP_LIMIT_S)
        self._said.join(STOP_LIMIT_S)
        return code

    def end(self) -> list[str]:
        """Stop it if it runs, remove its folder; returns what it left behind."""
        if self._process is not None:
            self.stop()
        left = self.rests()
        shutil.rmtree(self._folder, ignore_errors=True)
        return left

    def rests(self) -> list[str]:
        """What a stopped system left behind: its processes, and files outside its home."""
        running = [f"process {pid}: {_command(pid)}" for pid in self.processes()]
        files = [str(f) for place in self._outside.values() for f in place.rglob("*")]
        segments = [f"shared memory of {pid}" for pid in _segment_owners() & self._seen]
        return running + files + segments

    def processes(self) -> list[int]:
        """Every living process that this system started, whoever its parent is today."""
        every = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
        return [pid for pid in every if self._ours(pid) and start_mark(pid)]

    def _ours(self, pid: int) -> bool:
        """By its environment, or by its folder (PostgreSQL writes over its environment)."""
        try:
            if Path(f"/proc/{pid}/cwd").readlink().is_relative_to(self.home):
                return True
            return self._mark.encode() in Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            return False

    @property
    def places(self) -> dict[str, str]:
        """What `run.json` tells: addresses and logins."""
        return dict(json.loads((self.home / "run.json").read_text()))

    def pids(self) -> dict[str, int]:
        """Process id of every running child by name."""
        found: dict[str, int] = {}
        for file in (self.home / "run").glob("*.json"):
            try:
                found[json.loads(file.read_text())["name"]] = int(file.stem)
            except FileNotFoundError:
                continue  # it ended between listing and reading
        self._seen |= set(found.values())
        return found

    def kill(self, name: str) -> int:
        """SIGKILL one process; returns its id."""
        pid = self.pids()[name]
        os.kill(pid, signal.SIGKILL)
        return pid

    def readyz(self, name: str) -> tuple[int, str]:
        """Status and text of one process's /readyz; status 0 where nothing answers."""
        ports = json.loads((self.home / "ports.json").read_text())
        url = f"http://127.0.0.1:{ports[f'health/{name}']}/readyz"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def last_words(self, name: str) -> str:
        """End of a process's log."""
        return log_tail(self.home / "logs" / f"{name}.log")

    def ask(self, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
        """Status and JSON of one API call, a POST if there is a body. Raises OSError."""
        places = self.places
        request = urllib.request.Request(f"{places['http']}/api/v1{path}")
        request.add_header("Authorization", f"Bearer {places['token']}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", key)
        try:
            with urllib.request.urlopen(request, timeout=ASK_LIMIT_S) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return "gone"


def _segment_owners() -> set[int]:
    """Process ids that made the System V shared memory segments of this machine."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return {int(line.split()[4]) for line in lines}
