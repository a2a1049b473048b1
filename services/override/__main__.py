"""Run the override service."""

from functools import partial

from bus.run import run
from services.override.app import main
from services.override.settings import OverrideSettings

if __name__ == "__main__":
    settings = OverrideSettings()
    run(partial(main, settings=settings), "override", settings)
