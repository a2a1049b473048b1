"""What names of games, hands and people look like in a path, a query or a body."""

from typing import Annotated, Literal, Self

from fastapi import Path
from pydantic import Field, model_validator

from contracts import persons
from contracts.poker.chips import POINTS, POINTS_MAX, POINTS_MIN, WINDOW, WINDOW_MAX, WINDOW_MIN
from services.gateway.routes.context import ReadQuery

GAME_ID = r"^[0-9]{1,20}$"
PERSON_ID = rf"^{persons.PERSON_ID}$"
# An ordinal counts the hands of one game, which has some 200; the bound keeps it a bigint.
ORDINAL_MAX = 2**31 - 1
# The import takes ids of events of 128 characters, and no other name is longer.
NAME_LENGTH_MAX = 128
# PostgreSQL cannot store NUL; every other character may stand in a name that a source told.
NAME = r"^[^\x00]+$"

GameId = Annotated[str, Path(pattern=GAME_ID)]
PersonId = Annotated[str, Path(pattern=PERSON_ID)]
Ordinal = Annotated[int, Path(ge=0, le=ORDINAL_MAX)]
OptionalGame = Annotated[str | None, Field(pattern=GAME_ID)]
Name = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX, pattern=NAME)]
OptionalName = Name | None
OptionalPerson = Annotated[str | None, Field(pattern=PERSON_ID)]


class PointQuery(ReadQuery):
    """Query of figures at a point of a game: before (`start`) or after (`end`) one of its hands."""

    game_id: OptionalGame = Field(default=None, description="else the person's current game")
    ordinal: int | None = Field(
        default=None, ge=0, le=ORDINAL_MAX, description="a hand of `game_id`; else its last one"
    )
    at: Literal["start", "end"] = "end"

    @model_validator(mode="after")
    def _check_point(self) -> Self:
        if self.ordinal is not None and self.game_id is None:
            raise ValueError("an ordinal counts the hands of one game: name its game_id")
        if self.at == "start" and self.ordinal is None:
            raise ValueError("at=start needs the ordinal of a hand")
        return self


class FlowQuery(PointQuery):
    """Query of a chip flow."""

    window: int = Field(default=WINDOW, ge=WINDOW_MIN, le=WINDOW_MAX)
    points: int = Field(default=POINTS, ge=POINTS_MIN, le=POINTS_MAX)
    named: list[int] = Field(
        default=[], max_length=POINTS_MAX, description="ordinals of the hands to draw"
    )

    @model_validator(mode="after")
    def _check_named(self) -> Self:
        if self.named and len(set(self.named)) < POINTS_MIN:
            raise ValueError(f"named: at least {POINTS_MIN} different hands")
        return self
