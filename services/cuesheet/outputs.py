"""What screens are told: the notices of a session as it stands. Pure; the announcer says them."""

from collections.abc import Iterable

from contracts import subjects
from contracts.messages import Event
from contracts.messages.cuesheet import (
    CueNotice,
    CueTaken,
    ItemAdded,
    SessionNotice,
    SheetNotice,
)
from services.cuesheet.domain import Cue, Session

type SessionNotices = list[CueNotice | SheetNotice | SessionNotice]


def touched(event: Event) -> tuple[str, ...]:
    """Ids of the cues an event changed, the one that matters first."""
    match event:
        case ItemAdded():
            return (event.item_id,)
        case CueTaken():
            return (event.item_id, *(ended.item_id for ended in event.ended))
        case _:
            return ()


def notices(session: Session, verb: str, items: Iterable[str] | None = None) -> SessionNotices:
    """The notices of a session as it stands: the named cues (all if None), sheets, session."""
    if session.created is None:
        return []
    created = session.created
    cues = [_cue_notice(session.cues[i], verb) for i in (session.cues if items is None else items)]
    sheets = [
        SheetNotice(
            verb=verb,
            session_id=created.session_id,
            sheet_id=sheet.added.sheet_id,
            name=sheet.added.name,
            status=sheet.status,
            current_item_id=sheet.current,
            items=tuple(sheet.items),
        )
        for sheet in session.sheets.values()
    ]
    told_on = [subjects.broadcast_item(created.session_id, item_id) for item_id in session.cues]
    whole = SessionNotice(
        verb=verb,
        session_id=created.session_id,
        code=created.code,
        event_name=created.event_name,
        status=session.status,
        on_air=dict(session.on_air),
        subjects=(*(sheet.subject for sheet in sheets), *told_on),
    )
    return [*cues, *sheets, whole]


def _cue_notice(cue: Cue, verb: str) -> CueNotice:
    return CueNotice(
        verb=verb,
        session_id=cue.added.session_id,
        sheet_id=cue.added.sheet_id,
        item_id=cue.added.item_id,
        cue_number=cue.added.cue_number,
        title=cue.added.title,
        status=cue.status,
        layer=cue.added.layer,
        trigger_id=cue.trigger_id,
        render_id=cue.render_id,
    )
