"""What a session may do: open, grow by sheets and cues, and put one cue per layer on air.

Layers and the take follow the house rules: taking a cue ends exactly what lies on its layer and on
the layers that a full-screen graphic covers; a second take of the cue just taken is merged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contracts.compositions import CATALOGUE, BadParameters, parameters_of
from contracts.decision import Refusal, conflict, invalid, not_found
from contracts.messages import Event
from contracts.messages.cuesheet import (
    AddItem,
    AddSheet,
    Binding,
    CreateSession,
    CueStatus,
    CueTaken,
    EndedCue,
    ItemAdded,
    SessionCreated,
    SessionStatus,
    SheetAdded,
    SheetStatus,
    TakeRefused,
)

# Two presses within this time are one: a finger, or two directors at once.
TAKE_SPAN = timedelta(seconds=1)
# A sheet longer than this cannot be read on air, and its notices would not fit a message.
ITEMS_MAX = 1000
SHEETS_MAX = 50
# A graphic over the whole picture leaves no room for these.
COVERED_BY = {"full": ("lower", "left", "right")}
TAKEABLE: tuple[CueStatus, ...] = ("pending", "ready", "standby")
# What may be done with a cue that cannot be taken.
ALLOWED: dict[str, tuple[str, ...]] = {
    "draft": ("submit",),
    "completed": ("add again",),
    "skipped": ("unskip",),
    "failed": ("retry",),
}


class Take(msgspec.Struct, frozen=True, kw_only=True):
    """A take with everything found out before deciding: the binding, or why there is none."""

    session_id: str
    item_id: str
    trigger_id: str
    trigger_type: str
    render_id: str
    binding: Binding | None = None
    missing: str = ""


class RecordRefusal(msgspec.Struct, frozen=True, kw_only=True):
    """Keep in the log that a take came too late."""

    session_id: str
    item_id: str
    reason: str


type Command = CreateSession | AddSheet | AddItem | Take | RecordRefusal


@dataclass
class Cue:
    """One cue as it stands."""

    added: ItemAdded
    status: CueStatus = "pending"
    trigger_id: str | None = None
    render_id: str | None = None
    taken_at: datetime | None = None


@dataclass
class Sheet:
    """One cue sheet; `items` in order."""

    added: SheetAdded
    status: SheetStatus
    items: list[str] = field(default_factory=list)
    current: str | None = None


@dataclass
class Session:
    """One session with everything in it. `on_air` maps a layer to its cue."""

    created: SessionCreated | None = None
    sheets: dict[str, Sheet] = field(default_factory=dict)
    cues: dict[str, Cue] = field(default_factory=dict)
    on_air: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> SessionStatus:
        """Status of the session; a session nobody created is a draft."""
        return self.created.status if self.created else "draft"


class Cuesheet:
    """The Decider of context `cuesheet`."""

    context = "cuesheet"

    def initial(self, entity: str, entity_id: str) -> Session:  # noqa: ARG002  # one kind of entity
        """A session nobody created yet."""
        return Session()

    def evolve(self, state: Session, event: Event) -> Session:
        """Apply one event."""
        match event:
            case SessionCreated():
                state.created = event
            case SheetAdded():
                state.sheets[event.sheet_id] = Sheet(event, event.status)
            case ItemAdded():
                state.cues[event.item_id] = Cue(event)
                state.sheets[event.sheet_id].items.append(event.item_id)
            case CueTaken():
                _put_on_air(state, event)
            case _:
                pass
        return state

    def decide(self, command: Command, state: Session, now: datetime) -> Sequence[Event] | Refusal:
        """Answer one command."""
        match command:
            case CreateSession():
                return _create(command, state)
            case AddSheet():
                return _add_sheet(command, state)
            case AddItem():
                return _add_item(command, state)
            case Take():
                return _take(command, state, now)
            case RecordRefusal():
                return _record_refusal(command, state)


def _put_on_air(state: Session, event: CueTaken) -> None:
    for ended in event.ended:
        cue = state.cues[ended.item_id]
        cue.status = "completed"
        state.on_air = {k: v for k, v in state.on_air.items() if v != ended.item_id}
    cue = state.cues[event.item_id]
    cue.status, cue.taken_at = "on_air", event.taken_at
    cue.trigger_id, cue.render_id = event.trigger_id, event.render_id
    state.on_air[event.layer] = event.item_id
    state.sheets[event.sheet_id].current = event.item_id


def _create(command: CreateSession, state: Session) -> Sequence[Event] | Refusal:
    if state.created is not None:
        return conflict("session_exists", f"session {command.session_id} exists already")
    return [
        SessionCreated(
            session_id=command.session_id,
            code=command.code,
            event_name=command.event_name,
            broadcast_date=command.broadcast_date,
            status=command.status,
        )
    ]


def _add_sheet(command: AddSheet, state: Session) -> Sequence[Event] | Refusal:
    if state.created is None:
        return not_found("session", command.session_id)
    if command.sheet_id in state.sheets:
        return conflict("sheet_exists", f"sheet {command.sheet_id} exists already")
    if len(state.sheets) >= SHEETS_MAX:
        return conflict("too_many_sheets", f"a session holds at most {SHEETS_MAX} sheets")
    active = any(sheet.status == "active" for sheet in state.sheets.values())
    return [
        SheetAdded(
            session_id=command.session_id,
            sheet_id=command.sheet_id,
            name=command.name,
            sheet_type=command.sheet_type,
            status="draft" if active else "active",
            sort_order=len(state.sheets),
        )
    ]


def _add_item(command: AddItem, state: Session) -> Sequence[Event] | Refusal:
    if command.sheet_id not in state.sheets:
        return not_found("sheet", command.sheet_id)
    if command.item_id in state.cues:
        return conflict("item_exists", f"cue {command.item_id} exists already")
    composition = CATALOGUE.get(command.composition)
    if composition is None:
        known = ", ".join(sorted(CATALOGUE))
        return invalid("unknown_composition", f"{command.composition!r} is not one of: {known}")
    if problem := _parameter_problem(composition.name, command.parameters):
        return invalid("bad_parameters", problem)
    if len(state.cues) >= ITEMS_MAX:
        return conflict("too_many_items", f"a session holds at most {ITEMS_MAX} cues")
    sheet = state.sheets[command.sheet_id]
    return [
        ItemAdded(
            session_id=command.session_id,
            sheet_id=command.sheet_id,
            item_id=command.item_id,
            cue_number=f"Q{len(sheet.items) + 1:03d}",
            composition=composition.name,
            layer=composition.layer,
            title=command.title,
            parameters=command.parameters,
            duration_s=command.duration_s,
            sort_order=len(sheet.items),
        )
    ]


def _parameter_problem(composition: str, parameters: Mapping[str, Any]) -> str:
    """What is wrong with the parameters of a graphic; empty if nothing is."""
    try:
        parameters_of(composition, parameters)
    except BadParameters as error:
        return str(error)
    return ""


def _take(command: Take, state: Session, now: datetime) -> Sequence[Event] | Refusal:
    cue = state.cues.get(command.item_id)
    if cue is None:
        return not_found("cue", command.item_id)
    if state.status not in ("live", "break"):
        return conflict("session_not_live", f"the session is {state.status}")
    if state.sheets[cue.added.sheet_id].status != "active":
        return conflict("sheet_not_active", "the cue's sheet is not the active one")
    if cue.status == "on_air":
        if cue.taken_at is not None and now - cue.taken_at <= TAKE_SPAN:
            return []
        return conflict("already_on_air", f"{cue.added.cue_number} is on air already")
    if cue.status not in TAKEABLE:
        message = f"{cue.added.cue_number} is {cue.status}"
        return conflict("wrong_state", message, *ALLOWED.get(cue.status, ()))
    if command.binding is None:
        return conflict("missing_data", command.missing or "there are no data for this graphic")
    return [_taken(command, state, cue, now)]


def _taken(command: Take, state: Session, cue: Cue, now: datetime) -> CueTaken:
    layer = cue.added.layer
    ended = [state.on_air[k] for k in (layer, *COVERED_BY.get(layer, ())) if k in state.on_air]
    return CueTaken(
        session_id=command.session_id,
        sheet_id=cue.added.sheet_id,
        item_id=command.item_id,
        cue_number=cue.added.cue_number,
        trigger_id=command.trigger_id,
        trigger_type=command.trigger_type,
        layer=layer,
        ended=tuple(EndedCue(item_id=item_id, reason="displaced") for item_id in ended),
        binding=command.binding,
        render_id=command.render_id,
        taken_at=now,
    )


def _record_refusal(command: RecordRefusal, state: Session) -> Sequence[Event]:
    if command.item_id not in state.cues:
        return []  # nothing was ever there to be taken: no fact begins a session but its creation
    return [
        TakeRefused(
            session_id=command.session_id,
            item_id=command.item_id,
            code="expired",
            reason=command.reason,
        )
    ]
