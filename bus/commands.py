"""Commands over JetStream: sent durably, answered on the sender's inbox.

No deduplication by the stream: a repeated command must be answered again, so the Decider recognises
it by its id. A command carries the time after which it must not be done.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import unquote

import msgspec
import structlog
from nats.aio.msg import Msg

from bus import metrics
from bus.api import Answer, CommandContext, CommandHandler, Delivery, RawMessage
from bus.append import acknowledged
from bus.clock import Clock
from bus.connection import Connection
from bus.errors import Retryable, Unavailable
from contracts import codec
from contracts.decision import Refusal
from contracts.envelope import (
    EXPIRES,
    REPLY_TO,
    Envelope,
    format_time,
    from_headers,
    parse_time,
    to_headers,
)
from contracts.errors import ContractError
from contracts.messages import Command

log = structlog.get_logger()

# A person waits for this; after it the caller asks again with the same id.
ANSWER_TIMEOUT_S = 5.0
# Commands of different entities run side by side; one entity is locked by its Decider.
CONCURRENCY = 16

INBOXES = "_INBOX."

_answers = msgspec.json.Decoder(Answer)


def command_hash(command: Command) -> str:
    """Tells a repeated command from another one under the same id."""
    return codec.digest({"type": command.TYPE.text, "body": command})


def command_headers(
    command: Command, context: CommandContext, source: str, now: datetime
) -> dict[str, str]:
    """Headers of a command, without the address for the answer."""
    headers = to_headers(
        Envelope(
            id=context.command_id,
            type=command.TYPE.text,
            source=source,
            time=now,
            correlation_id=context.correlation_id or context.command_id,
            causation_id=context.causation_id,
            actor=context.actor,
            command_hash=command_hash(command),
            traceparent=context.traceparent,
        )
    )
    if context.expires_at is not None:
        headers[EXPIRES] = format_time(context.expires_at)
    return headers


def read_command(message: RawMessage) -> tuple[Command, CommandContext]:
    """Decode a command and who asks. Raises a ContractError."""
    envelope = from_headers(message.headers)
    command = codec.decode(envelope.type, message.data)
    if not isinstance(command, Command):
        raise ContractError(f"{envelope.type} is not a command")
    expires = message.headers.get(EXPIRES)
    return command, CommandContext(
        command_id=envelope.id,
        actor=envelope.actor,
        correlation_id=envelope.correlation_id,
        causation_id=envelope.causation_id,
        expires_at=parse_time(expires) if expires else None,
        traceparent=envelope.traceparent,
        command_hash=envelope.command_hash,
    )


class CommandClient:
    """Sends commands and waits for their answers on one inbox."""

    def __init__(self, connection: Connection, source: str, clock: Clock) -> None:
        """`source` is the service's name in the envelope."""
        self._connection = connection
        self._source = source
        self._clock = clock
        self._inbox = connection.client.new_inbox()
        self._waiting: dict[str, asyncio.Future[Answer]] = {}
        self._number = 0
        self._listening = False
        self._starting = asyncio.Lock()

    async def send(self, command: Command, context: CommandContext) -> Answer:
        """See `bus.api.Bus.send`."""
        self._number += 1
        token = str(self._number)
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[token] = answer
        headers = command_headers(command, context, self._source, self._clock())
        headers[REPLY_TO] = f"{self._inbox}.{token}"
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await self._listen()
                body = codec.encode(command)
                stored = await self._connection.request(command.subject, body, headers)
                acknowledged(stored.data)
                return await answer
        except TimeoutError as error:
            raise Unavailable(
                f"{command.TYPE.owner} did not answer {command.TYPE.name} within "
                f"{ANSWER_TIMEOUT_S:g} s; ask again with the same idempotency key"
            ) from error
        except Retryable as error:
            raise Unavailable(
                f"{command.TYPE.name} could not be sent: {error}; ask again with the same "
                "idempotency key"
            ) from error
        finally:
            del self._waiting[token]

    async def _listen(self) -> None:
        async with self._starting:
            if not self._listening:
                await self._connection.client.subscribe(f"{self._inbox}.*", cb=self._answered)
                self._listening = True

    async def _answered(self, message: Msg) -> None:
        waiting = self._waiting.get(message.subject.rpartition(".")[2])
        if waiting is not None and not waiting.done():
            waiting.set_result(_answers.decode(message.data))


async def answer_command(
    delivery: Delivery, service: str, handler: CommandHandler
) -> tuple[Answer, Mapping[str, str]]:
    """Run the handler on one delivered command; a command nobody can read is refused."""
    message = delivery.message
    try:
        command, context = read_command(message)
    except ContractError as error:
        log.warning("command.unreadable", service=service, error=str(error))
        answer = Answer(
            refusal=Refusal(code="invalid", reason="unreadable_command", message=str(error))
        )
        return answer, message.headers
    answer = await handler(command, context)
    result = answer.refusal.reason if answer.refusal else "done"
    metrics.COMMANDS.labels(service, result).inc()
    return answer, message.headers


def reply_address(headers: Mapping[str, str]) -> str:
    """Where the answer goes; empty when nobody waits.

    Only an inbox is answered: the sender names the address, and an answer on any other subject
    would be said with this service's rights.
    """
    address = unquote(headers.get(REPLY_TO, ""))
    return address if address.startswith(INBOXES) else ""


def expired(context: CommandContext, now: datetime) -> bool:
    """Whether a command came too late to be done."""
    return context.expires_at is not None and now.astimezone(UTC) > context.expires_at
