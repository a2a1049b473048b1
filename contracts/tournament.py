"""What is known of a tournament: events, players, stacks, places; no message, only its parts.

Money is integer cents. In `EventFields` and `PlayerFields` a field that is left out was not told or
did not change; null is a value that was cleared.
"""

from datetime import date
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

type EventStatus = Literal[
    "upcoming",
    "registration",
    "running",
    "day_break",
    "final_table",
    "heads_up",
    "completed",
    "cancelled",
]
type EventType = Literal[
    "MAIN_EVENT",
    "BRACELET_EVENT",
    "SIDE_EVENT",
    "SATELLITE",
    "DEEPSTACK",
    "MYSTERY_BOUNTY",
    "HIGH_ROLLER",
    "SENIOR",
    "LADIES",
    "OTHER",
]


class BlindLevel(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a blind structure; a break has no blinds and may have no number."""

    level: int | None
    small_blind: int
    big_blind: int
    ante: int
    duration_minutes: int | None
    is_break: bool = False


class PayoutBand(msgspec.Struct, frozen=True, kw_only=True):
    """Prize per place, in cents, for the places from one to another, both included."""

    place_start: int
    place_end: int
    amount: int


class EventFields(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a tournament event. `buy_in` is the whole price, rake and fee included.

    Lists are replaced whole; one without entries is null. `start_time` is local to `timezone`.
    """

    event_name: str | UnsetType | None = UNSET
    event_number: int | UnsetType | None = UNSET
    event_type: EventType | UnsetType | None = UNSET
    start_date: date | UnsetType | None = UNSET
    end_date: date | UnsetType | None = UNSET
    start_time: str | UnsetType | None = UNSET
    timezone: str | UnsetType | None = UNSET
    buy_in: int | UnsetType | None = UNSET
    rake: int | UnsetType | None = UNSET
    fee: int | UnsetType | None = UNSET
    prize_pool: int | UnsetType | None = UNSET
    guaranteed_pool: int | UnsetType | None = UNSET
    total_entries: int | UnsetType | None = UNSET
    unique_entries: int | UnsetType | None = UNSET
    reentries_count: int | UnsetType | None = UNSET
    players_remaining: int | UnsetType | None = UNSET
    starting_chips: int | UnsetType | None = UNSET
    table_count: int | UnsetType | None = UNSET
    status: EventStatus | UnsetType | None = UNSET
    venue: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    notes: str | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType | None = UNSET
    blind_structure: tuple[BlindLevel, ...] | UnsetType | None = UNSET
    payouts: tuple[PayoutBand, ...] | UnsetType | None = UNSET


class PlayerFields(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a player; birth dates, accounts and the like never enter the log."""

    name: str | UnsetType | None = UNSET
    nickname: str | UnsetType | None = UNSET
    country_code: str | UnsetType | None = UNSET
    country_name: str | UnsetType | None = UNSET
    city: str | UnsetType | None = UNSET
    profile_image_url: str | UnsetType | None = UNSET
    wsop_bracelets: int | UnsetType | None = UNSET
    wsop_rings: int | UnsetType | None = UNSET
    wsop_cashes: int | UnsetType | None = UNSET
    lifetime_earnings: int | UnsetType | None = UNSET
    achievement: str | UnsetType | None = UNSET


class ChipCount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one row says of a stack. `out` = no chips, and the file does not say why."""

    chip_count: int
    status: Literal["active", "eliminated", "out"] = "active"
    table_num: int | None = None
    seat_num: int | None = None
    rank: int | None = None
    big_blind: int | None = None
    day_number: int | None = None
    level_number: int | None = None
