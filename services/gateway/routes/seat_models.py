"""What the API answers about seats, stacks and the people in them.

Field names are the columns of `contracts.views` where there is one; ids and ticks are strings,
chips whole numbers. Percentages named after the source are its own and may pass 100.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from contracts.poker.replay import HandState
from services.gateway.routes.models import Ticks


class Seat(BaseModel):
    """One listed seat of one hand: as the source tells it, who the person is, what follows."""

    game_id: str
    start_ticks: Ticks
    ordinal: int
    hand_num: int
    table_name: str
    event_id: str | None
    started_at: datetime
    duration_ticks: int
    state: HandState
    big_blind: int
    seat: int
    name: str
    long_name: str
    player_hash: str
    person_id: str
    person_name: str
    person_long_name: str
    correction_id: str | None
    on_two_seats: bool
    dealt_in: bool
    sitting_out: bool
    live: bool
    start_stack: int
    end_stack: int
    contribution: int
    net: int
    collected: int | None
    hole_cards: list[str]
    all_in: bool
    covered: bool
    at_risk: bool
    to_call: bool
    busted: bool
    elimination_rank: int | None
    vpip_percent: int
    pfr_percent: int
    aggression_percent: int
    showdown_percent: int
    counted: bool
    voluntary: int
    raised: int
    aggressive: int
    passive: int
    flops: int
    showdowns: int
    last_sequence: int


class AsOf(BaseModel):
    """The hand a stack is known from: before it unless it is settled."""

    ordinal: int
    hand_num: int
    start_ticks: Ticks
    state: HandState


class Chips(BaseModel):
    """The current stack of one listed seat; `in_play` is false without chips."""

    game_id: str
    table_name: str
    seat: int
    name: str
    long_name: str
    stack: int
    in_play: bool
    dealt_in: bool
    small_blind: int
    big_blind: int
    ante: int
    as_of: AsOf
    statement_at: datetime
    from_seq: int
    said_at: datetime
    incomplete: bool
    person_id: str
    person_name: str
    person_long_name: str
    correction_id: str | None
    event_id: str | None
    on_two_seats: bool


class Identity(BaseModel):
    """Two names that the tables list together: one player as PokerGFX knows one.

    `person_id` is who that is: the player of a verified link, or the identity itself.
    """

    player_hash: str
    person_id: str
    name: str
    long_name: str
    games: int
    hands: int
    first_game_id: str
    first_start_ticks: Ticks
    last_game_id: str
    last_start_ticks: Ticks
    identity_id: str


class ChipStatement(BaseModel):
    """A stack at a moment; `corrected`: typed, it does not follow from the statement before.

    `at` says on which side of the hand, `stated_utc` has seven fractional digits.
    """

    game_id: str
    start_ticks: Ticks
    ordinal: int
    hand_num: int
    seat: int
    at: Literal["start", "end"]
    stated_utc: str
    chips: int
    corrected: bool


class FlowPoint(BaseModel):
    """One point drawn: how many hands before the last of the window, and the chips then."""

    hands_back: int
    chips: int


class ChipFlow(BaseModel):
    """Chips over the last hands of one game; the labels are the extremes of all `values`.

    `as_of_ordinal` is the newest hand up to the point; `stack_typed`: `current` was typed in it.
    """

    person_id: str
    name: str
    long_name: str
    game_id: str
    as_of_ordinal: int
    text: str
    hands: int
    values: list[int]
    points: list[FlowPoint]
    current: int
    max_label: int
    min_label: int
    stack_typed: bool


class OwnFigures(BaseModel):
    """Counted from the actions; percentages are rounded down, null of nothing."""

    dealt: int
    voluntary: int
    raised: int
    aggressive: int
    passive: int
    flops: int
    showdowns: int
    vpip_percent: int | None
    pfr_percent: int | None
    aggression_percent: int | None
    wtsd_percent: int | None


class SourceFigures(BaseModel):
    """The source's running percentages in one record."""

    ordinal: int
    vpip_percent: int
    pfr_percent: int
    aggression_percent: int
    showdown_percent: int


class Statistics(BaseModel):
    """A person's figures in one game; the two kinds are not meant to be equal.

    `source` is null where no record of the game lists the person.
    """

    person_id: str
    game_id: str
    own: OwnFigures
    source: SourceFigures | None


class WonPot(BaseModel):
    """A hand in which a person collected chips."""

    game_id: str
    start_ticks: Ticks
    ordinal: int
    hand_num: int
    table_name: str
    event_id: str | None
    started_at: datetime
    seat: int
    collected: int
    net: int
