"""Who sits where between hands: chairs, newcomers, busts, typed stacks, button and blinds."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from deploy.simulate.betting import Hand
from deploy.simulate.options import GameOptions
from deploy.simulate.people import Person, mistyped, typed_rightly
from deploy.simulate.record import Blinds, EventKind, GameKind, Quirk, SeatRow

# What becomes of a busted seat before the next record: the rest stay listed as not sitting out.
SEAT_GONE = 0.4
SEAT_SITTING_OUT = 0.53
LATER_GONE = 0.1  # per hand, of a seat that sat out so far

# Average stack when a game begins, in big blinds; a final table is shallow and ends within a file.
STARTING_BIG_BLINDS: dict[GameKind, tuple[float, float]] = {
    "FEATURE_TABLE": (35, 110),
    "FINAL_TABLE": (12, 35),
}

CORRECTED_SEATS = (1, 1, 1, 2, 2, 3)
CORRECTION_CHIPS = (1, 1, 1, 2, 2, 5, 10, 100)  # in smallest chips; the last is a miscounted stack


@dataclass(slots=True)
class Tally:
    """Counts since the game began, from which the PC's running percents are made."""

    dealt: int = 0
    voluntary: int = 0
    raised: int = 0
    aggressive: int = 0
    called: int = 0
    flops: int = 0  # seen with chips left
    showdowns: int = 0


@dataclass(slots=True)
class Chair:
    """One listed seat and the person in it."""

    seat: int
    person: Person
    name: str
    long_name: str
    stack: int
    winnings: int = 0
    rank: int = -1
    sitting_out: bool = False
    tally: Tally = field(default_factory=Tally)

    def row(self, end_stack: int, hole: str = "", start_stack: int | None = None) -> SeatRow:
        """The exported row; the start is the present stack unless given."""
        tally = self.tally
        return SeatRow(
            seat=self.seat,
            name=self.name,
            long_name=self.long_name,
            start_stack=self.stack if start_stack is None else start_stack,
            end_stack=end_stack,
            winnings=self.winnings,
            sitting_out=self.sitting_out,
            elimination_rank=self.rank,
            hole=hole,
            vpip=_percent(tally.voluntary, tally.dealt),
            pfr=_percent(tally.raised, tally.dealt),
            aggression=_percent(tally.aggressive, tally.aggressive + tally.called),
            # All-in showdowns have no flop seen with chips: the real field passes 100 likewise.
            went_to_showdown=_percent(tally.showdowns, tally.flops),
        )


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0


def tally_hand(chairs: dict[int, Chair], hand: Hand, showdown: Sequence[int]) -> None:
    """Add a hand's actions to the running counts of everyone dealt in."""
    voluntary, raised, highest, cards = set(), set(), hand.deal.blinds.big, 0
    for event in hand.events:
        if event.kind is EventKind.BOARD_CARD:
            cards += 1
            highest = 0 if cards != 2 and cards != 3 else highest
            continue
        if event.kind in (EventKind.FOLD, EventKind.CHECK):
            continue
        higher = event.amount > highest
        highest = max(highest, event.amount)
        tally = chairs[event.seat].tally
        if cards:
            tally.aggressive += higher
            tally.called += not higher
        else:
            voluntary.add(event.seat)
            if higher:
                raised.add(event.seat)
    for seat in hand.left:
        tally = chairs[seat].tally
        tally.dealt += 1
        tally.voluntary += seat in voluntary
        tally.raised += seat in raised
        tally.flops += cards >= 3 and seat in hand.saw_flop
        tally.showdowns += seat in showdown


