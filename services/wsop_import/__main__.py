"""`python -m services.wsop_import`."""

from functools import partial

from bus.run import run
from services.wsop_import.app import NAME, main
from services.wsop_import.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    run(partial(main, settings=settings), NAME, settings)
