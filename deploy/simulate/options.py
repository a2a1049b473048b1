"""What a simulated game is asked to be: its size, its blinds, and how often it misbehaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from deploy.simulate.people import PEOPLE, Person
from deploy.simulate.record import GameKind

FEATURE_TABLE = 1  # the tournament's number of the table that the PC stands at

HANDS_PER_GAME = 150  # real games end near it; keeps a file below a megabyte
MAX_HANDS_PER_GAME = 1_000  # about 5 MB, six times the largest file ever seen

# (small blind, big blind, smallest chip in play); the ante is the big blind.
LEVELS = (
    (100, 200, 100),
    (200, 300, 100),
    (200, 400, 100),
    (300, 500, 100),
    (400, 800, 100),
    (500, 1_000, 100),
    (600, 1_200, 100),
    (1_000, 1_500, 500),
    (1_000, 2_000, 500),
    (1_500, 2_500, 500),
    (1_500, 3_000, 500),
    (2_000, 4_000, 500),
    (3_000, 5_000, 1_000),
    (4_000, 8_000, 1_000),
    (5_000, 10_000, 1_000),
    (8_000, 16_000, 1_000),
    (10_000, 15_000, 5_000),
    (10_000, 20_000, 5_000),
    (15_000, 25_000, 5_000),
    (20_000, 40_000, 5_000),
    (30_000, 60_000, 5_000),
    (50_000, 100_000, 25_000),
    (75_000, 150_000, 25_000),
    (100_000, 200_000, 25_000),
    (150_000, 300_000, 25_000),
    (200_000, 400_000, 100_000),
    (300_000, 600_000, 100_000),
)


LEVEL_MINUTES = 40
LEVELS_PER_BREAK = 3


@dataclass(frozen=True, slots=True)
class Quirks:
    """How often things that no rule book knows happen; each a probability of its own occasion.

    The defaults are near what a week of real exports shows.
    """

    repeated_number: float = 0.15  # per break
    void: float = 0.003  # per hand
    edited: float = 0.002  # per hand
    correction: float = 0.05  # per gap between hands; one to three seats each
    dead_blinds: float = 0.8  # per hand in which the button or small blind would be an empty place
    mistyped: float = 0.15  # per person seated
    renamed: float = 0.004  # per hand
    open_last: float = 0.12  # per game
    unread_cards: float = 0.017  # per seat dealt in
    misread_card: float = 0.004  # per hand

    @classmethod
    def none(cls) -> "Quirks":
        """A careful operator: nothing injected."""
        return cls(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    @classmethod
    def rough(cls) -> "Quirks":
        """A bad day: every quirk often enough to meet it within a few games."""
        return cls(
            repeated_number=0.7,
            void=0.03,
            edited=0.03,
            correction=0.15,
            dead_blinds=0.9,
            mistyped=0.5,
            renamed=0.05,
            open_last=0.5,
            unread_cards=0.1,
            misread_card=0.05,
        )


class Floor(Protocol):
    """Who seats people at a table of a tournament; each has a name and chips."""

    def open(self, seats: Sequence[int]) -> Mapping[int, tuple[Person, int]]:
        """Who sits where when a game begins."""
        ...

    def sit(self, seat: int) -> tuple[Person, int] | None:
        """Somebody for a free seat; None when nobody is left elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class GameOptions:
    """One game at one table. `first_level` indexes LEVELS; None draws one from the seed.

    With a `floor` nobody comes but from there, and nobody comes back; without one the `people`
    come and go with stacks like those at the table.
    """

    hands: int = HANDS_PER_GAME
    kind: GameKind = "FEATURE_TABLE"
    seats: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8, 9)
    people: tuple[Person, ...] = PEOPLE
    first_level: int | None = None
    level_minutes: int = LEVEL_MINUTES
    levels_per_break: int = LEVELS_PER_BREAK
    refill: float = 0.08  # per hand and free seat; a final table is never refilled
    quirks: Quirks = field(default_factory=Quirks)
    floor: Floor | None = None

    def __post_init__(self) -> None:
        """Refuse a game that could not be played or would not end."""
        if not 1 <= self.hands <= MAX_HANDS_PER_GAME:
            raise ValueError(f"hands must be 1 to {MAX_HANDS_PER_GAME}, not {self.hands}")
        if not 2 <= len(set(self.seats)) == len(self.seats) <= 10:
            raise ValueError("a table has two to ten different seats")
        if not all(1 <= seat <= 10 for seat in self.seats):
            raise ValueError("seats are numbered 1 to 10")
        if len(self.people) <= len(self.seats):
            raise ValueError("there must be more people than seats")
