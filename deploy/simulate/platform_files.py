"""The simulated platform's four export files: counts to bytes, and back after a restart.

Pure, and the same bytes for the same counts. Money is whole cents, times are UTC to the second.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from deploy.simulate.entrants import Entrant
from deploy.simulate.export import utc_text
from deploy.simulate.options import LEVEL_MINUTES, LEVELS, LEVELS_PER_BREAK
from deploy.simulate.tournament import (
    BUY_IN_CENTS,
    ENTRIES,
    PAYOUTS,
    PLAYERS,
    PRIZE_CENTS,
    STARTING_CHIPS,
    Count,
    Player,
    Row,
)

NAME = "Harbour Lights Open"
VENUE = "Breakwater Hall"
# Everything that this simulator tells of; what else a folder holds is somebody's own.
ID_PREFIX = "HLO-"
# How long the tournament went on before the demo comes in, with its nights.
PLAYED_BEFORE = timedelta(days=1)
DAY = 2

BREAK_MINUTES = 15

type Event = Mapping[str, object]


def event_id(seed: int, number: int) -> str:
    """The platform's id of a tournament."""
    return f"{ID_PREFIX}{seed}-{number}"


def event(seed: int, count: Count) -> Event:
    """One element of Events.json."""
    status = "completed" if count.remaining == 1 else "running"
    if 2 <= count.remaining <= 9:
        status = "heads_up" if count.remaining == 2 else "final_table"
    start = datetime.fromisoformat(_time(count.at_ticks)) - PLAYED_BEFORE
    return {
        "event_id": event_id(seed, count.number),
        "event_name": f"{NAME} - Event {count.number}",
        "event_number": count.number,
        "event_type": "MAIN_EVENT" if count.number == 1 else "SIDE_EVENT",
        "start_date": start.date().isoformat(),
        "timezone": "UTC",
        "buy_in": BUY_IN_CENTS,
        "rake": BUY_IN_CENTS - PRIZE_CENTS,
        "prize_pool": ENTRIES * PRIZE_CENTS,
        "total_entries": ENTRIES,
        "unique_entries": PLAYERS,
        "reentries_count": ENTRIES - PLAYERS,
        "players_remaining": count.remaining,
        "starting_chips": STARTING_CHIPS,
        "table_count": count.tables,
        "status": status,
        "venue": VENUE,
        "blind_structure": _blind_structure(),
        "payouts": [
            {"place_start": first, "place_end": last, "amount": cents}
            for first, last, cents in PAYOUTS
        ],
    }


def _blind_structure() -> list[dict[str, object]]:
    lines: list[dict[str, object]] = []
    for number, (small, big, _) in enumerate(LEVELS, 1):
        lines.append(
            {
                "level": number,
                "small_blind": small,
                "big_blind": big,
                "ante": big,
                "duration_minutes": LEVEL_MINUTES,
            }
        )
        if number % LEVELS_PER_BREAK == 0:
            lines.append({"is_break": True, "duration_minutes": BREAK_MINUTES})
    return lines


def events_json(events: Iterable[Event], at_ticks: int) -> bytes:
    """Events.json with the time it gives itself."""
    return _json({"exported_at": _time(at_ticks), "events": list(events)})


def players_json(entrants: Iterable[Entrant]) -> bytes:
    """Players.json; what is not known of a player is left out."""
    return _json({"players": [_player(entrant) for entrant in entrants]})


def _player(entrant: Entrant) -> dict[str, object]:
    nickname = {"nickname": entrant.nickname} if entrant.nickname else {}
    return {
        "wsop_player_id": entrant.id,
        "name": entrant.name,
        **nickname,
        "country_code": entrant.country,
        "wsop_bracelets": entrant.bracelets,
        "wsop_rings": entrant.rings,
        "wsop_cashes": entrant.cashes,
        "lifetime_earnings": entrant.earnings_cents,
    }


def chip_counts_csv(seed: int, count: Count, known_out: Iterable[str] = ()) -> bytes:
    """ChipCounts.csv: everybody in play, and who went out since `known_out` (ids) were."""
    gone = set(known_out)
    return _csv(
        [
            {
                "event_id": event_id(seed, count.number),
                "wsop_player_id": row.entrant.id,
                "player_name": row.entrant.name,
                "chip_count": row.chips,
                "recorded_at": _time(count.at_ticks),
                **_place(row),
                "status": "eliminated" if row.out else "active",
                "big_blind": LEVELS[count.level][1],
                "day_number": DAY,
                "level_number": count.level + 1,
            }
            for row in count.rows
            if row.entrant.id not in gone
        ]
    )


def standings_csv(seed: int, count: Count) -> bytes:
    """Standings.csv: one snapshot of those in play and of those out since the demo began."""
    return _csv(
        [
            {
                "event_id": event_id(seed, count.number),
                "snapshot_at": _time(count.at_ticks),
                "wsop_player_id": row.entrant.id,
                "player_name": row.entrant.name,
                "country_code": row.entrant.country,
                "chip_count": row.chips,
                **_place(row),
                "status": _status(row, count),
                "prize_won": row.prize_cents or "",
                "players_remaining": count.remaining,
                "level_number": count.level + 1,
                "day_number": DAY,
            }
            for row in count.rows
        ]
    )


def _place(row: Row) -> dict[str, object]:
    seat = {"table_num": "", "seat_num": ""}
    if not row.out:
        seat = {"table_num": str(row.table), "seat_num": str(row.seat)}
    return {"rank": row.rank, **seat}


def _status(row: Row, count: Count) -> str:
    if row.out:
        return "eliminated"
    return "winner" if count.remaining == 1 else "active"


def read_events(data: bytes) -> dict[str, Event]:
    """The events of an Events.json by id. Raises ValueError for one that is not ours."""
    try:
        found = {str(each["event_id"]): each for each in json.loads(data)["events"]}
    except (TypeError, KeyError) as error:
        raise ValueError("it is no Events.json of this simulator") from error
    if not all(name.startswith(ID_PREFIX) for name in found):
        raise ValueError("it tells of events that are not this simulator's")
    return found


def read_standings(
    data: bytes, wanted: str, entrants: Sequence[Entrant]
) -> tuple[list[Player], int]:
    """The players and the level (index of LEVELS) of the snapshot of one event; none = ([], 0).

    Raises ValueError or KeyError for a file that `standings_csv` did not write.
    """
    known = {entrant.id: entrant for entrant in entrants}
    players, level = [], 0
    for row in csv.DictReader(io.StringIO(data.decode())):
        if row["event_id"] != wanted:
            continue
        level = int(row["level_number"]) - 1
        out = row["status"] == "eliminated"
        players.append(
            Player(
                entrant=known[row["wsop_player_id"]],
                chips=int(row["chip_count"]),
                table=int(row["table_num"] or 0),
                seat=int(row["seat_num"] or 0),
                place=int(row["rank"]) if out else 0,
            )
        )
    return players, level


def _time(ticks: int) -> str:
    return f"{utc_text(ticks).partition('.')[0]}Z"


def _json(value: dict[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _csv(rows: Sequence[Mapping[str, object]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
