"""What the rules award of a finished hand: side pots by stack, the best hand of each pot.

An odd chip goes clockwise from the button. Tables split in the smallest chip in play, which a
record does not tell, so the tolerance of a split is given beside the awards.
"""

from collections.abc import Mapping, Sequence

import msgspec

from contracts.poker.betting import clockwise
from contracts.poker.hand import Hand
from contracts.poker.replay import Replay
from contracts.poker.verdict import seat_values


class Awards(msgspec.Struct, frozen=True, kw_only=True):
    """Chips by seat, uncalled ones left out; `tolerance` in chips per seat, 0 without a split."""

    chips: dict[int, int]
    tolerance: int


def expected_awards(hand: Hand, figures: Replay) -> Awards | None:
    """What each seat should collect; None where the cards of a live seat or board are unknown."""
    if len(figures.live_seats) == 1:
        return Awards(chips={figures.live_seats[0]: figures.pot_called}, tolerance=0)
    values = seat_values(hand, figures.live_seats)
    if not figures.showdown or values.keys() != set(figures.live_seats):
        return None
    chips: dict[int, int] = {}
    splits = 0
    for pot, seats in _pots(figures):
        best = max(values[seat] for seat in seats)
        winners = [seat for seat in seats if values[seat] == best]
        splits += len(winners) > 1
        for seat, share in _split(pot, clockwise(winners, hand.blinds.button_seat)).items():
            chips[seat] = chips.get(seat, 0) + share
    # Odd chips are below the smallest blind, and each split pot may have some.
    tolerance = splits * max(hand.blinds.small_blind, 1)
    return Awards(
        chips={seat: share for seat, share in chips.items() if share}, tolerance=tolerance
    )


def _pots(figures: Replay) -> list[tuple[int, Sequence[int]]]:
    """Main and side pots with the live seats that play for them, the main pot first."""
    bets = dict(figures.bets)
    if figures.uncalled_seat is not None:
        bets[figures.uncalled_seat] -= figures.uncalled
    levels = sorted({bets[seat] for seat in figures.live_seats})
    pots: list[tuple[int, Sequence[int]]] = []
    floor = 0
    rest = figures.pot_called
    for level in levels:
        seats = [seat for seat in figures.live_seats if bets[seat] >= level]
        # Dead chips (the ante) lie in the main pot; what folded seats bet beyond goes to the last.
        dead = figures.pot_called - sum(bets.values()) if not pots else 0
        pot = rest if level == levels[-1] else dead + _between(bets, floor, level)
        pots.append((pot, seats))
        floor, rest = level, rest - pot
    return pots


def _between(bets: Mapping[int, int], floor: int, level: int) -> int:
    return sum(min(bet, level) - min(bet, floor) for bet in bets.values())


def _split(pot: int, seats: Sequence[int]) -> dict[int, int]:
    share, odd = divmod(pot, len(seats))
    return {seat: share + (place < odd) for place, seat in enumerate(seats)}
