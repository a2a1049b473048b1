"""Run the render service."""

from functools import partial

from bus.run import run
from services.render.app import main
from services.render.settings import RenderSettings

if __name__ == "__main__":
    settings = RenderSettings()
    run(partial(main, settings=settings), "render", settings)
