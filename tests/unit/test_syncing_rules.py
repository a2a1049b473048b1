"""The life of a sync, whoever looks through whatever: asked for, begun, ended, tried again, due."""

import copy
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contracts.messages import Event, MessageType, Notice
from contracts.messages.gfx_sync import SyncStarted, TableRemoved
from contracts.syncing import (
    RESTORED,
    Completed,
    CompleteSync,
    Fact,
    Failed,
    FailSync,
    InterruptSync,
    Messages,
    Outdated,
    Scheduled,
    ScheduleDue,
    Serve,
    Started,
    StartSync,
    Sync,
    SyncCommand,
    Tally,
    decide_sync,
    follow,
    switch,
    switch_off,
    trigger,
)
from contracts.syncing.rules import ERROR_LENGTH_MAX, INTERRUPTED, RETRY_WAITS_S, SWITCHED_OFF

NOW = datetime(2031, 3, 1, 19, 0, tzinfo=UTC)
HOUR = 3600
TALLY = Tally(files=4, recorded=1, skipped=1, rejected=1, unchanged=1)
START = StartSync(sync_id="a")
DONE = CompleteSync(sync_id="a", tally=TALLY, duration_ms=70)
FAIL = FailSync(sync_id="a", error="no such folder", duration_ms=5)


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def scheduled(sync_id="a", operation="full_sync", attempt=1, due_at=NOW) -> Scheduled:
    return Scheduled(sync_id=sync_id, operation=operation, attempt=attempt, due_at=due_at)


def started(sync_id="a", operation="full_sync", attempt=1) -> Started:
    return Started(sync_id=sync_id, operation=operation, attempt=attempt)


class Source:
    """One source that is switched on, and the facts of its runs."""

    def __init__(self, *given: Fact, enabled: bool = True) -> None:
        self.sync = Sync()
        switch(self.sync, HOUR, enabled=enabled)
        for fact in given:
            follow(self.sync, fact)

    def when(self, command: SyncCommand, now: datetime = NOW) -> Sequence[Fact]:
        """What is decided; nothing happens."""
        before = copy.deepcopy(self.sync)
        facts = decide_sync(command, self.sync, now)
        assert self.sync == before, "deciding changed the state"
        return list(facts)

    def does(self, command: SyncCommand, now: datetime = NOW) -> Sequence[Fact]:
        """Decide, and let it happen."""
        facts = self.when(command, now)
        for fact in facts:
            follow(self.sync, fact)
        return facts

    def fail(self, sync_id: str, at: datetime) -> Failed:
        """The run that is asked for begins and fails."""
        self.does(StartSync(sync_id=sync_id), at)
        [failed] = self.does(FailSync(sync_id=sync_id, error="away", duration_ms=5), at)
        assert isinstance(failed, Failed)
        return failed


def synced() -> Source:
    """A source whose first run was completed."""
    source = Source(scheduled(), started())
    source.does(DONE)
    return source


def test_who_looks_after_a_source_begins_with_a_run_through_everything() -> None:
    assert Source().when(Serve(sync_id="a")) == [scheduled()]
    assert Source(enabled=False).when(Serve(sync_id="a")) == []


@pytest.mark.parametrize("given", [(scheduled("m"),), (scheduled("m"), started("m"))])
def test_who_comes_while_a_run_is_asked_for_or_under_way_leaves_it_alone(
    given: tuple[Fact, ...],
) -> None:
    assert Source(*given).when(Serve(sync_id="a")) == []
    assert trigger("b", Source(*given).sync, NOW) == ()


def test_a_run_that_nobody_does_any_more_has_failed_and_is_made_up_for() -> None:
    source = Source(scheduled(), started())
    interrupt = InterruptSync(sync_id="a", next_id="b")
    failed, again = source.does(interrupt)

    assert isinstance(failed, Failed)
    assert (failed.sync_id, failed.error, failed.retry_at) == ("a", INTERRUPTED, None)
    assert again == scheduled("b")
    assert source.when(interrupt) == []
    assert source.when(DONE) == [], "whoever did it after all is too late"


def test_a_run_that_has_not_begun_cannot_be_interrupted() -> None:
    assert Source(scheduled()).when(InterruptSync(sync_id="a", next_id="b")) == []


