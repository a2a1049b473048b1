"""Reads of standings: which set counts, now or as known before, and one page of it.

A sequence that no log reaches stands for now, so that both are one statement: what holds began at
or before the sequence, and did not end until then.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from contracts.holders import NAMED
from contracts.views import VIEWS
from services.gateway.routes.context import SEQUENCE_MAX
from services.gateway.routes.tournament_reads import name_people
from services.gateway.views import Listing, Snapshot, Values, Window, read_cursor, write_cursor

# A cursor names the set: the next page is of the same one, whatever came meanwhile.
ROWS = Listing("standings_places", ("set_id", "position"), numbers=("position",))

# Names of ours only; values are parameters.
_CHOSEN = f"""
select {", ".join(f"told.{name}" for name in VIEWS["standings_history"])}, before.*
from views.standings_history as told
left join lateral (
    select
        snapshot.set_id as before_id,
        (
            select min(part.first_holder) from views.standings_rank_parts as part
            where part.set_id = snapshot.set_id
        ) as before_first
    from views.standings_sets as snapshot
    where
        snapshot.event_id = told.event_id and snapshot.source = 'imported'
        and snapshot.at < told.at
        and snapshot.from_seq <= $2 and (snapshot.to_seq is null or snapshot.to_seq > $2)
    order by snapshot.at desc
    limit 1
) as before on true
where
    told.event_id = $1 and told.from_seq <= $2
    and told.set_id = coalesce($4, (
        select held.set_id from views.standings_sets as held
        where
            held.event_id = $1 and held.source = coalesce($3, held.source)
            and held.from_seq <= $2 and (held.to_seq is null or held.to_seq > $2)
        order by held.at desc, held.source
        limit 1
    ))
order by told.from_seq desc
limit 1
"""  # noqa: S608
_RANKS = """
select wanted.holder, (part.ranks ->> wanted.holder)::bigint as rank
from unnest($2::text[]) as wanted (holder)
cross join lateral (
    select found.ranks from views.standings_rank_parts as found
    where found.set_id = $1 and found.first_holder <= wanted.holder
    order by found.first_holder desc
    limit 1
) as part
where (part.ranks ->> wanted.holder)::bigint > 0
"""
_HAS_NAME = """
select known.name_key, min(known.person_id) as person_id
from views.event_names as known
where
    known.event_id = $1 and known.name_key = any($3) and known.name_key <> ''
    and known.from_seq <= $2 and (known.to_seq is null or known.to_seq > $2)
group by known.name_key
having count(*) = 1
"""
_NAMES_OF = """
select distinct known.name_key
from views.event_names as known
where
    known.event_id = $1 and known.person_id = any($3)
    and known.from_seq <= $2 and (known.to_seq is null or known.to_seq > $2)
"""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which standings: of one source or the newer of both, as known at a sequence or now (None)."""

    event_id: str
    source: str | None
    sequence: int | None
    window: Window

    @property
    def at(self) -> int:
        """The sequence that what holds must cover."""
        return SEQUENCE_MAX if self.sequence is None else self.sequence


async def page(snapshot: Snapshot, asked: Asked) -> Values | None:
    """One page of an event's standings, None where no set counts."""
    window = asked.window
    wanted = read_cursor(ROWS, window)[0] if window.cursor is not None else None
    chosen = await snapshot.row(_CHOSEN, asked.event_id, asked.at, asked.source, wanted)
    if chosen is None:
        return None
    items, more = await _rows(snapshot, chosen, window)
    cursor = write_cursor(ROWS, window.order, items[-1]) if more else None
    await _match_names(snapshot, asked, items)
    await _tell_changes(snapshot, asked, (chosen, items))
    await name_people(snapshot, items, asked.sequence)
    return {"standing": chosen, "items": items, "total": chosen["rows"], "next_cursor": cursor}


async def _rows(snapshot: Snapshot, chosen: Values, window: Window) -> tuple[list[Values], bool]:
    """Rows of a set behind the cursor, and whether more follow."""
    total, up = chosen["rows"], window.order == "asc"
    behind = 0 if up else total + 1
    if window.cursor is not None:
        behind = read_cursor(ROWS, window)[1]
    first, last = (behind + 1, behind + window.limit) if up else (behind - window.limit, behind - 1)
    where: dict[str, Any] = {
        "set_id": chosen["set_id"],
        "last_position >= {0}": first,
        "first_position <= {0}": last,
        "position >= {0}": first,
        "position <= {0}": last,
    }
    items = await snapshot.select(ROWS.view, where, f"position {window.order}", window.limit)
    for row in items:
        row["stated_at"] = row["stated_at"] or chosen["at"]
        row["name"] = row["told_name"]
    return items, last < total if up else first > 1


async def _match_names(snapshot: Snapshot, asked: Asked, items: Iterable[Values]) -> None:
    """Give rows their persons: a name is the one player of the event who has it."""
    keys = {row["name_key"] for row in items if row["name_only"]}
    found = await _with_names(snapshot, asked, keys)
    for row in items:
        matched = found.get(row["name_key"]) if row["name_only"] else None
        row["by_name"] = matched is not None
        row["person_id"] = matched if row["name_only"] else row["holder"]


async def _with_names(snapshot: Snapshot, asked: Asked, keys: set[str]) -> dict[str, str]:
    """The only player of the event that each key of a name fits, as known then."""
    if not keys:
        return {}
    found = await snapshot.rows(_HAS_NAME, asked.event_id, asked.at, list(keys))
    return {row["name_key"]: row["person_id"] for row in found}


async def _tell_changes(
    snapshot: Snapshot, asked: Asked, shown: tuple[Values, list[Values]]
) -> None:
    """Give rows their change of rank against the snapshot before, as known then."""
    chosen, items = shown
    wanted = {row[name] for row in items for name in ("holder", "person_id") if row[name]}
    aliases: dict[str, str] = {}
    # Holders that are names come first among the ranks of a set; most sets have none.
    if (chosen["before_first"] or "").startswith(NAMED):
        people = [row["person_id"] for row in items if row["person_id"]]
        keys = await snapshot.rows(_NAMES_OF, asked.event_id, asked.at, people)
        only = await _with_names(snapshot, asked, {row["name_key"] for row in keys})
        aliases = {person: NAMED + key for key, person in only.items()}
        wanted |= set(aliases.values())
    ranks: dict[str, int] = {}
    if chosen["before_id"] is not None:
        found = await snapshot.rows(_RANKS, chosen["before_id"], list(wanted))
        ranks = {row["holder"]: row["rank"] for row in found}
    for row in items:
        named = (row["holder"], row["person_id"], aliases.get(row["person_id"]))
        was = next((ranks[holder] for holder in named if holder in ranks), None)
        row["rank_change"] = None if was is None else was - row["rank"]
