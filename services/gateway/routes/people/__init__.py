"""People as one truth of three sources: who they are, why, and what people say of them."""

from services.gateway.routes.people import (
    erasing,
    explaining,
    images,
    linked,
    links,
    reading,
    saying,
    searching,
)

# The search stands first: its path is also that of a person.
ROUTERS = (
    searching.router,
    reading.router,
    explaining.router,
    saying.router,
    linked.router,
    links.router,
    images.router,
    erasing.router,
)
