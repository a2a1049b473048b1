"""What is exported: one hand with its place in a game, and the reason why one cannot be."""

import msgspec

from contracts.poker.hand import Hand


class Unexportable(ValueError):
    """A hand that a format cannot tell without saying something else than its record."""


class HandRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One hand and where it stands. `ordinal` counts a game's hands from 0 by start ticks.

    `absent` says that the game's highest-ranked file lacks this hand, `incomplete` that a later
    event of the game was set aside, `revised` how often the content was replaced.
    """

    game_id: str
    table: str
    ordinal: int
    hand: Hand
    digest: str = ""
    revised: int = 0
    absent: bool = False
    incomplete: bool = False
