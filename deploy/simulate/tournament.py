"""A tournament round one table: the pure core of the simulated platform.

The feature table is played hand by hand (`table.play`); this module knows everybody else. It moves
people to free seats of the table (it is the table's `Floor`), follows its hands, lets the other
tables win and lose, and counts. A seed decides everything; no chip is made or lost.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from deploy.simulate.entrants import Entrant, entrants
from deploy.simulate.options import FEATURE_TABLE, LEVELS
from deploy.simulate.people import Person
from deploy.simulate.record import PlayedHand

PLAYERS = 560
ENTRIES = 640  # the rest entered twice
STARTING_CHIPS = 50_000
CHIPS = ENTRIES * STARTING_CHIPS
BUY_IN_CENTS = 110_000  # of which the prize pool gets
PRIZE_CENTS = 100_000
PAID = 96
# Where the demo begins: the next player but one is in the money, so that prizes are soon told.
LEFT_AT_START = 98
FIRST_LEVEL = 13  # of LEVELS; the average stack is 40 big blinds then
AVERAGE_BIG_BLINDS = 35  # about what fields have late; below it more players go out
OUT_SHARE = 0.3  # of those too many, how many go out elsewhere until the next count
TABLE_SEATS = (2, 3, 4, 5, 6, 7, 8, 9)
FINAL_SEATS = (1, *TABLE_SEATS)
STACK_SPREAD = 0.6  # of the stacks' logarithm when the demo begins
LEAST_STACK = 5  # smallest chips
POTS_PER_TABLE = 4  # that change a stack elsewhere between two counts
POT_SHARE = 0.35  # of the loser's stack, at most

# First and last place of a band, and what each place gets of the pool in 1/10,000; the winner takes
# what the others leave.
_BANDS = (
    *((2, 2, 1_160), (3, 3, 830), (4, 4, 610), (5, 5, 460), (6, 6, 350), (7, 7, 270)),
    *((8, 8, 210), (9, 9, 170), (10, 12, 125), (13, 15, 100), (16, 18, 85), (19, 27, 66)),
    *((28, 36, 53), (37, 45, 45), (46, 54, 39), (55, 72, 34), (73, PAID, 30)),
)


def _payouts() -> tuple[tuple[int, int, int], ...]:
    pool = ENTRIES * PRIZE_CENTS
    others = tuple((first, last, pool * share // 10_000) for first, last, share in _BANDS)
    rest = pool - sum((last - first + 1) * cents for first, last, cents in others)
    return ((1, 1, rest), *others)


# (first place, last place, cents of each place), from the first place on.
PAYOUTS = _payouts()


def prize_cents(place: int) -> int:
    """Prize of a place, 0 out of the money."""
    return next((cents for first, last, cents in PAYOUTS if first <= place <= last), 0)


@dataclass(slots=True)
class Player:
    """One of those who are still in when the demo begins; `place` is 0 until they are out."""

    entrant: Entrant
    chips: int
    table: int
    seat: int
    place: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A player at a count; `rank` by chips while in play, else the place."""

    entrant: Entrant
    rank: int
    chips: int
    table: int
    seat: int
    out: bool
    prize_cents: int


@dataclass(frozen=True, slots=True)
class Count:
    """The field at one moment, by rank. `at_ticks` are .NET ticks, `level` an index of LEVELS."""

    number: int
    at_ticks: int
    level: int
    remaining: int
    tables: int
    rows: tuple[Row, ...]


