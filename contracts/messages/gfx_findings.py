"""What follows from the hands of a game, said once so that other services can act on it.

A read model never folds these: it computes the same findings from the hands. `finding_id` is a
UUID of the finding's name, which holds the digests of the hands it follows from; when one of them
is revised, the finding that no longer holds is voided under its id.
"""

from typing import ClassVar

from contracts.messages import Event, MessageType
from contracts.poker import findings


class Voided(Event, frozen=True, kw_only=True):
    """A finding said before no longer follows from the hands; at which hand and seat it stood."""

    game_id: str
    finding_id: str
    start_ticks: str
    seat: int


class StackCorrected(Event, frozen=True, kw_only=True):
    """A player begins a hand with other chips than the one before ended with."""

    TYPE: ClassVar = MessageType("gfx", "game", "stack_corrected", "game_id")
    game_id: str
    finding_id: str
    finding: findings.StackCorrection


class StackCorrectedVoided(Voided, frozen=True, kw_only=True):
    """A `stack_corrected` no longer holds."""

    TYPE: ClassVar = MessageType("gfx", "game", "stack_corrected_voided", "game_id")


class SeatChanged(Event, frozen=True, kw_only=True):
    """A seat has another name than in the hand before."""

    TYPE: ClassVar = MessageType("gfx", "game", "seat_changed", "game_id")
    game_id: str
    finding_id: str
    finding: findings.SeatChange


class SeatChangedVoided(Voided, frozen=True, kw_only=True):
    """A `seat_changed` no longer holds."""

    TYPE: ClassVar = MessageType("gfx", "game", "seat_changed_voided", "game_id")


class PlayerBusted(Event, frozen=True, kw_only=True):
    """A settled hand took a player's last chips."""

    TYPE: ClassVar = MessageType("gfx", "game", "player_busted", "game_id")
    game_id: str
    finding_id: str
    finding: findings.Bust


class PlayerBustedVoided(Voided, frozen=True, kw_only=True):
    """A `player_busted` no longer holds."""

    TYPE: ClassVar = MessageType("gfx", "game", "player_busted_voided", "game_id")


class BlindsChanged(Event, frozen=True, kw_only=True):
    """A hand is played at another level than the one before."""

    TYPE: ClassVar = MessageType("gfx", "game", "blinds_changed", "game_id")
    game_id: str
    finding_id: str
    finding: findings.LevelChange


class BlindsChangedVoided(Voided, frozen=True, kw_only=True):
    """A `blinds_changed` no longer holds."""

    TYPE: ClassVar = MessageType("gfx", "game", "blinds_changed_voided", "game_id")


class IdentitySeen(Event, frozen=True, kw_only=True):
    """A game lists two names together for the first time."""

    TYPE: ClassVar = MessageType("gfx", "game", "identity_seen", "game_id")
    game_id: str
    finding_id: str
    finding: findings.FirstSight


class IdentitySeenVoided(Voided, frozen=True, kw_only=True):
    """A `identity_seen` no longer holds."""

    TYPE: ClassVar = MessageType("gfx", "game", "identity_seen_voided", "game_id")


class AllInDetected(Event, frozen=True, kw_only=True):
    """A live player is all in, or would be by answering an all-in."""

    TYPE: ClassVar = MessageType("gfx", "game", "all_in_detected", "game_id")
    game_id: str
    finding_id: str
    finding: findings.AllIn


class AllInDetectedVoided(Voided, frozen=True, kw_only=True):
    """A `all_in_detected` no longer holds."""

    TYPE: ClassVar = MessageType("gfx", "game", "all_in_detected_voided", "game_id")
