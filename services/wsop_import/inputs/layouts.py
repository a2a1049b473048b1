"""The layouts of the platform's four files.

A layout is recognised by what is in a file, never by its name. Columns and keys that are not listed
are unknown: counted and not read.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from contracts.tournament import EventStatus, EventType
from services.wsop_import.inputs import lists, values
from services.wsop_import.inputs.forms import (
    CHIPS,
    COUNT,
    MONEY,
    NAME,
    Column,
    Convert,
    Form,
    needed,
    words,
)
from services.wsop_import.inputs.values import (
    NAME_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    clock,
    day,
    key,
    moment,
    rank,
    seat,
    tags,
    text,
    zone,
)


def _payouts(dollars: bool) -> Convert:
    return lists.payouts(dollars=dollars)


EVENTS = Form(
    layout="events_json",
    kind="events",
    columns={
        "event_id": needed(Column(key)),
        "event_name": needed(NAME),
        "start_date": needed(Column(day)),
        "buy_in": needed(MONEY),
        "event_number": COUNT,
        "event_type": Column(words(get_args(EventType.__value__))),
        "end_date": Column(day),
        "start_time": Column(clock),
        "timezone": Column(zone),
        "rake": MONEY,
        "fee": MONEY,
        "prize_pool": MONEY,
        "guaranteed_pool": MONEY,
        "total_entries": COUNT,
        "unique_entries": COUNT,
        "reentries_count": COUNT,
        "players_remaining": COUNT,
        "starting_chips": CHIPS,
        "table_count": COUNT,
        "status": Column(words(get_args(EventStatus.__value__))),
        "venue": Column(text(NAME_LENGTH_MAX)),
        "description": Column(text(TEXT_LENGTH_MAX)),
        "notes": Column(text(TEXT_LENGTH_MAX)),
        "tags": Column(tags),
        "blind_structure": Column(lists.blind_structure, own=True),
        "payouts": Column(own=True, money=_payouts),
    },
)
PLAYERS = Form(
    layout="players_json",
    kind="players",
    columns={
        "wsop_player_id": needed(Column(key)),
        "name": needed(NAME),
        "nickname": Column(text(NAME_LENGTH_MAX)),
        "country_code": Column(text(10)),
        "country_name": Column(text(100)),
        "city": Column(text(NAME_LENGTH_MAX)),
        "profile_image_url": Column(values.url),
        "wsop_bracelets": COUNT,
        "wsop_rings": COUNT,
        "wsop_cashes": COUNT,
        "lifetime_earnings": MONEY,
        "achievement": Column(text(TEXT_LENGTH_MAX)),
        "additional_info": Column(values.achievement),
    },
)
_PLACE = {
    "table_num": COUNT,
    "seat_num": Column(seat),
    "rank": Column(rank),
    "day_number": COUNT,
    "level_number": COUNT,
}
CHIP_COUNTS = Form(
    layout="chip_counts_csv",
    kind="chip_counts",
    marks=frozenset({"recorded_at"}),
    columns={
        "event_id": needed(Column(key)),
        "wsop_player_id": needed(Column(key)),
        "chip_count": needed(CHIPS),
        "recorded_at": needed(Column(moment)),
        "player_name": NAME,
        "status": Column(words(("active", "eliminated"))),
        "big_blind": CHIPS,
        **_PLACE,
    },
)
STANDINGS = Form(
    layout="standings_csv",
    kind="standings",
    marks=frozenset({"snapshot_at"}),
    columns={
        "event_id": needed(Column(key)),
        "snapshot_at": needed(Column(moment)),
        "chip_count": needed(CHIPS),
        "wsop_player_id": Column(key),
        "player_name": NAME,
        "country_code": Column(text(10)),
        "status": Column(words(("active", "eliminated", "winner"))),
        "prize_won": MONEY,
        "players_remaining": COUNT,
        **_PLACE,
        "rank": needed(Column(rank)),
    },
)
BY_LIST: Mapping[str, Form] = MappingProxyType({"events": EVENTS, "players": PLAYERS})
