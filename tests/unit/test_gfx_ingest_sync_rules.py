"""When a table's folder is looked through anew, and what is said about it."""

from datetime import datetime, timedelta

import msgspec
import pytest

from contracts.messages.gfx import FileRejected, FileSource
from contracts.messages.gfx_sync import (
    SyncCompleted,
    SyncFailed,
    SyncOutdated,
    SyncScheduled,
    SyncStarted,
    TableRegistered,
    TableRemoved,
    TriggerSync,
)
from services.gfx_ingest.domain import GfxDecider
from services.gfx_ingest.domain.sync import (
    ERROR_LENGTH_MAX,
    INTERRUPTED,
    RETRY_WAITS_S,
    SWITCHED_OFF,
    CompleteSync,
    FailSync,
    RegisterTable,
    RemoveTable,
    ScheduleDue,
    StartSync,
    Tally,
    WatchTable,
    sync_notice,
)
from services.gfx_ingest.domain.table import Registration
from tests.support.scenario import NOW, Scenario

TABLE = "river"
HOUR = 3600
TALLY = Tally(files=4, recorded=1, skipped=1, rejected=1, unchanged=1)
ENABLED = TableRegistered(table=TABLE, time_zone="UTC", interval_s=HOUR, enabled=True)
OFF = msgspec.structs.replace(ENABLED, enabled=False)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def scheduled(sync_id="a", operation="full_sync", attempt=1, due_at=NOW):
    return SyncScheduled(
        table=TABLE, sync_id=sync_id, operation=operation, attempt=attempt, due_at=due_at
    )


def started(sync_id="a", operation="full_sync", attempt=1):
    return SyncStarted(table=TABLE, sync_id=sync_id, operation=operation, attempt=attempt)


def table(*events):
    return Scenario(GfxDecider(), "table", TABLE).given(*events)


def synced(at=NOW):
    """A table whose first run was completed."""
    scenario = table(ENABLED, scheduled(), started())
    scenario.does(CompleteSync(table=TABLE, sync_id="a", tally=TALLY, duration_ms=70), at)
    return scenario


def fail(scenario, sync_id, at):
    scenario.does(StartSync(table=TABLE, sync_id=sync_id), at)
    command = FailSync(table=TABLE, sync_id=sync_id, error="no such folder", duration_ms=5)
    [failed] = scenario.does(command, at)
    return failed


def test_what_the_registry_tells_is_said_when_it_changed():
    wanted = Registration(time_zone="UTC", interval_s=HOUR, enabled=True)
    scenario = table()

    assert scenario.does(RegisterTable(table=TABLE, registration=wanted)) == [ENABLED]
    assert scenario.does(RegisterTable(table=TABLE, registration=wanted)) == []
    assert scenario.does(RemoveTable(table=TABLE)) == [TableRemoved(table=TABLE)]
    assert scenario.does(RemoveTable(table=TABLE)) == []
    assert scenario.does(RegisterTable(table=TABLE, registration=wanted)) == [ENABLED]


def test_a_watch_begins_with_a_run_through_everything():
    assert table(ENABLED).when(WatchTable(table=TABLE, sync_id="a")) == [scheduled()]
    assert table(OFF).when(WatchTable(table=TABLE, sync_id="a")) == []


def test_a_run_that_was_asked_for_before_the_service_ended_is_still_to_be_made():
    asked = scheduled("m", "manual")
    scenario = table(ENABLED, asked)

    assert scenario.when(WatchTable(table=TABLE, sync_id="a")) == []
    assert scenario.when(StartSync(table=TABLE, sync_id="m")) == [started("m", "manual")]


def test_a_run_that_was_under_way_when_the_service_ended_has_failed():
    failed, again = table(ENABLED, scheduled(), started()).when(
        WatchTable(table=TABLE, sync_id="b")
    )

    assert (failed.sync_id, failed.error, failed.retry_at) == ("a", INTERRUPTED, None)
    assert again == scheduled("b")


def test_a_completed_run_tells_its_counts_and_when_the_next_one_is_due():
    [done] = table(ENABLED, scheduled(), started()).when(
        CompleteSync(table=TABLE, sync_id="a", tally=TALLY, duration_ms=70)
    )

    assert done == SyncCompleted(
        table=TABLE,
        sync_id="a",
        operation="full_sync",
        attempt=1,
        files=4,
        recorded=1,
        skipped=1,
        rejected=1,
        unchanged=1,
        duration_ms=70,
        next_due_at=later(HOUR),
    )


def test_when_the_interval_passed_the_table_is_outdated_and_a_run_is_due():
    scenario = synced()

    assert scenario.when(ScheduleDue(table=TABLE, sync_id="b"), later(HOUR - 1)) == []
    assert scenario.does(ScheduleDue(table=TABLE, sync_id="b"), later(HOUR + 5)) == [
        SyncOutdated(table=TABLE, effective_at=later(HOUR)),
        scheduled("b", "scheduled", due_at=later(HOUR)),
    ]
    assert scenario.when(ScheduleDue(table=TABLE, sync_id="c"), later(HOUR + 6)) == []


def test_that_a_table_was_outdated_is_said_late_by_a_service_that_was_away():
    outdated, again = synced().when(WatchTable(table=TABLE, sync_id="b"), later(9 * HOUR))

    assert outdated == SyncOutdated(table=TABLE, effective_at=later(HOUR))
    assert again.due_at == later(9 * HOUR)


