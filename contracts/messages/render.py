"""What the render service hears and says."""

from typing import Any, ClassVar, Literal

import msgspec

from contracts import subjects
from contracts.messages import Command, Event, MessageType, Notice


class Output(msgspec.Struct, frozen=True, kw_only=True):
    """One finished file. `object` is its key in the object store; sizes in pixels and bytes."""

    kind: Literal["png", "mp4"]
    object: str
    sha256: str
    bytes: int
    width: int
    height: int
    frames: int
    fps: int


class SubmitRender(Command, frozen=True, kw_only=True):
    """Ask for a graphic. The data are bound already: rendering reads no database."""

    TYPE: ClassVar = MessageType("render", "job", "submit_render", "render_id")
    render_id: str
    session_id: str
    item_id: str
    composition: str
    data: dict[str, Any]
    field_hash: str
    theme: Literal["midnight", "daylight"] = "midnight"
    duration_s: int = 5


class RenderRequested(Event, frozen=True, kw_only=True):
    """A render job is accepted and waits for a worker."""

    TYPE: ClassVar = MessageType("render", "job", "render_requested", "render_id")
    render_id: str
    session_id: str
    item_id: str
    composition: str
    data: dict[str, Any]
    field_hash: str
    theme: Literal["midnight", "daylight"]
    duration_s: int


class RenderStarted(Event, frozen=True, kw_only=True):
    """A worker took the job; `attempt` counts from 1."""

    TYPE: ClassVar = MessageType("render", "job", "render_started", "render_id")
    render_id: str
    attempt: int
    worker: str
    engine: str
    engine_version: str


class RenderCompleted(Event, frozen=True, kw_only=True):
    """The files exist, were decoded once and lie in the object store."""

    TYPE: ClassVar = MessageType("render", "job", "render_completed", "render_id")
    render_id: str
    session_id: str
    item_id: str
    attempt: int
    outputs: tuple[Output, ...]
    duration_ms: int
    warnings: tuple[str, ...] = ()


class RenderFailed(Event, frozen=True, kw_only=True):
    """The job ended without a picture. `code` is one word, `message` a sentence."""

    TYPE: ClassVar = MessageType("render", "job", "render_failed", "render_id")
    render_id: str
    session_id: str
    item_id: str
    attempt: int
    code: str
    message: str


class RenderNotice(Notice, frozen=True, kw_only=True):
    """Progress of one render: percent 0 to 100, frames drawn of all frames."""

    TYPE: ClassVar = MessageType("render", "job", "render_progress", "render_id")
    verb: Literal["requested", "started", "progress", "completed", "failed"]
    render_id: str
    session_id: str
    item_id: str
    composition: str
    progress: int
    frame: int = 0
    frames: int = 0
    error: str | None = None

    @property
    def subject(self) -> str:
        """`render-progress.<render>`."""
        return subjects.render_progress(self.render_id)
