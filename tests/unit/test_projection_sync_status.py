"""What became of files, and how each source is doing."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.messages.gfx import FileRejected, FileRemoved, FileSkipped, SnapshotRead
from contracts.messages.gfx_sync import (
    SyncCompleted,
    SyncFailed,
    SyncOutdated,
    SyncScheduled,
    SyncStarted,
    TableRegistered,
    TableRemoved,
)
from projections.sync_status.domain import (
    PATH_BYTES_MAX,
    FileRow,
    RunRow,
    StatusRow,
    SyncStatusFold,
)
from tests.support.folding import LOG_START, Folding, log_of
from tests.support.gfx_facts import GAME, TABLE, source

KEY = ("gfx", "table", TABLE)


def read(content="1", recorded=3, revised=0):
    return SnapshotRead(
        game_id=GAME,
        table=TABLE,
        source=source(content=content),
        bytes=4000,
        hands=3,
        last_start_ticks="1",
        actions=9,
        duration_ticks=1,
        recorded=recorded,
        revised=revised,
    )


def skipped(reason, path="copy/game.json"):
    return FileSkipped(
        game_id=GAME, table=TABLE, source=source(path), bytes=4000, hands=3, reason=reason
    )


def rejected(path="bad.json", detail="ends in the middle"):
    return FileRejected(table=TABLE, source=source(path), bytes=12, code="truncated", detail=detail)


def status(*events):
    return Folding(SyncStatusFold()).apply_each(log_of(*events)).row(StatusRow, *KEY)


def test_a_file_that_was_read_makes_the_table_synced():
    row = status(read(recorded=3), read("2", recorded=1, revised=2))

    assert row.status == "synced"
    assert (row.files_recorded, row.hands_recorded, row.hands_revised) == (2, 4, 2)
    assert row.last_synced_at == LOG_START + timedelta(seconds=2)
    assert row.last_file_path == "day1/game.json"
    assert row.last_file_sha256 == source(content="2").sha256


def test_a_rejected_file_makes_it_failed_and_leaves_the_time_of_the_last_success():
    row = status(read(), rejected(), rejected("worse.json"))

    assert row.status == "failed"
    assert (row.consecutive_failures, row.files_rejected) == (2, 2)
    assert row.last_synced_at == LOG_START + timedelta(seconds=1)
    assert row.last_error_at == LOG_START + timedelta(seconds=3)
    assert row.last_error == "worse.json: ends in the middle (truncated)"


def test_a_good_file_after_a_rejected_one_ends_the_failures_and_keeps_the_last_error():
    row = status(rejected(), read())

    assert (row.status, row.consecutive_failures, row.files_rejected) == ("synced", 0, 1)
    assert row.last_synced_at == LOG_START + timedelta(seconds=2)
    assert row.last_error == "bad.json: ends in the middle (truncated)"


@pytest.mark.parametrize("reason", ["duplicate", "stale", "unchanged"])
def test_a_skipped_file_is_a_success_and_counted_by_its_reason(reason):
    row = status(rejected(), skipped(reason))

    assert (row.status, row.consecutive_failures) == ("synced", 0)
    assert row.files_recorded == 0
    counts = {name: getattr(row, f"skipped_{name}") for name in ("duplicate", "stale", "unchanged")}
    assert counts == dict.fromkeys(counts, 0) | {reason: 1}


def test_every_content_of_every_path_has_one_row_with_its_outcome():
    facts = log_of(read("1"), read("2"), skipped("stale"), rejected())

    rows = Folding(SyncStatusFold()).apply(facts).rows(FileRow)

    assert [(r.path, r.outcome, r.reason, r.game_id) for r in rows] == [
        ("bad.json", "rejected", "truncated", None),
        ("copy/game.json", "skipped", "stale", GAME),
        ("day1/game.json", "recorded", "", GAME),
        ("day1/game.json", "recorded", "", GAME),
    ]
    assert rows[0].detail == "ends in the middle"


def test_a_path_too_long_for_an_index_is_cut_and_stays_apart_from_its_like():
    paths = ["é/" * PATH_BYTES_MAX + end for end in ("a.json", "b.json")]

    rows = Folding(SyncStatusFold()).apply(log_of(*map(rejected, paths))).rows(FileRow)

    assert len(rows) == 2
    assert all(len(row.path.encode()) <= PATH_BYTES_MAX for row in rows)


LATER = LOG_START + timedelta(hours=1)
RETRY = LOG_START + timedelta(minutes=1)
ON = TableRegistered(table=TABLE, time_zone="Asia/Nicosia", interval_s=3600, enabled=True)
OFF = TableRegistered(table=TABLE, time_zone="Asia/Nicosia", interval_s=3600, enabled=False)


def asked(sync_id="a", attempt=1):
    return SyncScheduled(
        table=TABLE, sync_id=sync_id, operation="manual", attempt=attempt, due_at=LOG_START
    )


def begun(sync_id="a", attempt=1):
    return SyncStarted(table=TABLE, sync_id=sync_id, operation="manual", attempt=attempt)


def done(sync_id="a"):
    return SyncCompleted(
        table=TABLE,
        sync_id=sync_id,
        operation="manual",
        attempt=1,
        files=9,
        recorded=1,
        skipped=2,
        rejected=1,
        unchanged=5,
        duration_ms=70,
        next_due_at=LATER,
    )


def failed(sync_id="a", attempt=1, retry_at=RETRY):
    return SyncFailed(
        table=TABLE,
        sync_id=sync_id,
        operation="manual",
        attempt=attempt,
        error="no such folder",
        failures=attempt,
        duration_ms=5,
        retry_at=retry_at,
        next_due_at=LATER,
    )


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([ON], "pending"),
        ([OFF], "disabled"),
        ([ON, asked()], "pending"),
        ([ON, asked(), begun()], "in_progress"),
        ([ON, asked(), begun(), done()], "synced"),
        ([ON, asked(), begun(), failed()], "failed"),
        ([ON, asked(), begun(), done(), SyncOutdated(table=TABLE, effective_at=LATER)], "outdated"),
        ([ON, asked(), begun(), failed(), asked("b", 2)], "pending"),
        ([ON, asked(), begun(), done(), TableRemoved(table=TABLE)], "disabled"),
        ([ON, OFF, ON], "pending"),
        ([ON, asked(), begun(), done(), ON], "synced"),
    ],
)
def test_a_table_goes_from_state_to_state_as_its_facts_tell(events, state):
    row = status(*events)

    assert row.status == state
    assert row.enabled is (state != "disabled")


@pytest.mark.parametrize("run", [[asked()], [asked(), begun()]])
@pytest.mark.parametrize("file", [read(), skipped("stale"), rejected()])
def test_a_file_does_not_end_a_run(run, file):
    assert status(ON, *run, file).status == status(ON, *run).status


@pytest.mark.parametrize("file", [read(), rejected()])
def test_a_file_does_not_wake_a_table_that_rests(file):
    assert status(OFF, file).status == "disabled"


@pytest.mark.parametrize("before", [failed(), SyncOutdated(table=TABLE, effective_at=LATER)])
def test_a_file_that_is_taken_in_between_runs_is_a_success(before):
    row = status(ON, asked(), begun(), before, read())

    if isinstance(before, SyncFailed):
        assert (row.status, row.retry_at) == ("synced", RETRY), "the retry is still due"
    assert row.consecutive_failures == 0
    assert row.last_synced_at == LOG_START + timedelta(seconds=5)


def test_failures_count_until_the_next_success_and_never_move_its_time():
    facts = [ON, asked(), begun(), done(), asked("b"), begun("b"), failed("b")]
    row = status(*facts, asked("c", 2), begun("c", 2), failed("c", 2, None))

    assert (row.consecutive_failures, row.last_error) == (2, "no such folder")
    assert row.last_synced_at == LOG_START + timedelta(seconds=4)
    assert (row.attempt, row.retry_at, row.next_due_at) == (2, None, LATER)
    assert status(*facts, asked("c", 2), begun("c", 2), done("c")).consecutive_failures == 0


def test_a_table_tells_its_zone_its_interval_and_the_run_under_way():
    row = status(ON, asked(), begun())

    assert (row.time_zone, row.interval_s) == ("Asia/Nicosia", 3600)
    assert (row.sync_id, row.operation, row.attempt) == ("a", "manual", 1)
    assert status(ON, asked(), begun(), done()).sync_id is None


def test_every_run_is_one_row_with_its_times_and_counts():
    facts = log_of(ON, asked(), begun(), done(), asked("b"), begun("b"), failed("b"), asked("c", 2))
    runs = Folding(SyncStatusFold()).apply(facts).rows(RunRow)

    assert [(r.sync_id, r.attempt, r.status, r.sequence) for r in runs] == [
        ("a", 1, "synced", 2),
        ("b", 1, "failed", 5),
        ("c", 2, "pending", 8),
    ]
    good, bad, _ = runs
    assert (good.files, good.recorded, good.skipped, good.rejected, good.unchanged) == (
        9,
        1,
        2,
        1,
        5,
    )
    assert (good.due_at, good.duration_ms) == (LOG_START, 70)
    assert good.started_at == LOG_START + timedelta(seconds=3)
    assert good.ended_at == LOG_START + timedelta(seconds=4)
    assert (bad.error, bad.retry_at) == ("no such folder", RETRY)


def test_a_file_that_is_gone_is_marked_until_it_is_back():
    gone = FileRemoved(game_id=GAME, table=TABLE, source=source(content="1"))
    folding = Folding(SyncStatusFold()).apply_each(log_of(read("1"), gone))

    [row] = folding.rows(FileRow)
    assert (row.outcome, row.bytes, row.game_id) == ("removed", 4000, GAME)
    table = folding.row(StatusRow, *KEY)
    assert (table.files_removed, table.status, table.files_recorded) == (1, "synced", 1)
    [row] = folding.apply(log_of(read("1"), after=2)).rows(FileRow)
    assert row.outcome == "recorded"


EVERY = st.sampled_from(
    [
        ON,
        OFF,
        TableRemoved(table=TABLE),
        SyncOutdated(table=TABLE, effective_at=LATER),
        FileRemoved(game_id=GAME, table=TABLE, source=source(content="1")),
        read("1"),
        skipped("unchanged"),
        rejected(),
        *(fact(run) for fact in (asked, begun, done, failed) for run in ("a", "b")),
    ]
)


@given(st.lists(EVERY, min_size=1, max_size=30), st.data())
def test_any_split_and_any_repeat_of_facts_about_runs_give_the_same_rows(events, data):
    facts = log_of(*events)
    pieces = Folding(SyncStatusFold())
    while pieces.checkpoint < len(facts):
        again = data.draw(st.integers(0, pieces.checkpoint), label="delivered again from")
        until = data.draw(st.integers(pieces.checkpoint + 1, len(facts)), label="until")
        pieces.apply(facts[again:until])

    assert pieces.dump() == Folding(SyncStatusFold()).apply(facts).dump()
