"""Composition root: the fold and its tables on the bus."""

from bus.project import Projector
from bus.run import Process, run
from projections.standings.settings import Settings
from projections.standings.store import SPEC


async def main(process: Process) -> None:
    """Start the projector; it folds until the process is told to stop."""
    dsn = process.settings.database_url.get_secret_value()
    process.spawn(Projector(SPEC, process.bus, dsn, process.health).run(), SPEC.name)


def start() -> None:
    """Run this projection as a process of its own."""
    run(main, "standings", Settings())
