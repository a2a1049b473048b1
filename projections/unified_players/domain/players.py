"""What the tournament platform's files tell of players: their fields, and stacks of strangers.

A snapshot of standings counts when its import is closed, but whom it names is known at once: an
import that is abandoned takes back places, not that there is such a player.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import UNSET

from contracts import persons
from contracts.messages.wsop import (
    ChipCountsTold,
    ChipRow,
    ImportStarted,
    PlayerRow,
    PlayersTold,
    StandingRow,
    StandingsTold,
)
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.unified_players.domain.people import People, near_keys
from projections.unified_players.domain.rows import (
    AddressRow,
    ImportRow,
    Place,
    Stub,
    Told,
)

type Stacks = ChipCountsTold | StandingsTold
type Said = ImportStarted | PlayersTold | Stacks
HANDLES = (ImportStarted, PlayersTold, ChipCountsTold, StandingsTold)

ADDRESS = "profile_image_url"


def keys(event: Said) -> Iterator[tuple[type[Row], Key]]:
    """The file, and the players that the event names."""
    match event:
        case ImportStarted():
            pass
        case PlayersTold():
            yield ImportRow, (event.import_id,)
            for row in event.rows:
                person_id = persons.of_wsop_player(row.player_id)
                yield from near_keys(person_id)
                yield AddressRow, (person_id,)
        case ChipCountsTold() | StandingsTold():
            yield ImportRow, (event.import_id,)
            for stack in event.rows:
                if stack.player_id is not None:
                    yield from near_keys(persons.of_wsop_player(stack.player_id))


def apply(recorded: Recorded, rows: Rows) -> None:
    """Apply one event; raises LookupError for a fact of an import that never started."""
    event = recorded.event
    match event:
        case ImportStarted():
            file = event.file
            rows.put(ImportRow(import_id=event.import_id, path=file.path, sha256=file.sha256))
        case PlayersTold():
            people = People(recorded, rows)
            for row in event.rows:
                _player(row, _place(event.import_id, row.at, recorded, rows), people, rows)
            people.settle()
        case ChipCountsTold() | StandingsTold():
            people = People(recorded, rows)
            for stack in event.rows:
                if stack.player_id is not None:
                    person_id = persons.of_wsop_player(stack.player_id)
                    people.enter(person_id, event.event_id)
                    if not stack.player_known:
                        place = _place(event.import_id, stack.at, recorded, rows)
                        _stub(stack, (person_id, _moment(event)), place, people)
            people.settle()
        case _:
            raise TypeError(event)


def _place(import_id: str, at: str, recorded: Recorded, rows: Rows) -> Place:
    file = rows.get(ImportRow, import_id)
    if file is None:
        raise LookupError(f"import {import_id} never started")
    return Place(
        sequence=recorded.sequence,
        told_at=recorded.said_at,
        path=file.path,
        sha256=file.sha256,
        at=at,
    )


def _player(row: PlayerRow, place: Place, people: People, rows: Rows) -> None:
    """Fields that are told replace what was told before; a cleared one was never told."""
    person_id = persons.of_wsop_player(row.player_id)
    member = people.member(person_id)
    told = dict(member.player)
    for key, value in msgspec.structs.asdict(row.new).items():
        if value is None:
            told.pop(key, None)
        elif value is not UNSET:
            kept = "" if key == ADDRESS else value
            told[key] = Told(value=kept, place=place, key=key)
            if key == ADDRESS:
                known = rows.get(AddressRow, person_id) or AddressRow(person_id=person_id)
                addresses = known.addresses | {str(place.sequence): value}
                rows.put(msgspec.structs.replace(known, addresses=addresses))
    people.put(person_id, msgspec.structs.replace(member, player=told, known=True))


def _moment(event: Stacks) -> datetime:
    return event.recorded_at if isinstance(event, ChipCountsTold) else event.snapshot_at


def _stub(
    row: ChipRow | StandingRow, where: tuple[str, datetime], place: Place, people: People
) -> None:
    """Of a stranger's stacks with a name the newest tells it; of one moment, the newer import."""
    person_id, moment = where
    member = people.member(person_id)
    known = member.stub
    if known and bool(known.name) > bool(row.player_name):
        return
    if known and bool(known.name) == bool(row.player_name) and known.recorded_at > moment:
        return
    name = row.player_name and Told(value=row.player_name, place=place, key="player_name")
    stub = Stub(recorded_at=moment, name=name or None)
    people.put(person_id, msgspec.structs.replace(member, stub=stub))
