"""Run the cue sheet service."""

from functools import partial

from bus.run import run
from services.cuesheet.app import main
from services.cuesheet.settings import CuesheetSettings

if __name__ == "__main__":
    settings = CuesheetSettings()
    run(partial(main, settings=settings), "cuesheet", settings)
