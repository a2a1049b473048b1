"""Composition root of the gateway."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from bus.objects import Objects
from bus.run import Process
from services.gateway import errors
from services.gateway.auth import Access, Guard
from services.gateway.canary import Canary
from services.gateway.realtime import Hub
from services.gateway.routes import API_ROUTERS, health, page
from services.gateway.routes.context import Gateway
from services.gateway.settings import GatewaySettings
from services.gateway.views import Views
from services.gateway.wait import Checkpoints

log = structlog.get_logger()

API = "/api/v1"
# Open requests may end within this; streams are told to.
SHUTDOWN_S_MAX = 3
# Connections the kernel holds while we are busy.
BACKLOG = 128

DESCRIPTION = (
    "Reads take `min_seq` and tell in `RC-Seq` up to which sequence of the log they are true. "
    "Commands take an `Idempotency-Key`: the same key with the same body gives the same answer. "
    "Refusals are problem documents (RFC 9457) with a `code`."
)
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": errors.ProblemBody, "content": {errors.MEDIA_TYPE: {}}}
    for status in (401, 403, 404, 409, 422, 503)
}


def build(gateway: Gateway, access: Access, assets: Path) -> FastAPI:
    """The whole HTTP side; `assets` is the folder of vendored fonts and scripts."""
    app = FastAPI(
        title="railcast",
        version="1",
        description=DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        # The stock pages load their scripts from elsewhere; ours is drawn here.
        docs_url=None,
        redoc_url=None,
    )
    app.state.gateway = gateway
    errors.install(app)
    app.add_middleware(Guard, access=access)
    for router in API_ROUTERS:
        app.include_router(router, prefix=API, responses=_REFUSALS)
    app.include_router(health.probes)
    app.include_router(page.router)
    # Only files are compressed: a range of a movie must stay a range of its own bytes.
    app.mount("/static", GZipMiddleware(_Files(directory=page.PAGES / "static")), "static")
    app.mount("/vendor", GZipMiddleware(_Files(directory=assets, check_dir=False)), "vendor")
    return app


class _Files(StaticFiles):
    """Files that a browser keeps but asks about each time, so that an update is seen at once."""

    def file_response(self, *args: object, **options: object) -> Response:
        response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "private, no-cache"
        return response


class Server(uvicorn.Server):
    """uvicorn without its own signal handling: the process has one."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    listener = socket.create_server((host, port), backlog=BACKLOG)
    # Connections inherit it: the end of an answer must not wait until its beginning is confirmed.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def serve(app: FastAPI, listener: socket.socket, gateway: Gateway) -> None:
    """Serve until cancelled, then end the streams, let requests finish and leave the database."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_S_MAX,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve([listener]), name="uvicorn")
    try:
        await asyncio.shield(serving)
    finally:
        gateway.hub.close()
        server.should_exit = True
        await serving
        await gateway.views.close()


async def main(process: Process, settings: GatewaySettings) -> None:
    """Start the gateway's parts."""
    dsn = settings.reader_url.get_secret_value()
    checkpoints = Checkpoints(dsn, process.health)
    gateway = Gateway(
        bus=process.bus,
        views=Views(dsn, checkpoints),
        checkpoints=checkpoints,
        hub=Hub(process.bus, checkpoints),
        canary=Canary(process.bus, checkpoints, process.health),
        objects=Objects(settings.objects_url),
        health=process.health,
    )
    access = Access(settings.key_sha256(), time.time)
    if not (settings.assets / "js").is_dir():
        log.error("assets.missing", folder=str(settings.assets), remedy="run the set-up of assets")
    await gateway.views.open()
    # What was said while the connection was away has not been heard.
    process.connection.on_reconnect.append(gateway.hub.resync)
    listener = listen(settings.http_host, settings.http_port)
    log.info("http.listening", host=settings.http_host, port=listener.getsockname()[1])
    process.spawn(checkpoints.run(), "checkpoints")
    process.spawn(gateway.hub.run(), "realtime")
    process.spawn(gateway.canary.run(), "canary")
    process.spawn(serve(build(gateway, access, settings.assets), listener, gateway), "http")
