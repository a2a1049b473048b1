"""The reader: a throw-away pull consumer, placed behind a sequence, read through a callback.

The reader's owner keeps the position (a checkpoint, or memory), so the consumer needs no
acknowledgement, and anything odd is answered by making it anew behind the last message given out:
a reconnect, two missed heartbeats, a deleted consumer, a gap in its counting. An outstanding pull
is lost silently when a server restarts; only the heartbeat tells. Before it is made anew the log is
compared with what was read: a start behind the end of a log is silently moved to that end.
"""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

import structlog
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

from bus import metrics, retry
from bus.api import RawMessage
from bus.connection import ApiError, Connection
from bus.delivery import NOWHERE, from_api, from_socket, position
from bus.errors import LogMismatch, Uncertain
from contracts.envelope import identity
from contracts.streams import LOG_ID

log = structlog.get_logger()

# Three requests in flight keep the pipe full; a fetch per batch is four to six times slower.
PULL_REQUESTS = 3
PULL_MESSAGES = 1000
# Bounds the memory of one reader: nothing more is asked for while this much waits to be taken, and
# three pulls of the same size may be under way.
PULL_BYTES = 4 * 1024 * 1024
# Given out at once: decoded, and with the rows that follow from it, it takes some twenty times the
# memory. Five thousand events of common size are smaller, so that only very large ones feel it.
BATCH_BYTES = 4 * 1024 * 1024
PULL_EXPIRES_S = 30
HEARTBEAT_S = 1.0
# Two missed heartbeats and some room for a busy machine.
SILENCE_S_MAX = 2.5
# The server removes an abandoned consumer after this.
INACTIVE_S = 60
# A reader that lived this long was no part of the trouble before: wait from the base again.
STEADY_S = 10.0
# Longest wait between two tries to make one; a show waits for it.
RETRY_S_MAX = 1.0
NANO = 1_000_000_000
STREAM = "EVENTS"


