"""What operators say about a game: its event, that it does not count, who sat where, a grade.

Hands are named by their ordinals; the service that owns the game turns them into moments and
refuses what overlaps. A reason of a deletion may be left out.
"""

from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, model_validator

from contracts import persons
from contracts.messages.gfx_game import (
    BindGame,
    CorrectSeat,
    ExcludeGame,
    GradeHand,
    IncludeGame,
    Letter,
    UnbindGame,
    WithdrawGrade,
    WithdrawSeatCorrection,
)
from services.gateway.errors import not_found
from services.gateway.routes.commands import None_, Send, Text
from services.gateway.routes.context import Context, Gateway, Id, NoQuery
from services.gateway.routes.figures import person_row
from services.gateway.routes.parameters import ORDINAL_MAX, GameId, OptionalPerson, Ordinal

router = APIRouter(tags=["operators"])

READS = ("hands",)
# PokerGFX numbers the seats of every table so.
SEAT_MIN, SEAT_MAX = 1, 10

HandNumber = Annotated[int, Field(ge=0, le=ORDINAL_MAX)]


class _Asked(NoQuery):
    """A body; unknown members are refused."""


class NewBinding(_Asked):
    """Hands from one up to, not including, another are of an event; null = no end."""

    event_id: Text
    from_ordinal: HandNumber = 0
    to_ordinal: HandNumber | None = None


class Why(_Asked):
    """Why an operator says so."""

    reason: Text


class NewGrade(_Asked):
    """A person's grade of a hand."""

    grade: Letter
    reason: Text


class NewSeatCorrection(_Asked):
    """Who really sat in a seat from one hand to another, both included; null = from then on.

    Exactly one of `person_id` (somebody known), `wsop_player_id` and `name` (somebody new).
    """

    seat: int = Field(ge=SEAT_MIN, le=SEAT_MAX)
    from_ordinal: HandNumber
    to_ordinal: HandNumber | None = None
    person_id: OptionalPerson = None
    wsop_player_id: Text | None = None
    name: Text | None = None
    reason: Text

    @model_validator(mode="after")
    def _check_person(self) -> Self:
        if [self.person_id, self.wsop_player_id, self.name].count(None) != 2:
            raise ValueError("give exactly one of person_id, wsop_player_id and name")
        return self


class FromQuery(NoQuery):
    """Which binding: the one that begins at this hand."""

    from_ordinal: int = Field(default=0, ge=0, le=ORDINAL_MAX)


class WhyQuery(NoQuery):
    """Why something is taken back."""

    reason: Text | None = None


class Said(BaseModel):
    """Done; pass the sequence as `min_seq` to see it."""

    sequence: int


class CorrectionSaid(Said):
    """A new seat correction and the person it names."""

    id: str
    person_id: str


@router.put("/games/{game_id}/binding")
async def bind(send: Send, game_id: GameId, body: NewBinding, _: None_) -> Said:
    """Say which event hands are of; a binding with the same first hand is replaced."""
    command = BindGame(game_id=game_id, **body.model_dump())
    return Said(sequence=(await send.send(command)).sequence)


@router.delete("/games/{game_id}/binding")
async def unbind(send: Send, game_id: GameId, query: Annotated[FromQuery, Query()]) -> Said:
    """Take a binding back."""
    command = UnbindGame(game_id=game_id, from_ordinal=query.from_ordinal)
    return Said(sequence=(await send.send(command)).sequence)


@router.post("/games/{game_id}/exclude")
async def exclude(send: Send, game_id: GameId, body: Why, _: None_) -> Said:
    """A game does not count: everything of it leaves the read models except the game itself."""
    command = ExcludeGame(game_id=game_id, reason=body.reason)
    return Said(sequence=(await send.send(command)).sequence)


@router.post("/games/{game_id}/include")
async def include(send: Send, game_id: GameId, body: Why, _: None_) -> Said:
    """An excluded game counts again: all of it comes back as it was."""
    command = IncludeGame(game_id=game_id, reason=body.reason)
    return Said(sequence=(await send.send(command)).sequence)


@router.post("/games/{game_id}/seat-corrections", status_code=201)
async def correct_seat(
    gateway: Context, send: Send, game_id: GameId, body: NewSeatCorrection, _: None_
) -> CorrectionSaid:
    """Say who really sat in a seat; the names that people see become this person's."""
    correction_id = send.id("seat-correction")
    name = long_name = ""
    if body.person_id is not None:
        person_id = body.person_id
        name, long_name = await _names(gateway, person_id)
    elif body.wsop_player_id is not None:
        # Nobody knows this player's names here yet.
        person_id = persons.of_wsop_player(body.wsop_player_id)
    else:
        person_id = persons.of_operator(send.id("person"))
        name = long_name = str(body.name)
    answer = await send.send(
        CorrectSeat(
            game_id=game_id,
            correction_id=correction_id,
            seat=body.seat,
            from_ordinal=body.from_ordinal,
            to_ordinal=body.to_ordinal,
            person_id=person_id,
            name=name,
            long_name=long_name,
            reason=body.reason,
        )
    )
    return CorrectionSaid(id=correction_id, person_id=person_id, sequence=answer.sequence)


@router.delete("/games/{game_id}/seat-corrections/{correction_id}")
async def withdraw_correction(
    send: Send, game_id: GameId, correction_id: Id, query: Annotated[WhyQuery, Query()]
) -> Said:
    """Take a seat correction back."""
    command = WithdrawSeatCorrection(
        game_id=game_id, correction_id=correction_id, reason=query.reason or ""
    )
    return Said(sequence=(await send.send(command)).sequence)


@router.put("/games/{game_id}/hands/{ordinal}/grade")
async def grade(send: Send, game_id: GameId, ordinal: Ordinal, body: NewGrade, _: None_) -> Said:
    """Grade a hand; this grade counts until it is withdrawn."""
    command = GradeHand(game_id=game_id, ordinal=ordinal, letter=body.grade, reason=body.reason)
    return Said(sequence=(await send.send(command)).sequence)


@router.delete("/games/{game_id}/hands/{ordinal}/grade")
async def withdraw_grade(
    send: Send, game_id: GameId, ordinal: Ordinal, query: Annotated[WhyQuery, Query()]
) -> Said:
    """Let the automatic grade count again."""
    command = WithdrawGrade(game_id=game_id, ordinal=ordinal, reason=query.reason or "")
    return Said(sequence=(await send.send(command)).sequence)


async def _names(gateway: Gateway, person_id: str) -> tuple[str, str]:
    """Names of a person; somebody named a moment ago is waited for. Raises Problem 404."""
    async with gateway.views.read(READS) as snapshot:
        found = await person_row(snapshot, person_id)
    if found is None:
        head = await gateway.bus.head()
        async with gateway.views.read(READS, head.sequence) as snapshot:
            found = await person_row(snapshot, person_id)
    if found is None:
        raise not_found("player", person_id)
    return found["name"], found["long_name"]
