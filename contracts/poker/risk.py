"""Who is all in, who covers whom, and who plays for staying in, at the end of one record.

A live seat is all in when everything it started with lies in the pot, posts included. It is covered
when another live seat started with at least as much; equal stacks cover each other. All in and
covered against a live opponent is at risk of elimination. In an open record a live seat that
has yet to answer an all-in for all it has left is at risk too.
"""

from collections.abc import Mapping

import msgspec

from contracts.poker.hand import Hand
from contracts.poker.replay import CHIP_ACTIONS, Replay


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """One live seat that is all in, or that would be by calling (`to_call`)."""

    seat: int
    start_stack: int
    all_in: bool
    covered: bool
    at_risk: bool
    to_call: bool


def risks(hand: Hand, figures: Replay, *, open_record: bool = False) -> tuple[Risk, ...]:
    """Every live seat that is all in or at risk, shortest stack first, then by seat.

    `open_record`: the hand may still go on, so what is unanswered counts.
    """
    stacks = {seat.seat: seat.start_stack for seat in hand.seats if seat.seat in figures.live_seats}
    asked = _asked(hand, figures, stacks) if open_record else set()
    found = []
    for seat, chips in sorted(stacks.items(), key=lambda each: (each[1], each[0])):
        all_in = figures.contributions[seat] == chips
        covered = any(other >= chips for each, other in stacks.items() if each != seat)
        if all_in or seat in asked:
            found.append(
                Risk(
                    seat=seat,
                    start_stack=chips,
                    all_in=all_in,
                    covered=covered,
                    at_risk=covered or seat in asked,
                    to_call=seat in asked,
                )
            )
    return tuple(found)


def _asked(hand: Hand, figures: Replay, stacks: Mapping[int, int]) -> set[int]:
    """Live seats that an all-in on the last street asks for all they have left."""
    street_bets = _last_street_bets(hand, figures)
    left = {seat: chips - figures.contributions[seat] for seat, chips in stacks.items()}
    faced = max((street_bets.get(seat, 0) for seat in stacks if not left[seat]), default=0)
    # What a seat had when the street began is all it can be asked for there.
    return {
        seat for seat in stacks if left[seat] and faced >= street_bets.get(seat, 0) + left[seat]
    }


def _last_street_bets(hand: Hand, figures: Replay) -> dict[int, int]:
    """What each seat has bet on the street the record ends on, without ante."""
    last = figures.streets[-1] if figures.streets else "preflop"
    bets: dict[int, int] = {}
    if last == "preflop":
        blinds = hand.blinds
        posts = {
            blinds.small_blind_seat: blinds.small_blind,
            blinds.big_blind_seat: blinds.big_blind,
        }
        for seat in hand.seats:
            bets[seat.seat] = min(posts.get(seat.seat, 0), seat.start_stack)
    for action, street in zip(hand.actions, figures.streets, strict=True):
        if street == last and action.kind in CHIP_ACTIONS:
            bets[action.seat] = action.amount
    return bets
