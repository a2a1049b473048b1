"""`python -m services.gfx_ingest`."""

from functools import partial

from bus.run import run
from services.gfx_ingest.app import NAME, main
from services.gfx_ingest.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    run(partial(main, settings=settings), NAME, settings)
