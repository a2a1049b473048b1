"""The seeded game core: `play` yields hand after hand of one game, with the true account of each.

Pure: the seed decides everything, time is counted in ticks from the game's creation, and nothing
is read or written. Hands are played by `betting`, people move in `seating`, and this module keeps
the clock, the levels, the hand numbers and the operator's slips.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from deploy.simulate.betting import Deal, Hand, awards, best_seats, uncalled
from deploy.simulate.cards import DECK, hole_text
from deploy.simulate.options import LEVELS, GameOptions
from deploy.simulate.record import (
    TICKS_PER_SECOND,
    Account,
    Blinds,
    PlayedHand,
    Quirk,
    SeatRow,
    State,
)
from deploy.simulate.seating import Room, clockwise, next_blinds, tally_hand
from deploy.simulate.strategy import chooser

MINUTE_TICKS = 60 * TICKS_PER_SECOND
SECONDS_PER_EVENT = 7.5  # of a hand, at the median
HAND_SECONDS = (6.0, 2_100.0)  # shortest and longest hand
GAP_SECONDS = (34.0, 0.28, 3.6)  # between hands: median, spread of its logarithm, least
BREAK_MINUTES = (10.0, 25.0)
OPEN_SECONDS = (6.0, 800.0)  # how long a last hand that is never played stays open
VOID_ACTIONS = 3  # at most, before a hand is called off


def play(seed: int | str, options: GameOptions | None = None) -> Iterator[PlayedHand]:
    """The hands of one game, at most `options.hands`; a final table ends when one player is left.

    The same seed and options give the same hands on every machine.
    """
    rng = Random(f"railcast-table:{seed}")  # noqa: S311 - a game to repeat, not a secret
    table = _Table(options or GameOptions(), rng)
    while not table.over:
        yield table.next_hand()


@dataclass(slots=True)
class _Outcome:
    """How a hand ended: what the record shows, and what is true."""

    state: State
    shown: dict[int, int]  # End stacks of the record
    true: dict[int, int]
    net: dict[int, int]  # winnings of the hand, from the cards
    collected: dict[int, int] = field(default_factory=dict)
    quirks: set[Quirk] = field(default_factory=set)
    duration_ticks: int = 0


class _Table:
    """One game in progress."""

    def __init__(self, options: GameOptions, rng: Random) -> None:
        self.options = options
        self.rng = rng
        self.ordinal = 0
        self.number = 1
        self.clock = self._ticks(rng.uniform(60, 900))  # the PC is set up before the first deal
        self.breaks = 0
        given = options.first_level
        self.first_level = rng.randrange(len(LEVELS) - 6) if given is None else given
        self.open_at_end = rng.random() < options.quirks.open_last
        self.room = Room(options, rng)
        small, big, chip = self._level()
        self.room.open(big, chip)
        order = clockwise(self.room.live, rng.choice(options.seats))
        heads_up = len(order) == 2
        self.blinds = Blinds(
            small, big, big, order[-1], order[-1 if heads_up else 0], order[0 if heads_up else 1]
        )
        self.last_rows: tuple[SeatRow, ...] = ()
        self.gap_quirks: set[Quirk] = set()

    @property
    def over(self) -> bool:
        """No hand is left to play."""
        return self.ordinal >= self.options.hands or len(self.room.live) < 2

    def next_hand(self) -> PlayedHand:
        """Play one hand and everything that happens before the next."""
        deal = self._deal()
        opening = tuple(
            self.room.chairs[seat].row(self.room.chairs[seat].stack)
            for seat in sorted(self.room.chairs)
        )
        if self.open_at_end and self.ordinal == self.options.hands - 1:
            played = self._leave_open(deal, opening)
        else:
            played = self._play(deal, opening)
        self.ordinal += 1
        self.last_rows = played.seats
        return played

    def _level(self) -> tuple[int, int, int]:
        passed = self.clock // (self.options.level_minutes * MINUTE_TICKS)
        return LEVELS[min(self.first_level + passed, len(LEVELS) - 1)]

    def _ticks(self, seconds: float) -> int:
        return int(seconds * 1_000_000) * 10 + self.rng.randrange(10)

    def _deal(self) -> Deal:
        order = clockwise(self.room.live, self.blinds.button_seat)
        cards = self.rng.sample(DECK, 2 * len(order) + 5)
        hole = {seat: (cards[2 * i], cards[2 * i + 1]) for i, seat in enumerate(order)}
        stacks = {seat: self.room.chairs[seat].stack for seat in order}
        return Deal(self.blinds, stacks, hole, cards[-5:], self._level()[2])

    def _play(self, deal: Deal, opening: tuple[SeatRow, ...]) -> PlayedHand:
        rng, quirks = self.rng, self.options.quirks
        limit = rng.randint(1, VOID_ACTIONS) if rng.random() < quirks.void else None
        hand = Hand(deal, chooser(rng, deal.chip), limit)
        hand.play()
        seconds = SECONDS_PER_EVENT * (len(hand.events) + 1) * rng.lognormvariate(0, 0.45)
        duration = self._ticks(min(max(seconds, HAND_SECONDS[0]), HAND_SECONDS[1]))
        rest = self._rest(self.clock + duration)
        outcome = self._settle(hand, before_break=rest > BREAK_MINUTES[0] * MINUTE_TICKS)
        showdown = hand.live if len(hand.board) == 5 and len(hand.live) > 1 else []
        hole = self._hole_texts(hand, set(showdown), outcome.quirks)
        outcome.duration_ticks = duration
        self._book(hand, outcome, showdown)
        rows = tuple(
            self.room.chairs[row.seat].row(
                outcome.shown[row.seat], hole.get(row.seat, ""), row.start_stack
            )
            for row in opening
        )
        played = self._played(hand, rows, opening, outcome)
        self._move_on(played, outcome, rest)
        return played

    def _rest(self, end: int) -> int:
        """Ticks until the next deal: a gap, or a break when one has come due."""
        due = end // (self.options.level_minutes * self.options.levels_per_break * MINUTE_TICKS)
        if due > self.breaks:
            self.breaks = due
            return self._ticks(60 * self.rng.uniform(*BREAK_MINUTES)) + TICKS_PER_SECOND
        median, spread, least = GAP_SECONDS
        return self._ticks(max(least, median * self.rng.lognormvariate(0, spread)))

    def _settle(self, hand: Hand, *, before_break: bool) -> _Outcome:
        """The truth by the cards, then what the operator made of it."""
        start = {seat: chair.stack for seat, chair in self.room.chairs.items()}
        if hand.stopped:
            return _Outcome("unsettled", start, start, dict.fromkeys(start, 0), {}, {Quirk.VOID})
        won = awards(hand)
        excess, owner = uncalled(hand.put)
        true = dict(start)
        for seat, left in hand.left.items():
            true[seat] = left + won.get(seat, 0) + (excess if seat == owner else 0)
        net = {seat: true[seat] - start[seat] for seat in start}
        if true == start:
            return _Outcome("unsettled", start, true, net)
        final_bust = self.options.kind == "FINAL_TABLE" and not all(
            true[seat] for seat in hand.left
        )
        draw, quirks = self.rng.random(), self.options.quirks
        if before_break and not final_bust and draw < quirks.repeated_number:
            return _Outcome("unsettled", start, true, net, {}, {Quirk.REPEATED_NUMBER})
        if not before_break and draw < quirks.edited:
            seat = self.rng.choice([seat for seat in hand.live if true[seat]])
            # A folded seat that has other chips is what tells a typed stack from a played one.
            folded = [other for other in hand.left if other not in hand.live]
            if self.room.miscount(true, seat, folded, hand.deal.chip):
                return _Outcome("edited", true, true, net, {}, {Quirk.EDITED})
        return _Outcome("settled", true, true, net, won)

    def _hole_texts(self, hand: Hand, shown: set[int], done: set[Quirk]) -> dict[int, str]:
        """Hole cards as the table reads them: some unread, rarely one wrong, never at showdown."""
        rng, quirks = self.rng, self.options.quirks
        held = dict(hand.deal.hole)
        hidden = [seat for seat in held if seat not in shown]
        if hidden and rng.random() < quirks.misread_card:
            seat = rng.choice(hidden)
            other = rng.choice([cards for owner, cards in held.items() if owner != seat])
            held[seat] = (other[0], held[seat][1])
            done.add(Quirk.MISREAD_CARD)
        texts = {seat: hole_text(cards) for seat, cards in held.items()}
        for seat in hidden:
            if Quirk.MISREAD_CARD not in done and rng.random() < quirks.unread_cards:
                texts[seat] = ""
                done.add(Quirk.UNREAD_CARDS)
        return texts

    def _book(self, hand: Hand, outcome: _Outcome, showdown: list[int]) -> None:
        """Enter winnings, running percents and, at a final table, the places of who went out."""
        chairs = self.room.chairs
        for seat, net in outcome.net.items():
            chairs[seat].winnings += net
        tally_hand(chairs, hand, showdown)
        if self.options.kind == "FINAL_TABLE":
            out = [seat for seat in hand.left if not outcome.shown[seat]]
            out.sort(key=lambda seat: (-chairs[seat].stack, seat))
            place = sum(1 for seat in hand.left if outcome.shown[seat]) + 1
            for seat in out:
                chairs[seat].rank = place
                place += 1

    def _move_on(self, played: PlayedHand, outcome: _Outcome, rest: int) -> None:
        """The gap before the next hand: stacks, people, clock, number, level, positions."""
        self.clock += played.duration_ticks + rest
        small, big, chip = self._level()
        for seat, stack in outcome.true.items():
            self.room.chairs[seat].stack = stack
        repeated = Quirk.REPEATED_NUMBER in outcome.quirks
        if repeated:
            self._type_stacks(chip)
        self.number += not repeated
        void = Quirk.VOID in outcome.quirks
        self.gap_quirks = set() if void else self.room.between_hands(chip)
        live = self.room.live
        if len(live) < 2:
            return
        last = self.blinds
        seats = (last.button_seat, last.small_seat, last.big_seat)
        if not void:
            dead = self.rng.random() < self.options.quirks.dead_blinds
            seats = next_blinds(live, last, dead=dead)
        self.blinds = Blinds(small, big, big, *seats)

    def _type_stacks(self, chip: int) -> None:
        """After a break the operator types counted stacks, every second one rounded.

        In a tournament others count as well, and nobody rounds.
        """
        if self.options.floor is not None:
            return
        for chair in self.room.chairs.values():
            if chair.stack > 20 * chip and self.rng.random() < 0.5:
                chair.stack = round(chair.stack / (10 * chip)) * 10 * chip

    def _leave_open(self, deal: Deal, opening: tuple[SeatRow, ...]) -> PlayedHand:
        """The last record of a file whose hand was opened and never played."""
        hand = Hand(deal, chooser(self.rng, deal.chip))
        hand.post()
        start = {row.seat: row.start_stack for row in opening}
        outcome = _Outcome("unsettled", start, start, {}, {}, {Quirk.OPEN})
        outcome.duration_ticks = self._ticks(self.rng.uniform(*OPEN_SECONDS))
        return self._played(hand, opening, opening, outcome)

    def _played(
        self,
        hand: Hand,
        rows: tuple[SeatRow, ...],
        opening: tuple[SeatRow, ...],
        outcome: _Outcome,
    ) -> PlayedHand:
        return PlayedHand(
            ordinal=self.ordinal,
            hand_num=self.number,
            start_ticks=self.clock,
            duration_ticks=outcome.duration_ticks,
            blinds=self.blinds,
            seats=rows,
            events=tuple(hand.events),
            opening=opening,
            account=self._account(hand, outcome, opening),
        )

    def _account(self, hand: Hand, outcome: _Outcome, opening: tuple[SeatRow, ...]) -> Account:
        excess, owner = uncalled(hand.put)
        showdown = len(hand.board) == 5 and len(hand.live) > 1
        big = self.blinds.big_seat
        before = {(row.seat, row.name): row.end_stack for row in self.last_rows}
        here = ((row, before.get((row.seat, row.name))) for row in opening)
        quirks = outcome.quirks | self.gap_quirks
        if self.blinds.button_seat not in hand.left:
            quirks.add(Quirk.DEAD_BUTTON)
        if self.blinds.small_seat not in hand.left:
            quirks.add(Quirk.DEAD_SMALL_BLIND)
        return Account(
            pot_total=hand.pot,
            uncalled=excess,
            uncalled_seat=owner,
            collected=outcome.collected,
            contributions={
                seat: chips + (hand.ante if seat == big else 0) for seat, chips in hand.put.items()
            },
            state=outcome.state,
            true_stacks=dict(outcome.true),
            live_seats=tuple(sorted(hand.live)),
            showdown=showdown,
            best_seats=tuple(sorted(best_seats(hand, hand.live))) if showdown else (),
            corrected={
                row.seat: (end, row.start_stack)
                for row, end in here
                if end is not None and end != row.start_stack
            },
            quirks=frozenset(quirks),
            people={seat: chair.person for seat, chair in self.room.chairs.items()},
        )
