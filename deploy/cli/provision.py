"""`railcast provision`: make the log ready on a server that somebody else runs."""

import asyncio
import os

import typer

from bus.connection import open_connection
from bus.errors import BusError, Unavailable
from bus.provision import provision
from bus.settings import ProcessSettings
from deploy.local.safety import check_sync
from deploy.local.servers import NatsServer

# A server that needs longer to accept a connection is not there.
CONNECT_S_MAX = 10.0


def make() -> int:
    """Check the server, make or compare streams and consumers; returns the exit code."""
    try:
        typer.echo(f"the log is {asyncio.run(_make(ProcessSettings()))}")
    except (BusError, OSError) as error:
        typer.echo(f"railcast: {error}", err=True)
        return 1
    return 0


async def _make(settings: ProcessSettings) -> str:
    server = NatsServer(url=settings.nats_url, monitor_url=os.environ.get("NATS_MONITOR_URL", ""))
    await check_sync(server, lambda text: typer.echo(text, err=True))
    try:
        async with asyncio.timeout(CONNECT_S_MAX):
            connection = await open_connection(settings, "provision")
    except TimeoutError as error:
        raise Unavailable(f"no server answers at {settings.nats_url}") from error
    try:
        return await provision(connection)
    finally:
        await connection.close()
