"""What files tell of an event, field by field with its proof."""

from datetime import date

from msgspec import UNSET, structs

from contracts.messages.wsop import EventRow as ToldEvent
from contracts.messages.wsop import EventsTold, StandingsTold
from contracts.recorded import Recorded
from contracts.rows import Rows
from projections.events.domain.rows import EventRow, Proof, RemainingRow

LISTS = ("tags", "blind_structure", "payouts")
REMAINING = "players_remaining"


def told_of(event_id: str, recorded: Recorded, rows: Rows) -> EventRow:
    """The event, from its first word on: a stub while no file of events told of it."""
    known = rows.get(EventRow, event_id)
    if known is None:
        known = EventRow(
            event_id=event_id,
            first_sequence=recorded.sequence,
            last_sequence=recorded.sequence,
            said_at=recorded.said_at,
        )
        rows.put(known)
    return known


def keep_fields(told: EventsTold, recorded: Recorded, rows: Rows) -> None:
    """Take in the changed fields of every event of a fact."""
    for row in told.rows:
        proof = Proof(
            import_id=told.import_id,
            at=row.at,
            sequence=recorded.sequence,
            told_at=recorded.said_at,
        )
        fields = _changed(row)
        if row.new.players_remaining is not UNSET:
            rows.put(
                RemainingRow(
                    event_id=row.event_id,
                    source="events",
                    own_at=told.exported_at or recorded.said_at,
                    import_id=told.import_id,
                    players_remaining=row.new.players_remaining,
                    counted=False,
                    at=row.at,
                    sequence=recorded.sequence,
                )
            )
        event = told_of(row.event_id, recorded, rows)
        rows.put(
            structs.replace(
                event,
                **fields,
                known=True,
                proofs=event.proofs | dict.fromkeys(fields.keys() - {"places_paid"}, proof),
                last_sequence=recorded.sequence,
                said_at=recorded.said_at,
            )
        )


def keep_snapshot(told: StandingsTold, recorded: Recorded, rows: Rows) -> None:
    """Take in how many players a snapshot says are left; it counts when its import is closed."""
    told_of(told.event_id, recorded, rows)
    rows.put(
        RemainingRow(
            event_id=told.event_id,
            source="standings",
            own_at=told.snapshot_at,
            import_id=told.import_id,
            players_remaining=told.players_remaining,
            counted=told.remaining_counted,
            at="",
            sequence=recorded.sequence,
        )
    )


def _changed(row: ToldEvent) -> dict[str, object]:
    """The told fields under the names of the columns."""
    found: dict[str, object] = {}
    for name, value in structs.asdict(row.new).items():
        if value is UNSET or name == REMAINING:
            continue
        if name in LISTS:
            found[name] = value or ()
        else:
            found[name] = value.isoformat() if isinstance(value, date) else value
    if row.new.payouts is not UNSET:
        found["places_paid"] = max((band.place_end for band in row.new.payouts or ()), default=None)
    return found
