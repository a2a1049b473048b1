"""What can follow from the hands of one game: the kinds of finding, and how one is named.

A finding is never stored as a fact of its own source: it is computed again whenever a hand is
recorded or revised. Its name therefore holds the digests of the hands it follows from, so that a
revision gives it another name and the old one can be voided.
"""

from typing import Any, ClassVar

import msgspec

from contracts.poker.replay import HandState


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all findings.

    `start_ticks` is the hand it stands at, `seat` its seat (0 = the whole table). `digests` are
    those of the hands it follows from, earlier first.
    """

    KIND: ClassVar[str] = ""

    game_id: str
    start_ticks: str
    seat: int
    digests: tuple[str, ...]

    @property
    def key(self) -> str:
        """What it is about; the same before and after a revision."""
        return f"{self.KIND}:{self.game_id}:{self.start_ticks}:{self.seat}"

    @property
    def name(self) -> str:
        """The key with the digests: the text to make a stable id from."""
        return ":".join((self.key, *self.digests))

    @property
    def who(self) -> str | None:
        """The name in the seat it is about, as typed; None for a whole table or an empty seat."""
        return getattr(self, "player", None)

    @property
    def detail(self) -> dict[str, Any]:
        """What it says, as JSON values: its fields without those that say where it stands."""
        said = {name: getattr(self, name) for name in self.__struct_fields__}
        return {
            name: msgspec.to_builtins(value)
            for name, value in said.items()
            if name not in Finding.__struct_fields__
        }


class StackCorrection(Finding, frozen=True, kw_only=True):
    """A player begins a hand with other chips than the one before ended with.

    `state` is of the hand before: after an unsettled one this may be its result, typed late.
    """

    KIND: ClassVar[str] = "stack_corrected"

    player: str
    old_chips: int
    new_chips: int
    state: HandState


class SeatChange(Finding, frozen=True, kw_only=True):
    """A seat has another name than in the hand before; None = not listed. `chips` at the start."""

    KIND: ClassVar[str] = "seat_changed"

    old_player: str | None
    new_player: str | None
    chips: int | None

    @property
    def who(self) -> str | None:
        """Who is there now."""
        return self.new_player


class Bust(Finding, frozen=True, kw_only=True):
    """A settled hand took a player's last chips; `rank` is the source's place, if it gives one."""

    KIND: ClassVar[str] = "player_busted"

    player: str
    player_hash: str
    start_stack: int
    rank: int | None


class Level(msgspec.Struct, frozen=True):
    """Blinds and ante of one hand, in chips."""

    small_blind: int
    big_blind: int
    ante: int


class LevelChange(Finding, frozen=True, kw_only=True):
    """A hand is played at another level than the one before."""

    KIND: ClassVar[str] = "blinds_changed"

    old: Level
    new: Level


class FirstSight(Finding, frozen=True, kw_only=True):
    """The first hand of the game that lists this identity."""

    KIND: ClassVar[str] = "identity_seen"

    player_hash: str
    player: str
    long_name: str


class AllIn(Finding, frozen=True, kw_only=True):
    """A live player is all in, or would be by answering an all-in (`to_call`).

    `live_players` counts the live seats, `hand_over` says whether the record is closed.
    """

    KIND: ClassVar[str] = "all_in_detected"

    player: str
    player_hash: str
    start_stack: int
    all_in: bool
    covered: bool
    at_risk: bool
    to_call: bool
    live_players: int
    hand_over: bool

    @property
    def name(self) -> str:
        """An open record closes without a new digest, and then it says something else."""
        return super().name if self.hand_over else f"{super().name}:open"


class HandTotalChange(Finding, frozen=True, kw_only=True):
    """The chips of all listed seats do not add up to the same before and after one hand."""

    KIND: ClassVar[str] = "hand_total_changed"

    old_total: int
    new_total: int


class TableTotalChange(Finding, frozen=True, kw_only=True):
    """The same players begin a hand with another total than the one before ended with."""

    KIND: ClassVar[str] = "table_total_changed"

    old_total: int
    new_total: int


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What a changed game no longer says, and what it newly says; each in its own order."""

    voided: tuple[Finding, ...]
    said: tuple[Finding, ...]
