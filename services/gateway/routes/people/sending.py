"""Several commands about people in one request."""

from bus.api import CommandContext
from contracts.messages import Command
from services.gateway.errors import refused
from services.gateway.routes.commands import Sender
from services.gateway.routes.context import SEQUENCE_HEADER


class PeopleSender(Sender):
    """A sender of several commands in one request, each with an id of its own."""

    async def send_one(self, name: str, command: Command) -> int:
        """Send the command of this name; returns its sequence. Raises Problem when refused."""
        context = CommandContext(command_id=self.id(f"command {name}"), actor=self._actor)
        answer = await self._gateway.bus.send(command, context)
        if answer.refusal is not None:
            raise refused(answer.refusal)
        self._response.headers[SEQUENCE_HEADER] = str(answer.sequence)
        self._response.headers["Idempotency-Key"] = self._key
        return answer.sequence
