"""The places that operators say: as they said them, so that taking one back restores the rows."""

from collections.abc import Iterable

from contracts.messages import Event
from contracts.messages.wsop_event import EliminationSet, EliminationWithdrawn
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.standings.domain.rows import OperatorPlaceRow

HANDLES: tuple[type[Event], ...] = (EliminationSet, EliminationWithdrawn)


def keys(event: Event) -> Iterable[tuple[type[Row], Key]]:
    """The row that `follow` may remove for this event."""
    if isinstance(event, EliminationWithdrawn):
        yield OperatorPlaceRow, (event.event_id, event.person_id)


def follow(recorded: Recorded, rows: Rows) -> None:
    """Apply what an operator said of a place; other events change nothing."""
    match recorded.event:
        case EliminationSet() as event:
            rows.put(
                OperatorPlaceRow(
                    event_id=event.event_id,
                    person_id=event.person_id,
                    place=event.place,
                    reason=event.reason,
                    actor=recorded.envelope.actor,
                    said_at=recorded.said_at,
                    sequence=recorded.sequence,
                )
            )
        case EliminationWithdrawn() as event:
            rows.delete(OperatorPlaceRow, event.event_id, event.person_id)
        case _:
            pass
