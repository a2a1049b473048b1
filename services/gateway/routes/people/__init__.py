"""People as one truth of three sources: who they are, why, and what people say of them."""

from services.gateway.routes.people import explaining, images, links, reading, saying

ROUTERS = (reading.router, explaining.router, saying.router, links.router, images.router)
