"""What the API answers. Field names are the columns of `contracts.views`.

Ids and ticks are strings (they pass 2^53), chips whole numbers, times RFC 3339 in UTC.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator

Ticks = Annotated[str, BeforeValidator(str)]
TicksOrNone = Annotated[
    str | None, BeforeValidator(lambda value: None if value is None else str(value))
]


class List[Item](BaseModel):
    """One page of a list; `next_cursor` is null on the last one."""

    items: list[Item]
    total: int
    next_cursor: str | None = None


class SyncStatus(BaseModel):
    """How one source is doing; of a kind of the platform's files also the newest import.

    The members `import_...` are null where there is none. `import_rows_seen` of `import_rows` were
    looked at so far; once it is closed, all were.
    """

    source: str
    entity_type: str
    entity_id: str
    status: str
    last_synced_at: datetime | None
    last_file_path: str
    last_file_sha256: str
    files_recorded: int
    files_rejected: int
    files_skipped: int
    skipped_duplicate: int
    skipped_stale: int
    skipped_unchanged: int
    hands_recorded: int
    hands_revised: int
    consecutive_failures: int
    last_error: str | None
    last_error_at: datetime | None
    last_sequence: int
    incomplete: bool
    files_removed: int
    enabled: bool
    time_zone: str | None
    interval_s: int
    sync_id: str | None
    operation: str | None
    attempt: int
    retry_at: datetime | None
    next_due_at: datetime | None
    last_run_at: datetime | None
    last_run_ms: int | None
    rows_created: int
    rows_changed: int
    rows_rejected: int
    pulled: bool
    import_id: str | None
    import_path: str | None
    import_status: str | None
    import_rows: int | None
    import_rows_seen: int | None
    import_created: int | None
    import_changed: int | None
    import_unchanged: int | None
    import_rejected: int | None
    import_fields_rejected: int | None
    import_error: str | None
    import_started_at: datetime | None
    import_closed_at: datetime | None


class SyncHealth(SyncStatus):
    """How one source is doing, and what that means at the time of the answer.

    `health`: disabled, error (failed, or three failures in a row), syncing (a run or an import is
    under way), stale (no success for two intervals), pending or healthy.
    """

    health: Literal["disabled", "error", "syncing", "stale", "pending", "healthy"]


class SyncRun(BaseModel):
    """One look through the whole folder of a table, or for a kind; counts are files."""

    source: str
    entity_type: str
    entity_id: str
    sync_id: str
    operation: str
    attempt: int
    status: str
    due_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    files: int
    recorded: int
    skipped: int
    rejected: int
    unchanged: int
    duration_ms: int | None
    error: str | None
    retry_at: datetime | None
    sequence: int
    last_sequence: int


class TriggeredSync(BaseModel):
    """A run that was asked for, or `merged` into one that was asked for or under way before: then
    the id is that one's, null while the read model has not shown it yet. It is of a `table` of
    gfx, or of a `kind` of wsop.
    """

    table: str | None = None
    kind: str | None = None
    sync_id: str | None
    sequence: int
    merged: bool


class TriggeredSyncs(BaseModel):
    """The runs of one request, by table or kind."""

    syncs: list[TriggeredSync]


class SyncFile(BaseModel):
    """What became of one content of one file."""

    table_name: str
    path: str
    sha256: str
    game_id: str | None
    outcome: str
    reason: str
    detail: str
    bytes: int
    said_at: datetime
    sequence: int


class Notification(BaseModel):
    """News that a person should see."""

    notification_id: str
    type: str
    level: str
    title: str
    message: str
    source: str
    entity_type: str
    entity_id: str
    audience: str
    causation_id: str
    raised_at: datetime
    sequence: int


class Session(BaseModel):
    """A broadcast session; `on_air` maps a layer to the cue on it."""

    session_id: str
    code: str
    event_name: str
    broadcast_date: str
    status: str
    on_air: dict[str, str]
    created_at: datetime
    last_sequence: int
    incomplete: bool


class Sheet(BaseModel):
    """A cue sheet of a session."""

    session_id: str
    sheet_id: str
    name: str
    sheet_type: str
    status: str
    sort_order: int
    current_item_id: str | None
    items: int
    completed_items: int
    last_sequence: int


class Item(BaseModel):
    """A cue; `trigger_id` and `render_id` are those of its newest take."""

    session_id: str
    sheet_id: str
    item_id: str
    cue_number: str
    composition: str
    layer: str
    title: str
    parameters: dict[str, Any]
    duration_s: int | None
    sort_order: int
    status: str
    times_aired: int
    trigger_id: str | None
    render_id: str | None
    aired_at: datetime | None
    ended_by: str | None
    end_reason: str | None
    ended_at: datetime | None
    last_sequence: int


class Output(BaseModel):
    """One finished file."""

    kind: str
    object: str
    sha256: str
    bytes: int
    width: int
    height: int
    frames: int
    fps: int


class Render(BaseModel):
    """A render job; `progress` in percent, what lies between 0 and 100 is told in realtime."""

    render_id: str
    session_id: str
    item_id: str
    composition: str
    theme: str
    duration_s: int
    field_hash: str
    status: str
    attempt: int
    progress: int
    worker: str | None
    engine: str | None
    engine_version: str | None
    outputs: list[Output]
    warnings: list[str]
    render_ms: int | None
    error_code: str | None
    error_message: str | None
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    last_sequence: int
    incomplete: bool
