"""What the notifier says: news that a person should see."""

from typing import ClassVar, Literal

from contracts import subjects
from contracts.messages import Event, MessageType, Notice

type NotificationType = Literal["info", "success", "warning", "error", "alert"]
type Level = Literal["low", "medium", "high", "critical"]


class NotificationRaised(Event, frozen=True, kw_only=True):
    """A notification exists. `audience` is a user or a role; `entity_*` name what it is about."""

    TYPE: ClassVar = MessageType(
        "notification", "notification", "notification_raised", "notification_id"
    )
    notification_id: str
    type: NotificationType
    level: Level
    title: str
    message: str
    source: str
    entity_type: str
    entity_id: str
    audience: str


class NotificationNotice(Notice, frozen=True, kw_only=True):
    """The newest notification for one audience."""

    TYPE: ClassVar = MessageType("notification", "notification", "notification", "notification_id")
    verb: Literal["raised"]
    notification_id: str
    type: NotificationType
    level: Level
    title: str
    message: str
    audience: str

    @property
    def subject(self) -> str:
        """`notifications.<user or role>`."""
        return subjects.notifications(self.audience)
