"""What a process asks of its own Decider about one entity, without anybody having asked for it."""

import asyncio
import uuid
from typing import Any

import structlog

from bus import retry, tracing
from bus.api import Answer, CommandContext, Entity
from bus.decide import DeciderRunner
from bus.errors import Retryable

log = structlog.get_logger()

# Names of commands: what is due at one time is asked for once, whoever asks.
_NAMESPACE = uuid.UUID("c2a1e0d4-93bb-5b43-8d5c-0c9d0a6e7f02")


class Own:
    """One entity of the own context."""

    def __init__(self, runner: DeciderRunner[Any, Any], entity: Entity, actor: str) -> None:
        """`actor` is who is said to have asked."""
        self._runner = runner
        self._entity = entity
        self._actor = actor

    @property
    def name(self) -> str:
        """The entity in words of the log."""
        return self._entity.filter

    @property
    def state(self) -> Any:
        """For reading only; None where nothing was said about it."""
        return self._runner.state(self._entity.name, self._entity.id)

    @property
    def sequence(self) -> int:
        """Of the newest fact about it; 0 where there is none."""
        return self._runner.sequence(self._entity.name, self._entity.id)

    def named(self, *parts: str) -> str:
        """The id that follows from the entity and a name."""
        return str(uuid.uuid5(_NAMESPACE, "\n".join((self._entity.filter, *parts))))

    async def decide(self, command: object, *parts: str) -> Answer:
        """Decide a command, which its class and `parts` name, so that it counts once.

        Raises a Retryable bus error.
        """
        context = CommandContext(
            command_id=self.named(type(command).__name__, *parts),
            actor=self._actor,
            traceparent=tracing.traceparent(),
        )
        return await self._runner.execute(command, self._entity, context)

    async def insist(self, command: object, *parts: str) -> Answer:
        """Decide a command like `decide`, however long the log is away."""
        for wait in retry.delays():
            try:
                return await self.decide(command, *parts)
            except Retryable as error:
                log.warning("own.waiting", entity=self.name, error=str(error))
                await asyncio.sleep(wait)
        raise AssertionError("the waits never end")
