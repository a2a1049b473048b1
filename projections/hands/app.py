"""Composition root: the fold and its tables on the bus."""

from functools import partial

from bus.project import ProjectionSpec, Projector
from bus.run import Process, run
from contracts.poker.grading import RULES, parse_rules
from projections.hands.settings import Settings
from projections.hands.store import NAME, spec


def configured(settings: Settings) -> ProjectionSpec:
    """The projection under the rules that the settings name.

    Raises BadRules for grading rules that cannot be used, OSError where they cannot be read.
    """
    path = settings.grade_rules
    return spec(parse_rules(path.read_text(encoding="utf-8")) if path else RULES)


async def main(settings: Settings, process: Process) -> None:
    """Start the projector; it folds until the process is told to stop. Raises as `configured`."""
    dsn = settings.database_url.get_secret_value()
    process.spawn(Projector(configured(settings), process.bus, dsn, process.health).run(), NAME)


def start() -> None:
    """Run this projection as a process of its own."""
    settings = Settings()
    run(partial(main, settings), NAME, settings)
