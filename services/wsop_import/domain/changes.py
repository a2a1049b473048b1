"""What a record changes of what is known, told at each place of the file that says part of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.structs import asdict

from contracts.messages.wsop import EventRow, PlayerRow
from contracts.tournament import EventFields, PlayerFields
from services.wsop_import.domain.records import EventRecord, PlayerRecord
from services.wsop_import.domain.state import Catalogue


def changed(
    record: EventRecord | PlayerRecord, catalogue: Catalogue
) -> Sequence[EventRow | PlayerRow]:
    """One row per place, that of `record.at` first; none when nothing changes.

    No two rows tell the same field. Of something new only the first row is `created`: its record
    counts last, so it has every field that a record must have.
    """
    if isinstance(record, EventRecord):
        event = catalogue.events.get(record.event_id)
        return [
            EventRow(at=at, event_id=record.event_id, created=created, old=old, new=new)
            for at, created, old, new in _parts(record, event, record.fields)
        ]
    player = catalogue.players.get(record.player_id)
    return [
        PlayerRow(at=at, player_id=record.player_id, created=created, old=before, new=after)
        for at, created, before, after in _parts(record, player, record.fields)
    ]


def _parts[F: (EventFields, PlayerFields)](
    record: EventRecord | PlayerRecord, known: F | None, told: F
) -> Iterator[tuple[str, bool, F, F]]:
    """Place, whether it is new, and the fields before and after."""
    if known == told:
        return  # a file says again what it said, as nearly all of it does
    fields = type(told)
    old, new = _difference(known or fields(), told)
    places: dict[str, dict[str, Any]] = {record.at: {}}
    for name, value in new.items():
        places.setdefault(record.places.get(name, record.at), {})[name] = value
    for at, after in places.items():
        created = known is None and at == record.at
        if after or created:
            yield at, created, fields(**{name: old[name] for name in after}), fields(**after)


def _difference(
    known: msgspec.Struct, told: msgspec.Struct
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The fields whose value changes, before and after; clearing what nobody told is no change."""
    before = asdict(known)
    new = {
        name: value
        for name, value in asdict(told).items()
        if value is not UNSET
        and value != before[name]
        and not (value is None and before[name] is UNSET)
    }
    return {name: before[name] for name in new}, new
