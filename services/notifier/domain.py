"""Which fact becomes which notification: one table of rules, one fact at most once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contracts.decision import Refusal
from contracts.messages import Event
from contracts.messages.gfx import FileRejected
from contracts.messages.notification import NotificationNotice, NotificationRaised
from contracts.messages.render import RenderFailed

# Whoever is on call sees everything; roles get their own screens.
OPERATORS = "operators"


class Raise(msgspec.Struct, frozen=True, kw_only=True):
    """Raise the notification of one fact, if it has one."""

    notification_id: str
    cause: RenderFailed | FileRejected


class Notifier:
    """The Decider of context `notification`; the state is whether it was raised."""

    context = "notification"

    def initial(self, entity: str, entity_id: str) -> bool:  # noqa: ARG002  # one kind of entity
        """Not raised."""
        return False

    def evolve(self, state: bool, event: Event) -> bool:
        """Raised once is raised for ever."""
        return state or isinstance(event, NotificationRaised)

    def decide(self, command: Raise, state: bool, now: datetime) -> Sequence[Event] | Refusal:  # noqa: ARG002  # nothing here depends on the time
        """Raise it once."""
        return [] if state else [notification(command)]


def notification(command: Raise) -> NotificationRaised:
    """The notification of a fact."""
    match command.cause:
        case RenderFailed() as failed:
            return NotificationRaised(
                notification_id=command.notification_id,
                type="error",
                level="high",
                title="Render failed",
                message=failed.message,
                source="render",
                entity_type="render",
                entity_id=failed.render_id,
                audience=OPERATORS,
            )
        case FileRejected() as rejected:
            return NotificationRaised(
                notification_id=command.notification_id,
                type="error",
                level="high",
                title=f"File of table {rejected.table} rejected",
                message=f"{rejected.source.path}: {rejected.detail}",
                source="gfx-ingest",
                entity_type="file",
                entity_id=rejected.source.sha256 or rejected.source.path,
                audience=OPERATORS,
            )


def notice(event: NotificationRaised) -> NotificationNotice:
    """What screens are told."""
    return NotificationNotice(
        verb="raised",
        notification_id=event.notification_id,
        type=event.type,
        level=event.level,
        title=event.title,
        message=event.message,
        audience=event.audience,
    )
