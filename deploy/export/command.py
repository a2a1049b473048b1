"""The command `railcast export`: hands and chips of a running system as a file for others."""

from pathlib import Path
from typing import Annotated, Literal

import typer


def export(
    file_format: Annotated[
        Literal["phh", "ohh", "csv", "parquet"],
        typer.Option("--format", help="PHH (.phhs), Open Hand History, CSV or Parquet."),
    ],
    what: Annotated[
        Literal["hands", "seats", "chips", "chip-history"],
        typer.Option(help="Hands, their seats, the chip counts of now, or every stack of a seat."),
    ] = "hands",
    game: Annotated[str | None, typer.Option(help="Only this game id. Default: all.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write when all is read. Default: standard output.")
    ] = None,
    home: Annotated[
        Path, typer.Option(help="Folder that holds everything.", envvar="RAILCAST_HOME")
    ] = Path(".railcast"),
) -> None:
    """Write hands or chips to a file. A hand that cannot be told is named and left out."""
    from deploy.export.run import ExportFailed, Request, export_views, reader_dsn

    if what != "hands" and file_format in ("phh", "ohh"):
        raise typer.BadParameter(f"{file_format} tells hands, not {what}", param_hint="--what")
    if out is not None and out.suffix == ".phh":
        raise typer.BadParameter("many hands go into a .phhs file", param_hint="--out")
    request = Request(file_format=file_format, what=what, game_id=game)
    try:
        tally = export_views(reader_dsn(home), request, out, _say)
    except ExportFailed as error:
        _say(f"railcast: {error}")
        raise typer.Exit(1) from error
    rows = "statements of chips" if what == "chip-history" else what
    _say(f"{tally.written} {rows} written, {tally.refused} left out")
    if tally.refused:
        raise typer.Exit(1)


def _say(line: str) -> None:
    """Standard output may be the file, so people are told beside it."""
    typer.echo(line, err=True)
