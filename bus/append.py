"""Store events: one publish, or one atomic batch, always behind an expectation.

The expectation stands on the first message and covers exactly the entity's subjects; it is built
here and nowhere else, because a filter that misses the subject is accepted by the server and
protects nothing. Message-id deduplication is not used: it forgets after a window and ignores the
body.
"""

import json
import uuid
from collections.abc import Sequence
from typing import Any

from nats.errors import Error as NatsError

from bus import metrics
from bus.api import Draft, Entity
from bus.connection import Connection
from bus.errors import BusError, Conflict, Fatal, LogFull, TooManyBatches, Uncertain
from contracts import codec
from contracts.envelope import to_headers

# The server's own limit of one atomic batch.
BATCH_MAX = 1000

# The second one is said where the other writer's message is still on its way (clusters, batches).
_WRONG_SEQUENCE = frozenset({10071, 10164})
_FULL = frozenset({10023, 10077, 10047, 10122})
_TOO_MANY = frozenset({10210})
_BUGS = frozenset({10199, 10177, 10179, 10193, 10054})


def check_entity(entity: Entity, drafts: Sequence[Draft]) -> None:
    """Raise Fatal when a draft would land outside the entity its expectation protects."""
    prefix = entity.filter.removesuffix(">")
    for draft in drafts:
        if not draft.event.subject.startswith(prefix):
            raise Fatal(f"{draft.event.subject} is not an event of {entity.filter}")
    if not 1 <= len(drafts) <= BATCH_MAX:
        raise Fatal(f"{len(drafts)} events in one append; 1 to {BATCH_MAX} are possible")


async def append(
    connection: Connection, entity: Entity, expected: int, drafts: Sequence[Draft]
) -> int:
    """Store all drafts or none; see `bus.api.Bus.append`."""
    check_entity(entity, drafts)
    first = {
        "Nats-Expected-Last-Subject-Sequence": str(expected),
        "Nats-Expected-Last-Subject-Sequence-Subject": entity.filter,
    }
    with metrics.APPEND_SECONDS.time():
        if len(drafts) == 1:
            sequence = await _publish(connection, drafts[0], first)
        else:
            sequence = await _publish_batch(connection, drafts, first)
    metrics.APPENDED.labels(entity.context).inc(len(drafts))
    return sequence


async def _publish(connection: Connection, draft: Draft, extra: dict[str, str]) -> int:
    headers = to_headers(draft.envelope) | extra
    reply = await connection.request(draft.event.subject, codec.encode(draft.event), headers)
    return int(acknowledged(reply.data)["seq"])


async def _publish_batch(
    connection: Connection, drafts: Sequence[Draft], first: dict[str, str]
) -> int:
    batch = {"Nats-Batch-Id": uuid.uuid4().hex}
    last = len(drafts)
    # All at first: a body that cannot be said must not leave an open batch behind.
    bodies = [codec.encode(draft.event) for draft in drafts]
    for number, (draft, body) in enumerate(zip(drafts, bodies, strict=True), start=1):
        headers = to_headers(draft.envelope) | batch | {"Nats-Batch-Sequence": str(number)}
        if number == 1:
            reply = await connection.request(draft.event.subject, body, headers | first)
            if reply.data:
                acknowledged(reply.data)
        elif number < last:
            await _send(connection, draft.event.subject, body, headers)
        else:
            headers["Nats-Batch-Commit"] = "1"
            reply = await connection.request(draft.event.subject, body, headers)
    return int(acknowledged(reply.data)["seq"])


async def _send(connection: Connection, subject: str, body: bytes, headers: dict[str, str]) -> None:
    try:
        await connection.client.publish(subject, body, headers=headers)
    except NatsError as error:
        raise Uncertain(f"a batch was cut off: {error}") from error


def acknowledged(data: bytes) -> dict[str, Any]:
    """The publish acknowledgement; raises the error it stands for."""
    reply: dict[str, Any] = json.loads(data)
    error = reply.get("error")
    if error is None:
        return reply
    raise _error_for(int(error.get("err_code", 0)), str(error.get("description")))


def _error_for(code: int, description: str) -> BusError:
    text = f"{description} ({code})"
    if code in _WRONG_SEQUENCE:
        return Conflict(text)
    if code in _FULL:
        return LogFull(text)
    if code in _TOO_MANY:
        return TooManyBatches(text)
    if code in _BUGS:
        return Fatal(text)
    return Uncertain(text)
