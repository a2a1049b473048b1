"""The reader: a throw-away pull consumer, placed behind a sequence, read through a callback.

The reader's owner keeps the position (a checkpoint, or memory), so the consumer needs no
acknowledgement, and anything odd is answered by making it anew behind the last message given out:
a reconnect, two missed heartbeats, a deleted consumer, a gap in its counting. An outstanding pull
is lost silently when a server restarts; only the heartbeat tells.
"""

import asyncio
import time
from collections import deque
from types import TracebackType
from typing import Any, Self

import structlog
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from bus import metrics, retry
from bus.api import RawMessage
from bus.connection import ApiError, Connection
from bus.delivery import position, raw_message
from bus.errors import Uncertain

log = structlog.get_logger()

# Three requests in flight keep the pipe full; a fetch per batch is four to six times slower.
PULL_REQUESTS = 3
PULL_MESSAGES = 1000
# Bounds the memory of one reader: three pulls of 8 MiB.
PULL_BYTES = 8 * 1024 * 1024
PULL_EXPIRES_S = 30
HEARTBEAT_S = 1.0
# Two missed heartbeats and some room for a busy machine.
SILENCE_S_MAX = 2.5
# The server removes an abandoned consumer after this.
INACTIVE_S = 60
NANO = 1_000_000_000

STREAM = "EVENTS"


class EventReader:
    """Reads EVENTS behind a sequence and follows it. Use as an async context manager."""

    def __init__(self, connection: Connection, owner: str, subject: str | None, after: int) -> None:
        """`owner` names the two consumers `<owner>_0` and `<owner>_1`; None = every event."""
        self._connection = connection
        self._owner = owner
        self._subject = subject
        self._last = after
        self._slot = 0
        self._pulls = 0
        self._in_flight = 0
        self._expected = 1
        self._queue: deque[RawMessage] = deque()
        self._arrived = asyncio.Event()
        self._subscription: Subscription | None = None
        self._inbox = ""
        self._heard = time.monotonic()
        self._broken = "start"
        self._keeper: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Start reading; the consumer is made in the background."""
        self._connection.on_reconnect.append(self._reconnected)
        self._wake.set()
        self._keeper = asyncio.create_task(self._keep(), name=f"reader-{self._owner}")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop reading and remove the consumer."""
        self._connection.on_reconnect.remove(self._reconnected)
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._unsubscribe()
        if not self._connection.client.is_closed and self._connection.client.is_connected:
            await self._delete(self._slot)

    @property
    def idle_s(self) -> float:
        """Seconds since the last message or heartbeat."""
        return time.monotonic() - self._heard

    async def next(self, most: int, wait_s: float) -> list[RawMessage]:
        """At most `most` messages in order; waits up to `wait_s` for the first."""
        if not self._queue:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), wait_s)
            except TimeoutError:
                return []
        take = min(most, len(self._queue))
        batch = [self._queue.popleft() for _ in range(take)]
        if self._in_flight + len(self._queue) <= (PULL_REQUESTS - 1) * PULL_MESSAGES:
            self._wake.set()
        return batch

    def _reconnected(self) -> None:
        self._break("reconnected")

    def _break(self, reason: str) -> None:
        self._broken = reason
        self._wake.set()

    async def _keep(self) -> None:
        """Make the consumer, keep pulls in flight, notice silence; for ever."""
        waits = retry.delays()
        while True:
            try:
                await asyncio.wait_for(self._wake.wait(), HEARTBEAT_S)
            except TimeoutError:
                if self.idle_s > SILENCE_S_MAX and not self._broken:
                    self._broken = "silence"
            self._wake.clear()
            try:
                if self._broken:
                    await self._rebuild()
                    waits = retry.delays()
                await self._pull()
            except (Uncertain, ApiError, NatsError) as error:
                log.warning("reader.retry", owner=self._owner, error=str(error))
                self._break(str(error))
                await asyncio.sleep(next(waits))

    async def _rebuild(self) -> None:
        reason, self._broken = self._broken, ""
        if reason != "start":
            metrics.REBUILDS.labels(self._owner).inc()
            log.info("reader.rebuild", owner=self._owner, reason=reason, after=self._last)
        await self._unsubscribe()
        await self._delete(self._slot)
        self._slot = 1 - self._slot
        await self._delete(self._slot)
        self._inbox = self._connection.client.new_inbox()
        self._subscription = await self._connection.client.subscribe(
            f"{self._inbox}.*", cb=self._receive
        )
        await self._connection.api(self._create_verb(), self._config())
        self._in_flight, self._pulls, self._expected = 0, 0, 1
        self._heard = time.monotonic()

    @property
    def _name(self) -> str:
        return f"{self._owner}_{self._slot}"

    def _create_verb(self) -> str:
        verb = f"CONSUMER.CREATE.{STREAM}.{self._name}"
        return f"{verb}.{self._subject}" if self._subject else verb

    def _config(self) -> dict[str, Any]:
        config: dict[str, Any] = {
            "name": self._name,
            "deliver_policy": "by_start_sequence",
            "opt_start_seq": self._last + 1,
            "ack_policy": "none",
            "mem_storage": True,
            "num_replicas": 1,
            "inactive_threshold": INACTIVE_S * NANO,
        }
        if self._subject:
            config["filter_subject"] = self._subject
        return {"stream_name": STREAM, "config": config, "action": ""}

    async def _delete(self, slot: int) -> None:
        try:
            await self._connection.api(f"CONSUMER.DELETE.{STREAM}.{self._owner}_{slot}")
        except ApiError:
            return  # it was not there: that is what we wanted

    async def _unsubscribe(self) -> None:
        if self._subscription is not None:
            try:
                await self._subscription.unsubscribe()
            except NatsError as error:
                log.debug("reader.unsubscribe", error=str(error))
            self._subscription = None

    async def _pull(self) -> None:
        limit = PULL_REQUESTS * PULL_MESSAGES
        while self._in_flight + len(self._queue) <= limit - PULL_MESSAGES:
            self._pulls += 1
            self._in_flight += PULL_MESSAGES
            body = (
                f'{{"batch":{PULL_MESSAGES},"max_bytes":{PULL_BYTES},'
                f'"expires":{PULL_EXPIRES_S * NANO},"idle_heartbeat":{int(HEARTBEAT_S * NANO)}}}'
            )
            await self._connection.client.publish(
                f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{self._name}",
                body.encode(),
                reply=f"{self._inbox}.{self._pulls}",
            )

    async def _receive(self, message: Msg) -> None:
        if not message.subject.startswith(self._inbox) and message.reply:
            self._heard = time.monotonic()
            at = position(message.reply)
            if at.consumer != self._expected:
                self._break(f"delivery {at.consumer} where {self._expected} was due")
                return
            self._expected += 1
            self._in_flight -= 1
            self._last = at.stream
            self._queue.append(raw_message(message, at))
            self._arrived.set()
            return
        if message.subject.startswith(self._inbox):
            self._status(message)

    def _status(self, message: Msg) -> None:
        headers = message.headers or {}
        status = headers.get("Status", "")
        if status == "100":
            self._heard = time.monotonic()
            return
        if status == "503" or (status == "409" and "Consumer" in headers.get("Description", "")):
            self._break(f"{status} {headers.get('Description', '')}")
            return
        self._heard = time.monotonic()
        unfilled = headers.get("Nats-Pending-Messages")
        self._in_flight -= int(unfilled) if unfilled else PULL_MESSAGES
        self._in_flight = max(0, self._in_flight)
        self._wake.set()
