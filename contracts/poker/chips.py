"""Chips of one person over the hands of one game: the chip flow of a graphic, and the history.

The window of a chip flow goes by hands dealt in, not by hand numbers (they repeat), and passes
over hands whose stacks were never settled. Its labels are the extremes of every hand in the window,
not of the few points drawn.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from contracts.poker.seat_record import SeatRecord
from contracts.poker.statistics import MissingFigure, in_sequence

WINDOW = 15
WINDOW_MIN, WINDOW_MAX = 2, 100
POINTS = 5
# Two points make a line; more than a window can hold is a mistake.
POINTS_MIN, POINTS_MAX = 2, WINDOW_MAX


class FlowRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a chip flow is asked to be.

    `window` hands at most, `points` drawn of them. `now`: it ends at the present moment, so a
    stack typed after the last hand replaces its end. `named`: an operator's own choice of points,
    as start ticks of hands in the window.
    """

    window: int = WINDOW
    points: int = POINTS
    now: bool = True
    named: tuple[str, ...] = ()


class FlowPoint(msgspec.Struct, frozen=True):
    """One point drawn: how many hands before the last of the window, and the chips then."""

    hands_back: int
    chips: int


class ChipFlow(msgspec.Struct, frozen=True, kw_only=True):
    """A chip flow: `values` of every hand in the window and `points` drawn, oldest first.

    `current` is the last value, `max_chips` and `min_chips` label the axis, `hands` is the number
    of hands that the text names. `stack_typed` says that `current` is a stack typed after the hand.
    """

    values: tuple[int, ...]
    points: tuple[FlowPoint, ...]
    current: int
    max_chips: int
    min_chips: int
    hands: int
    stack_typed: bool

    @property
    def text(self) -> str:
        """`LAST 15 HANDS`, by the number of hands there really are."""
        return f"LAST {self.hands} HANDS"


class ChipStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A stack at a moment: `ticks` (100 ns) when it was so, `start_ticks` of the hand it is of.

    `at` says on which side of that hand. `corrected`: it was typed, it does not follow from the
    statement before.
    """

    ticks: int
    start_ticks: str
    seat: int
    at: Literal["start", "end"]
    chips: int
    corrected: bool


def chip_flow(records: Sequence[SeatRecord], request: FlowRequest | None = None) -> ChipFlow:
    """The chip flow of one person; `records` are the person's of one game up to the moment.

    The value of a hand is its end stack, also where the stacks are not explained by the play.
    Raises MissingFigure `too_few_hands` for fewer than two hands, `not_in_window` for a named hand
    outside and `identity_on_two_seats`; ValueError for a window or a number of points outside its
    limits and for records of several games.
    """
    request = request or FlowRequest()
    _check(request)
    seen = in_sequence(records)
    played = [each for each in seen if each.dealt_in and each.state != "unsettled"]
    window = played[-request.window :]
    if len(window) < WINDOW_MIN:
        raise MissingFigure("too_few_hands", f"{len(window)} hands make no chip flow")
    values = [record.end_stack for record in window]
    typed = _typed_after(window[-1], seen[-1]) if request.now else None
    if typed is not None:
        values[-1] = typed
    offsets = _named(window, request.named) or _offsets(len(window), request.points)
    return ChipFlow(
        values=tuple(values),
        points=tuple(FlowPoint(back, values[-1 - back]) for back in offsets),
        current=values[-1],
        max_chips=max(values),
        min_chips=min(values),
        hands=len(window),
        stack_typed=typed is not None,
    )


def chip_history(records: Sequence[SeatRecord]) -> tuple[ChipStatement, ...]:
    """Every stack the records of one game state of a person, in order of time.

    The start of the first hand, the end of every settled hand, and the start of a hand wherever it
    differs from the last statement. The ends of other hands are no result of their play. Raises
    as `in_sequence`.
    """
    told: list[ChipStatement] = []
    for record in in_sequence(records):
        if not told or told[-1].chips != record.start_stack:
            told.append(_statement(record, "start", corrected=bool(told)))
        if record.state == "settled":
            told.append(_statement(record, "end", corrected=False))
    return tuple(told)


def _check(request: FlowRequest) -> None:
    if not WINDOW_MIN <= request.window <= WINDOW_MAX:
        raise ValueError(f"a window has {WINDOW_MIN} to {WINDOW_MAX} hands, not {request.window}")
    points = len(set(request.named)) if request.named else request.points
    if not POINTS_MIN <= points <= POINTS_MAX:
        raise ValueError(f"a chip flow has {POINTS_MIN} to {POINTS_MAX} points, not {points}")


def _typed_after(last: SeatRecord, newest: SeatRecord) -> int | None:
    """The stack in a record later than the window, where it differs from the window's end."""
    if newest.start_ticks == last.start_ticks:
        return None
    chips = newest.end_stack if newest.state == "settled" else newest.start_stack
    return None if chips == last.end_stack else chips


def _offsets(hands: int, points: int) -> list[int]:
    """How many hands back each point lies: recent hands are denser, the first and last are in."""
    if hands <= points:
        return list(range(hands - 1, -1, -1))
    last = hands - 1
    spread = [max(points - 1 - step, last >> step) for step in range(points - 1)]
    return [*spread, 0]


def _named(window: Sequence[SeatRecord], named: Sequence[str]) -> list[int]:
    back = {each.start_ticks: place for place, each in enumerate(reversed(window))}
    missing = [start for start in named if start not in back]
    if missing:
        raise MissingFigure("not_in_window", f"the hands {missing} are not in the window")
    return sorted({back[start] for start in named}, reverse=True)


def _statement(
    record: SeatRecord, at: Literal["start", "end"], *, corrected: bool
) -> ChipStatement:
    ended = at == "end"
    return ChipStatement(
        ticks=int(record.start_ticks) + (record.duration_ticks if ended else 0),
        start_ticks=record.start_ticks,
        seat=record.seat,
        at=at,
        chips=record.end_stack if ended else record.start_stack,
        corrected=corrected,
    )
