"""The log made ready for the processes: checked, provisioned, and compared with the tables."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bus.connection import Connection, open_connection
from bus.nats import NatsBus
from bus.provision import provision
from bus.settings import ProcessSettings
from deploy.local.safety import check_log, check_sync
from deploy.local.servers import NatsServer, PostgresServer


async def prepare_log(
    nats: NatsServer, postgres: PostgresServer, say: Callable[[str], None]
) -> None:
    """Make or check streams and consumers. Raises Drift or LogMismatch with a sentence."""
    await check_sync(nats, say)
    async with _connected(nats, "provision") as connection:
        await provision(connection)
    async with _connected(nats, "ops") as connection:
        await check_log(NatsBus(connection, "ops"), postgres.dsn)


@asynccontextmanager
async def _connected(nats: NatsServer, user: str) -> AsyncIterator[Connection]:
    environment = nats.environment(user).items()
    settings = ProcessSettings.model_validate(
        {key.removeprefix("RAILCAST_").lower(): value for key, value in environment}
    )
    connection = await open_connection(settings, user)
    try:
        yield connection
    finally:
        await connection.close()