def test_a_failed_run_is_tried_three_times_more_each_time_after_a_longer_wait():
    scenario, at, waits = synced(), later(HOUR), []
    scenario.does(ScheduleDue(table=TABLE, sync_id="0"), at)
    for number in range(4):
        failed = fail(scenario, str(number), at)
        assert (failed.attempt, failed.failures) == (number + 1, number + 1)
        if failed.retry_at is None:
            break
        waits.append((failed.retry_at - at).total_seconds())
        at = failed.retry_at
        [retry] = scenario.does(ScheduleDue(table=TABLE, sync_id=str(number + 1)), at)
        assert (retry.operation, retry.attempt, retry.due_at) == ("scheduled", number + 2, at)

    assert tuple(waits) == RETRY_WAITS_S
    assert number == 3
    assert scenario.state.due_at == failed.next_due_at == at + timedelta(seconds=HOUR)
    [regular] = scenario.when(ScheduleDue(table=TABLE, sync_id="r"), failed.next_due_at)
    assert regular.attempt == 1, "a failed table is not outdated, its next run begins to count anew"


def test_a_good_run_ends_the_row_of_failures():
    scenario = table(ENABLED, scheduled())
    fail(scenario, "a", NOW)
    scenario.does(ScheduleDue(table=TABLE, sync_id="b"), later(60))
    scenario.does(StartSync(table=TABLE, sync_id="b"))
    scenario.does(CompleteSync(table=TABLE, sync_id="b", tally=TALLY, duration_ms=1))
    scenario.does(TriggerSync(table=TABLE, sync_id="c"))

    assert fail(scenario, "c", NOW).failures == 1


def test_a_person_may_ask_for_a_run_at_any_time_and_supersedes_a_retry():
    scenario = table(ENABLED, scheduled())
    fail(scenario, "a", NOW)

    assert scenario.does(TriggerSync(table=TABLE, sync_id="m")) == [scheduled("m", "manual")]
    assert scenario.state.due_at is None
    assert scenario.when(ScheduleDue(table=TABLE, sync_id="b"), later(60)) == []


@pytest.mark.parametrize("before", [[scheduled()], [scheduled(), started()]])
def test_who_asks_for_a_run_joins_the_one_that_is_asked_for_or_under_way(before):
    assert table(ENABLED, *before).when(TriggerSync(table=TABLE, sync_id="m")) == []


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        ([], ("not_found", "not_found")),
        ([OFF], ("conflict", "table_disabled")),
        ([ENABLED, TableRemoved(table=TABLE)], ("not_found", "not_found")),
    ],
)
def test_a_table_that_nobody_watches_cannot_be_looked_through(before, refusal):
    assert table(*before).refused(TriggerSync(table=TABLE, sync_id="m")) == refusal


@pytest.mark.parametrize("command", [StartSync, CompleteSync, FailSync])
def test_nothing_is_said_about_a_run_that_is_not_the_present_one(command):
    more = {"tally": TALLY, "duration_ms": 1, "error": "e"}
    own = {name: more[name] for name in command.__struct_fields__ if name in more}

    assert (
        table(ENABLED, scheduled(), started()).when(command(table=TABLE, sync_id="old", **own))
        == []
    )


def test_a_run_begins_once_and_ends_once():
    scenario = table(ENABLED, scheduled(), started())
    done = CompleteSync(table=TABLE, sync_id="a", tally=TALLY, duration_ms=1)

    assert scenario.when(StartSync(table=TABLE, sync_id="a")) == []
    assert len(scenario.does(done)) == 1
    assert scenario.does(done) == []


@pytest.mark.parametrize("before", [[scheduled()], [scheduled(), started()]])
@pytest.mark.parametrize("end", ["off", "removed"])
def test_a_table_that_is_switched_off_takes_its_run_with_it(before, end):
    off = RegisterTable(
        table=TABLE, registration=Registration(time_zone="UTC", interval_s=HOUR, enabled=False)
    )
    scenario = table(ENABLED, *before)
    failed, last = scenario.does(off if end == "off" else RemoveTable(table=TABLE))

    assert (failed.sync_id, failed.error, failed.retry_at) == ("a", SWITCHED_OFF, None)
    assert last == (OFF if end == "off" else TableRemoved(table=TABLE))
    assert scenario.state.due_at is None
    assert scenario.state.status == "disabled"


def test_a_long_reason_is_cut():
    scenario = table(ENABLED, scheduled(), started())
    [failed] = scenario.when(FailSync(table=TABLE, sync_id="a", error="x" * 9999, duration_ms=1))

    assert len(failed.error) == ERROR_LENGTH_MAX


def test_a_rejected_file_changes_nothing_about_the_runs():
    rejected = FileRejected(
        table=TABLE, source=FileSource(path="x", sha256=""), bytes=0, code="empty", detail="none"
    )

    assert table(ENABLED, scheduled(), rejected).state.status == "pending"
    assert sync_notice(table(rejected).state) is None, "nobody registered it"


def test_every_fact_is_told_to_screens_with_the_state_it_leads_to():
    failed = SyncFailed(
        table=TABLE,
        sync_id="a",
        operation="full_sync",
        attempt=1,
        error="away",
        failures=1,
        duration_ms=3,
        retry_at=later(60),
        next_due_at=later(HOUR),
    )
    scenario = table()
    events = (ENABLED, scheduled(), started(), failed, OFF)
    told = [sync_notice(scenario.given(event).state, event) for event in events]

    assert [(notice.verb, notice.status, notice.sync_id) for notice in told] == [
        ("sync:enabled", "pending", None),
        ("sync:scheduled", "pending", "a"),
        ("sync:started", "in_progress", "a"),
        ("sync:failed", "failed", None),
        ("sync:disabled", "disabled", None),
    ]
    assert (told[3].error, told[3].failures, told[3].retry_at) == ("away", 1, later(60))
    assert {notice.subject for notice in told} == {"sync-status.gfx.river"}
