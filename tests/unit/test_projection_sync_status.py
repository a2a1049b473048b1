"""What became of files, and how each source is doing."""

from datetime import timedelta

import pytest

from contracts.messages.gfx import FileRejected, FileSkipped, SnapshotRead
from projections.sync_status.domain import (
    ENTITY_TYPE,
    PATH_BYTES_MAX,
    SOURCE,
    FileRow,
    StatusRow,
    SyncStatusFold,
)
from tests.support.folding import LOG_START, Folding, log_of
from tests.support.gfx_facts import GAME, TABLE, source

KEY = (SOURCE, ENTITY_TYPE, TABLE)


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
