"""`railcast up`: the whole system on one machine, and nothing left behind when it ends."""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from deploy.local.demo import run_demo
from deploy.local.home import Home, write_private
from deploy.local.provisioning import prepare_log
from deploy.local.servers import (
    NatsServer,
    PostgresServer,
    external_nats,
    external_postgres,
    start_nats,
    start_postgres,
)
from deploy.local.show import DEMO_TABLES, Servers, processes, simulator, why_kept
from deploy.local.start import Start
from deploy.local.supervisor import Change, Supervisor

# The dashboard's first choice; another free port is taken when somebody else has it.
HTTP_PORT = 8750


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says. `tables` maps a table to the folder its PC writes to, `registry`
    is a file that names more of them, `wsop` the folder of the tournament platform's exports.
    """

    home: Path
    http_port: int = 0
    tables: Mapping[str, Path] = {}
    registry: Path | None = None
    wsop: Path | None = None
    demo: bool = True
    seed: int = 1


async def up(options: Options, say: Callable[[str], None]) -> None:
    """Run until a signal. Raises HomeInUse, StartFailed, Drift or LogMismatch with a sentence."""
    started = time.monotonic()
    home = Home(options.home)
    with home.locked():
        async with Supervisor(home, partial(_report, say)) as supervisor:
            servers = await _start_servers(home, options, supervisor.start)
            await prepare_log(servers.nats, servers.postgres, say)
            await supervisor.start(*processes(servers))
            write_run_file(servers)
            if options.demo:
                await supervisor.start(simulator(servers, options.seed))
            say(screen(servers, options.demo, time.monotonic() - started))
            if options.demo:
                tournament = not servers.wsop_kept
                await run_demo(servers.http, servers.token, say, tournament=tournament)
            await supervisor.wait()
        (home.root / "run.json").unlink(missing_ok=True)


async def _start_servers(home: Home, options: Options, start: Start) -> Servers:
    nats, postgres = await asyncio.gather(_nats(home, start), _postgres(home, start))
    tables = dict(options.tables)
    if options.demo:
        tables |= {name: home.root / "share" / name for name in DEMO_TABLES}
    wsop = options.wsop or home.root / "tournament"
    named = options.wsop is not None
    kept = await asyncio.to_thread(why_kept, wsop, demo=options.demo, named=named)
    for folder in (*tables.values(), wsop):
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    return Servers(
        home=home,
        nats=nats,
        postgres=postgres,
        http_port=options.http_port or home.port("http", HTTP_PORT),
        tables=tables,
        registry=options.registry,
        wsop=wsop,
        wsop_kept=kept,
    )


async def _nats(home: Home, start: Start) -> NatsServer:
    return external_nats() or await start_nats(home, start)


async def _postgres(home: Home, start: Start) -> PostgresServer:
    return external_postgres() or await start_postgres(home, start)


def write_run_file(servers: Servers) -> None:
    """Tell other programs on this machine where everything is; readable by the owner only."""
    places = {
        "http": servers.http,
        "nats": servers.nats.url_for("ops"),
        "nats_viewer": servers.nats.url_for("viewer"),
        "nats_monitor": servers.nats.monitor_url,
        "postgres": servers.postgres.reader_dsn,
        "postgres_owner": servers.postgres.dsn,
        "token": servers.token,
    }
    write_private(servers.home.root / "run.json", json.dumps(places, indent=1) + "\n")


def screen(servers: Servers, demo: bool, seconds: float) -> str:
    """The one screen a person sees."""
    run, command = servers.home.root / "run.json", sys.argv[0]
    sources = "".join(f"    {table:<12} {path}\n" for table, path in servers.tables.items())
    if servers.registry:
        sources += f"    and those of {servers.registry}\n"
    shown = "a simulated table plays at the last one" if demo else "drop PokerGFX exports there"
    return (
        f"\nrailcast is up after {seconds:.1f} s\n\n"
        f"  dashboard   {servers.http}/?token={servers.token}\n"
        f"  API         {servers.http}/docs   (Authorization: Bearer {servers.token})\n"
        f"  bus         {servers.nats.url}   (logins in {run})\n"
        f"  look at it  {command} status --home {servers.home.root}\n"
        f"              {command} events --home {servers.home.root} --follow\n"
        f"  logs        {servers.home.logs}\n"
        f"  tables      {shown}:\n{sources or '    none (add --gfx TABLE=DIR)' + chr(10)}"
        f"  tournament  {_tournament(servers, demo)}\n"
        "\nCtrl-C stops everything; the next `railcast up` goes on from here.\n"
    )


def _tournament(servers: Servers, demo: bool) -> str:
    if not demo:
        return f"drop the platform's exports into {servers.wsop}"
    if servers.wsop_kept:
        return f"exports are read from {servers.wsop}; the demo plays none ({servers.wsop_kept})"
    return f"the demo plays one round its table; the platform's exports are in {servers.wsop}"


def _report(say: Callable[[str], None], change: Change) -> None:
    """Name what a person should know: a process that died, or was left by an earlier run."""
    if change.state == "died":
        say(f"{change.name} ended with {change.code}; starting it again")
    elif change.state == "stale ended":
        say(f"{change.name} of an earlier run was still there and has been ended")
