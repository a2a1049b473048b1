"""The fold of render jobs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

import msgspec

from contracts.messages import Event
from contracts.messages.render import (
    Output,
    RenderCompleted,
    RenderFailed,
    RenderRequested,
    RenderStarted,
)
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows


class RenderRow(Row, frozen=True, kw_only=True):
    """One render job. `progress` is 0 or 100 percent: what lies between is a notice, no fact.

    `duration_s` is the length of the graphic, `render_ms` how long drawing it took. `outputs` are
    the finished files with their keys in the object store.
    """

    TABLE: ClassVar = "render"
    KEY: ClassVar = ("render_id",)
    AUDIT: ClassVar = ("requested_at", "started_at", "ended_at", "last_sequence")

    render_id: str
    session_id: str
    item_id: str
    composition: str
    theme: str
    duration_s: int
    field_hash: str
    status: str = "requested"
    attempt: int = 0
    progress: int = 0
    worker: str | None = None
    engine: str | None = None
    engine_version: str | None = None
    outputs: tuple[Output, ...] = ()
    warnings: tuple[str, ...] = ()
    render_ms: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    requested_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    last_sequence: int


class RendersFold:
    """Follows each job; a new attempt forgets the failure of the one before."""

    handles: Sequence[type[Event]] = (
        RenderRequested,
        RenderStarted,
        RenderCompleted,
        RenderFailed,
    )

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The job itself."""
        yield RenderRow, (recorded.event.subject_id,)

    def block_key(self, recorded: Recorded) -> str:
        """Jobs do not depend on each other."""
        return recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event; raises LookupError for a job never requested."""
        event = recorded.event
        if isinstance(event, RenderRequested):
            rows.put(_requested(event, recorded))
            return
        row = rows.get(RenderRow, event.subject_id)
        if row is None:
            raise LookupError(f"render {event.subject_id} was never requested")
        row = msgspec.structs.replace(row, last_sequence=recorded.sequence)
        match event:
            case RenderStarted():
                rows.put(_started(row, event, recorded.said_at))
            case RenderCompleted():
                rows.put(_completed(row, event, recorded.said_at))
            case RenderFailed():
                rows.put(_failed(row, event, recorded.said_at))


def _requested(event: RenderRequested, recorded: Recorded) -> RenderRow:
    return RenderRow(
        render_id=event.render_id,
        session_id=event.session_id,
        item_id=event.item_id,
        composition=event.composition,
        theme=event.theme,
        duration_s=event.duration_s,
        field_hash=event.field_hash,
        requested_at=recorded.said_at,
        last_sequence=recorded.sequence,
    )


def _started(row: RenderRow, event: RenderStarted, at: datetime) -> RenderRow:
    return msgspec.structs.replace(
        row,
        status="rendering",
        attempt=event.attempt,
        progress=0,
        worker=event.worker,
        engine=event.engine,
        engine_version=event.engine_version,
        error_code=None,
        error_message=None,
        started_at=at,
        ended_at=None,
    )


def _completed(row: RenderRow, event: RenderCompleted, at: datetime) -> RenderRow:
    return msgspec.structs.replace(
        row,
        status="completed",
        attempt=event.attempt,
        progress=100,
        outputs=event.outputs,
        warnings=event.warnings,
        render_ms=event.duration_ms,
        error_code=None,
        error_message=None,
        ended_at=at,
    )


def _failed(row: RenderRow, event: RenderFailed, at: datetime) -> RenderRow:
    return msgspec.structs.replace(
        row,
        status="failed",
        attempt=event.attempt,
        progress=0,
        error_code=event.code,
        error_message=event.message,
        ended_at=at,
    )
