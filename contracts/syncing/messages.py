"""The facts of a run in the message classes of the service that says them."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import asdict

from contracts.messages import Event, Notice
from contracts.syncing.state import (
    Completed,
    Fact,
    Failed,
    Outdated,
    Scheduled,
    Started,
    Sync,
)

# What screens are told after each fact.
_VERBS: dict[type[Fact], str] = {
    Scheduled: "sync:scheduled",
    Started: "sync:started",
    Completed: "sync:completed",
    Failed: "sync:failed",
    Outdated: "sync:outdated",
}
# What they are told when a state is said again: at a restart, and while a run goes on.
RESTORED = "sync:restored"


def switched(*, enabled: bool) -> str:
    """The verb for a source that is switched on or off."""
    return "sync:enabled" if enabled else "sync:disabled"


class Messages[N: Notice]:
    """The message classes of one service. Each has the fields of its fact beside the key that names
    the source.
    """

    def __init__(self, notice: type[N], events: Mapping[type[Fact], type[Event]]) -> None:
        """`events` has a class for every fact."""
        self._notice = notice
        self._events = events
        self._facts = {event: fact for fact, event in events.items()}

    def said(self, name: str, facts: Iterable[Fact]) -> tuple[Event, ...]:
        """The facts about a source as events."""
        kinds = ((self._events[type(fact)], fact) for fact in facts)
        return tuple(
            msgspec.convert({kind.TYPE.key: name} | asdict(fact), kind) for kind, fact in kinds
        )

    def fact(self, event: Event) -> Fact | None:
        """What an event says about a run; None if it is about something else."""
        kind = self._facts.get(type(event))
        return msgspec.convert(event, kind, from_attributes=True) if kind else None

    def verb(self, event: Event) -> str | None:
        """What screens are told after an event; None if it is not about a run."""
        kind = self._facts.get(type(event))
        return _VERBS[kind] if kind else None

    def notice(self, name: str, state: Sync, verb: str) -> N | None:
        """What screens are told about a source; None before it was switched on or off."""
        if not state.enabled and state.status != "disabled":
            return None
        run = state.run
        fields = {
            self._notice.TYPE.key: name,
            "verb": verb,
            "status": state.status,
            "sync_id": run.sync_id if run else None,
            "operation": run.operation if run else None,
            "attempt": run.attempt if run else 0,
            "failures": state.failures,
            "error": state.error,
            "retry_at": state.retry.at if state.retry else None,
            "next_due_at": state.next_due_at,
        }
        return msgspec.convert(fields, self._notice)
