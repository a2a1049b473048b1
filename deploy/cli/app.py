"""Commands of `railcast`. Exit codes: 0 done, 1 it could not be done, 2 the call is wrong."""

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated

import typer

from deploy.export.command import export
from deploy.simulate.command import simulate

app = typer.Typer(
    name="railcast",
    help="The graphics of a poker broadcast, from the PokerGFX file to the picture on air.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(simulate)
app.command()(export)
explain = typer.Typer(help="Say why a value holds.", no_args_is_help=True)
app.add_typer(explain, name="explain")

HomeOption = Annotated[
    Path, typer.Option("--home", help="Folder that holds everything.", envvar="RAILCAST_HOME")
]
DEFAULT_HOME = Path(".railcast")


@app.command()
def up(
    home: HomeOption = DEFAULT_HOME,
    http_port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the dashboard; 0 = 8750 if free.")
    ] = 0,
    gfx: Annotated[
        list[str] | None,
        typer.Option(help="TABLE=DIR: folder a feature table's PC exports to; repeatable."),
    ] = None,
    registry: Annotated[
        Path | None,
        typer.Option(help="TOML file that lists tables; read again when it changes.", exists=True),
    ] = None,
    wsop: Annotated[
        Path | None, typer.Option(help="Folder of the tournament platform's exports; only read.")
    ] = None,
    demo: Annotated[
        bool | None,
        typer.Option(
            "--demo/--no-demo", help="Play a demo show. Default: yes unless --gfx or --registry."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the demo's table and tournament.")] = 1,
) -> None:
    """Start the whole system on this machine and run until Ctrl-C."""
    from bus.errors import BusError
    from bus.run import configure_logs
    from contracts.poker.grading import BadRules
    from deploy.local import up as local
    from deploy.local.home import HomeInUse
    from deploy.local.servers import ServerMissing
    from deploy.local.start import StartFailed

    options = local.Options(
        home=home,
        http_port=http_port,
        tables=_tables(gfx or []),
        registry=registry and registry.resolve(),
        wsop=wsop and wsop.resolve(),
        demo=demo if demo is not None else not (gfx or registry),
        seed=seed,
    )
    configure_logs("up", os.environ.get("RAILCAST_LOG_LEVEL", "warning"))
    try:
        asyncio.run(local.up(options, typer.echo))
    except (HomeInUse, StartFailed, ServerMissing, BadRules, BusError, OSError) as error:
        typer.echo(f"railcast: {error}", err=True)
        raise typer.Exit(1) from error


def _tables(texts: list[str]) -> dict[str, Path]:
    """TABLE=DIR options as a mapping; raises BadParameter."""
    tables: dict[str, Path] = {}
    for text in texts:
        table, equals, folder = text.partition("=")
        if not (table and equals and folder):
            raise typer.BadParameter(f"{text!r} is not TABLE=DIR", param_hint="--gfx")
        if table in tables:
            raise typer.BadParameter(f"table {table} is named twice", param_hint="--gfx")
        if "," in folder:
            raise typer.BadParameter("a folder's path must not hold a comma", param_hint="--gfx")
        tables[table] = Path(folder).resolve()
    return tables


@app.command()
def status(
    home: HomeOption = DEFAULT_HOME,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what runs, how far every read model is, and what is wrong."""
    from deploy.cli.status import show

    raise typer.Exit(show(_run_file(home), as_json))


@app.command()
def events(
    home: HomeOption = DEFAULT_HOME,
    subject: Annotated[
        str, typer.Option(help="Subject filter, e.g. 'evt.gfx.>' or 'evt.*.*.*.hand_recorded'.")
    ] = "evt.>",
    since: Annotated[
        str, typer.Option(help="RFC 3339 time, or an age such as 90s, 5m, 2h, 1d.")
    ] = "",
    from_seq: Annotated[int, typer.Option(min=1, max=2**63, help="First sequence.")] = 1,
    follow: Annotated[bool, typer.Option(help="Go on until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Print events of the log in order."""
    from bus.run import configure_logs
    from deploy.cli.events import Query, print_events, since_time, subject_filter

    try:
        query = Query(
            subject=subject_filter(subject),
            from_seq=from_seq,
            since=since_time(since) if since else None,
            follow=follow,
            as_json=as_json,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    places = _run_file(home)
    # Lines on standard output are events; whatever else there is to say goes to standard error.
    configure_logs("events", os.environ.get("RAILCAST_LOG_LEVEL", "error"))
    raise typer.Exit(asyncio.run(print_events(places["nats"], query)))


@app.command()
def verify(home: HomeOption = DEFAULT_HOME) -> None:
    """Compare every live table with a clean replay of the log; changes nothing."""
    from deploy.cli.verify import show

    raise typer.Exit(asyncio.run(show(_run_file(home))))


@explain.command()
def player(
    person_id: Annotated[str, typer.Argument(help="Any id of the person.")],
    field: Annotated[str, typer.Argument(help="Field, e.g. name or country_code.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say why a value holds: its file, hash and line, or who said it, and what it overruled."""
    from deploy.cli.explain import show

    raise typer.Exit(show(_run_file(home), person_id, field, as_json))


@app.command()
def provision() -> None:
    """Make the streams and consumers on the server of RAILCAST_NATS_URL, or name any drift."""
    from deploy.cli.provision import make

    raise typer.Exit(make())


def _run_file(home: Path) -> dict[str, str]:
    """Places of a running system; ends the command with a sentence when nothing runs."""
    file = home / "run.json"
    try:
        places: dict[str, str] = json.loads(file.read_text())
    except FileNotFoundError as error:
        typer.echo(f"railcast: nothing runs on {home.resolve()} (no {file})", err=True)
        raise typer.Exit(1) from error
    except (OSError, ValueError) as error:
        typer.echo(f"railcast: {file} cannot be read: {error}", err=True)
        raise typer.Exit(1) from error
    return places
