"""Which fact becomes which notification, each at most once."""

from contracts.messages.gfx import FileRejected, FileSource
from contracts.messages.notification import NotificationNotice, NotificationRaised
from contracts.messages.render import RenderFailed
from services.notifier.domain import Notifier, Raise, notice
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
