"""The rows of games, hands and seats. Chips are integers, durations ticks of 100 ns."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from contracts.poker.grading import Letter
from contracts.poker.hand import Action, Seat
from contracts.poker.legality import Legality
from contracts.poker.replay import HandState
from contracts.poker.risk import Risk
from contracts.rows import Row


class GameRow(Row, frozen=True, kw_only=True):
    """One game. `start_ticks` are those of its hands in order, so that a hand finds its neighbours.

    `absent` holds start ticks of known hands that its highest-ranked file lacks.
    `clock_offset_minutes` is what the clock of the last hand's PC was ahead of UTC, None where the
    file does not tell.
    """

    TABLE: ClassVar = "game"
    KEY: ClassVar = ("game_id",)
    AUDIT: ClassVar = ("first_sequence", "last_sequence", "said_at")

    game_id: str
    table_name: str
    table_type: str
    created_utc: str
    software: str
    event_title: str
    hands: int = 0
    settled_hands: int = 0
    unsettled_hands: int = 0
    edited_hands: int = 0
    start_ticks: tuple[int, ...] = ()
    last_start_ticks: int | None = None
    last_hand_num: int | None = None
    last_started_at: datetime | None = None
    clock_offset_minutes: int | None = None
    absent: tuple[str, ...] = ()
    first_sequence: int
    last_sequence: int
    said_at: datetime


class ShownFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as it is shown: `seat` 0 and no `name` are of the whole table."""

    kind: str
    seat: int
    name: str | None
    detail: dict[str, Any]


class HandFindings(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from a hand and the one before it, and from the hand alone."""

    between: tuple[ShownFinding, ...] = ()
    within: tuple[ShownFinding, ...] = ()


class HandRow(Row, frozen=True, kw_only=True):
    """One hand: the content that holds, and what follows from it. `start_utc` keeps seven digits.

    It has no ordinal: that is the hand's rank by start ticks, which a late older hand moves, so
    the view counts it. Whether it is the last one, and so may be provisional, is told by the game.
    `unproven` and `risks` are as in a HandOutline, `quiet` is said of this very content.
    """

    TABLE: ClassVar = "hand"
    KEY: ClassVar = ("game_id", "start_ticks")
    AUDIT: ClassVar = (
        "source_path",
        "source_sha256",
        "first_sequence",
        "last_sequence",
        "revised",
        "said_at",
    )

    game_id: str
    start_ticks: int
    hand_num: int
    start_utc: str
    started_at: datetime
    duration_ticks: int
    variant: str
    bet_structure: str
    recording_offset: str
    state: HandState
    small_blind: int
    big_blind: int
    ante: int
    ante_type: str
    button_seat: int
    small_blind_seat: int
    big_blind_seat: int
    board: tuple[str, ...]
    players: tuple[Seat, ...]
    actions: tuple[Action, ...]
    events: int
    seats_listed: int
    seats_dealt: int
    live_players: int
    sum_start: int
    sum_end: int
    pot_total: int
    pot_called: int
    pot_checks: int
    pot_mismatches: int
    uncalled: int
    uncalled_seat: int | None
    net: dict[int, int]
    collected: dict[int, int]
    over_award: bool
    showdown: bool
    showdown_rank: int | None
    showdown_best_seats: tuple[int, ...]
    board_rank: int | None
    busted: tuple[int, ...]
    duplicate_cards: tuple[str, ...]
    legality: Legality
    risks: tuple[Risk, ...]
    grade_auto: Letter
    grade_manual: Letter | None
    grade_rules: str
    premium_hand: bool
    long_play: bool
    board_combo: bool
    eligible: bool
    edit_start_ms: int
    unproven: bool
    quiet: bool
    findings: HandFindings
    digest: str
    source_path: str
    source_sha256: str
    first_sequence: int
    last_sequence: int
    revised: int
    said_at: datetime


class HandSeatRow(Row, frozen=True, kw_only=True):
    """One listed seat of one hand, under the source's own names, with what follows for it.

    `collected` is None where the stacks do not tell it (a hand that is not settled). `covered`
    says that another live seat began with at least as much; `asked`, that an all-in of an
    unproven record asks the seat for all it has left.
    """

    TABLE: ClassVar = "hand_seat"
    KEY: ClassVar = ("game_id", "start_ticks", "seat")
    AUDIT: ClassVar = ("last_sequence",)

    game_id: str
    start_ticks: int
    seat: int
    name: str
    long_name: str
    player_hash: str
    dealt_in: bool
    sitting_out: bool
    live: bool
    start_stack: int
    end_stack: int
    contribution: int
    net: int
    collected: int | None
    hole_cards: tuple[str, ...]
    all_in: bool
    covered: bool
    asked: bool
    busted: bool
    elimination_rank: int
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
