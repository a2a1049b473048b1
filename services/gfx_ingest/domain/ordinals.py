"""Ordinals of a game's known hands to start ticks and back, and how a command is refused."""

from bisect import bisect_left

from contracts.decision import Refusal, RefusalCode
from services.gfx_ingest.domain.state import Game

# The beginning of a game, before its first hand.
BEGINNING = "0"


class Refused(Exception):
    """A rule is broken; carries the refusal out of a helper."""

    def __init__(self, code: RefusalCode, reason: str, message: str) -> None:
        super().__init__(message)
        self.refusal = Refusal(code=code, reason=reason, message=message)


class Hands:
    """The known hands of a game by start ticks; the first has the ordinal 0."""

    def __init__(self, state: Game) -> None:
        """Of the hands known now."""
        self._ticks = sorted(map(int, state.hands))

    def ticks(self, ordinal: int) -> str:
        """Start of a hand. Refused `hand_not_found`."""
        if not 0 <= ordinal < len(self._ticks):
            raise self._not_found(ordinal)
        return str(self._ticks[ordinal])

    def bound(self, ordinal: int) -> str:
        """Where a range may begin or end: at a hand, or at the next one, which is not known yet."""
        if ordinal == 0:
            return BEGINNING
        if self._ticks and ordinal == len(self._ticks):
            return str(self._ticks[-1] + 1)
        return self.ticks(ordinal)

    def ordinal(self, bound: str) -> int:
        """The first hand that does not start before a bound."""
        return bisect_left(self._ticks, int(bound))

    def _not_found(self, ordinal: int) -> Refused:
        count = len(self._ticks)
        known = f"it has {count} hands, 0 to {count - 1}" if count else "it has no hands yet"
        return Refused("not_found", "hand_not_found", f"the game has no hand {ordinal}: {known}")
