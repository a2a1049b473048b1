"""The fold of the rundown. A take is one fact: it ends cues, starts one and adds to the log."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

import msgspec

from contracts.messages import Event
from contracts.messages.cuesheet import (
    Binding,
    CueTaken,
    EndedCue,
    ItemAdded,
    SessionCreated,
    SheetAdded,
)
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows


class SessionRow(Row, frozen=True, kw_only=True):
    """One broadcast session; `on_air` says which cue lies on each occupied layer."""

    TABLE: ClassVar = "session"
    KEY: ClassVar = ("session_id",)
    AUDIT: ClassVar = ("created_at", "last_sequence")

    session_id: str
    code: str
    event_name: str
    broadcast_date: str
    status: str
    on_air: dict[str, str] = {}
    created_at: datetime
    last_sequence: int


class SheetRow(Row, frozen=True, kw_only=True):
    """One cue sheet; `current_item_id` is the cue taken last, on air or not."""

    TABLE: ClassVar = "sheet"
    KEY: ClassVar = ("session_id", "sheet_id")
    AUDIT: ClassVar = ("last_sequence",)

    session_id: str
    sheet_id: str
    name: str
    sheet_type: str
    status: str
    sort_order: int
    current_item_id: str | None = None
    last_sequence: int


class ItemRow(Row, frozen=True, kw_only=True):
    """One cue. `trigger_id` is its newest take; `ended_by` the take that ended it, and why.

    Times on air are the cue sheet service's own, of the moment it decided.
    """

    TABLE: ClassVar = "item"
    KEY: ClassVar = ("session_id", "item_id")
    AUDIT: ClassVar = ("aired_at", "ended_at", "last_sequence")

    session_id: str
    item_id: str
    sheet_id: str
    cue_number: str
    composition: str
    layer: str
    title: str
    parameters: dict[str, Any]
    duration_s: int | None
    sort_order: int
    status: str = "pending"
    times_aired: int = 0
    trigger_id: str | None = None
    render_id: str | None = None
    aired_at: datetime | None = None
    ended_by: str | None = None
    end_reason: str | None = None
    ended_at: datetime | None = None
    last_sequence: int


class TriggerRow(Row, frozen=True, kw_only=True):
    """One take, never changed: what went on air, by whom, with which data, and what it ended."""

    TABLE: ClassVar = "trigger"
    KEY: ClassVar = ("session_id", "trigger_id")
    AUDIT: ClassVar = ("taken_at", "sequence")

    session_id: str
    trigger_id: str
    sheet_id: str
    item_id: str
    cue_number: str
    composition: str
    title: str
    layer: str
    trigger_type: str
    taken_by: str
    binding: Binding | None
    render_id: str | None
    ended: tuple[EndedCue, ...]
    taken_at: datetime
    sequence: int


class RundownFold:
    """Follows what the cue sheet service said; it judges nothing again."""

    handles: Sequence[type[Event]] = (SessionCreated, SheetAdded, ItemAdded, CueTaken)

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The session, and for a take the sheet and every cue that it touches."""
        event = recorded.event
        yield SessionRow, (event.subject_id,)
        if isinstance(event, CueTaken):
            yield SheetRow, (event.session_id, event.sheet_id)
            yield ItemRow, (event.session_id, event.item_id)
            for ended in event.ended:
                yield ItemRow, (event.session_id, ended.item_id)

    def block_key(self, recorded: Recorded) -> str:
        """A session's events depend on each other, sessions do not."""
        return recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event; raises LookupError where it names a session, sheet or cue not said."""
        match recorded.event:
            case SessionCreated() as event:
                rows.put(_session(event, recorded))
            case SheetAdded() as event:
                _touch(rows, event.session_id, recorded)
                rows.put(_sheet(event, recorded))
            case ItemAdded() as event:
                _touch(rows, event.session_id, recorded)
                rows.put(_item(event, recorded))
            case CueTaken() as event:
                _take(event, recorded, rows)


def _known[R: Row](rows: Rows, kind: type[R], *key: str) -> R:
    row = rows.get(kind, *key)
    if row is None:
        raise LookupError(f"{kind.TABLE} {key[-1]} of session {key[0]} is not known")
    return row


def _touch(rows: Rows, session_id: str, recorded: Recorded) -> None:
    session = _known(rows, SessionRow, session_id)
    rows.put(msgspec.structs.replace(session, last_sequence=recorded.sequence))


def _session(event: SessionCreated, recorded: Recorded) -> SessionRow:
    return SessionRow(
        session_id=event.session_id,
        code=event.code,
        event_name=event.event_name,
        broadcast_date=event.broadcast_date,
        status=event.status,
        created_at=recorded.said_at,
        last_sequence=recorded.sequence,
    )


def _sheet(event: SheetAdded, recorded: Recorded) -> SheetRow:
    return SheetRow(
        session_id=event.session_id,
        sheet_id=event.sheet_id,
        name=event.name,
        sheet_type=event.sheet_type,
        status=event.status,
        sort_order=event.sort_order,
        last_sequence=recorded.sequence,
    )


def _item(event: ItemAdded, recorded: Recorded) -> ItemRow:
    return ItemRow(
        session_id=event.session_id,
        item_id=event.item_id,
        sheet_id=event.sheet_id,
        cue_number=event.cue_number,
        composition=event.composition,
        layer=event.layer,
        title=event.title,
        parameters=event.parameters,
        duration_s=event.duration_s,
        sort_order=event.sort_order,
        last_sequence=recorded.sequence,
    )


def _take(event: CueTaken, recorded: Recorded, rows: Rows) -> None:
    session = _known(rows, SessionRow, event.session_id)
    sheet = _known(rows, SheetRow, event.session_id, event.sheet_id)
    item = _known(rows, ItemRow, event.session_id, event.item_id)
    gone = [_known(rows, ItemRow, event.session_id, ended.item_id) for ended in event.ended]

    for cue, ended in zip(gone, event.ended, strict=True):
        rows.put(_ended(cue, ended, event, recorded.sequence))
    sequence = recorded.sequence
    rows.put(_aired(item, event, sequence))
    rows.put(_trigger(item, event, recorded))
    rows.put(msgspec.structs.replace(sheet, current_item_id=event.item_id, last_sequence=sequence))
    ended_ids = {ended.item_id for ended in event.ended}
    on_air = {layer: cue for layer, cue in session.on_air.items() if cue not in ended_ids}
    on_air[event.layer] = event.item_id
    rows.put(msgspec.structs.replace(session, on_air=on_air, last_sequence=sequence))


def _ended(item: ItemRow, ended: EndedCue, by: CueTaken, sequence: int) -> ItemRow:
    return msgspec.structs.replace(
        item,
        status="completed",
        ended_by=by.trigger_id,
        end_reason=ended.reason,
        ended_at=by.taken_at,
        last_sequence=sequence,
    )


def _aired(item: ItemRow, event: CueTaken, sequence: int) -> ItemRow:
    return msgspec.structs.replace(
        item,
        status="on_air",
        times_aired=item.times_aired + 1,
        trigger_id=event.trigger_id,
        render_id=event.render_id or item.render_id,
        aired_at=event.taken_at,
        ended_by=None,
        end_reason=None,
        ended_at=None,
        last_sequence=sequence,
    )


def _trigger(item: ItemRow, event: CueTaken, recorded: Recorded) -> TriggerRow:
    return TriggerRow(
        session_id=event.session_id,
        trigger_id=event.trigger_id,
        sheet_id=event.sheet_id,
        item_id=event.item_id,
        cue_number=event.cue_number,
        composition=item.composition,
        title=item.title,
        layer=event.layer,
        trigger_type=event.trigger_type,
        taken_by=recorded.envelope.actor,
        binding=event.binding,
        render_id=event.render_id,
        ended=event.ended,
        taken_at=event.taken_at,
        sequence=recorded.sequence,
    )
