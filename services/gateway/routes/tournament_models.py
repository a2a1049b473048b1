"""What the API answers about tournament events. Money is integer cents, chips whole numbers.

Names and countries of people are those of the person, overrides applied, where one is known.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel

from services.gateway.routes.event_word_models import EventWord, Hold, SaidPlace
from services.gateway.routes.models import TicksOrNone

type StandingsSource = Literal["imported", "recomputed"]


class Event(BaseModel):
    """One tournament event. `known` is false while no file of events told of it.

    `players_remaining` is the newest figure by its own time `remaining_at`; `remaining_counted`:
    the file does not say it, its rows were counted. `current_level` is null where the blinds of the
    newest hand fit none or several of the levels.
    """

    event_id: str
    kind: Literal["wsop"]
    known: bool
    event_name: str | None
    event_number: int | None
    event_type: str | None
    start_date: str | None
    end_date: str | None
    start_time: str | None
    timezone: str | None
    buy_in: int | None
    rake: int | None
    fee: int | None
    prize_pool: int | None
    guaranteed_pool: int | None
    total_entries: int | None
    unique_entries: int | None
    reentries_count: int | None
    starting_chips: int | None
    table_count: int | None
    status: str | None
    venue: str | None
    description: str | None
    notes: str | None
    tags: list[str] | None
    places_paid: int | None
    players_remaining: int | None
    remaining_source: Literal["events", "standings"] | None
    remaining_at: datetime | None
    remaining_counted: bool | None
    small_blind: int | None
    big_blind: int | None
    ante: int | None
    blinds_game_id: str | None
    blinds_start_ticks: TicksOrNone
    current_level: int | None
    last_sequence: int | None
    said_at: datetime | None
    incomplete: bool


class Level(BaseModel):
    """One line of a blind structure, in its order."""

    position: int
    level: int | None
    small_blind: int
    big_blind: int
    ante: int
    duration_minutes: int | None
    is_break: bool


class Payout(BaseModel):
    """Prize of each place of a band, in cents."""

    place_start: int
    place_end: int
    amount: int


class Proof(BaseModel):
    """Where a value was told: the file, its hash, and the line or JSON pointer in it."""

    field: str
    value: Any
    import_id: str
    path: str | None
    sha256: str | None
    at: str
    sequence: int
    told_at: datetime


class EventPage(Event):
    """One event with its lists, where each value was told, and what operators say, newest first."""

    levels: list[Level]
    payouts: list[Payout]
    provenance: list[Proof]
    hold: Hold
    words: list[EventWord]


class Payouts(BaseModel):
    """The prizes of an event by place, with where they were told."""

    items: list[Payout]
    total: int
    places_paid: int | None
    prize_pool: int | None
    provenance: Proof | None


class Entrant(BaseModel):
    """Somebody who was told of in an event; `stub`: no file of players tells of them."""

    person_id: str
    player_id: str
    name: str | None
    country_code: str | None
    stub: bool
    state: Literal["in", "out", "winner"]
    state_since: datetime | None
    re_entries: int
    last_sequence: int


class TableChips(BaseModel):
    """A stack as the person's feature table tells it; `age_s` at the time of the answer."""

    chips: int
    stated_at: datetime
    age_s: int
    game_id: str
    table_name: str
    seat: int


class PlatformChips(BaseModel):
    """A stack as the platform tells it; `chip_change` is against its statement before.

    `seat_conflict`: somebody else has chips on that seat at that moment.
    """

    chips: int
    stated_at: datetime
    age_s: int
    status: str
    chip_change: int | None
    table_num: int | None
    seat_num: int | None
    seat_conflict: bool
    zone_assumed: bool
    time_assumed: bool
    future: bool
    import_id: str
    at: str


class PlayerChips(BaseModel):
    """Somebody's chips in an event: those of `source`; what each source says stands beside it.

    `age_s` is the age at the time of the answer; with `as_of` at that moment, or when that sequence
    was said.
    """

    holder: str
    person_id: str | None
    name: str | None
    country_code: str | None
    source: Literal["gfx", "wsop"]
    chips: int
    stated_at: datetime
    age_s: int
    gfx: TableChips | None
    wsop: PlatformChips | None
    incomplete: bool


class Count(BaseModel):
    """One count of somebody's chips as a file told it; `chip_change` is since the count before."""

    recorded_at: datetime
    chips: int
    chip_change: int | None
    status: str
    table_num: int | None
    seat_num: int | None
    rank: int | None
    big_blind: int | None
    day_number: int | None
    level_number: int | None
    player_name: str | None
    import_id: str
    at: str
    from_seq: int
    to_seq: int | None
    said_at: datetime


class Standing(BaseModel):
    """A set of places: told by a file (`imported`) or made of stacks (`recomputed`).

    `chips_in_play` are those of all entries, or, `chips_counted`, those of the rows; null where
    neither is known.
    """

    set_id: str
    source: StandingsSource
    at: datetime
    from_seq: int
    known_at: datetime
    players_remaining: int
    remaining_counted: bool
    chips_in_play: int | None
    chips_counted: bool
    average_stack: int | None
    median_stack: int | None
    full_count_at: datetime | None
    level_number: int | None
    day_number: int | None
    zone_assumed: bool
    future: bool
    corrected: bool
    import_id: str | None


class StandingsRow(BaseModel):
    """One place. Without `person_id` only a name is known; `by_name`: it fits one player only.

    `rank_change` is the rank in the snapshot before less the rank now, null for who was not in it.
    """

    position: int
    rank: int
    rank_change: int | None
    person_id: str | None
    by_name: bool
    name: str | None
    told_name: str | None
    country_code: str | None
    chips: int
    table_num: int | None
    seat_num: int | None
    status: str | None
    prize_won: int | None
    stated_at: datetime
    at: str


class StandingsPage(BaseModel):
    """Standings and one page of their rows; `standing` is null where none are known."""

    standing: Standing | None
    items: list[StandingsRow]
    total: int
    next_cursor: str | None


class Elimination(BaseModel):
    """Somebody who is out. `blocked`: no place is known, so it must not be shown.

    `sharing` so many persons have the place; `prize` in cents, null outside the money. `operator`
    is the place an operator says, whichever counts: `place_source` tells that.
    """

    person_id: str
    name: str | None
    country_code: str | None
    status: Literal["eliminated", "winner"]
    place: int | None
    sharing: int | None
    place_source: Literal["wsop", "operator", "final_table"] | None
    prize: int | None
    prize_source: Literal["wsop", "payouts"]
    blocked: bool
    eliminated_at: datetime
    game_id: str | None
    start_ticks: TicksOrNone
    seat: int | None
    re_entries: int
    incomplete: bool
    operator: SaidPlace | None = None
