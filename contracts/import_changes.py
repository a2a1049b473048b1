"""What one fact of an import changed: field by field, before and after.

Only what was known before can change: new rows are counted, and a corrected snapshot of standings
is replaced whole, so that neither is listed here.
"""

from collections.abc import Iterator
from typing import Any, Literal

import msgspec
from msgspec import UNSET
from msgspec.structs import asdict

from contracts.messages import Event
from contracts.messages.wsop import (
    ChipCountsTold,
    ChipRow,
    EventRow,
    EventsTold,
    PlayerRow,
    PlayersTold,
)

# The address of a photo can be erased; what a log still says of it is not shown.
WITHHELD = frozenset({"profile_image_url"})


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One field of one event, player or stack; None is a value that nobody told, or was cleared.

    `at` is the place in the file; `id` the event's or the player's, of a stack that names nobody by
    an id the name. `withheld`: it changed, but the values are not shown.
    """

    at: str
    entity: Literal["event", "player", "chip_count"]
    id: str
    field: str
    old: Any
    new: Any
    withheld: bool = False


def changes(event: Event) -> Iterator[Change]:
    """Every change of one fact in the order of its rows and fields; other facts change nothing."""
    match event:
        case EventsTold() | PlayersTold():
            for row in event.rows:
                if not row.created:
                    yield from _of_fields(row)
        case ChipCountsTold():
            for stack in event.rows:
                yield from _of_stack(stack)
        case _:
            pass


def _of_fields(row: EventRow | PlayerRow) -> Iterator[Change]:
    old = asdict(row.old)
    entity: Literal["event", "player"] = "event" if isinstance(row, EventRow) else "player"
    key = row.event_id if isinstance(row, EventRow) else row.player_id
    for name, new in asdict(row.new).items():
        if new is UNSET:
            continue
        withheld = name in WITHHELD
        before = None if withheld or old[name] is UNSET else old[name]
        yield Change(
            at=row.at,
            entity=entity,
            id=key,
            field=name,
            old=before,
            new=None if withheld else new,
            withheld=withheld,
        )


def _of_stack(row: ChipRow) -> Iterator[Change]:
    if row.before is None:
        return
    old = asdict(row.before)
    for name, new in asdict(row.told).items():
        if new != old[name]:
            yield Change(
                at=row.at,
                entity="chip_count",
                id=row.player_id or row.player_name or "",
                field=name,
                old=old[name],
                new=new,
            )
