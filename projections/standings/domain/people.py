"""Who was told of in an event, under which name, and whether they are in or out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from msgspec import UNSET, structs

from contracts import persons
from contracts.messages.wsop import ChipCountsTold, ChipRow, PlayersTold, StandingsTold
from contracts.messages.wsop import StandingRow as ToldPlace
from contracts.people.names import name_key
from contracts.rows import Key, Row, Rows
from contracts.tournament import ChipCount
from projections.standings.domain.lives import re_entries, with_sign, without_sign
from projections.standings.domain.places import place_holder, told_id
from projections.standings.domain.rows import EntrantRow, FormerNameRow, PlayerRow, Run
from projections.standings.domain.stacks import (
    alive_at,
    chip_holder,
    forget_alive,
    keep_alive,
)

# What a statement may say of a life.
LIVES = ("in", "out", "winner")


def entrant_keys(event: ChipCountsTold | StandingsTold) -> Iterable[tuple[type[Row], Key]]:
    """The entrants that rows of a fact name by an id."""
    for row in event.rows:
        if row.player_id is not None:
            yield EntrantRow, (event.event_id, persons.of_wsop_player(row.player_id))


def name_players(event: PlayersTold, sequence: int, rows: Rows) -> None:
    """Keep the names of the platform's players."""
    for row in event.rows:
        holder = persons.of_wsop_player(row.player_id)
        player = rows.get(PlayerRow, holder) or PlayerRow(
            holder=holder, player_id=row.player_id, first_seq=sequence, name_seq=sequence
        )
        if row.new.name is not UNSET:
            player = _renamed(player, row.new.name or "", sequence, rows)
        if row.new.country_code is not UNSET:
            player = structs.replace(player, country_code=row.new.country_code)
        rows.put(player)


def _renamed[R: (PlayerRow, EntrantRow)](known: R, name: str, sequence: int, rows: Rows) -> R:
    """The row with another name; by which key they were known before is kept."""
    key = name_key(name)
    if key == known.name_key:
        return structs.replace(known, name=name)
    if known.name_seq < sequence:
        rows.put(
            FormerNameRow(
                event_id=known.event_id if isinstance(known, EntrantRow) else "",
                holder=known.holder,
                from_seq=known.name_seq,
                to_seq=sequence,
                name_key=known.name_key,
            )
        )
    return structs.replace(known, name=name, name_key=key, name_seq=sequence)


def meet_counted(event: ChipCountsTold, sequence: int, rows: Rows) -> None:
    """Take in who a count of chips names, and who of them is out or back."""
    at = event.recorded_at
    told = [(chip_holder(row), row) for row in event.rows]
    corrected = [(holder, at) for holder, row in told if row.before]
    if corrected:
        forget_alive(event.event_id, corrected, rows)
    seen = [
        (holder, at)
        for holder, row in told
        if row.told.chip_count > 0 and row.told.status != "eliminated"
    ]
    keep_alive(event.event_id, seen, rows)
    for holder, row in told:
        if row.player_id is None:
            continue
        entrant = _entrant((event.event_id, holder), row, sequence, rows)
        if row.before and (was := _kind(row.before)):
            entrant = _with_runs(entrant, without_sign(entrant.runs, was, at))
        kind = _kind(row.told)
        sign = Run(kind=kind, first=at, last=at) if kind else None
        _follow(entrant, sign, sequence, rows)


def _kind(told: ChipCount) -> Literal["in", "out"] | None:
    """What a stack says of a life: its status, if it has one that does; else chips are a life.

    A stack of nothing alone says nothing.
    """
    if told.status == "eliminated":
        return "out"
    return "in" if told.chip_count > 0 or told.status == "active" else None


def meet_placed(event: StandingsTold, sequence: int, rows: Rows) -> None:
    """Take in who a snapshot names, and who of them is out, back or has won."""
    at, set_id = event.snapshot_at, told_id(event)
    told = [(place_holder(row), row) for row in event.rows]
    keep_alive(event.event_id, [(h, at) for h, row in told if row.chip_count > 0], rows)
    for holder, row in told:
        if row.player_id is None:
            continue
        entrant = _entrant((event.event_id, holder), row, sequence, rows)
        if event.corrected:
            for kind in LIVES:
                entrant = _with_runs(entrant, without_sign(entrant.runs, kind, at))
        _follow(entrant, _sign(row, at, set_id), sequence, rows)


def _sign(row: ToldPlace, at: datetime, set_id: str) -> Run | None:
    if row.status in ("eliminated", "winner"):
        return Run(
            kind="winner" if row.status == "winner" else "out",
            first=at,
            last=at,
            rank=row.rank,
            prize_won=row.prize_won,
            set_id=set_id,
            placed_at=at,
        )
    if row.status == "active" or row.chip_count > 0:
        return Run(kind="in", first=at, last=at)
    return None


def _entrant(
    key: tuple[str, str], row: ChipRow | ToldPlace, sequence: int, rows: Rows
) -> EntrantRow:
    """The entrant with the name a row gives; of several names the first in order stays."""
    known = rows.get(EntrantRow, *key) or EntrantRow(
        event_id=key[0],
        holder=key[1],
        player_id=row.player_id or "",
        last_sequence=0,
        first_seq=sequence,
        name_seq=sequence,
    )
    name = row.player_name
    if not name or "" < known.name <= name:
        return known
    return _renamed(known, name, sequence, rows)


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
    if runs == entrant.runs:
        return entrant
    last = runs[-1] if runs else None
    return structs.replace(
        entrant,
        runs=runs,
        state=last and last.kind,
        since=last and last.first,
        until=last and last.last,
        rank=last and last.rank,
        prize_won=last and last.prize_won,
        set_id=(last and last.set_id) or None,
        re_entries=re_entries(runs),
    )
