"""Which sets count: one per snapshot's time and the newest recomputation, each since a sequence."""

from datetime import datetime

from contracts.rows import Key, Row, Rows
from projections.standings.domain.set_rows import CountedSetRow, FormerSetRow

# The slot of an event's recomputation; those of snapshots are named by their time.
RECOMPUTED = ""


def slot_of(at: datetime) -> str:
    """The slot of a snapshot."""
    return at.isoformat()


def recomputed_key(event_id: str) -> tuple[type[Row], Key]:
    """The set of an event that was recomputed last."""
    return CountedSetRow, (event_id, RECOMPUTED)


def snapshot_key(event_id: str, at: datetime) -> tuple[type[Row], Key]:
    """The set of an event that counts as its snapshot of a time."""
    return CountedSetRow, (event_id, slot_of(at))


def count(new: CountedSetRow, rows: Rows) -> None:
    """Let a set count from now on, in place of the one that did."""
    old = rows.get(CountedSetRow, *new.key)
    if old is not None:
        rows.put(
            FormerSetRow(
                set_id=old.set_id,
                event_id=old.event_id,
                source=old.source,
                at=old.at,
                from_seq=old.from_seq,
                to_seq=new.from_seq,
                known_at=old.known_at,
            )
        )
    rows.put(new)
