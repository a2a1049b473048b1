"""What the platform states of stacks: one row per holder and moment, the newest import holds.

What changed since the statement before is not kept: it follows from the two, whichever came first.
"""

from collections.abc import Iterable

from msgspec import structs

from contracts.holders import holder_key
from contracts.messages import Event
from contracts.messages.wsop import ChipCountsTold, ChipRow
from contracts.messages.wsop_event import HoldSet
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.chip_counts.domain.rows import LatestRow, ReplacedRow, StatementRow

HANDLES: tuple[type[Event], ...] = (ChipCountsTold,)


def block_key(event: Event) -> str | None:
    """All that is said of one event is one block; None for other facts."""
    match event:
        case ChipCountsTold(event_id=event_id) | HoldSet(event_id=event_id):
            return f"wsop:{event_id}"
        case _:
            return None


def keys(event: Event) -> Iterable[tuple[type[Row], Key]]:
    """The holders' current statements, and the statements that rows of the fact correct."""
    if not isinstance(event, ChipCountsTold):
        return
    for row in event.rows:
        holder = _holder(row)
        yield LatestRow, (event.event_id, holder)
        if row.before is not None:
            yield StatementRow, (event.event_id, holder, event.recorded_at)


def follow(recorded: Recorded, rows: Rows) -> None:
    """Apply what the platform states of stacks; other events change nothing."""
    if isinstance(recorded.event, ChipCountsTold):
        _state(recorded.event, recorded, rows)


def _state(event: ChipCountsTold, recorded: Recorded, rows: Rows) -> None:
    """Store every row of a fact; a statement that it corrects goes to the history."""
    for row in event.rows:
        told = _statement(event, row, recorded)
        if row.before is not None:
            _replace(rows.get(StatementRow, *told.key), recorded.sequence, rows)
        rows.put(told)
        latest = rows.get(LatestRow, told.event_id, told.holder)
        if latest is None or latest.recorded_at < told.recorded_at:
            rows.put(
                LatestRow(
                    event_id=told.event_id,
                    holder=told.holder,
                    recorded_at=told.recorded_at,
                    first_seq=latest.first_seq if latest else recorded.sequence,
                )
            )


def _replace(old: StatementRow | None, sequence: int, rows: Rows) -> None:
    if old is None:
        raise LookupError("a correction of a statement that was never told")
    rows.put(
        ReplacedRow(
            event_id=old.event_id,
            holder=old.holder,
            recorded_at=old.recorded_at,
            from_seq=old.from_seq,
            to_seq=sequence,
            chips=old.chips,
            status=old.status,
            statement=old,
        )
    )


def _holder(row: ChipRow) -> str:
    return holder_key(row.player_id, row.player_name)


def _statement(event: ChipCountsTold, row: ChipRow, recorded: Recorded) -> StatementRow:
    told = structs.asdict(row.told)
    return StatementRow(
        event_id=event.event_id,
        holder=_holder(row),
        recorded_at=event.recorded_at,
        from_seq=recorded.sequence,
        said_at=recorded.said_at,
        import_id=event.import_id,
        at=row.at,
        player_id=row.player_id,
        player_name=row.player_name,
        chips=told.pop("chip_count"),
        zone_assumed=event.zone_assumed,
        time_assumed=event.time_assumed,
        future=event.future,
        **told,
    )
