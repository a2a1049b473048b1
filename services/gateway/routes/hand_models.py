"""What the API answers about games, hands and findings.

Field names are the columns of `contracts.views`; ids and ticks are strings, chips whole numbers,
seats the keys of mappings.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field

from contracts.poker.grading import Letter
from contracts.poker.replay import HandState
from services.gateway.routes.models import Ticks, TicksOrNone

type FindingKind = Literal[
    "stack_corrected",
    "seat_changed",
    "blinds_changed",
    "hand_total_changed",
    "table_total_changed",
    "all_in_detected",
    "player_busted",
]

# The views count whole milliseconds, so three decimals are exact.
Seconds = Annotated[float, BeforeValidator(lambda ms: ms / 1000)]


class Game(BaseModel):
    """One game of a table; `event_id` is that of its last hand."""

    game_id: str
    table_name: str
    table_type: str
    created_utc: str
    software: str
    event_title: str
    hands: int
    last_start_ticks: TicksOrNone
    last_hand_num: int | None
    last_started_at: datetime | None
    absent_hands: int
    first_sequence: int
    last_sequence: int
    said_at: datetime
    incomplete: bool
    excluded: bool
    exclusion_reason: str | None
    event_id: str | None
    settled_hands: int
    unsettled_hands: int
    edited_hands: int
    clock_offset_minutes: int | None


class Binding(BaseModel):
    """Hands from one up to, not including, another are of a tournament event."""

    game_id: str
    from_ticks: Ticks
    to_ticks: TicksOrNone
    from_ordinal: int
    to_ordinal: int | None
    event_id: str
    actor: str
    sequence: int


class SeatCorrection(BaseModel):
    """Who really sat in a seat from one hand to another, both included."""

    game_id: str
    correction_id: str
    seat: int
    from_ticks: Ticks
    to_ticks: TicksOrNone
    from_ordinal: int
    to_ordinal: int | None
    person_id: str
    name: str
    long_name: str
    reason: str
    actor: str
    sequence: int


class Player(BaseModel):
    """One listed seat as the source names it."""

    seat: int
    name: str
    long_name: str
    start_stack: int
    end_stack: int
    sitting_out: bool
    hole_cards: list[str]
    cumulative_winnings: int
    elimination_rank: int
    vpip_percent: int
    pfr_percent: int
    aggression_percent: int
    showdown_percent: int


class Action(BaseModel):
    """One entry of the source's list; `pot` is the pot before it."""

    kind: str
    seat: int
    amount: int
    pot: int
    card: str | None


class Legality(BaseModel):
    """What the rules of no-limit hold'em say of a hand; `action` is the index of the first slip."""

    verdict: Literal["ok", "differs", "not_legal", "unsupported"]
    code: str
    seat: int | None
    amount: int
    action: int | None


class Hand(BaseModel):
    """One hand as it holds now. `ordinal` is its place in the game by start, from 0."""

    game_id: str
    ordinal: int
    start_ticks: Ticks
    hand_num: int
    start_utc: str
    started_at: datetime
    duration_ticks: int
    variant: str
    bet_structure: str
    state: HandState
    small_blind: int
    big_blind: int
    ante: int
    ante_type: str
    button_seat: int
    small_blind_seat: int
    big_blind_seat: int
    board: list[str]
    players: list[Player]
    actions: list[Action]
    pot_total: int
    pot_called: int
    uncalled: int
    uncalled_seat: int | None
    collected: dict[str, int]
    over_award: bool
    showdown: bool
    digest: str
    revised: int
    absent: bool
    first_sequence: int
    last_sequence: int
    said_at: datetime
    incomplete: bool
    table_name: str
    table_type: str
    event_id: str | None
    provisional: bool
    final: bool
    events: int
    seats_listed: int
    seats_dealt: int
    pot_checks: int
    pot_mismatches: int
    net: dict[str, int]
    sum_start: int
    sum_end: int
    showdown_rank: int | None
    showdown_best_seats: list[int]
    board_rank: int | None
    grade: Letter
    graded_by: Literal["auto", "manual"]
    grade_auto: Letter
    grade_manual: Letter | None
    grade_rules: str
    premium_hand: bool
    long_play: bool
    board_combo: bool
    eligible: bool
    edit_start_seconds: Seconds = Field(validation_alias="edit_start_ms")
    busted: list[int]
    duplicate_cards: list[str]
    legality: Legality


class Finding(BaseModel):
    """What follows from a hand and the one before it; `seat` 0 is the whole table.

    `detail` holds the figures of its kind.
    """

    game_id: str
    start_ticks: Ticks
    ordinal: int
    hand_num: int
    table_name: str
    event_id: str | None
    started_at: datetime
    kind: FindingKind
    seat: int
    name: str | None
    person_id: str | None
    person_name: str | None
    detail: dict[str, Any]


class BigPot(BaseModel):
    """A hand by the size of its pot."""

    ordinal: int
    hand_num: int
    start_utc: str
    state: HandState
    pot_called: int
    pot_total: int
    collected: dict[str, int]


class GamePage(Game):
    """A game with what people said about it and what its hands come to."""

    bindings: list[Binding]
    seat_corrections: list[SeatCorrection]
    findings: dict[FindingKind, int]
    biggest_pots: list[BigPot]
