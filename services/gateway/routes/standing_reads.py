"""Reads of standings: which set holds, now or as known before, and one page of it."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, TypeAdapter, WrapValidator

from services.gateway.views import Listing, Snapshot, Values, Window, read_cursor, write_cursor

# A cursor names the set: the next page is of the same one, whatever came meanwhile.
ROWS = Listing("standings_rows", ("set_id", "position"), numbers=("position",))
SETS_MAX = 1
_SEQUENCE = re.compile(r"[0-9]{1,18}\Z")
_TIME: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)

_HOLDS = "coalesce(to_seq > {0}, true)"
_LAST_KNOWN = """
select max(from_seq) as sequence from views.standings_history
where event_id = $1 and known_at <= $2
"""
_RANKS = """
select ranks.holder, min(ranks.rank) as rank
from views.standings_ranks as ranks
join unnest($2::text[]) as wanted (holder) on wanted.holder = ranks.holder
where ranks.set_id = $1
group by ranks.holder
having count(*) = 1 and min(ranks.rank) > 0
"""


def _read_as_of(value: Any, _: Any) -> int | datetime:
    if isinstance(value, int | datetime):
        return value
    return int(value) if _SEQUENCE.match(str(value)) else _TIME.validate_python(value)


# A sequence, or a time: then what was stored up to it.
AsOf = Annotated[int | datetime, WrapValidator(_read_as_of)]


async def page(
    snapshot: Snapshot,
    event_id: str,
    asked: tuple[str | None, int | datetime | None],
    window: Window,
) -> Values:
    """One page of an event's standings; `asked` are the source and the moment of knowledge."""
    source, as_of = asked
    sequence = await _sequence(snapshot, event_id, as_of)
    chosen = await _chosen(snapshot, event_id, (source, sequence), window)
    if chosen is None:
        return {"standing": None, "items": [], "total": 0, "next_cursor": None}
    items, more = await _rows(snapshot, chosen, window)
    before = await _before(snapshot, chosen, sequence)
    ranks = await _ranks(snapshot, before, items) if before else {}
    for row in items:
        was = ranks.get(row["holder"]) or ranks.get(row["person_id"])
        row["rank_change"] = None if was is None else was - row["rank"]
    cursor = write_cursor(ROWS, window.order, items[-1]) if more else None
    return {"standing": chosen, "items": items, "total": chosen["rows"], "next_cursor": cursor}


async def _sequence(snapshot: Snapshot, event_id: str, as_of: int | datetime | None) -> int | None:
    """The last sequence known then that says anything of these standings; None is now."""
    if not isinstance(as_of, datetime):
        return as_of
    found = await snapshot.row(_LAST_KNOWN, event_id, as_of)
    return found["sequence"] or 0 if found else 0


def _known_then(sequence: int | None) -> dict[str, Any]:
    if sequence is None:
        return {"to_seq is null and from_seq > {0}": 0}
    return {"from_seq <= {0}": sequence, _HOLDS: sequence}


async def _chosen(
    snapshot: Snapshot, event_id: str, asked: tuple[str | None, int | None], window: Window
) -> Values | None:
    source, sequence = asked
    where: dict[str, Any] = {"event_id": event_id} | _known_then(sequence)
    if window.cursor is not None:
        where = {"event_id": event_id, "set_id": read_cursor(ROWS, window)[0]}
    elif source is not None:
        where["source"] = source
    found = await snapshot.select(
        "standings_history", where, "at desc, source, from_seq desc", SETS_MAX
    )
    return found[0] if found else None


async def _before(snapshot: Snapshot, chosen: Values, sequence: int | None) -> str | None:
    """The snapshot before, as known at the same moment."""
    where = {"event_id": chosen["event_id"], "source": "imported", "at < {0}": chosen["at"]}
    found = await snapshot.select(
        "standings_history", where | _known_then(sequence), "at desc, from_seq desc", SETS_MAX
    )
    return found[0]["set_id"] if found else None


async def _rows(snapshot: Snapshot, chosen: Values, window: Window) -> tuple[list[Values], bool]:
    """Rows of a set behind the cursor, and whether more follow."""
    total, up = chosen["rows"], window.order == "asc"
    behind = 0 if up else total + 1
    if window.cursor is not None:
        behind = read_cursor(ROWS, window)[1]
    first, last = (behind + 1, behind + window.limit) if up else (behind - window.limit, behind - 1)
    where = {
        "set_id": chosen["set_id"],
        "last_position >= {0}": first,
        "first_position <= {0}": last,
        "position >= {0}": first,
        "position <= {0}": last,
    }
    items = await snapshot.select("standings_rows", where, f"position {window.order}", window.limit)
    return items, last < total if up else first > 1


async def _ranks(snapshot: Snapshot, set_id: str, items: list[Values]) -> dict[str, int]:
    wanted = {row[name] for row in items for name in ("holder", "person_id") if row[name]}
    found = await snapshot.rows(_RANKS, set_id, list(wanted))
    return {row["holder"]: row["rank"] for row in found}