class Tournament:
    """The `number`-th tournament of a seed, in progress."""

    def __init__(self, seed: int, number: int, players: Sequence[Player], level: int) -> None:
        """`players` are those still in and those out since the demo began."""
        self.number = number
        self.players = list(players)
        self.level = level
        self.final = False
        self._people = {player.entrant.person: player for player in self.players}
        self._rng = Random(f"railcast-tournament:{seed}/{number}/{self.remaining}")  # noqa: S311 - a show to repeat, not a secret

    @classmethod
    def begin(cls, seed: int, number: int) -> "Tournament":
        """A tournament at the moment the demo comes in: late, a few players before the money."""
        rng = Random(f"railcast-field:{seed}/{number}")  # noqa: S311 - a show to repeat, not a secret
        chosen = rng.sample(entrants(seed, PLAYERS), LEFT_AT_START)
        chip = LEVELS[FIRST_LEVEL][2]
        weights = [rng.lognormvariate(0, STACK_SPREAD) for _ in chosen]
        stacks = [
            chip * max(LEAST_STACK, round(CHIPS / chip * weight / sum(weights)))
            for weight in weights
        ]
        stacks[stacks.index(max(stacks))] += CHIPS - sum(stacks)
        places = (
            (table, seat)
            for table in range(FEATURE_TABLE, FEATURE_TABLE + LEFT_AT_START)
            for seat in TABLE_SEATS
        )
        players = [
            Player(entrant, chips, *place)
            for entrant, chips, place in zip(chosen, stacks, places, strict=False)
        ]
        return cls(seed, number, players, FIRST_LEVEL)

    @property
    def in_play(self) -> list[Player]:
        """Everybody who still has chips."""
        return [player for player in self.players if not player.place]

    @property
    def remaining(self) -> int:
        """How many are in play."""
        return len(self.in_play)

    @property
    def over(self) -> bool:
        """One player has all chips."""
        return self.remaining == 1

    @property
    def final_due(self) -> bool:
        """Those left fit round one table, and do not sit there yet."""
        return not self.final and self.remaining <= len(FINAL_SEATS)

    def open(self, seats: Sequence[int]) -> Mapping[int, tuple[Person, int]]:
        """Who sits at the feature table with how many chips when a game begins there.

        Whoever sits there stays; free seats are filled. A final table seats everybody anew.
        """
        self.final = self.remaining <= len(FINAL_SEATS)
        if self.final:
            drawn = self._rng.sample(seats, self.remaining)
            for player, seat in zip(self.in_play, sorted(drawn), strict=True):
                player.table, player.seat = FEATURE_TABLE, seat
        taken = {player.seat for player in self.in_play if player.table == FEATURE_TABLE}
        for seat in seats:
            if seat not in taken:
                self.sit(seat)
        return {
            player.seat: (player.entrant.person, player.chips)
            for player in self.in_play
            if player.table == FEATURE_TABLE
        }

    def sit(self, seat: int) -> tuple[Person, int] | None:
        """Move somebody from another table to a seat of the feature table; None = nobody left."""
        elsewhere = self._elsewhere()
        if not elsewhere:
            return None
        player = self._rng.choice(elsewhere)
        player.table, player.seat = FEATURE_TABLE, seat
        return player.entrant.person, player.chips

    def follow(self, played: PlayedHand) -> None:
        """Take over what a hand of the feature table changed: stacks, who is out, the level.

        Of several out in one hand the larger stack before it has the better place.
        """
        account = played.account
        self.level = next(
            number
            for number, (small, big, _) in enumerate(LEVELS)
            if (small, big) == (played.blinds.small, played.blinds.big)
        )
        out = []
        for seat, person in account.people.items():
            player = self._people[person]
            if player.place:
                continue
            before, player.chips = player.chips, account.true_stacks[seat]
            if not player.chips:
                out.append((before, -seat, player))
        for *_, player in sorted(out, key=lambda each: each[:2]):
            player.place = self.remaining

    def play_elsewhere(self) -> None:
        """What happened at the other tables since the last count."""
        chip = LEVELS[self.level][2]
        for players in list(self._by_table()):
            for _ in range(POTS_PER_TABLE if len(players) > 1 else 0):
                loser, winner = self._rng.sample(players, 2)
                lost = round(loser.chips * self._rng.uniform(0, POT_SHARE) / chip) * chip
                loser.chips -= lost
                winner.chips += lost
        target = max(CHIPS // (AVERAGE_BIG_BLINDS * LEVELS[self.level][1]), len(FINAL_SEATS))
        surplus = self.remaining - target
        for _ in range(round(OUT_SHARE * surplus + self._rng.random()) if surplus > 0 else 0):
            self._lose_one()
        self._break_tables()

    def count(self, at_ticks: int) -> Count:
        """The field as it is; equal stacks share the better rank."""
        players = sorted(self.players, key=lambda player: (player.place, -player.chips))
        stacks = [player.chips for player in players]
        return Count(
            number=self.number,
            at_ticks=at_ticks,
            level=self.level,
            remaining=self.remaining,
            tables=len({player.table for player in self.in_play}),
            rows=tuple(self._row(player, stacks) for player in players),
        )

    def _row(self, player: Player, stacks: Sequence[int]) -> Row:
        rank = player.place or stacks.index(player.chips) + 1
        return Row(
            entrant=player.entrant,
            rank=rank,
            chips=player.chips,
            table=player.table,
            seat=player.seat,
            out=bool(player.place),
            prize_cents=prize_cents(rank) if player.place or self.over else 0,
        )

    def _elsewhere(self) -> list[Player]:
        return [player for player in self.in_play if player.table != FEATURE_TABLE]

    def _by_table(self) -> Iterator[list[Player]]:
        elsewhere = self._elsewhere()
        for table in sorted({player.table for player in elsewhere}):
            yield [player for player in elsewhere if player.table == table]

    def _lose_one(self) -> None:
        """One of the shortest stacks elsewhere goes to somebody else there."""
        elsewhere = sorted(self._elsewhere(), key=lambda player: player.chips)
        if len(elsewhere) < 2:
            return
        loser = self._rng.choice(elsewhere[: max(1, len(elsewhere) // 5)])
        others = [player for player in elsewhere if player is not loser]
        near = [player for player in others if player.table == loser.table]
        self._rng.choice(near or others).chips += loser.chips
        loser.chips, loser.place = 0, self.remaining

    def _break_tables(self) -> None:
        """Seat the people of the last tables at free seats of the others."""
        elsewhere = self._elsewhere()
        needed = -(-len(elsewhere) // len(TABLE_SEATS))
        last = FEATURE_TABLE + needed
        taken = {(player.table, player.seat) for player in elsewhere}
        free = [
            (table, seat)
            for table in range(FEATURE_TABLE + 1, last + 1)
            for seat in TABLE_SEATS
            if (table, seat) not in taken
        ]
        for player in elsewhere:
            if player.table > last:
                player.table, player.seat = free.pop(0)
