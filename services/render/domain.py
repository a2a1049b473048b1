"""A render job: requested, started, and ended once by files or by a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec

from contracts.compositions import CATALOGUE
from contracts.decision import Refusal, conflict, invalid, not_found
from contracts.messages import Event
from contracts.messages.render import (
    Output,
    RenderCompleted,
    RenderFailed,
    RenderNotice,
    RenderRequested,
    RenderStarted,
    SubmitRender,
)

# A job that lost its worker this often kills workers; a person must look.
ATTEMPTS_MAX = 4


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """A worker takes the job; a lost worker's job is started again."""

    render_id: str
    worker: str
    engine: str
    engine_version: str


class Complete(msgspec.Struct, frozen=True, kw_only=True):
    """A worker made the files. `attempt` is the one it was given."""

    render_id: str
    attempt: int
    outputs: tuple[Output, ...]
    duration_ms: int
    warnings: tuple[str, ...]


class Fail(msgspec.Struct, frozen=True, kw_only=True):
    """A worker could not make the files."""

    render_id: str
    attempt: int
    code: str
    message: str


type Command = SubmitRender | Start | Complete | Fail


@dataclass
class Job:
    """One render job as it stands."""

    requested: RenderRequested | None = None
    attempt: int = 0
    status: Literal["unknown", "requested", "rendering", "completed", "failed"] = "unknown"

    @property
    def ended(self) -> bool:
        """Whether nothing more may happen to it."""
        return self.status in ("completed", "failed")


class Rendering:
    """The Decider of context `render`."""

    context = "render"

    def initial(self, entity: str, entity_id: str) -> Job:  # noqa: ARG002  # one kind of entity
        """A job nobody asked for yet."""
        return Job()

    def evolve(self, state: Job, event: Event) -> Job:
        """Apply one event."""
        match event:
            case RenderRequested():
                state.requested, state.status = event, "requested"
            case RenderStarted():
                state.attempt, state.status = event.attempt, "rendering"
            case RenderCompleted():
                state.status = "completed"
            case RenderFailed():
                state.status = "failed"
            case _:
                pass
        return state

    def decide(self, command: Command, state: Job, now: datetime) -> Sequence[Event] | Refusal:  # noqa: ARG002  # nothing here depends on the time
        """Answer one command."""
        match command:
            case SubmitRender():
                return _submit(command, state)
            case Start():
                return _start(command, state)
            case Complete():
                return _complete(command, state)
            case Fail():
                return _fail(command, state)


def _submit(command: SubmitRender, state: Job) -> Sequence[Event] | Refusal:
    if state.requested is not None:
        return conflict("render_exists", f"render {command.render_id} was requested already")
    if command.composition not in CATALOGUE:
        known = ", ".join(sorted(CATALOGUE))
        message = f"{command.composition!r} is not one of: {known}"
        return invalid("unknown_composition", message)
    return [
        RenderRequested(
            render_id=command.render_id,
            session_id=command.session_id,
            item_id=command.item_id,
            composition=command.composition,
            data=command.data,
            field_hash=command.field_hash,
            theme=command.theme,
            duration_s=command.duration_s,
        )
    ]


def _start(command: Start, state: Job) -> Sequence[Event] | Refusal:
    if state.requested is None:
        return not_found("render", command.render_id)
    if state.ended:
        return conflict("render_ended", f"the render is {state.status}")
    if state.attempt >= ATTEMPTS_MAX:
        message = f"{state.attempt} workers were lost over this job"
        return [_failed(state.requested, state.attempt, "worker_lost", message)]
    return [
        RenderStarted(
            render_id=command.render_id,
            attempt=state.attempt + 1,
            worker=command.worker,
            engine=command.engine,
            engine_version=command.engine_version,
        )
    ]


def _complete(command: Complete, state: Job) -> Sequence[Event] | Refusal:
    if refusal := _not_ours(command.attempt, state):
        return refusal
    requested = state.requested
    assert requested is not None
    return [
        RenderCompleted(
            render_id=command.render_id,
            session_id=requested.session_id,
            item_id=requested.item_id,
            attempt=command.attempt,
            outputs=command.outputs,
            duration_ms=command.duration_ms,
            warnings=command.warnings,
        )
    ]


def _fail(command: Fail, state: Job) -> Sequence[Event] | Refusal:
    if refusal := _not_ours(command.attempt, state):
        return refusal
    assert state.requested is not None
    return [_failed(state.requested, command.attempt, command.code, command.message)]


def _not_ours(attempt: int, state: Job) -> Refusal | None:
    """The fence: a worker that was thought lost may not end the job of the one after it."""
    if state.requested is None or state.ended or attempt != state.attempt:
        return conflict("not_your_attempt", f"attempt {attempt} of a job that is {state.status}")
    return None


def _failed(requested: RenderRequested, attempt: int, code: str, message: str) -> RenderFailed:
    return RenderFailed(
        render_id=requested.render_id,
        session_id=requested.session_id,
        item_id=requested.item_id,
        attempt=attempt,
        code=code,
        message=message,
    )


def notice(requested: RenderRequested, event: Event) -> RenderNotice | None:
    """What screens are told about one event of the job."""
    match event:
        case RenderRequested():
            return progress_notice(requested, "requested", (0, 0))
        case RenderStarted():
            return progress_notice(requested, "started", (0, 0))
        case RenderCompleted():
            frames = max((output.frames for output in event.outputs), default=0)
            return progress_notice(requested, "completed", (frames, frames))
        case RenderFailed():
            told = progress_notice(requested, "failed", (0, 0))
            return msgspec.structs.replace(told, error=event.message)
        case _:
            return None


def progress_notice(
    requested: RenderRequested,
    verb: Literal["requested", "started", "progress", "completed", "failed"],
    frames: tuple[int, int],
) -> RenderNotice:
    """Progress as (frames done, all frames)."""
    done, total = frames
    percent = 100 if verb == "completed" else (99 * done // total if total else 0)
    return RenderNotice(
        verb=verb,
        render_id=requested.render_id,
        session_id=requested.session_id,
        item_id=requested.item_id,
        composition=requested.composition,
        progress=percent,
        frame=done,
        frames=total,
    )
