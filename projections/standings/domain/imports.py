"""What an import tells of events: figures at once, places and stacks when it is closed."""

from collections.abc import Sequence

from msgspec import UNSET, structs

from contracts.messages.wsop import EventsTold, ImportClosed, StandingsTold
from contracts.recorded import Recorded
from contracts.rows import Rows
from contracts.tournament import EventFields
from projections.standings.domain.counting import count, slot_of
from projections.standings.domain.places import imported_id
from projections.standings.domain.recompute import recompute
from projections.standings.domain.rows import Counted, EventRow, FigureRow, ImportRow, Pending
from projections.standings.domain.set_rows import CountedSetRow


def told_of(import_id: str, event_id: str, recorded: Recorded, rows: Rows) -> EventRow:
    """The event, from its first word on; the import remembers that it told of it."""
    known = _import(import_id, rows)
    if event_id not in known.events:
        rows.put(structs.replace(known, events=(*known.events, event_id)))
    event = rows.get(EventRow, event_id)
    if event is None:
        figures = FigureRow(event_id=event_id, from_seq=recorded.sequence, said_at=recorded.said_at)
        rows.put(figures)
        event = EventRow(event_id=event_id, figures=figures)
        rows.put(event)
    return event


def keep_figures(told: EventsTold, recorded: Recorded, rows: Rows) -> None:
    """Begin a period of figures where a fact changes one."""
    for row in told.rows:
        event = told_of(told.import_id, row.event_id, recorded, rows)
        old = event.figures
        changed = _changed(row.new)
        new = structs.replace(old, **changed)
        if new == old:
            continue
        if old.from_seq != recorded.sequence:
            rows.put(structs.replace(old, to_seq=recorded.sequence))
            new = structs.replace(new, from_seq=recorded.sequence, said_at=recorded.said_at)
        rows.put(new)
        rows.put(structs.replace(event, figures=new))


def keep_pending(told: StandingsTold, recorded: Recorded, rows: Rows) -> None:
    """Remember a snapshot until its import is closed."""
    told_of(told.import_id, told.event_id, recorded, rows)
    known = _import(told.import_id, rows)
    pending = Pending(told.event_id, Counted(told.snapshot_at, told.players_remaining))
    if pending not in known.snapshots:
        rows.put(structs.replace(known, snapshots=(*known.snapshots, pending)))


def close(closed: ImportClosed, recorded: Recorded, rows: Rows) -> None:
    """Let what an import told count, and make the standings of its events anew.

    The snapshots of an abandoned import never count; the stacks it told do.
    """
    known = _import(closed.import_id, rows)
    counting = () if closed.status == "abandoned" else known.snapshots
    for told in counting:
        count(_counted(closed.import_id, told, recorded), rows)
    for event_id in known.events:
        event = rows.get(EventRow, event_id)
        assert event is not None, "an import tells of an event before it is closed"
        mine = [told.counted for told in counting if told.event_id == event_id]
        rows.put(recompute(_with_snapshots(event, mine), recorded, rows))


def _counted(import_id: str, told: Pending, recorded: Recorded) -> CountedSetRow:
    at = told.counted.at
    return CountedSetRow(
        event_id=told.event_id,
        slot=slot_of(at),
        set_id=imported_id(import_id, told.event_id, at),
        source="imported",
        at=at,
        from_seq=recorded.sequence,
        known_at=recorded.said_at,
    )


def _with_snapshots(event: EventRow, told: Sequence[Counted]) -> EventRow:
    """The event with the snapshots of an import; one of a known time replaces it."""
    counted = {each.at: each for each in (*event.snapshots, *told)}
    return structs.replace(event, snapshots=tuple(counted[at] for at in sorted(counted)))


def _import(import_id: str, rows: Rows) -> ImportRow:
    return rows.get(ImportRow, import_id) or ImportRow(import_id=import_id)


def _changed(told: EventFields) -> dict[str, object]:
    changed: dict[str, object] = {}
    for name in ("starting_chips", "total_entries"):
        if (value := getattr(told, name)) is not UNSET:
            changed[name] = value
    if told.payouts is not UNSET:
        changed["payouts"] = told.payouts or ()
    return changed
