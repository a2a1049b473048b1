"""The routes, one module per group; each has a `router`."""

from services.gateway.routes import (
    commands,
    games,
    hands,
    health,
    operators,
    players,
    renders,
    rundown,
    stream,
    sync,
    triggers,
)

API_ROUTERS = (
    games.router,
    hands.router,
    players.router,
    operators.router,
    sync.router,
    triggers.router,
    rundown.router,
    commands.router,
    renders.router,
    stream.router,
    health.router,
)