@dataclass(slots=True)
class Room:
    """The chairs of one table and the people who wait for one."""

    options: GameOptions
    rng: Random
    chairs: dict[int, Chair] = field(default_factory=dict)
    waiting: deque[Person] = field(default_factory=deque)
    prior_busts: set[int] = field(default_factory=set)  # seats already seen at zero

    @property
    def live(self) -> list[int]:
        """Seats with chips, ascending."""
        return sorted(seat for seat, chair in self.chairs.items() if chair.stack)

    def open(self, big: int, chip: int) -> None:
        """Fill every seat with a person and some dozen big blinds, or as the floor says."""
        if self.options.floor is not None:
            for seat, (person, chips) in self.options.floor.open(self.options.seats).items():
                self._take_chair(seat, person, chips)
            return
        self.waiting.extend(self.rng.sample(self.options.people, len(self.options.people)))
        depth = self.rng.uniform(*STARTING_BIG_BLINDS[self.options.kind])
        for seat in self.options.seats:
            self._sit(seat, depth * big, chip)

    def _sit(self, seat: int, stack: float, chip: int) -> None:
        """Seat whoever waits longest, with about as many chips as given."""
        person = self.waiting.popleft()
        self._leave(seat)
        self._take_chair(seat, person, 0)
        chips = max(5, round(stack * self.rng.lognormvariate(0, 0.5) / chip)) * chip
        self.chairs[seat].stack = chips

    def _leave(self, seat: int) -> None:
        """Free a chair; without a floor its person comes back some time."""
        leaver = self.chairs.pop(seat, None)
        if leaver is not None and self.options.floor is None:
            self.waiting.append(leaver.person)
        self.prior_busts.discard(seat)

    def _take_chair(self, seat: int, person: Person, chips: int) -> None:
        badly = self.rng.random() < self.options.quirks.mistyped
        name, long_name = mistyped(person, self.rng) if badly else typed_rightly(person)
        self.chairs[seat] = Chair(seat, person, name, long_name, chips)

    def between_hands(self, chip: int) -> set[Quirk]:
        """Everything people do in the gap before the next deal; the quirks among it."""
        final = self.options.kind == "FINAL_TABLE"
        self._clear_busts(final=final)
        if not final:
            self._refill(chip)
        done = set()
        if self.rng.random() < self.options.quirks.correction:
            done |= self._correct(chip)
        if self.rng.random() < self.options.quirks.renamed:
            done |= self._rename()
        return done

    def _clear_busts(self, *, final: bool) -> None:
        for seat, chair in list(self.chairs.items()):
            if chair.stack:
                continue
            draw = self.rng.random()
            first = seat not in self.prior_busts
            gone = draw < (SEAT_GONE if first else LATER_GONE)
            if gone and not final:
                self._leave(seat)
                continue
            self.prior_busts.add(seat)
            if not first or draw < SEAT_GONE + SEAT_SITTING_OUT:
                chair.sitting_out = True

    def _refill(self, chip: int) -> None:
        live = self.live
        average = sum(self.chairs[seat].stack for seat in live) / len(live)
        for seat in self.options.seats:
            free = seat not in self.chairs or not self.chairs[seat].stack
            short = len(self.live) < 3  # a feature table is never left to two players for long
            if free and (short or self.rng.random() < self.options.refill):
                self._fill(seat, average, chip)

    def _fill(self, seat: int, stack: float, chip: int) -> None:
        if self.options.floor is None:
            self._sit(seat, stack, chip)
        elif (arrival := self.options.floor.sit(seat)) is not None:
            self._leave(seat)
            self._take_chair(seat, *arrival)

    def _correct(self, chip: int) -> set[Quirk]:
        live = self.live
        count = min(self.rng.choice(CORRECTED_SEATS), len(live))
        for seat in self.rng.sample(live, count):
            stacks = {seat: self.chairs[seat].stack for seat in live}
            self.miscount(stacks, seat, [other for other in live if other != seat], chip)
            for other, stack in stacks.items():
                self.chairs[other].stack = stack
        return {Quirk.CORRECTION}

    def miscount(self, stacks: dict[int, int], seat: int, others: Sequence[int], chip: int) -> bool:
        """Change a stack by a counting error; whether that was done.

        A tournament has no more chips than it sold: with a floor the largest stack of `others` has
        the difference, and nothing happens where none is large enough.
        """
        error = self.slip(stacks[seat], chip)
        if self.options.floor is not None:
            other = max(others, key=lambda each: stacks[each], default=seat)
            if other == seat or stacks[other] <= error:
                return False
            stacks[other] -= error
        stacks[seat] += error
        return True

    def slip(self, stack: int, chip: int) -> int:
        """A counting error, never zero and never the whole stack."""
        error = self.rng.choice(CORRECTION_CHIPS) * chip
        return -error if error < stack and self.rng.random() < 0.5 else error

    def _rename(self) -> set[Quirk]:
        chair = self.chairs[self.rng.choice(self.live)]
        chair.name, chair.long_name = (
            mistyped(chair.person, self.rng)
            if (chair.name, chair.long_name) == typed_rightly(chair.person)
            else typed_rightly(chair.person)
        )
        return {Quirk.RENAMED}


def clockwise(seats: Iterable[int], after: int) -> list[int]:
    """The seats in dealing order, the first left of `after` first, `after` itself last."""
    return sorted(seats, key=lambda seat: (seat <= after, seat))


def next_blinds(live: Sequence[int], last: Blinds, *, dead: bool) -> tuple[int, int, int]:
    """(button, small blind, big blind) seats of the hand after `last`.

    The big blind always moves on to the next player. With `dead` the small blind and the button
    follow to where the big and the small blind were, even where nobody sits any more; without it
    the operator moves them to the nearest players instead.
    """
    order = clockwise(live, last.big_seat)
    big = order[0]
    if len(order) == 2:
        return order[1], order[1], big
    button, small = last.small_seat, last.big_seat
    between = set(clockwise(live, button)[:-1]) & set(_gap(button, small))
    distinct = len({button, small, big}) == 3
    if dead and distinct and not between and button not in _gap(small, big):
        return button, small, big
    return order[-2], order[-1], big


def _gap(first: int, last: int) -> list[int]:
    """Seat numbers strictly between two seats, clockwise round ten seats."""
    span = (last - first) % 10
    return [(first + step - 1) % 10 + 1 for step in range(1, span)]
