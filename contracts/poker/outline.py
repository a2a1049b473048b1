"""What the findings of a game need to know of one hand; a read model's row can say all of it."""

import msgspec

from contracts.poker.findings import Level
from contracts.poker.hand import Seat
from contracts.poker.held import HeldHand
from contracts.poker.replay import HandState
from contracts.poker.risk import Risk, risks


class HandOutline(msgspec.Struct, frozen=True, kw_only=True):
    """One hand; `seats` by number, `live_players` and `busted_seats` at the end of its record.

    `unproven` says that nothing tells yet whether it is over; only a later hand does. `risks` are
    those of the open record where it is unproven, of the closed one otherwise.
    """

    start_ticks: str
    digest: str
    state: HandState
    unproven: bool
    level: Level
    seats: tuple[Seat, ...]
    live_players: int
    busted_seats: tuple[int, ...]
    risks: tuple[Risk, ...]


def outline(held: HeldHand) -> HandOutline:
    """The outline of a hand."""
    hand, figures, blinds = held.hand, held.figures, held.hand.blinds
    return HandOutline(
        start_ticks=hand.start_ticks,
        digest=held.digest,
        state=figures.state,
        unproven=held.unproven,
        level=Level(blinds.small_blind, blinds.big_blind, blinds.ante),
        seats=tuple(sorted(hand.seats, key=lambda seat: seat.seat)),
        live_players=len(figures.live_seats),
        busted_seats=figures.busted_seats,
        risks=risks(hand, figures, open_record=held.unproven),
    )
