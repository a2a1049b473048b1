"""The home folder: everything a local railcast keeps, and nothing outside it.

| path | holds |
|---|---|
| `lock` | held by the one `up` that runs here; its text is that process's id |
| `ports.json`, `secrets.json`, `choices.json` | decided once, so that they survive a restart |
| `run/` | one file per child process, to find those a killed `up` left behind |
| `logs/` | one file per process |
| `nats/`, `postgres/` | configuration and data of the servers |
"""

import fcntl
import json
import os
import random
import secrets
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

# 24 random bytes: not guessable, and short enough to read out of a file.
SECRET_BYTES = 24
# Below the ports that kernels give to outgoing connections (from 32768 on Linux): one of those in
# the place of a server that died would keep it from coming back.
PORTS = range(20_000, 32_000)
# Only a machine without free ports fails that often.
PORT_TRIES_MAX = 20


class HomeInUse(RuntimeError):
    """Another `up` runs on this home."""


class Home:
    """A home folder, made on first use and open to its owner only."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        for folder in (self.root, self.logs, self.run, self.nats, self.postgres):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def logs(self) -> Path:
        """Folder of the log files."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Folder of the records of running children."""
        return self.root / "run"

    @property
    def nats(self) -> Path:
        """Folder of nats-server."""
        return self.root / "nats"

    @property
    def postgres(self) -> Path:
        """Folder of PostgreSQL."""
        return self.root / "postgres"

    @contextmanager
    def locked(self) -> Iterator[Self]:
        """Be the only `up` on this home; raises HomeInUse at once when there is another."""
        with (self.root / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                raise HomeInUse(
                    f"{self.root} is in use by process {file.read().strip() or 'unknown'}"
                ) from error
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield self

    def secret(self, name: str) -> str:
        """A password that stays the same for this home."""
        return self._kept("secrets.json", name) or self._keep(
            "secrets.json", name, secrets.token_urlsafe(SECRET_BYTES)
        )

    def choice(self, name: str, first: str) -> str:
        """A value decided when it was first asked for: `first`, then always that one."""
        return self._kept("choices.json", name) or self._keep("choices.json", name, first)

    def port(self, name: str, preferred: int = 0) -> int:
        """A loopback port that stays the same for this home while nobody else takes it.

        The first choice is `preferred` if it is free, else any free port. Ask before the server
        starts: afterwards it is itself the one that has taken it.
        """
        kept = self._kept("ports.json", name)
        others = {int(port) for key, port in self._read("ports.json").items() if key != name}
        port = free_port(int(kept or preferred), others)
        return int(kept if str(port) == kept else self._keep("ports.json", name, str(port)))

    def _kept(self, file: str, name: str) -> str:
        return str(self._read(file).get(name, ""))

    def _keep(self, file: str, name: str, value: str) -> str:
        write_private(self.root / file, json.dumps(self._read(file) | {name: value}, indent=1))
        return value

    def _read(self, file: str) -> dict[str, str]:
        try:
            return dict(json.loads((self.root / file).read_text()))
        except FileNotFoundError:
            return {}


def free_port(preferred: int, avoid: Collection[int] = ()) -> int:
    """`preferred` if nothing listens there, else any free one of PORTS that `avoid` lacks.

    Raises OSError when there is none.
    """
    # The system's randomness: a seeded generator would give two processes the same ports.
    others = random.SystemRandom().sample(PORTS, PORT_TRIES_MAX)
    for port in (preferred, *others) if preferred else others:
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            if port not in avoid:
                return port
    raise OSError("no free port on 127.0.0.1")


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner only."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
