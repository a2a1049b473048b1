"""One seat of one hand with what follows from the hand for it: the unit of every person's figures.

Read models store one per listed seat, and the figures of a person over many hands (chip flow, chip
history, own statistics) are pure functions of them, so no reader needs the hands themselves.
"""

import msgspec

from contracts.poker.replay import HandState


class SeatRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A listed seat; chips are integers, `duration_ticks` ticks of 100 ns.

    `ordinal` is None where the hand's place in its game is not known. The counts of the person's
    own play are 0 unless `counted`, which says dealt in to a hand with actions: `voluntary` and
    `raised` are 0 or 1 (before the flop), `aggressive` and `passive` count actions after it,
    `flops` and `showdowns` are 0 or 1.
    """

    game_id: str
    start_ticks: int
    ordinal: int | None
    hand_num: int
    seat: int
    name: str
    long_name: str
    player_hash: str
    state: HandState
    duration_ticks: int
    big_blind: int
    dealt_in: bool
    start_stack: int
    end_stack: int
    counted: bool
    voluntary: int
    raised: int
    aggressive: int
    passive: int
    flops: int
    showdowns: int
