"""Run the gateway."""

from functools import partial

from bus.run import run
from services.gateway.app import main
from services.gateway.settings import GatewaySettings

if __name__ == "__main__":
    settings = GatewaySettings()
    run(partial(main, settings=settings), "gateway", settings)
