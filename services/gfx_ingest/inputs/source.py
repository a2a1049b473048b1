"""The JSON of a PokerGFX export, as far as it is used, with the source's own key names.

Required is what a figure depends on; everything else may be missing or null. Keys not listed here
are ignored (they still count for a hand's digest).
"""

from typing import Annotated

import msgspec

# The largest integer every JSON reader keeps exactly, browsers included.
CHIPS_MAX = 2**53 - 1
# A real hand has up to 10 players and 28 events. The chips of so many still add up to 64 bits.
LISTED_MAX = 1_000

type Chips = Annotated[int, msgspec.Meta(ge=-CHIPS_MAX, le=CHIPS_MAX)]
type Number = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
type Listed[T] = Annotated[list[T], msgspec.Meta(max_length=LISTED_MAX)]
# .NET ticks fit a signed 64-bit integer.
type GameId = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class SourceModel(msgspec.Struct, frozen=True, kw_only=True, rename="pascal", gc=False):
    """Keys in PascalCase, as .NET writes them."""


class SourceBlinds(SourceModel, frozen=True, kw_only=True):
    """`FlopDrawBlinds`."""

    ante_type: str | None = None
    small_blind_amt: Chips
    big_blind_amt: Chips
    button_player_num: Number | None = None
    small_blind_player_num: Number | None = None
    big_blind_player_num: Number | None = None


class SourcePlayer(SourceModel, frozen=True, kw_only=True):
    """One entry of `Players`."""

    player_num: Number
    name: str
    long_name: str | None = None
    start_stack_amt: Chips
    end_stack_amt: Chips
    sitting_out: bool | None = None
    hole_cards: list[str | None] | None = None
    cumulative_winnings_amt: Chips | None = None
    elimination_rank: Number | None = None
    vpip_percent: Number | None = msgspec.field(default=None, name="VPIPPercent")
    pre_flop_raise_percent: Number | None = None
    aggression_frequency_percent: Number | None = None
    went_to_show_down_percent: Number | None = None


class SourceEvent(SourceModel, frozen=True, kw_only=True):
    """One entry of `Events`."""

    event_type: str
    player_num: Number
    bet_amt: Chips
    pot: Chips
    board_cards: str | None = None


class SourceHand(SourceModel, frozen=True, kw_only=True):
    """One entry of `Hands`."""

    hand_num: Number
    start_date_time_utc: str = msgspec.field(name="StartDateTimeUTC")
    duration: str
    recording_offset_start: str | None = None
    game_variant: str | None = None
    bet_structure: str | None = None
    ante_amt: Chips
    flop_draw_blinds: SourceBlinds
    players: Listed[SourcePlayer]
    events: Listed[SourceEvent]


class SourceExport(SourceModel, frozen=True, kw_only=True):
    """The root. Hands stay raw: each is decoded alone, so memory holds one of them at a time."""

    id: GameId = msgspec.field(name="ID")
    created_date_time_utc: str = msgspec.field(name="CreatedDateTimeUTC")
    type: str | None = None
    event_title: str | None = None
    software_version: str | None = None
    hands: list[msgspec.Raw]


class SourceOutlineHand(SourceModel, frozen=True, kw_only=True):
    """One entry of `Hands` in as little memory as any object takes."""

    hand_num: Number


class SourceOutline(SourceModel, frozen=True, kw_only=True):
    """The root, read only to count its hands."""

    hands: list[SourceOutlineHand]
