"""What people say about a game: which event it belongs to, that it does not count, who sat where.

Hands are named by their ordinal in a command, and by their start ticks in a fact, because a late
older hand moves ordinals. A game id is .NET ticks as text; reasons are sentences of the operator.
"""

from typing import ClassVar, Literal

from contracts.messages import Command, Event, MessageType

type Letter = Literal["A", "B", "C"]


class BindGame(Command, frozen=True, kw_only=True):
    """Say which tournament event the hands from one ordinal up to, not including, another are of.

    A binding with the same `from_ordinal` is replaced; one that overlaps another is refused.
    """

    TYPE: ClassVar = MessageType("gfx-ingest", "game", "bind_game", "game_id")
    game_id: str
    event_id: str
    from_ordinal: int = 0
    to_ordinal: int | None = None


class UnbindGame(Command, frozen=True, kw_only=True):
    """Take back the binding that begins at a hand."""

    TYPE: ClassVar = MessageType("gfx-ingest", "game", "unbind_game", "game_id")
    game_id: str
    from_ordinal: int = 0


class ExcludeGame(Command, frozen=True, kw_only=True):
    """A game does not count, e.g. a rehearsal."""

    TYPE: ClassVar = MessageType("gfx-ingest", "game", "exclude_game", "game_id")
    game_id: str
    reason: str


class IncludeGame(Command, frozen=True, kw_only=True):
    """An excluded game counts after all."""

    TYPE: ClassVar = MessageType("gfx-ingest", "game", "include_game", "game_id")
    game_id: str
    reason: str


class CorrectSeat(Command, frozen=True, kw_only=True):
    """Say who really sat in a seat from one hand to another, both included; None = from then on.

    `person_id` is a person, a tournament platform's player or the id of somebody new; the names
    are those known of that person, empty where none is.
    """

    TYPE: ClassVar = MessageType("gfx-ingest", "game", "correct_seat", "game_id")
    game_id: str
    correction_id: str
    seat: int
    from_ordinal: int
    to_ordinal: int | None
    person_id: str
    name: str
    long_name: str
    reason: str


class WithdrawSeatCorrection(Command, frozen=True, kw_only=True):
    """Take back a seat correction."""

    TYPE: ClassVar = MessageType("gfx-ingest", "game", "withdraw_seat_correction", "game_id")
    game_id: str
    correction_id: str
    reason: str


class GradeHand(Command, frozen=True, kw_only=True):
    """A person's grade of a hand; it wins over the automatic one until it is withdrawn."""

    TYPE: ClassVar = MessageType("gfx-ingest", "game", "grade_hand", "game_id")
    game_id: str
    ordinal: int
    letter: Letter
    reason: str


class WithdrawGrade(Command, frozen=True, kw_only=True):
    """The automatic grade of a hand counts again."""

    TYPE: ClassVar = MessageType("gfx-ingest", "game", "withdraw_grade", "game_id")
    game_id: str
    ordinal: int
    reason: str


class GameBound(Event, frozen=True, kw_only=True):
    """Hands that start from `from_ticks` up to, not including, `to_ticks` are of an event.

    `from_ticks` "0" is the beginning of the game; `to_ticks` None has no end. A binding with the
    same beginning replaces the one before.
    """

    TYPE: ClassVar = MessageType("gfx", "game", "game_bound", "game_id")
    game_id: str
    event_id: str
    from_ticks: str
    to_ticks: str | None


class GameUnbound(Event, frozen=True, kw_only=True):
    """The binding that begins at `from_ticks` is taken back."""

    TYPE: ClassVar = MessageType("gfx", "game", "game_unbound", "game_id")
    game_id: str
    from_ticks: str


class GameExcluded(Event, frozen=True, kw_only=True):
    """A game does not count."""

    TYPE: ClassVar = MessageType("gfx", "game", "game_excluded", "game_id")
    game_id: str
    reason: str


class GameIncluded(Event, frozen=True, kw_only=True):
    """An excluded game counts again."""

    TYPE: ClassVar = MessageType("gfx", "game", "game_included", "game_id")
    game_id: str
    reason: str


class SeatCorrected(Event, frozen=True, kw_only=True):
    """Who really sat in a seat, in hands that start from `from_ticks` to `to_ticks`, both included.

    `to_ticks` None has no end. The names are those known of the person when this was said.
    """

    TYPE: ClassVar = MessageType("gfx", "game", "seat_corrected", "game_id")
    game_id: str
    correction_id: str
    seat: int
    from_ticks: str
    to_ticks: str | None
    person_id: str
    name: str
    long_name: str
    reason: str


class SeatCorrectionWithdrawn(Event, frozen=True, kw_only=True):
    """A seat correction is taken back."""

    TYPE: ClassVar = MessageType("gfx", "game", "seat_correction_withdrawn", "game_id")
    game_id: str
    correction_id: str
    reason: str


class HandGraded(Event, frozen=True, kw_only=True):
    """A person graded a hand."""

    TYPE: ClassVar = MessageType("gfx", "game", "hand_graded", "game_id")
    game_id: str
    start_ticks: str
    letter: Letter
    reason: str


class HandGradeWithdrawn(Event, frozen=True, kw_only=True):
    """A person's grade of a hand is taken back."""

    TYPE: ClassVar = MessageType("gfx", "game", "hand_grade_withdrawn", "game_id")
    game_id: str
    start_ticks: str
    reason: str
