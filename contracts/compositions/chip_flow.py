"""The chip flow: one person's chips over the last hands of a game, as a line."""

from typing import Annotated

import msgspec

from contracts.compositions.base import (
    Composition,
    GameId,
    MissingData,
    Moment,
    Named,
    Ordinal,
    Parameters,
    PersonId,
    SeatNumber,
    flag_of,
    once,
    surname,
)
from contracts.formats import chips_grouped, chips_signed
from contracts.poker.chips import (
    POINTS,
    POINTS_MAX,
    POINTS_MIN,
    WINDOW,
    WINDOW_MAX,
    WINDOW_MIN,
)

CHIP_FLOW = Composition(name="chip_flow", version=1, layer="lower", slots=1)

MINUS = "\N{MINUS SIGN}"


class ChipFlowParameters(Parameters, frozen=True, kw_only=True):
    """What a cue says: whose chips, of which game, up to which moment, over how many hands.

    Either `person_id`, or `game_id` with `seat`. Without a game it is the person's newest one,
    without an `ordinal` the present moment. `named` are ordinals of the hands to draw, instead of
    so many `points`.
    """

    person_id: PersonId | None = None
    game_id: GameId | None = None
    seat: SeatNumber | None = None
    ordinal: Ordinal | None = None
    at: Moment = "end"
    window: Annotated[int, msgspec.Meta(ge=WINDOW_MIN, le=WINDOW_MAX)] = WINDOW
    points: Annotated[int, msgspec.Meta(ge=POINTS_MIN, le=POINTS_MAX)] | None = None
    named: Annotated[tuple[Ordinal, ...], msgspec.Meta(max_length=POINTS_MAX)] = ()

    def __post_init__(self) -> None:
        """Refuse what does not go together, with a sentence."""
        if (self.person_id is None) == (self.seat is None):
            raise ValueError("name the player by person_id, or by game_id and seat")
        if self.game_id is None:
            for name in ("seat", "ordinal", "named"):
                if getattr(self, name) not in (None, ()):
                    raise ValueError(f"parameter {name!r} needs a game_id")
        if self.at == "start" and self.ordinal is None:
            raise ValueError("parameter 'at' needs the ordinal of a hand")
        if self.named and self.points is not None:
            raise ValueError("name the hands, or say how many points, not both")
        if self.named and len(set(self.named)) < POINTS_MIN:
            raise ValueError(f"parameter 'named' needs at least {POINTS_MIN} different hands")

    @property
    def points_drawn(self) -> int:
        """How many points to draw where no hands are named."""
        return POINTS if self.points is None else self.points


class ChipFlowData(Named, frozen=True, kw_only=True):
    """The bound values: chips after every hand of the window, oldest first.

    `hands_back` says which of them are drawn, counted from the last, oldest first.
    """

    values: tuple[int, ...]
    hands_back: tuple[int, ...]


class ChipFlowFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every text of a chip flow as drawn, and its line.

    `series` are the chips at the points and `ticks` their labels, oldest first; `current` are those
    now, which `value` says. The axis reaches from `lowest` to `highest`, the extremes of all hands
    of the window; where they are equal there is one label, `max_label`. `flag` is an ISO alpha-2
    code; None leaves its place to the name.
    """

    title: str
    surname: str
    flag: str | None
    window: str
    series: tuple[int, ...]
    ticks: tuple[str, ...]
    current: int
    highest: int
    lowest: int
    max_label: str
    min_label: str
    value: str
    change: str
    warnings: tuple[str, ...] = ()


def chip_flow_fields(data: ChipFlowData) -> ChipFlowFields:
    """Label the axis with the extremes of the window and say how much it changed from its start.

    Raises:
        MissingData: fewer than two hands or points, negative chips, or a person without a name.
    """
    name = surname(data)
    if len(data.values) < WINDOW_MIN or len(data.hands_back) < POINTS_MIN:
        raise MissingData(f"a line needs two hands and two points, {name} has fewer")
    highest, lowest = max(data.values), min(data.values)
    if lowest < 0:
        raise MissingData(f"{name} has {lowest} chips")
    current, change = data.values[-1], data.values[-1] - data.values[0]
    warnings = list(data.warnings)
    return ChipFlowFields(
        title="CHIP FLOW",
        surname=name,
        flag=flag_of(data.country, name, warnings),
        window=f"LAST {len(data.values)} HANDS",
        series=tuple(data.values[-1 - back] for back in data.hands_back),
        ticks=tuple(f"{MINUS}{back}" if back else "NOW" for back in data.hands_back),
        current=current,
        highest=highest,
        lowest=lowest,
        max_label=chips_grouped(highest),
        min_label=chips_grouped(lowest) if lowest < highest else "",
        value=chips_grouped(current),
        change=chips_signed(change).replace("-", MINUS) if change else "",
        warnings=once(warnings),
    )
