"""A hand of a game as it is held now: its record, its digest and its replay, made once."""

from collections.abc import Iterable
from itertools import pairwise

import msgspec

from contracts.poker.hand import Hand, Seat
from contracts.poker.replay import Replay, replay


class HeldHand(msgspec.Struct, frozen=True, kw_only=True):
    """One hand of a game: `digest` is the SHA-256 of its source object, `figures` its replay.

    `quiet` says that its file was quiet so long that the hand counts as over although no later
    one exists and its stacks do not settle it.
    """

    digest: str
    hand: Hand
    figures: Replay
    quiet: bool = False

    @property
    def ticks(self) -> int:
        """Start of the hand in ticks of 100 ns: its key in the game and the order of hands."""
        return int(self.hand.start_ticks)

    @property
    def unproven(self) -> bool:
        """Whether it may still go on as far as it tells itself; a later hand proves it over."""
        return not self.quiet and (not self.hand.actions or self.figures.state != "settled")

    def seat(self, number: int) -> Seat | None:
        """The listed seat with this number."""
        return next((seat for seat in self.hand.seats if seat.seat == number), None)


def hold(hand: Hand, digest: str, *, quiet: bool = False) -> HeldHand:
    """Replay a hand and hold it; keep the result, the replay is the costly part."""
    return HeldHand(digest=digest, hand=hand, figures=replay(hand), quiet=quiet)


def in_order(hands: Iterable[HeldHand]) -> tuple[HeldHand, ...]:
    """The hands of one game by start ticks; raises ValueError if two start at the same tick."""
    ordered = tuple(sorted(hands, key=lambda held: held.ticks))
    for before, after in pairwise(ordered):
        if before.ticks == after.ticks:
            raise ValueError(f"two hands start at {after.hand.start_ticks}: hold the one that won")
    return ordered
