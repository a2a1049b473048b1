"""The import log, and how each kind of the tournament platform's files is doing."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.messages.gfx import FileRejected
from contracts.messages.wsop import (
    Counts,
    ImportClosed,
    ImportFile,
    ImportRejected,
    ImportSkipped,
    ImportStarted,
    Progress,
    RowFinding,
    RowsNoted,
    RowsRejected,
)
from contracts.messages.wsop_sync import (
    SourceRegistered,
    SourceSyncCompleted,
    SourceSyncFailed,
    SourceSyncOutdated,
    SourceSyncScheduled,
    SourceSyncStarted,
)
from projections.sync_status.domain import (
    FindingRow,
    ImportRow,
    RunRow,
    StatusRow,
    SyncStatusFold,
)
from tests.support.folding import LOG_START, Folding, log_of
from tests.support.gfx_facts import source

PATH = "day 2/ChipCounts.csv"
PART = Counts(created=5, changed=1, corrected=2, rejected=1, unchanged=3)
LATER = LOG_START + timedelta(hours=1)
RETRY = LOG_START + timedelta(minutes=1)


def content(path=PATH, sha256="ab" * 32):
    return ImportFile(path=path, sha256=sha256, bytes=900, content_at=LOG_START)


def started(import_id="i1", kind="chip_counts", unknown=("mood",)):
    return ImportStarted(
        import_id=import_id,
        kind=kind,
        layout="chip_counts_csv",
        file=content(),
        rows=12,
        exported_at=None,
        unknown_columns=unknown,
        unknown_columns_count=7,
    )


def finding(at="14", code="bad_number", field="chip_count"):
    return RowFinding(at=at, code=code, sentence='"x" is no number', field=field)


def refused(*findings, import_id="i1"):
    counts = Counts(rejected=len(findings))
    progress = Progress(through=len(findings), counts=counts)
    return RowsRejected(import_id=import_id, findings=findings, progress=progress)


def noted(*findings, import_id="i1"):
    progress = Progress(through=9, counts=Counts(rejected=1))
    return RowsNoted(import_id=import_id, findings=findings, progress=progress)


def closed(status="completed", import_id="i1", counts=PART, kind="chip_counts"):
    return ImportClosed(
        import_id=import_id,
        kind=kind,
        file=content(),
        status=status,
        rows=12,
        counts=counts,
        noted=1,
        unknown_columns_count=7,
    )


def skipped(import_id="i2", same_as="i1", path="copy/ChipCounts.csv"):
    return ImportSkipped(
        import_id=import_id, kind="chip_counts", file=content(path), same_as=same_as
    )


def rejected(import_id="i3", kind="chip_counts", path="bad.csv", position="line 1"):
    return ImportRejected(
        import_id=import_id,
        kind=kind,
        file=content(path),
        code="missing_header",
        reason="the columns lack chip_count",
        position=position,
    )


def folded(*events):
    return Folding(SyncStatusFold()).apply_each(log_of(*events))


def status(*events, kind="chip_counts"):
    return folded(*events).row(StatusRow, "wsop", "source", kind)


def row(*events, import_id="i1"):
    return folded(*events).row(ImportRow, import_id)


def test_an_import_under_way_tells_its_file_and_what_is_known_of_it():
    found = row(started())

    assert (found.status, found.kind, found.layout) == (
        "processing",
        "chip_counts",
        "chip_counts_csv",
    )
    assert (found.path, found.file_name, found.bytes) == (PATH, "ChipCounts.csv", 900)
    assert (found.rows, found.unknown_columns, found.unknown_columns_count) == (12, ("mood",), 7)
    assert found.started_at == LOG_START + timedelta(seconds=1)
    assert (found.closed_at, found.duration_ms) == (None, None)


@pytest.mark.parametrize("end", ["completed", "partial"])
def test_a_closed_import_has_its_counts_and_how_long_it_took(end):
    found = row(started(), refused(finding()), closed(end))

    assert (found.status, found.error) == (end, None)
    assert (found.created, found.changed, found.corrected, found.unchanged) == (5, 1, 2, 3)
    assert (found.rejected, found.noted, found.findings) == (1, 1, 1)
    assert found.closed_at == LOG_START + timedelta(seconds=3)
    assert (found.duration_ms, found.sequence, found.last_sequence) == (2000, 1, 3)


def test_an_abandoned_import_is_failed_and_says_why():
    found = row(started(), closed("abandoned"))

    assert (found.status, found.error_code) == ("failed", "abandoned")
    assert found.error == "the file was replaced or removed before all of it was said"
    assert found.created == 5, "what was told stays told"


def test_a_rejected_file_is_a_failed_import_with_the_place_where_it_breaks():
    found = row(rejected(), import_id="i3")

    assert (found.status, found.error_code, found.position) == (
        "failed",
        "missing_header",
        "line 1",
    )
    assert found.error == "the columns lack chip_count"
    assert (found.started_at, found.duration_ms) == (None, None)
    assert found.closed_at == LOG_START + timedelta(seconds=1)
    assert row(rejected(position=""), import_id="i3").position is None


def test_a_file_nobody_could_recognise_is_in_the_log_and_moves_no_kind():
    folding = folded(rejected(kind=None))

    assert folding.row(ImportRow, "i3").kind is None
    assert folding.rows(StatusRow) == []


def test_known_bytes_at_another_path_are_a_skipped_import():
    found = row(started(), closed(), skipped(), import_id="i2")

    assert (found.status, found.same_as, found.skips) == ("skipped", "i1", 1)
    assert found.path == "copy/ChipCounts.csv"


def test_bytes_that_come_back_under_their_own_path_leave_their_import_as_it_was():
    found = row(started(), closed("partial"), skipped("i1", "i1", PATH), skipped("i1", "i1", PATH))

    assert (found.status, found.skips, found.same_as) == ("partial", 2, "i1")
    assert (found.created, found.sequence, found.last_sequence) == (5, 1, 4)


def test_every_rejected_and_noted_row_is_listed_in_the_order_it_was_told():
    whole = RowFinding(at="/players/3", code="bad_row", sentence="no name")
    other = RowFinding(at="9", code="overlap", sentence="two bands", field="payouts", scope="field")
    folding = folded(started(), refused(finding(), whole), refused(other), noted(finding("20")))

    rows = folding.rows(FindingRow)
    assert [(r.number, r.outcome, r.at, r.field, r.scope) for r in rows] == [
        (1, "rejected", "14", "chip_count", "row"),
        (2, "rejected", "/players/3", "", "row"),
        (3, "rejected", "9", "payouts", "field"),
        (4, "noted", "20", "chip_count", "row"),
    ]
    assert (rows[0].code, rows[0].sentence) == ("bad_number", '"x" is no number')
    found = folding.row(ImportRow, "i1")
    assert (found.findings, found.noted, found.rejected) == (4, 1, 1)


def test_an_import_that_begins_again_starts_from_nothing():
    first = (started(), refused(finding(), finding("15")), closed("abandoned"))
    found = row(*first, started(), refused(finding()))

    assert (found.status, found.findings, found.error, found.created) == ("processing", 1, None, 0)
    assert (found.sequence, found.closed_at) == (4, None)


def test_a_field_named_with_a_character_the_database_refuses_is_shown_without_it():
    assert row(started(unknown=("a\0b",))).unknown_columns == ("a\N{REPLACEMENT CHARACTER}b",)


def test_an_import_that_is_closed_is_a_success_of_its_kind_and_counts_its_rows():
    found = status(ON, started(), closed("partial"), started("i4"), closed("completed", "i4"))

    assert (found.status, found.consecutive_failures) == ("synced", 0)
    assert (found.files_recorded, found.rows_created) == (2, 10)
    assert (found.rows_changed, found.rows_rejected) == (6, 2)
    assert found.last_synced_at == LOG_START + timedelta(seconds=5)
    assert (found.last_file_path, found.last_file_sha256) == (PATH, "ab" * 32)


@pytest.mark.parametrize("bad", [rejected(), closed("abandoned")])
def test_a_file_that_is_not_taken_in_is_a_failure_of_its_kind_and_of_no_other(bad):
    good = (ON, started(), closed())
    found = status(*good, started("i5", "players"), bad)

    assert (found.status, found.consecutive_failures, found.files_rejected) == ("failed", 1, 1)
    assert found.last_synced_at == LOG_START + timedelta(seconds=3)
    assert found.last_error_at == LOG_START + timedelta(seconds=5)
    assert found.last_error.endswith(
        ("the columns lack chip_count (missing_header)", "before all of it was said (abandoned)")
    )
    assert [r.entity_id for r in folded(*good, bad).rows(StatusRow)] == ["chip_counts"]


def test_known_bytes_are_a_success_and_end_the_failures():
    found = status(ON, rejected(), rejected(), skipped())

    assert (found.status, found.consecutive_failures) == ("synced", 0)
    assert (found.skipped_duplicate, found.files_recorded) == (1, 0)


def registered(enabled, kind="chip_counts"):
    return SourceRegistered(kind=kind, interval_s=900, enabled=enabled, pulled=True)


ON, OFF = registered(True), registered(False)


def asked(sync_id="a", attempt=1):
    return SourceSyncScheduled(
        kind="chip_counts", sync_id=sync_id, operation="manual", attempt=attempt, due_at=LOG_START
    )


def begun(sync_id="a", attempt=1):
    return SourceSyncStarted(
        kind="chip_counts", sync_id=sync_id, operation="manual", attempt=attempt
    )


def done(sync_id="a"):
    return SourceSyncCompleted(
        kind="chip_counts",
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


def failed(sync_id="a", attempt=1):
    return SourceSyncFailed(
        kind="chip_counts",
        sync_id=sync_id,
        operation="manual",
        attempt=attempt,
        error="the server says 503",
        failures=attempt,
        duration_ms=5,
        retry_at=RETRY,
        next_due_at=LATER,
    )


OUTDATED = SourceSyncOutdated(kind="chip_counts", effective_at=LATER)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([ON], "pending"),
        ([OFF], "disabled"),
        ([ON, asked()], "pending"),
        ([ON, asked(), begun()], "in_progress"),
        ([ON, asked(), begun(), done()], "synced"),
        ([ON, asked(), begun(), failed()], "failed"),
        ([ON, asked(), begun(), done(), OUTDATED], "outdated"),
        ([ON, asked(), begun(), failed(), asked("b", 2)], "pending"),
        ([ON, OFF, ON], "pending"),
        ([ON, asked(), begun(), done(), OFF], "disabled"),
    ],
)
def test_a_kind_goes_from_state_to_state_as_its_facts_tell(events, state):
    found = status(*events)

    assert found.status == state
    assert found.enabled is (state != "disabled")
    assert (found.interval_s, found.pulled, found.time_zone) == (900, True, None)


@pytest.mark.parametrize("run", [[asked()], [asked(), begun()], [OFF]])
@pytest.mark.parametrize("end", [closed(), closed("abandoned"), skipped(), rejected()])
def test_an_import_moves_neither_a_run_nor_a_kind_that_rests(run, end):
    assert status(ON, *run, end).status == status(ON, *run).status


def test_failures_of_runs_count_and_every_run_is_one_row():
    facts = (ON, asked(), begun(), done(), asked("b"), begun("b"), failed("b"), asked("c", 2))
    folding = folded(*facts, begun("c", 2), failed("c", 2))

    found = folding.row(StatusRow, "wsop", "source", "chip_counts")
    assert (found.consecutive_failures, found.last_error) == (2, "the server says 503")
    assert (found.retry_at, found.next_due_at, found.last_run_ms) == (RETRY, LATER, 5)
    runs = folding.rows(RunRow)
    assert [(r.source, r.entity_id, r.sync_id, r.status, r.sequence) for r in runs] == [
        ("wsop", "chip_counts", "a", "synced", 2),
        ("wsop", "chip_counts", "b", "failed", 5),
        ("wsop", "chip_counts", "c", "failed", 8),
    ]
    assert (runs[0].files, runs[0].recorded, runs[0].unchanged) == (9, 1, 5)


def test_a_table_and_a_kind_of_one_name_are_two_sources():
    clash = FileRejected(
        table="chip_counts", source=source("a.json"), bytes=1, code="c", detail="d"
    )
    rows = folded(ON, clash).rows(StatusRow)

    assert [(r.source, r.entity_type, r.status) for r in rows] == [
        ("gfx", "table", "failed"),
        ("wsop", "source", "pending"),
    ]


EVERY = st.sampled_from(
    [
        ON,
        OFF,
        registered(True, "players"),
        OUTDATED,
        *(fact(run) for fact in (asked, begun, done, failed) for run in ("a", "b")),
        *(end for i in ("i1", "i4") for end in (closed("partial", i), closed("abandoned", i))),
        closed("completed", "i1", kind="players"),
        skipped("i1", "i1", PATH),
        skipped("i1", "i4", PATH),
        skipped(),
        rejected("i1"),
        rejected(kind=None),
    ]
)
BEGUN = st.sampled_from(
    [refused(finding()), refused(finding("1"), finding("2")), noted(finding()), started()]
)


@given(st.lists(st.one_of(EVERY, BEGUN), min_size=1, max_size=30), st.data())
def test_any_split_and_any_repeat_of_facts_about_imports_give_the_same_rows(events, data):
    facts = log_of(started(), started("i4"), *events)
    pieces = Folding(SyncStatusFold())
    while pieces.checkpoint < len(facts):
        again = data.draw(st.integers(0, pieces.checkpoint), label="delivered again from")
        until = data.draw(st.integers(pieces.checkpoint + 1, len(facts)), label="until")
        pieces.apply(facts[again:until])

    assert pieces.dump() == Folding(SyncStatusFold()).apply(facts).dump()
