"""One hand of no-limit hold'em with a big-blind ante: posts, legal actions, pots, awards.

Rules played: the big blind posts blind first, then ante; the ante is dead; a call is never less
than the big blind; a raise is at least the last full raise; an all-in below that does not reopen
the betting for a seat that has acted; side pots by stack; odd chips one by one clockwise from the
button in the smallest chip in play. Seats that cannot answer do not bet.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from deploy.simulate.cards import card_text, strength
from deploy.simulate.record import Blinds, Event, EventKind

STREET_CARDS = (0, 3, 1, 1)


@dataclass(frozen=True, slots=True)
class Deal:
    """What a hand starts from: `stacks` of the dealt seats in clockwise order from the button."""

    blinds: Blinds
    stacks: Mapping[int, int]
    hole: Mapping[int, tuple[int, int]]
    board: Sequence[int]
    chip: int  # smallest chip in play


@dataclass(frozen=True, slots=True)
class View:
    """What a seat sees when it is its turn; amounts `*_to` are street totals."""

    seat: int
    hole: tuple[int, int]
    board: Sequence[int]
    pot: int
    facing: int  # street total to match
    committed: int  # own street total
    stack: int
    raise_to: int | None  # least legal raise; None when the seat may not raise
    big: int
    raises: int  # bets and raises so far on this street


# Answers the wished street total: less than what faces the seat is a check or a fold.
type Choose = Callable[[View], int]


@dataclass(slots=True)
class Hand:
    """A hand in progress; `play` runs it to its end or to `action_limit` actions."""

    deal: Deal
    choose: Choose
    action_limit: int | None = None
    events: list[Event] = field(default_factory=list)
    left: dict[int, int] = field(default_factory=dict)
    put: dict[int, int] = field(default_factory=dict)  # without ante
    ante: int = 0
    live: list[int] = field(default_factory=list)
    board: list[int] = field(default_factory=list)
    street: dict[int, int] = field(default_factory=dict)
    facing: int = 0
    last_raise: int = 0
    raises: int = 0
    may_raise: set[int] = field(default_factory=set)
    saw_flop: set[int] = field(default_factory=set)  # with chips left to play
    stopped: bool = False

    @property
    def pot(self) -> int:
        """All chips put in so far, the ante included."""
        return sum(self.put.values()) + self.ante

    def play(self) -> None:
        """Post, bet street by street, deal out what is left of the board."""
        self.post()
        for number, cards in enumerate(STREET_CARDS):
            if len(self.live) < 2 or self._called_off():
                return
            self._open_street(number, cards)
            self._bet_round(self._order(before_flop=number == 0))

    def post(self) -> None:
        """Put in the forced bets, each capped by its stack: small blind, big blind, then ante."""
        blinds = self.deal.blinds
        self.left = dict(self.deal.stacks)
        self.put = dict.fromkeys(self.left, 0)
        self.live = list(self.left)
        self.street = dict.fromkeys(self.left, 0)
        if blinds.small_seat in self.left:
            self._pay(blinds.small_seat, min(blinds.small, self.left[blinds.small_seat]))
        self._pay(blinds.big_seat, min(blinds.big, self.left[blinds.big_seat]))
        self.ante = min(blinds.ante, self.left[blinds.big_seat])
        self.left[blinds.big_seat] -= self.ante

    def _pay(self, seat: int, chips: int) -> None:
        self.left[seat] -= chips
        self.put[seat] += chips
        self.street[seat] += chips

    def _open_street(self, number: int, cards: int) -> None:
        for _ in range(cards):
            card = self.deal.board[len(self.board)]
            self.board.append(card)
            self.events.append(Event(EventKind.BOARD_CARD, card=card_text(card)))
        if number:
            self.street = dict.fromkeys(self.left, 0)
        if number == 1:
            self.saw_flop = {seat for seat in self.live if self.left[seat]}
        self.facing = 0 if number else self.deal.blinds.big
        self.last_raise = self.deal.blinds.big
        self.raises = 0
        self.may_raise = set(self.live)

    def _order(self, *, before_flop: bool) -> list[int]:
        seats = list(self.deal.stacks)
        blinds = self.deal.blinds
        # The map starts left of the button; heads-up the button is the small blind and last in it.
        first = seats.index(blinds.big_seat) + 1 if before_flop else 0
        return seats[first:] + seats[:first]

    def _bet_round(self, order: list[int]) -> None:
        waiting = [seat for seat in order if seat in self.live and self.left[seat]]
        while waiting and len(self.live) > 1 and not self._decided(waiting[0]):
            if self._called_off():
                return
            seat = waiting.pop(0)
            if self._act(seat):
                after = order.index(seat) + 1
                waiting = [
                    other
                    for other in order[after:] + order[: after - 1]
                    if other in self.live and self.left[other]
                ]

    def _called_off(self) -> bool:
        self.stopped = self.action_limit is not None and len(self.events) >= self.action_limit
        return self.stopped

    def _decided(self, seat: int) -> bool:
        """Whether the others are all-in for no more than this seat put in: no decision is left."""
        others = [other for other in self.live if other != seat]
        return not any(self.left[other] for other in others) and self.street[seat] >= max(
            self.street[other] for other in others
        )

    def _act(self, seat: int) -> bool:
        """Take one decision; True when the others must answer a bet or raise."""
        view = self._view(seat)
        wish = self.choose(view)
        self.may_raise.discard(seat)
        most = view.committed + view.stack
        if view.committed == self.facing and (wish <= self.facing or view.raise_to is None):
            self.events.append(Event(EventKind.CHECK, seat, pot=view.pot))
            return False
        if wish < min(self.facing, most):
            self.events.append(Event(EventKind.FOLD, seat))
            self.live.remove(seat)
            return False
        to = min(self.facing, most)
        if wish > self.facing and view.raise_to is not None:
            to = min(max(wish, view.raise_to), most)
        self._put_in(view, to)
        return self._raised(seat, to)

    def _view(self, seat: int) -> View:
        stack, committed = self.left[seat], self.street[seat]
        answerable = any(
            self.street[other] + self.left[other] > self.facing
            for other in self.live
            if other != seat
        )
        can_raise = seat in self.may_raise and answerable and committed + stack > self.facing
        return View(
            seat=seat,
            hole=self.deal.hole[seat],
            board=self.board,
            pot=self.pot,
            facing=self.facing,
            committed=committed,
            stack=stack,
            raise_to=self.facing + self.last_raise if can_raise else None,
            big=self.deal.blinds.big,
            raises=self.raises,
        )

    def _put_in(self, view: View, to: int) -> None:
        kind = EventKind.BET if to > self.facing else EventKind.CALL
        if to == view.committed + view.stack:
            kind = EventKind.ALL_IN
        self.events.append(Event(kind, view.seat, to, view.pot))
        self._pay(view.seat, to - view.committed)

    def _raised(self, seat: int, to: int) -> bool:
        if to <= self.facing:
            return False
        if to - self.facing >= self.last_raise:
            self.last_raise = to - self.facing
            self.may_raise = {other for other in self.live if other != seat}
        self.facing = to
        self.raises += 1
        return True


def uncalled(put: Mapping[int, int]) -> tuple[int, int | None]:
    """Chips nobody matched and the seat they belong to; (0, None) when the two largest are equal.

    `put` are contributions without ante, folded seats included.
    """
    ranked = sorted(put, key=lambda seat: put[seat], reverse=True)
    excess = put[ranked[0]] - (put[ranked[1]] if len(ranked) > 1 else 0)
    return (excess, ranked[0]) if excess else (0, None)


def best_seats(hand: Hand, seats: Sequence[int]) -> list[int]:
    """Those of `seats` that hold the best five of seven, in the order given."""
    hands = {seat: strength([*hand.deal.hole[seat], *hand.board]) for seat in seats}
    top = max(hands.values())
    return [seat for seat in seats if hands[seat] == top]


def awards(hand: Hand) -> dict[int, int]:
    """Seat to chips collected from the pots of a finished hand, uncalled chips left out."""
    excess, owner = uncalled(hand.put)
    put = {seat: chips - (excess if seat == owner else 0) for seat, chips in hand.put.items()}
    if len(hand.live) == 1:
        return {hand.live[0]: sum(put.values()) + hand.ante}
    won: dict[int, int] = {}
    floor = 0
    dead = hand.ante
    for level in sorted({put[seat] for seat in hand.live}):
        pot = dead + sum(min(chips, level) - min(chips, floor) for chips in put.values())
        eligible = [seat for seat in hand.live if put[seat] >= level]
        for seat, chips in _split(pot, best_seats(hand, eligible), hand.deal.chip).items():
            won[seat] = won.get(seat, 0) + chips
        floor, dead = level, 0
    return {seat: chips for seat, chips in won.items() if chips}


def _split(pot: int, seats: Sequence[int], chip: int) -> dict[int, int]:
    """Equal shares in whole chips; odd chips clockwise, what is below one chip to the first."""
    share = pot // len(seats) // chip * chip
    odd, rest = divmod(pot - share * len(seats), chip)
    shares = {seat: share + (chip if place < odd else 0) for place, seat in enumerate(seats)}
    shares[seats[0]] += rest
    return shares
