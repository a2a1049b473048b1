"""Which fact becomes which notification, each at most once."""

from datetime import UTC, datetime

import pytest

from contracts.messages.gfx import FileRejected, FileSource, HandWithdrawn
from contracts.messages.gfx_sync import SyncFailed
from contracts.messages.notification import NotificationNotice, NotificationRaised
from contracts.messages.render import RenderFailed
from contracts.messages.wsop import Counts, ImportClosed, ImportFile, ImportRejected
from contracts.messages.wsop_sync import SourceSyncFailed
from services.notifier.domain import Notifier, Raise, notice, occasion
from tests.support.scenario import Scenario

FAILED = RenderFailed(
    render_id="r1",
    session_id="s1",
    item_id="a",
    attempt=1,
    code="missing_glyph",
    message="no font has the letter U+1234",
)


def rejected(path="day1/game.json", sha256="ab" * 32):
    return FileRejected(
        table="river",
        source=FileSource(path=path, sha256=sha256),
        bytes=10,
        code="not_json",
        detail="line 1 is not JSON",
    )


def raised(cause):
    [event] = Scenario(Notifier()).when(Raise(notification_id="n1", cause=cause))
    return event


def test_a_failed_render_tells_the_operators_which_one_and_why():
    assert raised(FAILED) == NotificationRaised(
        notification_id="n1",
        type="error",
        level="high",
        title="Render failed",
        message="no font has the letter U+1234",
        source="render",
        entity_type="render",
        entity_id="r1",
        audience="operators",
    )


def test_a_rejected_file_tells_the_operators_the_table_the_file_and_what_is_wrong():
    assert raised(rejected()) == NotificationRaised(
        notification_id="n1",
        type="error",
        level="high",
        title="File of table river rejected",
        message="day1/game.json: line 1 is not JSON",
        source="gfx-ingest",
        entity_type="file",
        entity_id="ab" * 32,
        audience="operators",
    )


def test_a_rejected_file_that_could_not_be_read_is_named_by_its_path():
    assert raised(rejected(sha256="")).entity_id == "day1/game.json"


def test_a_notification_is_raised_once():
    command = Raise(notification_id="n1", cause=FAILED)
    scenario = Scenario(Notifier())

    assert len(scenario.does(command)) == 1
    assert scenario.does(command) == []


def test_the_notice_goes_to_the_audience_with_what_was_raised():
    told = notice(raised(FAILED))

    assert told == NotificationNotice(
        verb="raised",
        notification_id="n1",
        type="error",
        level="high",
        title="Render failed",
        message="no font has the letter U+1234",
        audience="operators",
    )
    assert told.subject == "notifications.operators"


def sync_failed(failures):
    return SyncFailed(
        table="river",
        sync_id="a",
        operation="scheduled",
        attempt=failures,
        error="/mnt/river: no such folder",
        failures=failures,
        duration_ms=1,
        retry_at=None,
        next_due_at=datetime(2031, 3, 1, tzinfo=UTC),
    )


def withdrawn(start_ticks, content="ab", game_id="7"):
    return HandWithdrawn(
        game_id=game_id,
        start_ticks=start_ticks,
        digest="0",
        source=FileSource(path="day1/game.json", sha256=content * 32),
    )


def test_a_sync_that_failed_three_times_in_a_row_is_critical():
    assert raised(sync_failed(3)) == NotificationRaised(
        notification_id="n1",
        type="alert",
        level="critical",
        title="Sync of table river failed 3 times",
        message="/mnt/river: no such folder",
        source="gfx-ingest",
        entity_type="table",
        entity_id="river",
        audience="operators",
    )


@pytest.mark.parametrize("failures", [1, 2, 4, 5])
def test_other_failures_of_a_sync_tell_nobody(failures):
    command = Raise(notification_id="n1", cause=sync_failed(failures))

    assert Scenario(Notifier()).when(command) == []


def test_a_hand_that_its_file_lost_is_a_warning_about_the_file():
    told = raised(withdrawn("1"))

    assert (told.type, told.level, told.audience) == ("warning", "high", "operators")
    assert (told.entity_type, told.entity_id) == ("file", "ab" * 32)
    assert told.title == "A file of game 7 lost hands"
    assert told.message.startswith("day1/game.json ")


def test_all_hands_that_one_file_lost_are_one_occasion():
    lost = {occasion(withdrawn(str(number)), f"e-{number}") for number in range(100)}

    assert len(lost) == 1
    assert occasion(withdrawn("1", "cd"), "e-1") not in lost
    assert occasion(withdrawn("1", game_id="8"), "e-1") not in lost


def test_every_other_fact_is_an_occasion_of_its_own():
    assert occasion(rejected(), "e-1") != occasion(rejected(), "e-2")


EXPORT = ImportFile(
    path="day 2/Standings.csv",
    sha256="cd" * 32,
    bytes=90,
    content_at=datetime(2031, 3, 1, tzinfo=UTC),
)


def import_rejected(kind="standings", position="line 1"):
    return ImportRejected(
        import_id="i1",
        kind=kind,
        file=EXPORT,
        code="missing_header",
        reason="the columns lack rank",
        position=position,
    )


def import_closed(status="partial", **counts):
    return ImportClosed(
        import_id="i1",
        kind="standings",
        file=EXPORT,
        status=status,
        rows=40,
        counts=Counts(**counts),
        noted=0,
        unknown_columns_count=0,
    )


def fetch_failed(failures):
    return SourceSyncFailed(
        kind="standings",
        sync_id="a",
        operation="scheduled",
        attempt=failures,
        error="the server says 503",
        failures=failures,
        duration_ms=1,
        retry_at=None,
        next_due_at=datetime(2031, 3, 1, tzinfo=UTC),
    )


def test_a_rejected_import_tells_the_operators_what_is_wrong_and_where():
    assert raised(import_rejected()) == NotificationRaised(
        notification_id="n1",
        type="error",
        level="high",
        title="Import of standings rejected",
        message="day 2/Standings.csv: the columns lack rank, at line 1",
        source="wsop-import",
        entity_type="import",
        entity_id="i1",
        audience="operators",
    )


def test_a_rejected_file_nobody_recognised_is_told_of_too():
    told = raised(import_rejected(kind=None, position=""))

    assert told.title == "Import of an unknown file rejected"
    assert told.message == "day 2/Standings.csv: the columns lack rank"


def test_a_partial_import_is_a_warning_with_its_counts():
    told = raised(import_closed(rejected=3, fields_rejected=2))

    assert (told.type, told.level, told.audience) == ("warning", "medium", "operators")
    assert (told.entity_type, told.entity_id) == ("import", "i1")
    assert told.title == "Import of standings is partial"
    assert told.message == (
        "day 2/Standings.csv: rejected rows 3 of 40, rejected fields 2; all else holds"
    )


@pytest.mark.parametrize("status", ["completed", "abandoned"])
def test_an_import_that_is_complete_or_taken_over_tells_nobody(status):
    command = Raise(notification_id="n1", cause=import_closed(status))

    assert Scenario(Notifier()).when(command) == []


def test_a_kind_that_could_not_be_fetched_three_times_in_a_row_is_critical():
    assert raised(fetch_failed(3)) == NotificationRaised(
        notification_id="n1",
        type="alert",
        level="critical",
        title="Sync of source standings failed 3 times",
        message="the server says 503",
        source="wsop-import",
        entity_type="source",
        entity_id="standings",
        audience="operators",
    )
    for failures in (1, 2, 4):
        command = Raise(notification_id="n1", cause=fetch_failed(failures))
        assert Scenario(Notifier()).when(command) == []
