"""The canary: a fact of our own that must come out of every projection, or we are not ready.

It is said at the start and whenever nothing else was stored for a while, so that silence of the log
and silence of a projection can be told apart.
"""

import asyncio
import uuid
from collections.abc import Callable

import structlog

from bus.api import Bus, Draft, Entity
from bus.clock import Clock, utc_now
from bus.errors import Conflict, Retryable
from bus.health import Health
from contracts.envelope import Envelope
from contracts.messages.system import CanarySaid
from contracts.streams import PROJECTIONS
from services.gateway.wait import Checkpoints

log = structlog.get_logger()

PART = "canary"
# A log in which nothing happens for this long gets a fact of ours.
QUIET_S_MAX = 30.0
LOOK_S = 1.0
# A fold takes milliseconds; a canary that is not through by then is stuck.
PASS_S_MAX = 5.0
SILENCE_S_MAX = 10.0


class Canary:
    """Says the canary of one process and watches it pass."""

    def __init__(
        self,
        bus: Bus,
        checkpoints: Checkpoints,
        health: Health,
        time: Callable[[], float] | None = None,
    ) -> None:
        """The canary is an entity of its own, named by a new id. `time` counts seconds."""
        self._time = time or asyncio.get_running_loop().time
        self._bus = bus
        self._checkpoints = checkpoints
        self._health = health
        self._clock: Clock = utc_now
        self._entity = Entity("system", "canary", uuid.uuid4().hex)
        self._number = 0
        self.sequence = 0
        self.head = 0
        health.register(PART, SILENCE_S_MAX)

    @property
    def passed(self) -> bool:
        """Whether every projection has folded the newest canary."""
        return 0 < self.sequence <= self._checkpoints.lowest()

    async def run(self, quiet_s: float = QUIET_S_MAX) -> None:
        """Say and watch until cancelled; a log that is away is waited for."""
        moved = said = self._time()
        while True:
            try:
                head = (await self._bus.head()).sequence
                now = self._time()
                if head != self.head:
                    self.head, moved = head, now
                if not self.sequence or now - moved >= quiet_s:
                    await self._say()
                    # The canary itself is something stored: the quiet begins anew.
                    said = moved = now
                await self._watch(said)
            except Retryable as error:
                self._health.trouble(PART, f"the log does not answer: {error}")
                await asyncio.sleep(LOOK_S)

    async def _say(self) -> None:
        self._number += 1
        event = CanarySaid(canary_id=self._entity.id, number=self._number)
        event_id = str(uuid.uuid4())
        envelope = Envelope(
            id=event_id,
            type=event.TYPE.text,
            source="gateway",
            time=self._clock(),
            correlation_id=event_id,
            actor="gateway",
        )
        try:
            self.sequence = await self._bus.append(
                self._entity, self.sequence, [Draft(event, envelope)]
            )
        except Conflict:
            # The answer to an earlier one was lost: it is stored and counts.
            self.sequence = await self._bus.last_sequence(self._entity.filter)
        self.head = max(self.head, self.sequence)

    async def _watch(self, said: float) -> None:
        """Wait for the canary to pass, or a look's time when it has passed already."""
        if self.passed:
            self._health.beat(PART)
            await asyncio.sleep(LOOK_S)
        elif await self._checkpoints.reached(PROJECTIONS, self.sequence, LOOK_S):
            self._health.beat(PART)
        elif self._time() - said > PASS_S_MAX:
            self._health.trouble(PART, self._behind())

    def _behind(self) -> str:
        at = self._checkpoints.at
        late = [f"{name} at {at.get(name, '?')}" for name in PROJECTIONS if self._late(name)]
        return f"canary {self.sequence} has not passed: {', '.join(late)}"

    def _late(self, name: str) -> bool:
        return self._checkpoints.at.get(name, 0) < self.sequence
