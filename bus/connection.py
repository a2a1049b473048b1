"""Connect to NATS, stay connected for ever, and turn its silent failures into loud ones.

A permission violation reaches only the client's error callback; it is fatal here, because a denied
publish otherwise looks like a slow server.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from nats.errors import Error as NatsError
from nats.errors import NoRespondersError, SlowConsumerError

from bus.errors import BusError, PermissionDenied, Retryable, Uncertain
from bus.fast_client import FastClient
from bus.settings import ProcessSettings

log = structlog.get_logger()

# Waits between two attempts; short, because a show waits for it.
RECONNECT_WAIT_S = 0.2
# A request to JetStream that takes longer is treated as unanswered.
REQUEST_TIMEOUT_S = 3.0
# How often a request looks whether the connection is back.
CONNECTED_POLL_S = 0.02
# Notices a dead connection: two missed pings.
PING_INTERVAL_S = 2


class ApiError(Retryable):
    """JetStream refused a request; `code` is its own error code."""

    def __init__(self, code: int, description: str) -> None:
        """Keep the code: the caller decides by it."""
        super().__init__(f"{description} ({code})")
        self.code = code


class Connection:
    """One NATS connection with its fatal-error future and its reconnect hooks."""

    def __init__(self, client: FastClient, user: str) -> None:
        """Wrap a client; use `open_connection`."""
        self.client = client
        self.inbox = f"_INBOX.{user}" if user else "_INBOX"
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_reconnect: list[Callable[[], None]] = []
        self.reconnects = 0
        self.closing = False
        self._asked: set[asyncio.Timeout] = set()

    async def request(
        self, subject: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Any:
        """One raw request. Raises Uncertain when no answer comes."""
        await self._connected()
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S) as limit:
                self._asked.add(limit)
                try:
                    return await self.client.request(
                        subject,
                        body,
                        timeout=2 * REQUEST_TIMEOUT_S,  # ours comes first
                        headers=dict(headers) if headers else None,
                    )
                finally:
                    self._asked.discard(limit)
        except (TimeoutError, NoRespondersError, NatsError) as error:
            if self.failed.done():
                self.failed.result()
            raise Uncertain(
                f"no answer on {subject}: {str(error) or type(error).__name__}"
            ) from error

    async def _connected(self) -> None:
        """Wait for a lost connection; raises Uncertain when it stays away.

        The client would keep what it is given without a server and say it whenever that is back:
        a take would be stored long after its sender was told that it failed.
        """
        until = time.monotonic() + REQUEST_TIMEOUT_S
        while not self.client.is_connected:
            if self.client.is_closed or time.monotonic() > until:
                raise Uncertain("not connected to NATS")
            await asyncio.sleep(CONNECTED_POLL_S)

    async def api(self, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request to the JetStream API. Raises ApiError or Uncertain."""
        payload = json.dumps(body).encode() if body is not None else b""
        answer = await self.request(f"$JS.API.{verb}", payload)
        reply: dict[str, Any] = json.loads(answer.data)
        if error := reply.get("error"):
            raise ApiError(error.get("err_code", error.get("code", 0)), error.get("description"))
        return reply

    def lost(self) -> None:
        """The connection broke: what was asked on it is not answered any more."""
        for limit in self._asked:
            limit.reschedule(asyncio.get_running_loop().time())

    def fail(self, error: BusError) -> None:
        """Mark the connection as beyond repair; `failed` carries the reason."""
        if not self.failed.done():
            self.failed.set_exception(error)

    async def close(self, drain_s: float = 2.0) -> None:
        """Flush what was said and leave."""
        self.failed.cancel()
        self.closing = True
        try:
            await asyncio.wait_for(self.client.flush(), drain_s)
        except (TimeoutError, NatsError):
            log.warning("nats.close.unflushed")
        await self.client.close()


async def open_connection(settings: ProcessSettings, name: str) -> Connection:
    """Connect as `name`; waits for the server as long as it takes, reconnects for ever."""
    user = settings.nats_user
    connection = Connection(FastClient(), user)

    async def on_error(error: Exception) -> None:
        if "permissions violation" in str(error).lower():
            log.error("nats.permission", error=str(error))
            connection.fail(PermissionDenied(str(error)))
        elif isinstance(error, SlowConsumerError):
            log.warning("nats.slow_consumer", error=str(error))
        else:
            log.info("nats.error", error=str(error) or type(error).__name__)

    async def on_reconnect() -> None:
        connection.reconnects += 1
        log.info("nats.reconnected", reconnects=connection.reconnects)
        for hook in connection.on_reconnect:
            hook()

    async def on_disconnect() -> None:
        connection.lost()
        if not connection.closing:
            log.warning("nats.disconnected")

    await _connect(connection, settings, name, (on_error, on_reconnect, on_disconnect))
    return connection


async def _connect(
    connection: Connection,
    settings: ProcessSettings,
    name: str,
    hooks: tuple[
        Callable[[Exception], Awaitable[None]],
        Callable[[], Awaitable[None]],
        Callable[[], Awaitable[None]],
    ],
) -> None:
    on_error, on_reconnect, on_disconnect = hooks
    await connection.client.connect(
        servers=[url.strip() for url in settings.nats_url.split(",")],
        name=name,
        user=settings.nats_user or None,
        password=settings.nats_password.get_secret_value() or None,
        inbox_prefix=connection.inbox,
        error_cb=on_error,
        reconnected_cb=on_reconnect,
        disconnected_cb=on_disconnect,
        max_reconnect_attempts=-1,
        reconnect_time_wait=RECONNECT_WAIT_S,  # type: ignore[arg-type]  # seconds, floats work
        ping_interval=PING_INTERVAL_S,
        max_outstanding_pings=2,
    )