def test_a_completed_run_tells_its_counts_and_when_the_next_one_is_due() -> None:
    source = Source(scheduled(), started())
    assert source.does(DONE) == [
        Completed(
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
    assert (source.sync.status, source.sync.due_at) == ("synced", later(HOUR))


def test_when_the_interval_passed_a_source_is_outdated_and_a_run_is_due() -> None:
    source = synced()

    assert source.when(ScheduleDue(sync_id="b"), later(HOUR - 1)) == []
    assert source.does(ScheduleDue(sync_id="b"), later(HOUR + 5)) == [
        Outdated(effective_at=later(HOUR)),
        scheduled("b", "scheduled", due_at=later(HOUR)),
    ]
    assert source.when(ScheduleDue(sync_id="c"), later(HOUR + 6)) == []


def test_that_a_source_was_outdated_is_said_late_by_a_service_that_was_away() -> None:
    assert synced().when(Serve(sync_id="b"), later(9 * HOUR)) == [
        Outdated(effective_at=later(HOUR)),
        scheduled("b", due_at=later(9 * HOUR)),
    ]


def test_a_failed_run_is_tried_three_times_more_each_time_after_a_longer_wait() -> None:
    source, at, waits = synced(), later(HOUR), []
    source.does(ScheduleDue(sync_id="0"), at)
    for number in range(4):
        failed = source.fail(str(number), at)
        assert (failed.attempt, failed.failures) == (number + 1, number + 1)
        if failed.retry_at is None:
            break
        waits.append((failed.retry_at - at).total_seconds())
        assert source.when(ScheduleDue(sync_id="x"), failed.retry_at - timedelta(seconds=1)) == []
        at = failed.retry_at
        assert source.does(ScheduleDue(sync_id=str(number + 1)), at) == [
            scheduled(str(number + 1), "scheduled", number + 2, at)
        ]

    assert tuple(waits) == RETRY_WAITS_S == (60, 120, 240)
    assert number == 3
    assert source.sync.due_at == failed.next_due_at == at + timedelta(seconds=HOUR)
    [regular] = source.when(ScheduleDue(sync_id="r"), failed.next_due_at)
    assert isinstance(regular, Scheduled), "a failed source is not outdated"
    assert regular.attempt == 1, "its next regular run begins to count anew"


def test_a_good_run_ends_the_row_of_failures() -> None:
    source = Source(scheduled())
    source.fail("a", NOW)
    source.does(ScheduleDue(sync_id="b"), later(60))
    source.does(StartSync(sync_id="b"))
    source.does(CompleteSync(sync_id="b", tally=TALLY, duration_ms=1))
    source.does(ScheduleDue(sync_id="c"), later(HOUR))

    assert source.fail("c", NOW).failures == 1


def test_a_run_that_somebody_asks_for_supersedes_a_retry() -> None:
    source = Source(scheduled())
    source.fail("a", NOW)
    [asked] = trigger("m", source.sync, NOW)
    follow(source.sync, asked)

    assert asked == scheduled("m", "manual")
    assert source.sync.due_at is None
    assert source.when(ScheduleDue(sync_id="b"), later(60)) == []


@pytest.mark.parametrize(
    "command",
    [START, DONE, FAIL, InterruptSync(sync_id="a", next_id="c")],
    ids=lambda command: type(command).__name__,
)
def test_nothing_is_said_about_a_run_that_is_not_the_present_one(command: SyncCommand) -> None:
    assert Source(scheduled("b"), started("b")).when(command) == []
    assert synced().when(command) == []


def test_a_run_begins_once_and_ends_only_when_it_has_begun() -> None:
    assert Source(scheduled()).when(START) == [started()]
    assert Source(scheduled(), started()).when(START) == []
    for end in (DONE, FAIL):
        assert Source(scheduled()).when(end) == []


@pytest.mark.parametrize("given", [(scheduled(),), (scheduled(), started())])
def test_a_source_that_is_switched_off_takes_its_run_with_it(given: tuple[Fact, ...]) -> None:
    source = Source(*given)
    [failed] = switch_off(source.sync, NOW)
    follow(source.sync, failed)
    switch(source.sync, HOUR, enabled=False)

    assert isinstance(failed, Failed)
    assert (failed.sync_id, failed.error, failed.retry_at) == ("a", SWITCHED_OFF, None)
    assert (source.sync.due_at, source.sync.status) == (None, "disabled")
    assert switch_off(source.sync, NOW) == ()
    switch(source.sync, HOUR, enabled=True)
    assert source.sync.status == "pending"


def test_a_source_whose_settings_change_keeps_its_run() -> None:
    source = Source(scheduled(), started())
    switch(source.sync, 2 * HOUR, enabled=True)
    assert source.sync.status == "in_progress"
    [done] = source.does(DONE)

    assert isinstance(done, Completed)
    assert done.next_due_at == later(2 * HOUR)


def test_a_long_reason_is_cut() -> None:
    source = Source(scheduled(), started())
    [failed] = source.when(FailSync(sync_id="a", error="x" * 9999, duration_ms=1))

    assert isinstance(failed, Failed)
    assert len(failed.error) == ERROR_LENGTH_MAX


class LakeTold(Notice, frozen=True, kw_only=True):
    """A notice as a service has it."""

    TYPE = MessageType("gfx", "lake", "lake_told", "lake")
    verb: str
    lake: str
    status: str
    sync_id: str | None = None
    operation: str | None = None
    attempt: int = 0
    failures: int = 0
    error: str | None = None
    retry_at: datetime | None = None
    next_due_at: datetime | None = None


def test_facts_are_said_in_a_service_s_own_classes_and_understood_again() -> None:
    messages = Messages(LakeTold, {Started: SyncStarted})
    [event] = messages.said("river", [started()])

    assert event == SyncStarted(table="river", sync_id="a", operation="full_sync", attempt=1)
    assert messages.fact(event) == started()
    assert messages.verb(event) == "sync:started"
    other: Event = TableRemoved(table="river")
    assert (messages.fact(other), messages.verb(other)) == (None, None)


def test_screens_are_told_how_a_source_stands_but_not_before_it_is_known() -> None:
    messages = Messages(LakeTold, {})
    source = Source(scheduled())
    failed = source.fail("a", NOW)
    told = messages.notice("deep", source.sync, RESTORED)

    assert told == LakeTold(
        verb="sync:restored",
        lake="deep",
        status="failed",
        failures=1,
        error="away",
        retry_at=failed.retry_at,
        next_due_at=failed.next_due_at,
    )
    assert messages.notice("deep", Sync(), RESTORED) is None
    off = messages.notice("deep", Source(enabled=False).sync, RESTORED)
    assert off is not None
    assert off.status == "disabled"
    assert msgspec.structs.asdict(off)["sync_id"] is None
