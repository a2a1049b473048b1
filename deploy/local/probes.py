"""Does a server answer? Each probe makes one real connection and says the least that proves it."""

import asyncio
import json
from urllib.parse import urlsplit

import asyncpg

# A server on this machine that needs longer is not ready.
PROBE_TIMEOUT_S = 2.0


async def nats_answers(url: str) -> None:
    """Log in to nats-server and exchange PING and PONG; it does so only with JetStream up.

    Raises OSError or TimeoutError while it does not, PermissionError for a refused login.
    """
    address = urlsplit(url)
    login = {"user": address.username, "pass": address.password, "verbose": False}
    async with asyncio.timeout(PROBE_TIMEOUT_S):
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        try:
            await reader.readline()
            writer.write(f"CONNECT {json.dumps(login)}\r\nPING\r\n".encode())
            answer = await reader.readline()
        finally:
            writer.close()
    if answer.startswith(b"-ERR"):
        raise PermissionError(answer.decode().strip())
    if not answer.startswith(b"PONG"):
        raise ConnectionError("nats-server closed the connection")


async def postgres_answers(dsn: str) -> None:
    """Log in to PostgreSQL and run the shortest query.

    Raises OSError or TimeoutError while it does not, PermissionError for a refused login.
    """
    try:
        connection = await asyncpg.connect(dsn, timeout=PROBE_TIMEOUT_S)
    except (asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError) as error:
        raise ConnectionError(str(error)) from error
    except asyncpg.PostgresError as error:
        raise PermissionError(str(error)) from error
    try:
        await connection.fetchval("select 1", timeout=PROBE_TIMEOUT_S)
    finally:
        await connection.close(timeout=PROBE_TIMEOUT_S)


async def http_answers(url: str) -> None:
    """GET a page of a process of ours; raises OSError or TimeoutError unless it says 200."""
    address = urlsplit(url)
    request = f"GET {address.path or '/'} HTTP/1.0\r\nHost: {address.hostname}\r\n\r\n"
    async with asyncio.timeout(PROBE_TIMEOUT_S):
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        try:
            writer.write(request.encode())
            status = await reader.readline()
        finally:
            writer.close()
    if status.split()[1:2] != [b"200"]:
        raise ConnectionError(f"{url} said {status.decode(errors='replace').strip()!r}")
