"""The fold of notifications: one row each, never changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from contracts.messages import Event
from contracts.messages.notification import NotificationRaised
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows


class NotificationRow(Row, frozen=True, kw_only=True):
    """One notification; `causation_id` is the id of the event that raised it."""

    TABLE: ClassVar = "notification"
    KEY: ClassVar = ("notification_id",)
    AUDIT: ClassVar = ("causation_id", "raised_at", "sequence")

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


class NotificationsFold:
    """Keeps every notification."""

    handles: Sequence[type[Event]] = (NotificationRaised,)

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """None: a notification is written once and never read back."""
        del recorded
        return ()

    def block_key(self, recorded: Recorded) -> str:
        """Notifications do not depend on each other."""
        return recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Add one row."""
        event = recorded.event
        assert isinstance(event, NotificationRaised)
        rows.put(
            NotificationRow(
                notification_id=event.notification_id,
                type=event.type,
                level=event.level,
                title=event.title,
                message=event.message,
                source=event.source,
                entity_type=event.entity_type,
                entity_id=event.entity_id,
                audience=event.audience,
                causation_id=recorded.envelope.causation_id,
                raised_at=recorded.said_at,
                sequence=recorded.sequence,
            )
        )