class EventReader:
    """Reads EVENTS behind a sequence and follows it. Use as an async context manager."""

    def __init__(self, connection: Connection, owner: str, subject: str | None, after: int) -> None:
        """`owner` names the two consumers `<owner>_0` and `<owner>_1`; None = every event.

        Two instances of one owner may read at the same time: the one whose consumer was taken moves
        to the other name.
        """
        self._connection = connection
        self._owner = owner
        self._subject = subject
        self._last = after
        self._last_headers: Mapping[str, str] | None = None
        self._log_id = ""
        self._slot = 0
        self._created = ""
        self._pulls = 0
        self._in_flight = 0
        self._expected = 1
        self._queue: deque[RawMessage] = deque()
        self._queued_bytes = 0
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
        self._keeper.add_done_callback(lambda _: self._arrived.set())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop reading and remove the consumer."""
        self._connection.on_reconnect.remove(self._reconnected)
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await self._unsubscribe()
        if self._connection.client.is_connected:
            # What left us here must not be hidden by a server that is slow to say goodbye.
            with suppress(Uncertain):
                await self._delete()

    @property
    def idle_s(self) -> float:
        """Seconds since the last message or heartbeat."""
        return time.monotonic() - self._heard

    async def next(self, most: int, wait_s: float) -> list[RawMessage]:
        """At most `most` messages, or BATCH_BYTES, in order; waits up to `wait_s` for the first.

        Raises LogMismatch when the server came back with another log.
        """
        if not self._queue:
            self._arrived.clear()
            if self._keeper is not None and self._keeper.done():
                self._keeper.result()
            try:
                await asyncio.wait_for(self._arrived.wait(), wait_s)
            except TimeoutError:
                return []
        batch: list[RawMessage] = []
        least = self._queued_bytes - BATCH_BYTES
        while self._queue and len(batch) < most and self._queued_bytes > least:
            batch.append(self._queue.popleft())
            self._queued_bytes -= len(batch[-1].data)
        if self._has_room:
            self._wake.set()
        return batch

    @property
    def _has_room(self) -> bool:
        messages = self._in_flight + len(self._queue)
        return messages <= (PULL_REQUESTS - 1) * PULL_MESSAGES and self._queued_bytes < PULL_BYTES

    def _reconnected(self) -> None:
        self._break("reconnected")

    def _break(self, reason: str) -> None:
        self._broken = reason
        self._wake.set()

    async def _keep(self) -> None:
        """Make the consumer, keep pulls in flight, notice silence; for ever."""
        waits, tried = retry.delays(), float("-inf")
        while True:
            await self._woken()
            try:
                if self._broken:
                    if time.monotonic() - tried > STEADY_S:
                        waits = retry.delays(most_s=RETRY_S_MAX)
                    else:
                        await asyncio.sleep(next(waits))
                    try:
                        await self._rebuild()
                    finally:
                        tried = time.monotonic()
                await self._pull()
            except (Uncertain, ApiError, NatsError) as error:
                log.warning("reader.retry", owner=self._owner, error=str(error))
                self._break(str(error) or type(error).__name__)

    async def _woken(self) -> None:
        try:
            await asyncio.wait_for(self._wake.wait(), HEARTBEAT_S)
        except TimeoutError:
            # Without a pull under way there is no heartbeat to miss.
            if self._in_flight and self.idle_s > SILENCE_S_MAX and not self._broken:
                self._broken = "silence"
        self._wake.clear()

    async def _rebuild(self) -> None:
        reason, self._broken = self._broken, ""
        if reason != "start":
            metrics.REBUILDS.labels(self._owner).inc()
            log.info("reader.rebuild", owner=self._owner, reason=reason, after=self._last)
        await self._unsubscribe()
        await self._check_log()
        if reason.startswith("409") or await self._taken():
            self._slot = 1 - self._slot
        await self._delete()
        self._inbox = self._connection.client.new_inbox()
        self._subscription = await self._connection.client.subscribe_direct(
            f"{self._inbox}.*", self._receive
        )
        made = await self._connection.api(self._create_verb(), self._config())
        self._created = made["created"]
        self._in_flight, self._pulls, self._expected = 0, 0, 1
        self._heard = time.monotonic()

    async def _taken(self) -> bool:
        """Whether another instance has made its consumer under our name."""
        try:
            found = await self._connection.api(f"CONSUMER.INFO.{STREAM}.{self._name}")
        except ApiError:
            return False  # nobody has
        return self._created not in ("", found["created"])

    async def _check_log(self) -> None:
        """Raise LogMismatch unless the server still holds what was read."""
        info = await self._connection.api(f"STREAM.INFO.{STREAM}")
        log_id = (info["config"].get("metadata") or {}).get(LOG_ID, "")
        end = info["state"]["last_seq"]
        if self._log_id not in ("", log_id) or end < self._last:
            raise LogMismatch(
                f"log {self._log_id} was read up to {self._last}, the server has {log_id} "
                f"up to {end}"
            )
        self._log_id = log_id
        if self._last_headers is not None:
            known = identity(self._last_headers)
            reply = await self._connection.api(f"STREAM.MSG.GET.{STREAM}", {"seq": self._last})
            found = identity(from_api(reply["message"]).headers)
            if found != known:
                raise LogMismatch(f"event {self._last} is {found}, {known} was read there")

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
            # Makes equal owners differ: the server lets two that begin at one moment share one.
            "metadata": {"inbox": self._inbox},
        }
        if self._subject:
            config["filter_subject"] = self._subject
        return {"stream_name": STREAM, "config": config, "action": "create"}

    async def _delete(self) -> None:
        with suppress(ApiError):  # it was not there: that is what we wanted
            await self._connection.api(f"CONSUMER.DELETE.{STREAM}.{self._name}")

    async def _unsubscribe(self) -> None:
        if self._subscription is not None:
            try:
                await self._subscription.unsubscribe()
            except NatsError as error:
                log.debug("reader.unsubscribe", error=str(error))
            self._subscription = None

    async def _pull(self) -> None:
        while self._has_room and not self._broken:
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

    def _receive(self, subject: bytes, reply: bytes, data: bytes, block: bytes) -> None:
        """One message as it comes from the socket; nothing here may wait."""
        name = subject.decode()
        if name.startswith(self._inbox):
            self._status(from_socket(name, data, block, NOWHERE).headers)
            return
        if not reply:
            return
        self._heard = time.monotonic()
        at = position(reply.decode())
        if at.consumer != self._expected or at.stream <= self._last:
            self._break(f"delivery {at.consumer} where {self._expected} was due")
            return
        self._expected += 1
        self._in_flight -= 1
        raw = from_socket(name, data, block, at)
        self._last, self._last_headers = at.stream, raw.headers
        self._queue.append(raw)
        self._queued_bytes += len(data)
        self._arrived.set()

    def _status(self, headers: Mapping[str, str]) -> None:
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
