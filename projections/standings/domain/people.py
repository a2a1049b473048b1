"""Who was told of in an event, under which name, and whether they are in or out."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import UNSET, structs

from contracts import persons
from contracts.messages.wsop import ChipCountsTold, PlayersTold, StandingsTold
from contracts.messages.wsop import StandingRow as ToldPlace
from contracts.people.names import name_key
from contracts.rows import Key, Row, Rows
from projections.standings.domain.lives import re_entries, with_sign
from projections.standings.domain.places import imported_id, place_holder
from projections.standings.domain.rows import EntrantRow, PlayerRow, Run
from projections.standings.domain.stacks import alive_at, chip_holder, keep_alive


def entrant_keys(event: ChipCountsTold | StandingsTold) -> Iterable[tuple[type[Row], Key]]:
    """The entrants that rows of a fact name by an id."""
    for row in event.rows:
        if row.player_id is not None:
            yield EntrantRow, (event.event_id, persons.of_wsop_player(row.player_id))


def name_players(event: PlayersTold, rows: Rows) -> None:
    """Keep the names of the platform's players."""
    for row in event.rows:
        holder = persons.of_wsop_player(row.player_id)
        known = rows.get(PlayerRow, holder)
        name = known.name if known else ""
        country = known.country_code if known else None
        if row.new.name is not UNSET:
            name = row.new.name or ""
        if row.new.country_code is not UNSET:
            country = row.new.country_code
        rows.put(
            PlayerRow(
                holder=holder,
                player_id=row.player_id,
                name=name,
                name_key=name_key(name),
                country_code=country,
            )
        )


def meet_counted(event: ChipCountsTold, sequence: int, rows: Rows) -> None:
    """Take in who a count of chips names, and who of them is out or back."""
    at = event.recorded_at
    told = [(chip_holder(row), row) for row in event.rows]
    keep_alive(event.event_id, [(h, at) for h, row in told if row.told.chip_count > 0], rows)
    for holder, row in told:
        if row.player_id is None:
            continue
        entrant = _entrant((event.event_id, holder), (row.player_id, row.player_name), rows)
        sign = None
        if row.told.chip_count > 0 or row.told.status == "active":
            sign = Run(kind="in", first=at, last=at)
        elif row.told.status == "eliminated":
            sign = Run(kind="out", first=at, last=at)
        _follow(entrant, sign, sequence, rows)


def meet_placed(event: StandingsTold, sequence: int, rows: Rows) -> None:
    """Take in who a snapshot names, and who of them is out, back or has won."""
    at = event.snapshot_at
    told = [(place_holder(row), row) for row in event.rows]
    keep_alive(event.event_id, [(h, at) for h, row in told if row.chip_count > 0], rows)
    for holder, row in told:
        if row.player_id is None:
            continue
        entrant = _entrant((event.event_id, holder), (row.player_id, row.player_name), rows)
        _follow(entrant, _sign(row, at, imported_id(event)), sequence, rows)


def _sign(row: ToldPlace, at: datetime, set_id: str) -> Run | None:
    if row.status in ("eliminated", "winner"):
        return Run(
            kind="winner" if row.status == "winner" else "out",
            first=at,
            last=at,
            rank=row.rank,
            prize_won=row.prize_won,
            set_id=set_id,
        )
    if row.status == "active" or row.chip_count > 0:
        return Run(kind="in", first=at, last=at)
    return None


def _entrant(key: tuple[str, str], named: tuple[str, str | None], rows: Rows) -> EntrantRow:
    """The entrant with the name a row gives; of several names the first in order stays."""
    player_id, name = named
    known = rows.get(EntrantRow, *key)
    if known is not None and (not name or "" < known.name <= name):
        return known
    told = known or EntrantRow(
        event_id=key[0], holder=key[1], player_id=player_id, name="", name_key="", last_sequence=0
    )
    return structs.replace(told, name=name or "", name_key=name_key(name or ""))


def _follow(entrant: EntrantRow, sign: Run | None, sequence: int, rows: Rows) -> None:
    """Store an entrant; `in` says nothing new of somebody who was never out."""
    runs = entrant.runs
    if sign is not None and (runs or sign.kind != "in"):
        alive = None if runs else alive_at(entrant.event_id, entrant.holder, rows)
        runs = with_sign(runs, sign)
        if alive is not None:
            runs = with_sign(runs, Run(kind="in", first=alive, last=alive))
        entrant = _with_runs(entrant, runs)
    if entrant != rows.get(EntrantRow, entrant.event_id, entrant.holder):
        rows.put(structs.replace(entrant, last_sequence=sequence))


def _with_runs(entrant: EntrantRow, runs: tuple[Run, ...]) -> EntrantRow:
    last = runs[-1]
    return structs.replace(
        entrant,
        runs=runs,
        state=last.kind,
        since=last.first,
        until=last.last,
        rank=last.rank,
        prize_won=last.prize_won,
        set_id=last.set_id or None,
        re_entries=re_entries(runs),
    )
