"""The at-risk strap: somebody all in and covered, and the place and prize played for."""

from typing import Annotated

import msgspec

from contracts.compositions.base import (
    Composition,
    GameId,
    MissingData,
    Named,
    Ordinal,
    Parameters,
    PersonId,
    SeatNumber,
    flag_of,
    once,
    surname,
)
from contracts.formats import currency, ordinal
from contracts.poker.place import PayoutBand, at_risk_text

AT_RISK = Composition(name="at_risk", version=1, layer="lower", slots=1)

# Players of the largest tournament there was, ten times over; more is a mistyped number.
PLAYERS_MAX = 1_000_000
# A hundred million in cents.
PRIZE_CENTS_MAX = 10_000_000_000


class AtRiskParameters(Parameters, frozen=True, kw_only=True):
    """What a cue says: whose risk, in which hand, and what an operator knows better.

    Either `person_id` or `seat`; without an `ordinal` it is the last hand. `players_left` counts
    the players of the tournament before the hand, `prize_cents` is what the place is paid; without
    them the event that the game is bound to tells both.
    """

    game_id: GameId
    person_id: PersonId | None = None
    seat: SeatNumber | None = None
    ordinal: Ordinal | None = None
    players_left: Annotated[int, msgspec.Meta(ge=2, le=PLAYERS_MAX)] | None = None
    prize_cents: Annotated[int, msgspec.Meta(ge=1, le=PRIZE_CENTS_MAX)] | None = None

    def __post_init__(self) -> None:
        """Refuse what does not go together, with a sentence."""
        if (self.person_id is None) == (self.seat is None):
            raise ValueError("name the player by person_id or by seat")


class AtRiskData(Named, frozen=True, kw_only=True):
    """The bound values: the place that is played for, and its prize in cents if it is known."""

    place: int
    prize_cents: int | None


class AtRiskFields(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every text of an at-risk strap. `label`, `place` and `prize` (empty if unknown) are drawn.

    `text` is the same in one sentence, as it is said. `flag` is an ISO alpha-2 code; None leaves
    its place to the name.
    """

    name: str
    flag: str | None
    label: str
    place: str
    prize: str
    text: str
    warnings: tuple[str, ...] = ()


def at_risk_fields(data: AtRiskData) -> AtRiskFields:
    """Say the place as an ordinal and the prize in whole dollars.

    Raises:
        MissingData: no name, or no such place.
    """
    name = surname(data)
    if data.place < 1:
        raise MissingData(f"{data.place} is not a place {name} can be out in")
    prize = data.prize_cents
    paid = () if prize is None else (PayoutBand(data.place, data.place, prize),)
    text = at_risk_text(data.place, paid)
    warnings = list(data.warnings)
    return AtRiskFields(
        name=name,
        flag=flag_of(data.country, name, warnings),
        label=text.partition(" - ")[0],
        place=ordinal(data.place),
        prize="" if prize is None else currency(prize),
        text=text,
        warnings=once(warnings),
    )
