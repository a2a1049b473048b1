"""Given, when, then for any Decider: events that happened, one command, and what follows."""

import copy
from collections.abc import Sequence
from datetime import UTC, datetime

from bus.decide import Decider
from contracts.decision import Refusal
from contracts.messages import Event

NOW = datetime(2031, 3, 1, 19, 0, tzinfo=UTC)


class Scenario[C, S]:
    """One entity of one Decider. Every look at it also proves that deciding changes nothing."""

    def __init__(
        self, decider: Decider[C, S], entity: str = "entity", entity_id: str = "1"
    ) -> None:
        self._decider = decider
        self.state: S = decider.initial(entity, entity_id)

    def given(self, *events: Event) -> "Scenario[C, S]":
        """These happened, after whatever happened before."""
        for event in events:
            self.state = self._decider.evolve(self.state, event)
        return self

    def when(self, command: C, now: datetime = NOW) -> list[Event] | Refusal:
        """What is decided; compare it with the events or the refusal that should follow."""
        before = copy.deepcopy(self.state)
        decision = self._decider.decide(command, self.state, now)
        assert self.state == before, "deciding changed the state"
        return decision if isinstance(decision, Refusal) else list(decision)

    def refused(self, command: C, now: datetime = NOW) -> tuple[str, str]:
        """Code and reason of the refusal, which must come with a sentence."""
        decision = self.when(command, now)
        assert isinstance(decision, Refusal), f"accepted: {decision}"
        assert decision.message, "a refusal without a sentence"
        return decision.code, decision.reason

    def does(self, command: C, now: datetime = NOW) -> Sequence[Event]:
        """Decide and let it happen; the command must be accepted."""
        decision = self.when(command, now)
        assert not isinstance(decision, Refusal), f"refused: {decision}"
        self.given(*decision)
        return decision
