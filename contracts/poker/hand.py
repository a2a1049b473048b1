"""One hand record as a PokerGFX export tells it, in our names and units.

Chips are integers, `start_ticks` and ids are decimal strings (they exceed 2^53), durations are
ticks of 100 ns. Texts of the source are kept as they came.
"""

import msgspec


class Blinds(msgspec.Struct, frozen=True, kw_only=True):
    """Blinds of one hand: amounts in chips, seats 0 when the source names none."""

    small_blind: int
    big_blind: int
    ante: int
    ante_type: str = ""
    button_seat: int = 0
    small_blind_seat: int = 0
    big_blind_seat: int = 0


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One listed seat of one hand. Percentages are the source's own and opaque (some pass 100)."""

    seat: int
    name: str
    long_name: str = ""
    start_stack: int
    end_stack: int
    sitting_out: bool = False
    hole_cards: tuple[str, ...] = ()
    cumulative_winnings: int = 0
    elimination_rank: int = -1
    vpip_percent: int = 0
    pfr_percent: int = 0
    aggression_percent: int = 0
    showdown_percent: int = 0

    @property
    def dealt_in(self) -> bool:
        """Whether this seat takes part: it does not sit out and has chips."""
        return not self.sitting_out and self.start_stack > 0


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the source's event list, in its order.

    `kind` is the source's word (FOLD, CHECK, CALL, BET, ALL IN, BOARD CARD). `amount` is the seat's
    total for the street, `pot` the pot before the action (0 for folds and board cards).
    """

    kind: str
    seat: int = 0
    amount: int = 0
    pot: int = 0
    card: str | None = None


class Hand(msgspec.Struct, frozen=True, kw_only=True):
    """One hand record. `start_utc` keeps the source's seven digits."""

    hand_num: int
    start_utc: str
    start_ticks: str
    duration_ticks: int
    variant: str = "HOLDEM"
    bet_structure: str = "NOLIMIT"
    recording_offset: str = ""
    blinds: Blinds
    seats: tuple[Seat, ...]
    actions: tuple[Action, ...]

    @property
    def board(self) -> tuple[str, ...]:
        """The board cards in the order they came."""
        return tuple(a.card for a in self.actions if a.kind == "BOARD CARD" and a.card)
