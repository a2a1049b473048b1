"""Which fact becomes which notification: one table of rules, one fact at most once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contracts.decision import Refusal
from contracts.messages import Event, wsop_sync
from contracts.messages.gfx import FileRejected, HandWithdrawn
from contracts.messages.gfx_sync import SyncFailed
from contracts.messages.notification import NotificationNotice, NotificationRaised
from contracts.messages.render import RenderFailed
from contracts.messages.wsop import ImportClosed, ImportRejected

# Whoever is on call sees everything; roles get their own screens.
OPERATORS = "operators"
# A run that failed once or twice is tried again within minutes; then a person has to look. Said at
# this failure and not at later ones, until a run has succeeded again.
SYNC_FAILURES = 3

type Cause = (
    RenderFailed
    | FileRejected
    | SyncFailed
    | HandWithdrawn
    | ImportRejected
    | ImportClosed
    | wsop_sync.SourceSyncFailed
)
CAUSES = (
    RenderFailed,
    FileRejected,
    SyncFailed,
    HandWithdrawn,
    ImportRejected,
    ImportClosed,
    wsop_sync.SourceSyncFailed,
)


class Raise(msgspec.Struct, frozen=True, kw_only=True):
    """Raise the notification of one fact, if it has one."""

    notification_id: str
    cause: Cause


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
        raised = None if state else notification(command)
        return [raised] if raised else []


def occasion(cause: Cause, event_id: str) -> str:
    """Names what a notification is about: each fact, but all lost hands of one file together."""
    if isinstance(cause, HandWithdrawn):
        return f"hands lost by {cause.source.sha256} of {cause.game_id}"
    return event_id


def notification(command: Raise) -> NotificationRaised | None:
    """The notification of a fact; None for one that people need not know yet."""
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
        case SyncFailed() as failed:
            what = ("gfx-ingest", "table", failed.table)
            return _sync_failed(command.notification_id, failed, what)
        case HandWithdrawn() as lost:
            return _hands_lost(command.notification_id, lost)
        case ImportRejected() as rejected:
            return _import_rejected(command.notification_id, rejected)
        case ImportClosed() as closed:
            return _import_partial(command.notification_id, closed)
        case wsop_sync.SourceSyncFailed() as failed:
            what = ("wsop-import", "source", failed.kind)
            return _sync_failed(command.notification_id, failed, what)


def _sync_failed(
    notification_id: str,
    failed: SyncFailed | wsop_sync.SourceSyncFailed,
    what: tuple[str, str, str],
) -> NotificationRaised | None:
    """`what` names the service, the kind of entity and the entity."""
    if failed.failures != SYNC_FAILURES:
        return None
    source, entity_type, entity_id = what
    return NotificationRaised(
        notification_id=notification_id,
        type="alert",
        level="critical",
        title=f"Sync of {entity_type} {entity_id} failed {failed.failures} times",
        message=failed.error,
        source=source,
        entity_type=entity_type,
        entity_id=entity_id,
        audience=OPERATORS,
    )


def _import_rejected(notification_id: str, rejected: ImportRejected) -> NotificationRaised:
    place = f", at {rejected.position}" if rejected.position else ""
    return NotificationRaised(
        notification_id=notification_id,
        type="error",
        level="high",
        title=f"Import of {rejected.kind or 'an unknown file'} rejected",
        message=f"{rejected.file.path}: {rejected.reason}{place}",
        source="wsop-import",
        entity_type="import",
        entity_id=rejected.import_id,
        audience=OPERATORS,
    )


def _import_partial(notification_id: str, closed: ImportClosed) -> NotificationRaised | None:
    """None for one that is complete, or abandoned: somebody replaced or removed its file."""
    if closed.status != "partial":
        return None
    counts = closed.counts
    return NotificationRaised(
        notification_id=notification_id,
        type="warning",
        level="medium",
        title=f"Import of {closed.kind} is partial",
        message=f"{closed.file.path}: rejected rows {counts.rejected} of {closed.rows}, "
        f"rejected fields {counts.fields_rejected}; all else holds",
        source="wsop-import",
        entity_type="import",
        entity_id=closed.import_id,
        audience=OPERATORS,
    )


def _hands_lost(notification_id: str, lost: HandWithdrawn) -> NotificationRaised:
    return NotificationRaised(
        notification_id=notification_id,
        type="warning",
        level="high",
        title=f"A file of game {lost.game_id} lost hands",
        message=f"{lost.source.path} no longer holds hands that were recorded before; they stay, "
        "marked as absent",
        source="gfx-ingest",
        entity_type="file",
        entity_id=lost.source.sha256,
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
