"""What the API answers about operators' words on an event."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel


class Hold(BaseModel):
    """For how many minutes a table's stack wins over a later statement of the platform.

    `default`: nobody said so, it is what counts without a word.
    """

    minutes: int
    default: bool
    actor: str | None
    said_at: datetime | None
    sequence: int | None


class EventWord(BaseModel):
    """What an operator said of an event; `holds` until something else is said of the same.

    `person_id` is the person whom the named id, `told_person_id`, is now.
    """

    sequence: int
    word: Literal["hold_set", "elimination_set", "elimination_withdrawn"]
    minutes: int | None
    person_id: str | None
    told_person_id: str | None
    name: str | None
    place: int | None
    reason: str
    actor: str
    said_at: datetime
    holds: bool


class SaidPlace(BaseModel):
    """The place that an operator says of somebody."""

    place: int
    reason: str
    actor: str
    said_at: datetime
    sequence: int
