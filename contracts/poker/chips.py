"""Chips of one person over the hands of one game: the chip flow of a graphic, and the history.

The window of a chip flow goes by hands dealt in, not by hand numbers (they repeat), and passes
over hands whose stacks were never settled. Its labels are the extremes of every hand in the window,
not of the few points drawn.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from contracts.poker.stacks import stack_at
from contracts.poker.statistics import MissingFigure, Sighting

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


def chip_flow(seen: Sequence[Sighting], request: FlowRequest | None = None) -> ChipFlow:
    """The chip flow of one person; `seen` are the person's hands of one game up to the moment.

    Raises MissingFigure `too_few_hands` for fewer than two hands and `not_in_window` for a named
    hand outside; ValueError for a window or a number of points outside its limits.
    """
    request = request or FlowRequest()
    _check(request)
    played = [each for each in seen if each.dealt_in and each.held.figures.state != "unsettled"]
    window = played[-request.window :]
    if len(window) < WINDOW_MIN:
        raise MissingFigure("too_few_hands", f"{len(window)} hands make no chip flow")
    values = [_end(sighting) for sighting in window]
    typed = _typed_after(window[-1], seen) if request.now else None
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


def chip_history(seen: Sequence[Sighting]) -> tuple[ChipStatement, ...]:
    """Every stack the hands state of a person, in order of time.

    The start of the first hand, the end of every settled hand, and the start of a hand wherever it
    differs from the last statement. The ends of other hands are no result of their play.
    """
    told: list[ChipStatement] = []
    for sighting in seen:
        start = stack_at(sighting.held.hand, sighting.seat, "settled", "start")
        if start is not None and (not told or told[-1].chips != start):
            told.append(_statement(sighting, "start", start, corrected=bool(told)))
        end = stack_at(sighting.held.hand, sighting.seat, "settled", "end")
        if end is not None and sighting.held.figures.state == "settled":
            told.append(_statement(sighting, "end", end, corrected=False))
    return tuple(told)


def _check(request: FlowRequest) -> None:
    if not WINDOW_MIN <= request.window <= WINDOW_MAX:
        raise ValueError(f"a window has {WINDOW_MIN} to {WINDOW_MAX} hands, not {request.window}")
    points = len(set(request.named)) if request.named else request.points
    if not POINTS_MIN <= points <= POINTS_MAX:
        raise ValueError(f"a chip flow has {POINTS_MIN} to {POINTS_MAX} points, not {points}")


def _end(sighting: Sighting) -> int:
    # The record lists the seat: it was dealt in.
    return next(s.end_stack for s in sighting.held.hand.seats if s.seat == sighting.seat)


def _typed_after(last: Sighting, seen: Sequence[Sighting]) -> int | None:
    """The stack in the newest hand after the window, where it differs from the window's end."""
    later = [each for each in seen if each.held.ticks > last.held.ticks]
    if not later:
        return None
    newest = later[-1]
    chips = stack_at(newest.held.hand, newest.seat, newest.held.figures.state, "end")
    return None if chips == _end(last) else chips


def _offsets(hands: int, points: int) -> list[int]:
    """How many hands back each point lies: recent hands are denser, the first and last are in."""
    if hands <= points:
        return list(range(hands - 1, -1, -1))
    last = hands - 1
    spread = [max(points - 1 - step, last >> step) for step in range(points - 1)]
    return [*spread, 0]


def _named(window: Sequence[Sighting], named: Sequence[str]) -> list[int]:
    back = {each.held.hand.start_ticks: place for place, each in enumerate(reversed(window))}
    missing = [start for start in named if start not in back]
    if missing:
        raise MissingFigure("not_in_window", f"the hands {missing} are not in the window")
    return sorted({back[start] for start in named}, reverse=True)


def _statement(
    sighting: Sighting, at: Literal["start", "end"], chips: int, *, corrected: bool
) -> ChipStatement:
    held = sighting.held
    return ChipStatement(
        ticks=held.ticks + (held.hand.duration_ticks if at == "end" else 0),
        start_ticks=held.hand.start_ticks,
        seat=sighting.seat,
        at=at,
        chips=chips,
        corrected=corrected,
    )
