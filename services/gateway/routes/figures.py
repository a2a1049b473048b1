"""A person's records in one game up to a point, and the figures made of them.

A person's current game is the one with the newest statement that lists them: who left the seat
since has none, whatever the last hand of an older game says, so that no old stack passes for a
present one.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import msgspec

from contracts.poker.chips import FlowRequest, chip_flow
from contracts.poker.seat_record import SeatRecord
from contracts.poker.statistics import MissingFigure
from services.gateway.errors import Problem, not_found
from services.gateway.routes import seat_models
from services.gateway.routes.parameters import FlowQuery, PointQuery
from services.gateway.views import Snapshot, Values

READS = ("hands", "unified_players")
# A person plays some 170 hands of a game and some 800 of a festival.
RECORDS_MAX = 5000

# Where a person is known by an id: view, the column that holds it, which row tells best.
_KNOWN = (
    ("identities", "person_id", "last_start_ticks desc"),
    ("identities", "identity_id", "last_start_ticks desc"),
    ("seat_corrections", "person_id", "sequence desc"),
)

_CURRENT = """
select seats.game_id, games.last_start_ticks = seats.start_ticks as there
from views.hand_seats as seats
join views.games on games.game_id = seats.game_id
where seats.person_id = $1
order by seats.start_ticks + case seats.state when 'settled' then seats.duration_ticks else 0 end
    desc, seats.game_id desc
limit 1
"""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What one game tells of a person up to a point, in order; `now`: the point is its end."""

    person_id: str
    game_id: str
    rows: list[Values]
    now: bool

    @property
    def records(self) -> list[SeatRecord]:
        """The rows as records."""
        return [seat_record(row) for row in self.rows]


def seat_record(row: Mapping[str, Any]) -> SeatRecord:
    """A row of `views.hand_seats` as a record."""
    cells = {name: row[name] for name in SeatRecord.__struct_fields__}
    return SeatRecord(**cells | {"start_ticks": str(row["start_ticks"])})


async def person_row(snapshot: Snapshot, person_id: str) -> Values | None:
    """What tells best of a person (`person_id`, `name`, `long_name`), of a linked identity too;
    None for somebody no table listed and no correction names.
    """
    for view, column, order in _KNOWN:
        if found := await snapshot.select(view, {column: person_id}, order, 1):
            return found[0]
    return None


async def known_person(snapshot: Snapshot, person_id: str) -> str:
    """The id a person is shown under: of a linked identity the player's, else the same.

    Somebody whom only the platform or an operator names has no hands. Raises Problem 404.
    """
    found = await person_row(snapshot, person_id)
    if found is not None:
        return str(found["person_id"])
    if await snapshot.count("unified_players", {"ids ? {0}": person_id}):
        return person_id
    raise not_found("player", person_id)


async def seen(snapshot: Snapshot, person_id: str, query: PointQuery) -> Seen:
    """The person's records up to the point that is asked for.

    Raises Problem 404 for an unknown person, game or hand; MissingFigure `no_hands` for a person
    whom no hand lists, `no_current_game` for one who left the table, when no game is named.
    """
    person_id = await known_person(snapshot, person_id)
    game_id = query.game_id or await _current_game(snapshot, person_id)
    game = await snapshot.one("games", "game_id", game_id)
    if game is None:
        raise not_found("game", game_id)
    where: dict[str, Any] = {"person_id": person_id, "game_id": game_id}
    last = game["hands"] - 1
    if query.ordinal is not None:
        if query.ordinal > last:
            raise not_found(f"hand {query.ordinal} in game", game_id)
        where[f"ordinal {'<' if query.at == 'start' else '<='} {{0}}"] = query.ordinal
    rows = await _rows(snapshot, where)
    if not rows:
        await _check_listed(snapshot, person_id)
    now = query.ordinal in (None, last) and query.at == "end"
    return Seen(person_id=person_id, game_id=game_id, rows=rows, now=now)


async def records_by_game(
    snapshot: Snapshot, person_id: str, game_id: str | None
) -> dict[str, list[SeatRecord]]:
    """The person's records of one game, or of all games in the order they were made."""
    where = {"person_id": person_id} | ({} if game_id is None else {"game_id": game_id})
    rows = await _rows(snapshot, where)
    return {
        game: [seat_record(row) for row in of_game]
        for game, of_game in groupby(rows, lambda row: str(row["game_id"]))
    }


def flow(seen: Seen, query: FlowQuery) -> seat_models.ChipFlow:
    """The chip flow of these records. Raises MissingFigure."""
    records = seen.records
    ticks = {record.ordinal: record.start_ticks for record in records}
    unknown = sorted(set(query.named) - ticks.keys())
    if unknown:
        raise MissingFigure("not_in_window", f"the hands {unknown} do not list this player")
    request = FlowRequest(
        window=query.window,
        points=query.points,
        now=seen.now,
        named=tuple(ticks[ordinal] for ordinal in query.named),
    )
    found = chip_flow(records, request)
    newest = seen.rows[-1]
    return seat_models.ChipFlow(
        person_id=seen.person_id,
        name=newest["person_name"],
        long_name=newest["person_long_name"],
        game_id=seen.game_id,
        as_of_ordinal=newest["ordinal"],
        text=found.text,
        hands=found.hands,
        values=list(found.values),
        points=[
            seat_models.FlowPoint(hands_back=each.hands_back, chips=each.chips)
            for each in found.points
        ],
        current=found.current,
        max_label=found.max_chips,
        min_label=found.min_chips,
        stack_typed=found.stack_typed,
    )


async def _current_game(snapshot: Snapshot, person_id: str) -> str:
    found = await snapshot.row(_CURRENT, person_id)
    if found is None:
        raise MissingFigure("no_hands", f"no hand lists the player {person_id}")
    if not found["there"]:
        raise MissingFigure(
            "no_current_game",
            "the last hand of the game this player was in does not list them; name a game_id",
        )
    return str(found["game_id"])


async def _check_listed(snapshot: Snapshot, person_id: str) -> None:
    """Raise MissingFigure for a person whom no hand lists: of one there can be no figure."""
    if not await snapshot.count("hand_seats", {"person_id": person_id}):
        raise MissingFigure("no_hands", f"no hand lists the player {person_id}")


async def _rows(snapshot: Snapshot, where: Mapping[str, Any]) -> list[Values]:
    rows = await snapshot.select("hand_seats", where, "game_id, start_ticks, seat", RECORDS_MAX + 1)
    if len(rows) > RECORDS_MAX:
        raise Problem(422, "too_many_hands", f"more than {RECORDS_MAX} hands; name a game_id")
    return rows
