"""What `railcast up` starts: every service and projection as a process of its own.

One row per process: its login on NATS is its name, its health port is kept by the home.
"""

import hashlib
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import msgspec

from contracts.streams import PROJECTIONS
from deploy.local.home import Home
from deploy.local.probes import http_answers
from deploy.local.process import ProcessSpec
from deploy.local.servers import NatsServer, PostgresServer
from deploy.simulate.options import FEATURE_TABLE
from deploy.simulate.platform import ForeignExports, check_folder

SERVICES = ("gfx-ingest", "wsop-import", "override", "cuesheet", "render", "notifier")
GATEWAY = "gateway"
DEMO_TABLES = ("main",)
# A hand every few seconds: quick enough to see something happen, slow enough to read.
DEMO_HAND_S = 6.0


class Servers(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a process may need to know about this home.

    `wsop_kept`: why no simulated platform writes into the folder `wsop`; empty = one does.
    """

    home: Home
    nats: NatsServer
    postgres: PostgresServer
    http_port: int
    tables: Mapping[str, Path]
    registry: Path | None = None
    wsop: Path
    wsop_kept: str = ""

    @property
    def http(self) -> str:
        """Address of the gateway."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def token(self) -> str:
        """The API key with every right."""
        return self.home.secret("api-key")

    @property
    def objects(self) -> str:
        """Object store of finished files."""
        return f"file://{self.home.root / 'objects'}"


def processes(servers: Servers) -> tuple[ProcessSpec, ...]:
    """All processes but the servers, each with its settings and a probe of its readiness."""
    own: dict[str, Mapping[str, str]] = {
        "gfx-ingest": {
            "RAILCAST_GFX_TABLES": ",".join(f"{t}={path}" for t, path in servers.tables.items()),
            **({"RAILCAST_GFX_REGISTRY": str(servers.registry)} if servers.registry else {}),
        },
        "wsop-import": {"RAILCAST_WSOP_FOLDER": str(servers.wsop)},
        "override": {
            "RAILCAST_OBJECTS_URL": servers.objects,
            "RAILCAST_WORK_DIR": str(servers.home.root / "override"),
            "RAILCAST_READER_URL": servers.postgres.reader_dsn,
            **({} if servers.wsop_kept else {"RAILCAST_TABLE_NUMBERS": _demo_numbers()}),
        },
        "cuesheet": {"RAILCAST_READER_URL": servers.postgres.reader_dsn},
        "render": {
            "RAILCAST_OBJECTS_URL": servers.objects,
            "RAILCAST_WORK_DIR": str(servers.home.root / "render"),
        },
        GATEWAY: {
            "RAILCAST_READER_URL": servers.postgres.reader_dsn,
            "RAILCAST_OBJECTS_URL": servers.objects,
            "RAILCAST_HTTP_PORT": str(servers.http_port),
            "RAILCAST_API_KEY_SHA256": hashlib.sha256(servers.token.encode()).hexdigest(),
        },
    }
    services = [_spec(servers, name, "services", own.get(name, {})) for name in SERVICES]
    views = {"RAILCAST_DATABASE_URL": servers.postgres.dsn}
    folds = [_spec(servers, name.replace("_", "-"), "projections", views) for name in PROJECTIONS]
    return (*services, *folds, _spec(servers, GATEWAY, "services", own[GATEWAY]))


def _spec(servers: Servers, name: str, package: str, env: Mapping[str, str]) -> ProcessSpec:
    port = servers.home.port(f"health/{name}")
    return ProcessSpec(
        name=name,
        argv=(sys.executable, "-m", f"{package}.{name.replace('-', '_')}"),
        env={**servers.nats.environment(name), "RAILCAST_HEALTH_PORT": str(port), **env},
        probe=partial(http_answers, f"http://127.0.0.1:{port}/readyz"),
    )


def why_kept(wsop: Path, *, demo: bool, named: bool) -> str:
    """Why the demo leaves the platform's folder alone; empty = its own platform writes there.

    A folder that somebody named, or put exports into, is theirs.
    """
    if not demo:
        return "no demo"
    if named:
        return "the folder is yours"
    try:
        check_folder(wsop)
    except ForeignExports as error:
        return str(error)
    return ""


def _demo_numbers() -> str:
    """The number that the simulated platform gives the demo's table."""
    return ",".join(f"{table}={FEATURE_TABLE}" for table in DEMO_TABLES)


def simulator(servers: Servers, seed: int) -> ProcessSpec:
    """The simulated PokerGFX PC of the demo, with its tournament unless the folder is kept."""
    names = [option for table in DEMO_TABLES for option in ("--table", table)]
    platform = () if servers.wsop_kept else ("--wsop", str(servers.wsop))
    share = servers.tables[DEMO_TABLES[0]].parent
    return ProcessSpec(
        name="simulate",
        argv=(
            *(sys.executable, "-m", "deploy.simulate", "--out", str(share), *names),
            *("--seed", str(seed), "--interval", str(DEMO_HAND_S), *platform),
        ),
    )
