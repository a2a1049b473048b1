"""The timer of provisional hands: says that one is over when its file rested long enough.

Nothing is remembered here. Which hands are provisional until when is in the state, which comes from
the log, so whoever starts late or slept says at once what became due meanwhile, with the time at
which it was due.
"""

import asyncio
import uuid
from datetime import timedelta

import structlog

from bus.api import CommandContext, Entity
from bus.clock import Clock, utc_now
from bus.decide import DeciderRunner
from bus.errors import Retryable
from services.gfx_ingest.domain import CONTEXT, GAME, Command, FinaliseHand, Game, State

log = structlog.get_logger()

# Longest time between two looks: a clock that was set, or another instance's hand, is noticed then.
LOOK_S_MAX = 30.0
# Shortest one: the decision reads the clock again and may find a hand not due by a moment.
LOOK_S_MIN = 0.02
# Wait while the log is away.
RETRY_S = 1.0


class QuietTimer:
    """Asks for the end of provisional hands that are due."""

    def __init__(
        self,
        runner: DeciderRunner[Command, State],
        finalise_after: timedelta,
        clock: Clock = utc_now,
    ) -> None:
        """`finalise_after` is the Decider's own: no hand that is said later is due earlier."""
        self._runner = runner
        self._look_s_max = min(finalise_after.total_seconds(), LOOK_S_MAX)
        self._clock = clock

    async def run(self) -> None:
        """Look again and again until cancelled; a log that is away is waited for."""
        while True:
            try:
                wait_s = await self.look()
            except Retryable as error:
                log.warning("quiet.retry", error=str(error))
                wait_s = RETRY_S
            await asyncio.sleep(wait_s)

    async def look(self) -> float:
        """Ask for the end of every hand that is due; returns the seconds until the next look."""
        now, wait_s = self._clock(), self._look_s_max
        for game in self._runner.entities(GAME):
            if not isinstance(game, Game) or game.provisional is None:
                continue
            left_s = (game.provisional.quiet_at - now).total_seconds()
            wait_s = min(wait_s, left_s)
            if left_s <= 0:
                await self._finalise(game)
        return max(wait_s, LOOK_S_MIN)

    async def _finalise(self, game: Game) -> None:
        held = game.provisional
        if held is None:
            return  # another decision came first
        entity = Entity(CONTEXT, GAME, game.game_id)
        name = f"{entity.filter}:finalise:{held.quiet_at.isoformat()}"
        context = CommandContext(
            command_id=str(uuid.uuid5(uuid.NAMESPACE_OID, name)), actor="gfx-ingest"
        )
        command = FinaliseHand(
            game_id=game.game_id, start_ticks=held.start_ticks, digest=held.digest
        )
        await self._runner.execute(command, entity, context)
