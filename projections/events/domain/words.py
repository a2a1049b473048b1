"""What people say: of an event, of a game and of an identity.

Words about an event are kept as they were said; the views tell which of them hold.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from contracts import attribution, links
from contracts.messages import Event
from contracts.messages.wsop_event import EliminationSet, EliminationWithdrawn, HoldSet
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.events.domain.rows import WordRow

OF_EVENT = (HoldSet, EliminationSet, EliminationWithdrawn)
HANDLES: tuple[type[Event], ...] = (*OF_EVENT, *attribution.HANDLES, *links.HANDLES)

type Word = HoldSet | EliminationSet | EliminationWithdrawn


def keys(event: Event) -> Iterable[tuple[type[Row], Key]]:
    """The rows that `follow` may remove for this event."""
    yield from attribution.keys(event)
    yield from links.keys(event)


def follow(recorded: Recorded, rows: Rows) -> None:
    """Apply what somebody said."""
    event = recorded.event
    if isinstance(event, OF_EVENT):
        _keep(event, recorded, rows)
        return
    attribution.attribute(recorded, rows)
    links.follow(recorded, rows)


def _keep(event: Word, recorded: Recorded, rows: Rows) -> None:
    word = WordRow(
        event_id=event.event_id,
        sequence=recorded.sequence,
        word="hold_set",
        actor=recorded.envelope.actor,
        said_at=recorded.said_at,
    )
    match event:
        case HoldSet():
            word = replace(word, minutes=event.minutes)
        case EliminationSet():
            word = replace(
                word,
                word="elimination_set",
                person_id=event.person_id,
                place=event.place,
                reason=event.reason,
            )
        case EliminationWithdrawn():
            word = replace(
                word,
                word="elimination_withdrawn",
                person_id=event.person_id,
                reason=event.reason,
            )
    rows.put(word)
