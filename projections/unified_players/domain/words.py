"""What people say of people: the rows of overrides, links and pictures, with what became of each.

What an erasure takes away is kept in these rows only, so that it can be emptied here and is gone.
"""

from datetime import datetime
from typing import ClassVar, Literal

import msgspec

from contracts.messages.override import (
    ImageAdded,
    ImageApproved,
    ImageMadePrimary,
    ImageRemoved,
    ImageSource,
    ImageType,
    LinkEvidence,
    LinkMethod,
    LinkRejected,
    LinkRemoved,
    LinkSuggested,
    LinkVerified,
    OverrideActivated,
    OverrideApproved,
    OverrideExpired,
    OverrideField,
    OverrideSet,
    OverrideWithdrawn,
    Rendition,
)
from contracts.recorded import Recorded
from contracts.rows import Row

type Status = Literal["scheduled", "effective", "expired", "withdrawn", "erased"]
type LinkEvent = LinkSuggested | LinkVerified | LinkRejected | LinkRemoved
type LaterOverride = OverrideActivated | OverrideExpired | OverrideWithdrawn | OverrideApproved
type LaterImage = ImageApproved | ImageMadePrimary | ImageRemoved


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was said of an override, a link or a picture; `text` is a reason or a note."""

    word: str
    actor: str
    said_at: datetime
    sequence: int
    text: str = ""


class OverrideRow(Row, frozen=True, kw_only=True):
    """An override; `object` is the key of a private value."""

    TABLE: ClassVar = "override"
    KEY: ClassVar = ("person_id", "override_id")
    AUDIT: ClassVar = ("history", "sequence")

    person_id: str
    override_id: str
    field: OverrideField
    value: str | None
    object: str | None
    reason: str
    priority: int
    valid_from: datetime | None
    valid_until: datetime | None
    created_at: datetime
    status: Status
    approved: bool
    sequence: int
    history: tuple[Word, ...]


class LinkRow(Row, frozen=True, kw_only=True):
    """What was said of an identity (`person_id`) and one player."""

    TABLE: ClassVar = "link"
    KEY: ClassVar = ("person_id", "wsop_player_id")
    AUDIT: ClassVar = ("history", "sequence")

    person_id: str
    wsop_player_id: str
    player_person_id: str
    status: Literal["suggested", "verified", "rejected", "removed"]
    confidence: int | None
    method: LinkMethod | None
    evidence: LinkEvidence | None
    sequence: int
    history: tuple[Word, ...]


class ImageRow(Row, frozen=True, kw_only=True):
    """A picture; an erased one has no renditions any more.

    Of one id and type the one made primary last (`primary_seq`) is, unless it was taken away.
    """

    TABLE: ClassVar = "image"
    KEY: ClassVar = ("person_id", "image_id")
    AUDIT: ClassVar = ("primary_seq", "history", "sequence")

    person_id: str
    image_id: str
    image_type: ImageType
    source: ImageSource
    renditions: tuple[Rendition, ...]
    approved: bool
    primary_seq: int | None
    status: Literal["kept", "removed", "erased"]
    sequence: int
    history: tuple[Word, ...]


def word(recorded: Recorded, text: str = "", name: str = "") -> Word:
    """An event as an entry of a history."""
    return Word(
        word=name or recorded.event.TYPE.name,
        actor=recorded.envelope.actor,
        said_at=recorded.said_at,
        sequence=recorded.sequence,
        text=text,
    )


def new_override(event: OverrideSet, recorded: Recorded) -> OverrideRow:
    """The row of an override that is set."""
    return OverrideRow(
        person_id=event.person_id,
        override_id=event.override_id,
        field=event.field,
        value=event.value,
        object=event.object,
        reason=event.reason,
        priority=event.priority,
        valid_from=event.valid_from,
        valid_until=event.valid_until,
        created_at=event.created_at,
        status=event.phase,
        approved=False,
        sequence=recorded.sequence,
        history=(word(recorded, event.reason),),
    )


def later_override(row: OverrideRow, event: LaterOverride, recorded: Recorded) -> OverrideRow:
    """An override after something else was said of it."""
    replace = msgspec.structs.replace
    match event:
        case OverrideActivated():
            row, text = replace(row, status="effective"), ""
        case OverrideExpired():
            row, text = replace(row, status="expired"), ""
        case OverrideWithdrawn():
            row, text = replace(row, status="withdrawn"), event.reason
        case OverrideApproved():
            row, text = replace(row, approved=True), event.note
    return replace(row, sequence=recorded.sequence, history=(*row.history, word(recorded, text)))


def erased_override(row: OverrideRow, recorded: Recorded) -> OverrideRow:
    """An override whose value is gone."""
    history = (*row.history, word(recorded, name="person_erased"))
    return msgspec.structs.replace(
        row, status="erased", value=None, object=None, sequence=recorded.sequence, history=history
    )


def link_after(
    row: LinkRow | None, event: LinkEvent, player_person_id: str, recorded: Recorded
) -> LinkRow:
    """A link after something was said of it."""
    before = row or LinkRow(
        person_id=event.person_id,
        wsop_player_id=event.wsop_player_id,
        player_person_id=player_person_id,
        status="suggested",
        confidence=None,
        method=None,
        evidence=None,
        sequence=recorded.sequence,
        history=(),
    )
    replace = msgspec.structs.replace
    match event:
        case LinkSuggested():
            told = {name: getattr(event, name) for name in ("confidence", "method", "evidence")}
            after, text = replace(before, status="suggested", **told), ""
        case LinkVerified():
            after, text = replace(before, status="verified"), event.reason
        case LinkRejected():
            after, text = replace(before, status="rejected"), event.reason
        case LinkRemoved():
            after, text = replace(before, status="removed"), event.reason
    history = (*before.history, word(recorded, text))
    return replace(after, sequence=recorded.sequence, history=history)


def new_image(event: ImageAdded, recorded: Recorded) -> ImageRow:
    """The row of a picture that is added."""
    return ImageRow(
        person_id=event.person_id,
        image_id=event.image_id,
        image_type=event.image_type,
        source=event.source,
        renditions=event.renditions,
        approved=False,
        primary_seq=None,
        status="kept",
        sequence=recorded.sequence,
        history=(word(recorded, event.note),),
    )


def later_image(row: ImageRow, event: LaterImage, recorded: Recorded) -> ImageRow:
    """A picture after something else was said of it."""
    replace = msgspec.structs.replace
    match event:
        case ImageApproved():
            row, text = replace(row, approved=True), event.note
        case ImageMadePrimary():
            row, text = replace(row, primary_seq=recorded.sequence), ""
        case ImageRemoved():
            row, text = replace(row, status="removed"), event.reason
    return replace(row, sequence=recorded.sequence, history=(*row.history, word(recorded, text)))


def erased_image(row: ImageRow, recorded: Recorded) -> ImageRow:
    """A picture whose objects are gone."""
    history = (*row.history, word(recorded, name="person_erased"))
    return msgspec.structs.replace(
        row,
        status="erased",
        renditions=(),
        sequence=recorded.sequence,
        history=history,
    )
