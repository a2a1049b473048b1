"""What one simulated hand is: the record the PC exports and, apart from it, the true account.

The two are made from different places: the record by what an operator's PC would list, the account
by the simulator's own chip counting. A reader that replays the exported record can therefore be
checked against the account. All amounts are chips, all times .NET ticks (100 ns).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from deploy.simulate.people import Person

TICKS_PER_SECOND = 10_000_000

type GameKind = Literal["FEATURE_TABLE", "FINAL_TABLE"]
type State = Literal["settled", "unsettled", "edited"]


class EventKind(StrEnum):
    """The six event texts a PC of this version writes."""

    FOLD = "FOLD"
    CHECK = "CHECK"
    CALL = "CALL"
    BET = "BET"
    ALL_IN = "ALL IN"
    BOARD_CARD = "BOARD CARD"


class Quirk(StrEnum):
    """What was injected into a hand, or into the gap before it."""

    REPEATED_NUMBER = "repeated_number"  # unsettled before a break; the next hand has its number
    VOID = "void"  # stopped after a few actions, no chips moved
    OPEN = "open"  # opened and never played: no events
    EDITED = "edited"  # next stacks typed while the hand was still open
    CORRECTION = "correction"  # a stack typed anew in the gap before
    RENAMED = "renamed"  # a person's name typed anew in the gap before
    DEAD_BUTTON = "dead_button"
    DEAD_SMALL_BLIND = "dead_small_blind"
    UNREAD_CARDS = "unread_cards"  # somebody's hole cards are unknown
    MISREAD_CARD = "misread_card"  # one card is listed twice


@dataclass(frozen=True, slots=True)
class Blinds:
    """Amounts and seats of the forced bets; the ante equals the big blind, its poster pays it."""

    small: int
    big: int
    ante: int
    button_seat: int
    small_seat: int
    big_seat: int


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One listed seat as exported; percents are running values since the game began."""

    seat: int
    name: str
    long_name: str
    start_stack: int
    end_stack: int
    winnings: int
    sitting_out: bool
    elimination_rank: int
    hole: str
    vpip: int
    pfr: int
    aggression: int
    went_to_showdown: int


@dataclass(frozen=True, slots=True)
class Event:
    """One exported event; `amount` is the seat's street total, `pot` what lay before it."""

    kind: EventKind
    seat: int = 0
    amount: int = 0
    pot: int = 0
    card: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """The simulator's own counting of a hand, made without reading the exported record.

    `state` is what the record's stacks can show: a pot split back to exactly what each had put in
    reads `unsettled`, because nothing tells it from one. `collected` (seat to chips from the pots,
    without what was returned uncalled) is empty unless settled. `true_stacks` are the chips that
    really stand before each listed seat after the hand, and `people` who really sits there,
    whatever the record says. `corrected` maps a seat whose name did not change to (End before,
    Start now) where the two differ.
    """

    pot_total: int
    uncalled: int
    uncalled_seat: int | None
    collected: dict[int, int]
    contributions: dict[int, int]  # ante included
    state: State
    true_stacks: dict[int, int]
    live_seats: tuple[int, ...]
    showdown: bool
    best_seats: tuple[int, ...]  # of a showdown, by the cards really held
    corrected: dict[int, tuple[int, int]]
    quirks: frozenset[Quirk]
    people: dict[int, Person]

    @property
    def pot_called(self) -> int:
        """The pot without what came back uncalled."""
        return self.pot_total - self.uncalled

    @property
    def winners(self) -> tuple[int, ...]:
        """Seats that collected something, ascending; empty unless settled."""
        return tuple(sorted(self.collected))


@dataclass(frozen=True, slots=True)
class PlayedHand:
    """One hand: exported fields, then the account. Times count from the game's creation.

    `opening` holds the seat rows as they stand while the hand is open and nothing happened yet.
    """

    ordinal: int
    hand_num: int
    start_ticks: int
    duration_ticks: int
    blinds: Blinds
    seats: tuple[SeatRow, ...]
    events: tuple[Event, ...]
    opening: tuple[SeatRow, ...]
    account: Account
