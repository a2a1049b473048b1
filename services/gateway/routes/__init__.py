"""The routes, one module per group; each has a `router`."""

from services.gateway.routes import commands, hands, health, renders, rundown, stream, sync

API_ROUTERS = (
    hands.router,
    sync.router,
    rundown.router,
    commands.router,
    renders.router,
    stream.router,
    health.router,
)
