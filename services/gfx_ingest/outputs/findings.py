"""The reactor that says what follows from the hands of a game, and takes back what no longer does.

It computes the findings from the game's own facts whenever a file is closed or a hand counts as
over, compares them with those said in the same facts, and asks the Decider for the difference.
Nothing here has to survive: what is not cached is read again from the log.
"""

from collections import OrderedDict

import structlog
from msgspec.structs import replace

from bus.api import Answer, Bus, CommandContext, Entity, recorded
from bus.decide import DeciderRunner
from bus.errors import Unavailable
from bus.react import effect_id
from contracts.messages.gfx import HandFinalised, HandRecorded, HandRevised, SnapshotRead
from contracts.messages.gfx_findings import Voided
from contracts.poker.findings import Difference, Finding
from contracts.poker.game import difference, findings
from contracts.poker.held import HeldHand, hold
from contracts.recorded import Recorded
from services.gfx_ingest.domain import (
    CONTEXT,
    GAME,
    SAID,
    Command,
    Game,
    SayFindings,
    State,
    is_said,
)

log = structlog.get_logger()

REACTOR = "gfx-ingest-findings"
# Games held in memory, with some 4 MB for a long one; the tables of one day are fewer.
GAMES_MAX = 8
# Facts of a game that is followed. The longest real game has some thousand; the bus refuses to read
# ten times that at once, and a file that claims so many hands must not stop the process.
FACTS_MAX = 9_000
# Tries to say one difference: appends of a long game, and races with its next file.
ROUNDS_MAX = 50


class FollowedGame:
    """The facts of one game up to a sequence: its hands as they are held, and what is said of them.

    `facts` counts them, `said` are the findings said and not voided, by id.
    """

    def __init__(self) -> None:
        """Nothing is known yet."""
        self.sequence = 0
        self.facts = 0
        self._hands: dict[str, HeldHand] = {}
        self.said: dict[str, Finding] = {}

    def follow(self, fact: Recorded) -> None:
        """Take in the next fact of the game, whatever it is."""
        self.sequence, self.facts = fact.sequence, self.facts + 1
        match fact.event:
            case HandRecorded() | HandRevised() as event:
                self._hands[event.hand.start_ticks] = hold(event.hand, event.digest)
            case HandFinalised() as event:
                held = self._hands[event.start_ticks]
                if held.digest == event.digest:
                    self._hands[event.start_ticks] = replace(held, quiet=True)
            case Voided() as event:
                self.said.pop(event.finding_id, None)
            case event if isinstance(event, SAID):
                self.said[event.finding_id] = event.finding
            case _:
                pass

    def change(self, game_id: str) -> Difference:
        """What has to be said and voided."""
        found = findings(game_id, self._hands.values())
        return difference(self.said.values(), (each for each in found if is_said(each)))


class FindingsReactor:
    """Handles the durable consumer `gfx-ingest-findings`."""

    def __init__(self, bus: Bus, runner: DeciderRunner[Command, State]) -> None:
        """Reads games from this bus and says through this runner."""
        self._bus = bus
        self._runner = runner
        self._games: OrderedDict[str, FollowedGame] = OrderedDict()

    async def react(self, fact: Recorded) -> None:
        """Say what a closed file or a finished hand changes; a redelivery finds nothing to say."""
        if not isinstance(fact.event, SnapshotRead | HandFinalised):
            return
        game_id = fact.event.game_id
        await self._runner.reached(fact.sequence)
        for _ in range(ROUNDS_MAX):
            game = await self._followed(game_id)
            if game is None:
                return
            change = game.change(game_id)
            if not (change.voided or change.said):
                return
            command = SayFindings(game_id=game_id, facts=game.facts, difference=change)
            refusal = (await self._ask(command, fact)).refusal
            if refusal:
                log.error("findings.refused", game_id=game_id, error=refusal.message)
                return
        raise Unavailable(f"the findings of game {game_id} did not settle in {ROUNDS_MAX} tries")

    async def _ask(self, command: SayFindings, fact: Recorded) -> Answer:
        context = CommandContext(
            command_id=effect_id(f"{REACTOR}:{command.facts}", fact.envelope.id),
            actor=REACTOR,
            correlation_id=fact.envelope.correlation_id,
            causation_id=fact.envelope.id,
            traceparent=fact.envelope.traceparent,
        )
        entity = Entity(CONTEXT, GAME, command.game_id)
        return await self._runner.execute(command, entity, context)

    async def _followed(self, game_id: str) -> FollowedGame | None:
        """The game up to its newest fact; None if more has to be read than may be."""
        game = self._games.setdefault(game_id, FollowedGame())
        self._games.move_to_end(game_id)
        if len(self._games) > GAMES_MAX:
            self._games.popitem(last=False)
        state = self._runner.state(GAME, game_id)
        if isinstance(state, Game) and state.facts - game.facts > FACTS_MAX:
            log.error("findings.too_many_facts", game_id=game_id, facts=state.facts, most=FACTS_MAX)
            return None
        for message in await self._bus.tail(Entity(CONTEXT, GAME, game_id), game.sequence):
            game.follow(recorded(message))
        return game
