"""The command `railcast simulate`: options in, a running PC out, a clean stop on a signal."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from deploy.simulate.pc import PcOptions


Tables = Annotated[list[str] | None, typer.Option(help="Table name; repeat for several at once.")]
Start = Annotated[
    datetime | None,
    typer.Option(help="UTC time of the first hand. Default: now at speed 1, else a day ago."),
]
Wsop = Annotated[
    Path | None,
    typer.Option(help="Play a tournament round the one table; its platform exports there."),
]


def simulate(
    out: Annotated[Path, typer.Option(help="Folder of the share; each table gets its own in it.")],
    table: Tables = None,
    seed: Annotated[int, typer.Option(help="The same seed plays the same hands.")] = 1,
    hands: Annotated[int, typer.Option(help="Hands per table; 0 = until stopped.")] = 0,
    interval: Annotated[
        float | None, typer.Option(help="Seconds between hands, instead of --speed.")
    ] = None,
    speed: Annotated[float, typer.Option(help="1 = as slow as a real table.")] = 1.0,
    chunks: Annotated[int, typer.Option(help="Write each file in so many parts.")] = 1,
    hands_per_game: Annotated[int, typer.Option(help="Then a new game, in a new file.")] = 150,
    start: Start = None,
    final_every: Annotated[
        int, typer.Option(help="Every n-th game is a final table; 0 = none.")
    ] = 8,
    rough: Annotated[bool, typer.Option(help="Every known quirk, often.")] = False,
    wsop: Wsop = None,
) -> None:
    """Play poker on a simulated PokerGFX PC and write its export files."""
    import asyncio

    from deploy.simulate.options import Quirks
    from deploy.simulate.pc import PcOptions
    from deploy.simulate.platform import check_folder

    try:
        if wsop is not None:
            check_folder(wsop)
        options = PcOptions(
            out=out,
            tables=tuple(table or ["table-1"]),
            seed=seed,
            hands=hands,
            interval_s=interval,
            speed=speed,
            chunks=chunks,
            hands_per_game=hands_per_game,
            start=start.replace(tzinfo=UTC) if start else None,
            final_every=final_every,
            quirks=Quirks.rough() if rough else Quirks(),
            wsop=wsop,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    written = asyncio.run(_until_stopped(options))
    typer.echo(f"{written} hands written")


async def _until_stopped(options: "PcOptions") -> int:
    import asyncio
    import signal

    from deploy.simulate.pc import run

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return await run(options, stop)
