"""What the cue sheet service hears and says. One session with its sheets and cues is one entity,
so that a take with everything it ends is a single fact.
"""

from datetime import datetime
from typing import Any, ClassVar, Literal

import msgspec

from contracts import subjects
from contracts.messages import Command, Event, MessageType, Notice

type CueStatus = Literal[
    "draft",
    "pending",
    "ready",
    "standby",
    "on_air",
    "completed",
    "skipped",
    "failed",
    "cancelled",
]
type SessionStatus = Literal["draft", "live", "break", "completed"]
type SheetStatus = Literal["draft", "active", "paused", "completed"]
type EndReason = Literal["displaced", "cleared", "elapsed", "clear_all", "reverted"]


class EndedCue(msgspec.Struct, frozen=True, kw_only=True):
    """A cue that left the air, and why."""

    item_id: str
    reason: EndReason


class HandPoint(msgspec.Struct, frozen=True, kw_only=True):
    """A moment of play: before (`start`) or after (`end`) one hand of a game."""

    game_id: str
    ordinal: int
    at: Literal["start", "end"]


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """What a cue shows, read from the views in one transaction.

    `data` is the composition's raw data, `field_hash` the hash of its formatted fields, `point` the
    hand it stands for, `checkpoints` the sequence each projection had reached.
    """

    composition: str
    data: dict[str, Any]
    field_hash: str
    point: HandPoint | None
    checkpoints: dict[str, int]


class CreateSession(Command, frozen=True, kw_only=True):
    """Open a broadcast session."""

    TYPE: ClassVar = MessageType("cuesheet", "session", "create_session", "session_id")
    session_id: str
    code: str
    event_name: str
    broadcast_date: str
    status: SessionStatus = "live"


class AddSheet(Command, frozen=True, kw_only=True):
    """Add a cue sheet to a session; the first one becomes active."""

    TYPE: ClassVar = MessageType("cuesheet", "session", "add_sheet", "session_id")
    session_id: str
    sheet_id: str
    name: str
    sheet_type: str = "main_show"


class AddItem(Command, frozen=True, kw_only=True):
    """Append a cue to a sheet. `parameters` are the composition's, e.g. `game_id`, `table_name`."""

    TYPE: ClassVar = MessageType("cuesheet", "session", "add_item", "session_id")
    session_id: str
    sheet_id: str
    item_id: str
    composition: str
    title: str
    parameters: dict[str, Any] = {}
    duration_s: int | None = None


class TakeItem(Command, frozen=True, kw_only=True):
    """Put a cue on air now. The binding was read just before; it is frozen by the take."""

    TYPE: ClassVar = MessageType("cuesheet", "session", "take_item", "session_id")
    session_id: str
    item_id: str
    trigger_type: str = "manual"


class SessionCreated(Event, frozen=True, kw_only=True):
    """A broadcast session exists."""

    TYPE: ClassVar = MessageType("cuesheet", "session", "session_created", "session_id")
    session_id: str
    code: str
    event_name: str
    broadcast_date: str
    status: SessionStatus


class SheetAdded(Event, frozen=True, kw_only=True):
    """A cue sheet exists in its session."""

    TYPE: ClassVar = MessageType("cuesheet", "session", "sheet_added", "session_id")
    session_id: str
    sheet_id: str
    name: str
    sheet_type: str
    status: SheetStatus
    sort_order: int


class ItemAdded(Event, frozen=True, kw_only=True):
    """A cue exists at the end of its sheet; its number never changes."""

    TYPE: ClassVar = MessageType("cuesheet", "session", "item_added", "session_id")
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


class CueTaken(Event, frozen=True, kw_only=True):
    """A cue went on air, and everything it ended left it: one fact.

    `taken_at` is the service's clock when it decided; a second press within a second is merged.
    """

    TYPE: ClassVar = MessageType("cuesheet", "session", "cue_taken", "session_id")
    session_id: str
    sheet_id: str
    item_id: str
    cue_number: str
    trigger_id: str
    trigger_type: str
    layer: str
    ended: tuple[EndedCue, ...]
    binding: Binding | None
    render_id: str | None
    taken_at: datetime


class TakeRefused(Event, frozen=True, kw_only=True):
    """A take came too late to be made; who asked is in the envelope."""

    TYPE: ClassVar = MessageType("cuesheet", "session", "take_refused", "session_id")
    session_id: str
    item_id: str
    code: str
    reason: str


class CueNotice(Notice, frozen=True, kw_only=True):
    """State of one cue; `verb` says what happened."""

    TYPE: ClassVar = MessageType("cuesheet", "cue_item", "cue_item", "item_id")
    verb: str
    session_id: str
    sheet_id: str
    item_id: str
    cue_number: str
    title: str
    status: CueStatus
    layer: str
    trigger_id: str | None = None
    render_id: str | None = None

    @property
    def subject(self) -> str:
        """`broadcast.<session>.cue_item.<item>`."""
        return subjects.broadcast_item(self.session_id, self.item_id)


class SheetNotice(Notice, frozen=True, kw_only=True):
    """State of one cue sheet."""

    TYPE: ClassVar = MessageType("cuesheet", "cue_sheet", "cue_sheet", "sheet_id")
    verb: str
    session_id: str
    sheet_id: str
    name: str
    status: SheetStatus
    current_item_id: str | None
    items: tuple[str, ...]

    @property
    def subject(self) -> str:
        """`broadcast.<session>.cue_sheet.<sheet>`."""
        return subjects.broadcast_sheet(self.session_id, self.sheet_id)


class SessionNotice(Notice, frozen=True, kw_only=True):
    """State of a session. `subjects` lists where the state of its sheets and cues is said, so
    that a late joiner needs this one message to find all others.
    """

    TYPE: ClassVar = MessageType("cuesheet", "session", "session", "session_id")
    verb: str
    session_id: str
    code: str
    event_name: str
    status: SessionStatus
    on_air: dict[str, str]
    subjects: tuple[str, ...]

    @property
    def subject(self) -> str:
        """`broadcast.<session>.session`."""
        return subjects.broadcast_session(self.session_id)
