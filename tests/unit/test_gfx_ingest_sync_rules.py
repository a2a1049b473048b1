"""Which tables are watched, how their runs are said, and what screens are told of them."""

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
from contracts.syncing import CompleteSync, InterruptSync, ScheduleDue, Serve, StartSync, Tally
from contracts.syncing.rules import INTERRUPTED, SWITCHED_OFF
from services.gfx_ingest.domain import GfxDecider, RegisterTable, RemoveTable, sync_notice
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


def test_what_the_registry_tells_is_said_when_it_changed():
    wanted = Registration(time_zone="UTC", interval_s=HOUR, enabled=True)
    scenario = table()

    assert scenario.does(RegisterTable(table=TABLE, registration=wanted)) == [ENABLED]
    assert scenario.does(RegisterTable(table=TABLE, registration=wanted)) == []
    assert scenario.does(RemoveTable(table=TABLE)) == [TableRemoved(table=TABLE)]
    assert scenario.does(RemoveTable(table=TABLE)) == []
    assert scenario.does(RegisterTable(table=TABLE, registration=wanted)) == [ENABLED]


def test_a_run_of_a_table_is_said_from_its_beginning_to_the_next_one():
    scenario = table(ENABLED)

    assert scenario.does(Serve(sync_id="a")) == [scheduled()]
    assert scenario.does(StartSync(sync_id="a")) == [started()]
    assert scenario.does(CompleteSync(sync_id="a", tally=TALLY, duration_ms=70)) == [
        SyncCompleted(
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
    ]
    assert scenario.does(ScheduleDue(sync_id="b"), later(HOUR)) == [
        SyncOutdated(table=TABLE, effective_at=later(HOUR)),
        scheduled("b", "scheduled", due_at=later(HOUR)),
    ]


def test_a_run_that_nobody_does_any_more_is_said_to_be_interrupted():
    failed, again = table(ENABLED, scheduled(), started()).when(
        InterruptSync(sync_id="a", next_id="b")
    )

    assert isinstance(failed, SyncFailed)
    assert (failed.table, failed.sync_id, failed.error) == (TABLE, "a", INTERRUPTED)
    assert again == scheduled("b")


def test_a_table_that_rests_is_not_looked_through():
    assert table(OFF).when(Serve(sync_id="a")) == []


def test_a_person_may_ask_for_a_run_and_joins_one_that_there_is():
    asked = TriggerSync(table=TABLE, sync_id="m")

    assert table(ENABLED).when(asked) == [scheduled("m", "manual")]
    assert table(ENABLED, scheduled()).when(asked) == []
    assert table(ENABLED, scheduled(), started()).when(asked) == []


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
    assert scenario.state.sync.due_at is None
    assert scenario.state.sync.status == "disabled"


def test_a_rejected_file_changes_nothing_about_the_runs():
    rejected = FileRejected(
        table=TABLE, source=FileSource(path="x", sha256=""), bytes=0, code="empty", detail="none"
    )

    assert table(ENABLED, scheduled(), rejected).state.sync.status == "pending"
    assert sync_notice(table(ENABLED).state, rejected) is None
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
    events = (ENABLED, scheduled(), started(), failed, OFF, TableRemoved(table=TABLE))
    told = [sync_notice(scenario.given(event).state, event) for event in events]

    assert [(notice.verb, notice.status, notice.sync_id) for notice in told] == [
        ("sync:enabled", "pending", None),
        ("sync:scheduled", "pending", "a"),
        ("sync:started", "in_progress", "a"),
        ("sync:failed", "failed", None),
        ("sync:disabled", "disabled", None),
        ("sync:disabled", "disabled", None),
    ]
    assert (told[3].error, told[3].failures, told[3].retry_at) == ("away", 1, later(60))
    assert {notice.subject for notice in told} == {"sync-status.gfx.river"}
