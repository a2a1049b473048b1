"""The layouts of the two older families: five export files in dollars, four files of a guide.

Those of the guide are told from the others by a column they lack, and name no event.
"""

from services.wsop_import.inputs.errors import BadValue
from services.wsop_import.inputs.forms import CHIPS, COUNT, MONEY, NAME, Column, Form, needed
from services.wsop_import.inputs.layouts import CHIP_COUNTS, STANDINGS
from services.wsop_import.inputs.values import KEY_LENGTH_MAX, filled, flag, rank, seat, word

# Words of the older families' own states.
_OLD_STATES = word(
    {
        "running": "running",
        "active": "running",
        "in_progress": "running",
        "scheduled": "upcoming",
        "upcoming": "upcoming",
        "registration": "registration",
        "reg_open": "registration",
        "paused": "day_break",
        "break": "day_break",
        "final_table": "final_table",
        "ft": "final_table",
        "completed": "completed",
        "finished": "completed",
        "done": "completed",
        "cancelled": "cancelled",
        "canceled": "cancelled",
    }
)


def _old_state(value: object) -> str:
    """A state of an older file; a word nobody knows is an event that is still to come."""
    try:
        return str(_OLD_STATES(value))
    except BadValue:
        return "upcoming"


_TOURNAMENT = {"tournament_number": needed(Column(filled(KEY_LENGTH_MAX)))}
_LEVEL = {
    "small_blind": needed(CHIPS),
    "big_blind": needed(CHIPS),
    "ante": CHIPS,
}
_BAND = {
    "place_start": needed(Column(rank)),
    "place_end": needed(Column(rank)),
    "amount": needed(MONEY),
}
# Every layout of a CSV file.
FORMS = (
    CHIP_COUNTS,
    STANDINGS,
    Form(
        layout="export_tournaments",
        kind="events",
        dollars=True,
        marks=frozenset({"tournament_number", "buy_in", "starting_chips"}),
        columns={
            **_TOURNAMENT,
            "name": needed(NAME),
            "buy_in": needed(MONEY),
            "rake": MONEY,
            "starting_chips": needed(CHIPS),
            "remaining_players": needed(COUNT),
            "registered_players": needed(COUNT),
            "prize_pool": MONEY,
            "status": needed(Column(_old_state)),
        },
    ),
    Form(
        layout="export_chips",
        kind="chip_counts",
        dollars=True,
        marks=frozenset({"tournament_number", "player_name", "chips"}),
        columns={
            **_TOURNAMENT,
            "player_name": needed(NAME),
            "chips": needed(CHIPS),
            "table_number": COUNT,
            "seat_number": Column(seat),
            "rank": Column(rank),
            "is_eliminated": Column(flag),
        },
    ),
    Form(
        layout="export_blinds",
        kind="events",
        dollars=True,
        marks=frozenset({"tournament_number", "small_blind", "duration_minutes"}),
        columns={
            **_TOURNAMENT,
            "level": needed(COUNT),
            **_LEVEL,
            "bb_ante": CHIPS,
            "duration_minutes": needed(COUNT),
            "is_break": Column(flag),
        },
    ),
    Form(
        layout="export_payouts",
        kind="events",
        dollars=True,
        marks=frozenset({"tournament_number", "place_start", "amount"}),
        columns={**_TOURNAMENT, **_BAND},
    ),
    Form(
        layout="guide_tournaments",
        kind="events",
        dollars=True,
        marks=frozenset({"name", "buy_in", "prize_pool"}),
        lacks=frozenset({"tournament_number"}),
        columns={
            "name": needed(NAME),
            "buy_in": needed(MONEY),
            "prize_pool": needed(MONEY),
            "registered_players": needed(COUNT),
            "remaining_players": needed(COUNT),
        },
    ),
    Form(
        layout="guide_blinds",
        kind="events",
        dollars=True,
        marks=frozenset({"level_number", "small_blind", "duration"}),
        lacks=frozenset({"tournament_number"}),
        columns={"level_number": needed(COUNT), **_LEVEL, "duration": needed(COUNT)},
    ),
    Form(
        layout="guide_payouts",
        kind="events",
        dollars=True,
        marks=frozenset({"place_start", "place_end", "amount"}),
        lacks=frozenset({"tournament_number"}),
        columns=_BAND,
    ),
    Form(
        layout="guide_players",
        kind="chip_counts",
        dollars=True,
        marks=frozenset({"name", "chips"}),
        lacks=frozenset({"tournament_number"}),
        columns={
            "name": needed(NAME),
            "chips": needed(CHIPS),
            "current_rank": Column(rank),
        },
    ),
)
# Columns of a schedule of the older export: it is kept with the sessions, not imported.
SCHEDULE = frozenset({"date", "time_start", "channel"})
