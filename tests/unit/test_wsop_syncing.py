"""The runs of a kind: asked for, begun, ended, tried again, settled after a restart."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from contracts.decision import Refusal
from contracts.messages import Event
from contracts.messages.wsop_sync import (
    SourceRegistered,
    SourceSyncCompleted,
    SourceSyncFailed,
    SourceSyncNotice,
    SourceSyncOutdated,
    SourceSyncScheduled,
    SourceSyncStarted,
    TriggerImport,
)
from services.wsop_import.domain.sources import Source, follow_source, sync_notice
from services.wsop_import.domain.syncing import (
    RETRY_WAITS_S,
    CompleteSync,
    FailSync,
    RegisterSource,
    ScheduleDue,
    ServeSource,
    SourceCommand,
    StartSync,
    Tally,
    decide_source,
)

NOW = datetime(2031, 10, 19, 15, 0, tzinfo=UTC)
INTERVAL_S = 900
REGISTER = RegisterSource(kind="standings", interval_s=INTERVAL_S, enabled=True, pulled=True)
SERVE = ServeSource(kind="standings", sync_id="s0")
START = StartSync(sync_id="s0")
DONE = CompleteSync(sync_id="s0", tally=Tally(files=1, recorded=1), duration_ms=5)
FAIL = FailSync(sync_id="s0", error="no answer", duration_ms=5)


class Kind:
    """One kind, and all that was said of it."""

    def __init__(self) -> None:
        self.state = Source()
        self.said: list[Event] = []

    def do(self, command: SourceCommand, after_s: float = 0) -> Sequence[Event] | Refusal:
        decision = decide_source(command, self.state, NOW + timedelta(seconds=after_s))
        if not isinstance(decision, Refusal):
            for event in decision:
                self.state = follow_source(self.state, event)
                self.said.append(event)
        return decision

    def names(self) -> list[str]:
        return [event.TYPE.name for event in self.said]


@pytest.fixture
def kind() -> Kind:
    served = Kind()
    for command in (REGISTER, SERVE):
        served.do(command)
    return served


def test_a_run_is_asked_for_begins_and_ends(kind: Kind) -> None:
    kind.do(START)
    kind.do(DONE)
    assert [type(event) for event in kind.said] == [
        SourceRegistered,
        SourceSyncScheduled,
        SourceSyncStarted,
        SourceSyncCompleted,
    ]
    assert kind.state.status == "synced"
    assert kind.state.due_at == NOW + timedelta(seconds=INTERVAL_S)


def test_who_asks_during_a_run_joins_it(kind: Kind) -> None:
    assert kind.do(TriggerImport(kind="standings", sync_id="s1")) == ()
    kind.do(START)
    assert kind.do(TriggerImport(kind="standings", sync_id="s1")) == ()
    kind.do(DONE)
    kind.do(TriggerImport(kind="standings", sync_id="s1"))
    asked = kind.said[-1]
    assert isinstance(asked, SourceSyncScheduled)
    assert (asked.operation, asked.sync_id) == ("manual", "s1")


def test_a_kind_that_is_not_fetched_refuses_a_trigger() -> None:
    resting = Kind()
    for command in (None, RegisterSource(kind="events", interval_s=0, enabled=False, pulled=False)):
        if command:
            resting.do(command)
        refusal = resting.do(TriggerImport(kind="events", sync_id="s1"))
        assert isinstance(refusal, Refusal)
        assert refusal.reason == "source_disabled"
    assert resting.do(ServeSource(kind="events", sync_id="s2")) == ()


def test_a_failed_run_is_tried_three_times_with_growing_waits_then_rests(kind: Kind) -> None:
    waits = []
    for attempt in range(1, 5):
        run = kind.state.run
        assert run is not None
        assert run.attempt == attempt
        kind.do(StartSync(sync_id=run.sync_id))
        kind.do(FailSync(sync_id=run.sync_id, error="no answer", duration_ms=1))
        failed = kind.said[-1]
        assert isinstance(failed, SourceSyncFailed)
        assert failed.failures == attempt
        if failed.retry_at is None:
            break
        waits.append((failed.retry_at - NOW).total_seconds())
        due = ScheduleDue(kind="standings", sync_id=f"r{attempt}")
        assert kind.do(due, after_s=waits[-1] - 1) == ()
        kind.do(due, after_s=waits[-1])
    assert tuple(waits) == RETRY_WAITS_S
    assert kind.state.due_at == NOW + timedelta(seconds=INTERVAL_S)
    (again,) = kind.do(ScheduleDue(kind="standings", sync_id="s9"), after_s=INTERVAL_S)
    assert isinstance(again, SourceSyncScheduled)
    assert (again.attempt, again.operation) == (1, "scheduled")


def test_an_interval_that_passed_is_said_with_the_time_at_which_it_was_due(kind: Kind) -> None:
    kind.do(START)
    kind.do(DONE)
    due = ScheduleDue(kind="standings", sync_id="s1")
    assert kind.do(due, after_s=INTERVAL_S - 1) == ()
    outdated, scheduled = kind.do(due, after_s=INTERVAL_S + 300)
    assert isinstance(outdated, SourceSyncOutdated)
    assert isinstance(scheduled, SourceSyncScheduled)
    assert outdated.effective_at == scheduled.due_at == NOW + timedelta(seconds=INTERVAL_S)


def test_a_run_that_a_restart_interrupted_failed(kind: Kind) -> None:
    kind.do(START)
    kind.do(ServeSource(kind="standings", sync_id="s1"))
    failed, scheduled = kind.said[-2:]
    assert isinstance(failed, SourceSyncFailed)
    assert isinstance(scheduled, SourceSyncScheduled)
    assert (failed.sync_id, scheduled.sync_id, scheduled.operation) == ("s0", "s1", "full_sync")
    assert kind.do(DONE) == ()


def test_a_run_that_waits_is_not_asked_for_twice(kind: Kind) -> None:
    assert kind.do(ServeSource(kind="standings", sync_id="s1")) == ()


def test_switching_off_ends_what_is_under_way_and_on_begins_again(kind: Kind) -> None:
    kind.do(START)
    kind.do(RegisterSource(kind="standings", interval_s=0, enabled=False, pulled=True))
    assert kind.names()[-2:] == ["sync_failed", "source_registered"]
    assert (kind.state.status, kind.state.due_at) == ("disabled", None)
    kind.do(REGISTER)
    kind.do(ServeSource(kind="standings", sync_id="s1"))
    assert kind.state.status == "pending"
    assert kind.do(REGISTER) == ()


def test_screens_are_told_what_happened_and_how_it_stands(kind: Kind) -> None:
    assert sync_notice(Source()) is None
    verbs = []
    fresh = Source()
    for command in (START, FAIL):
        kind.do(command)
    for event in kind.said:
        fresh = follow_source(fresh, event)
        notice = sync_notice(fresh, event)
        assert isinstance(notice, SourceSyncNotice)
        assert notice.subject == "sync-status.wsop.standings"
        verbs.append((notice.verb, notice.status))
    assert verbs == [
        ("sync:enabled", "pending"),
        ("sync:scheduled", "pending"),
        ("sync:started", "in_progress"),
        ("sync:failed", "failed"),
    ]
    restored = sync_notice(fresh)
    assert restored is not None
    assert (restored.verb, restored.error, restored.failures) == ("sync:restored", "no answer", 1)
