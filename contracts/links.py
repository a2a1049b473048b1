"""Which PokerGFX identity is which player: the verified links, as a projection keeps them.

Rows of stacks and hands keep the identity; a projection's views resolve the person, so that a link
changes the past and its removal restores it.
"""

from collections.abc import Iterable
from typing import ClassVar

from contracts import persons
from contracts.messages import Event
from contracts.messages.override import LinkRemoved, LinkVerified
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows

HANDLES: tuple[type[Event], ...] = (LinkVerified, LinkRemoved)


class LinkRow(Row, frozen=True, kw_only=True):
    """An identity (`g-...`) that somebody verified to be a player (`w-...`)."""

    TABLE: ClassVar = "link"
    KEY: ClassVar = ("identity_id",)
    AUDIT: ClassVar = ("sequence",)

    identity_id: str
    person_id: str
    sequence: int


def keys(event: Event) -> Iterable[tuple[type[Row], Key]]:
    """The row that `follow` may remove for this event."""
    if isinstance(event, LinkRemoved):
        yield LinkRow, (event.person_id,)


def follow(recorded: Recorded, rows: Rows) -> None:
    """Apply what was said about a link; other events change nothing."""
    match recorded.event:
        case LinkVerified() as event:
            player = persons.of_wsop_player(event.wsop_player_id)
            rows.put(
                LinkRow(identity_id=event.person_id, person_id=player, sequence=recorded.sequence)
            )
        case LinkRemoved() as event:
            known = rows.get(LinkRow, event.person_id)
            if known and known.person_id == persons.of_wsop_player(event.wsop_player_id):
                rows.delete(LinkRow, event.person_id)
        case _:
            pass
