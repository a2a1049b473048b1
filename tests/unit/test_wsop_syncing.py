"""The runs of a kind: registered, asked for, said in their own messages, told to screens."""

from datetime import timedelta

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
from contracts.syncing import (
    CompleteSync,
    FailSync,
    InterruptSync,
    ScheduleDue,
    Serve,
    StartSync,
    Tally,
)
from services.wsop_import.domain import SOURCE, WsopDecider
from services.wsop_import.domain.sources import Source, sync_notice
from services.wsop_import.domain.syncing import RegisterSource
from tests.support.scenario import NOW, Scenario

KIND = "standings"
INTERVAL_S = 900
REGISTER = RegisterSource(kind=KIND, interval_s=INTERVAL_S, enabled=True, pulled=True)
REST = RegisterSource(kind=KIND, interval_s=0, enabled=False, pulled=True)
REGISTERED = SourceRegistered(kind=KIND, interval_s=INTERVAL_S, enabled=True, pulled=True)
SCHEDULED = SourceSyncScheduled(
    kind=KIND, sync_id="s0", operation="full_sync", attempt=1, due_at=NOW
)
STARTED = SourceSyncStarted(kind=KIND, sync_id="s0", operation="full_sync", attempt=1)
TRIGGER = TriggerImport(kind=KIND, sync_id="s1")


def kind(*events):
    return Scenario(WsopDecider(), SOURCE, KIND).given(*events)


def test_the_settings_of_a_kind_are_said_when_they_changed() -> None:
    scenario = kind()
    assert scenario.does(REGISTER) == [REGISTERED]
    assert scenario.does(REGISTER) == []
    [resting] = scenario.does(REST)
    assert (resting.enabled, scenario.state.sync.status) == (False, "disabled")
    scenario.does(REGISTER)
    assert scenario.state.sync.status == "pending"


def test_a_run_of_a_kind_is_said_from_its_beginning_to_the_next_one() -> None:
    scenario = kind(REGISTERED)
    due_at = NOW + timedelta(seconds=INTERVAL_S)

    assert scenario.does(Serve(sync_id="s0")) == [SCHEDULED]
    assert scenario.does(StartSync(sync_id="s0")) == [STARTED]
    tally = Tally(files=1, recorded=1)
    [done] = scenario.does(CompleteSync(sync_id="s0", tally=tally, duration_ms=5))
    assert isinstance(done, SourceSyncCompleted)
    assert (done.kind, done.recorded, done.next_due_at) == (KIND, 1, due_at)
    outdated, again = scenario.does(ScheduleDue(sync_id="s1"), due_at)
    assert outdated == SourceSyncOutdated(kind=KIND, effective_at=due_at)
    assert (again.kind, again.operation, again.due_at) == (KIND, "scheduled", due_at)


def test_a_run_that_nobody_does_any_more_is_said_to_be_interrupted() -> None:
    failed, again = kind(REGISTERED, SCHEDULED, STARTED).when(
        InterruptSync(sync_id="s0", next_id="s1")
    )
    assert isinstance(failed, SourceSyncFailed)
    assert (failed.kind, failed.sync_id, again.sync_id) == (KIND, "s0", "s1")


def test_who_asks_during_a_run_joins_it() -> None:
    [asked] = kind(REGISTERED).when(TRIGGER)
    assert (asked.operation, asked.sync_id) == ("manual", "s1")
    assert kind(REGISTERED, SCHEDULED).when(TRIGGER) == []
    assert kind(REGISTERED, SCHEDULED, STARTED).when(TRIGGER) == []


def test_a_kind_that_is_not_fetched_refuses_a_trigger_and_makes_no_runs() -> None:
    resting = kind(SourceRegistered(kind=KIND, interval_s=0, enabled=False, pulled=False))
    for scenario in (kind(), resting):
        assert scenario.refused(TRIGGER) == ("conflict", "source_disabled")
        assert scenario.when(Serve(sync_id="s0")) == []


def test_switching_off_ends_what_is_under_way() -> None:
    failed, resting = kind(REGISTERED, SCHEDULED, STARTED).when(REST)
    assert isinstance(failed, SourceSyncFailed)
    assert (failed.sync_id, failed.retry_at, resting.enabled) == ("s0", None, False)


def test_screens_are_told_what_happened_and_how_it_stands() -> None:
    assert sync_notice(Source()) is None
    scenario = kind(REGISTERED, SCHEDULED, STARTED)
    [failed] = scenario.when(FailSync(sync_id="s0", error="no answer", duration_ms=5))
    fresh, told = kind(), []
    for event in (REGISTERED, SCHEDULED, STARTED, failed):
        notice = sync_notice(fresh.given(event).state, event)
        assert isinstance(notice, SourceSyncNotice)
        assert notice.subject == "sync-status.wsop.standings"
        told.append((notice.verb, notice.status))
    assert told == [
        ("sync:enabled", "pending"),
        ("sync:scheduled", "pending"),
        ("sync:started", "in_progress"),
        ("sync:failed", "failed"),
    ]
    restored = sync_notice(fresh.state)
    assert restored is not None
    assert (restored.verb, restored.error, restored.failures) == ("sync:restored", "no answer", 1)
