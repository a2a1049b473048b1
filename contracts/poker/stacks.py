"""The current stack of a seat at a moment of play."""

from datetime import datetime
from typing import Literal

from contracts.poker.hand import Hand
from contracts.poker.replay import HandState
from contracts.poker.ticks import ticks_to_utc


def stack_at(hand: Hand, seat: int, state: HandState, at: Literal["start", "end"]) -> int | None:
    """Chips of a seat before (`start`) or after (`end`) a hand; None if the hand does not list it.

    The end stacks of a hand that is not settled are not the result of its play, so its start
    stacks stand until the next hand tells new ones. A listed seat without chips has 0.
    """
    listed = next((each for each in hand.seats if each.seat == seat), None)
    if listed is None:
        return None
    return listed.end_stack if at == "end" and state == "settled" else listed.start_stack


def ended_at(hand: Hand, state: HandState) -> datetime:
    """The moment that the stack after a hand stands for, in microseconds: its end if it is settled.

    Of any other hand the start stacks stand, and so does its start.
    """
    played = hand.duration_ticks if state == "settled" else 0
    return datetime.fromisoformat(ticks_to_utc(int(hand.start_ticks) + played))
