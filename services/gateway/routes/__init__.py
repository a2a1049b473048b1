"""The routes, one module per group; each has a `router`."""

from services.gateway.routes import (
    commands,
    event_words,
    games,
    hands,
    health,
    imports,
    operators,
    people,
    players,
    renders,
    rundown,
    stream,
    sync,
    tournament,
    tournament_chips,
    triggers,
)

API_ROUTERS = (
    games.router,
    hands.router,
    players.router,
    *people.ROUTERS,
    operators.router,
    tournament.router,
    tournament_chips.router,
    event_words.router,
    sync.router,
    triggers.router,
    imports.router,
    rundown.router,
    commands.router,
    renders.router,
    stream.router,
    health.router,
)
