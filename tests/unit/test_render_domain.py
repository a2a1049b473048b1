"""A render job: requested, started, and ended once by files or by a reason."""

import pytest

from contracts.messages.render import (
    Output,
    RenderCompleted,
    RenderFailed,
    RenderRequested,
    RenderStarted,
    SubmitRender,
)
from services.render.domain import (
    ATTEMPTS_MAX,
    Complete,
    Fail,
    Rendering,
    Start,
    notice,
    progress_notice,
)
from tests.support.scenario import Scenario

IDS = {"render_id": "r1", "session_id": "s1", "item_id": "a"}
JOB = {
    **IDS,
    "composition": "table_leaderboard",
    "data": {"rows": []},
    "field_hash": "f" * 64,
    "theme": "daylight",
    "duration_s": 7,
}
REQUESTED = RenderRequested(**JOB)
OUTPUT = Output(
    kind="mp4",
    object="ab/ab.mp4",
    sha256="ab" * 32,
    bytes=9000,
    width=1920,
    height=1080,
    frames=60,
    fps=30,
)
START = Start(render_id="r1", worker="w-2", engine="builtin", engine_version="3")
COMPLETED = RenderCompleted(**IDS, attempt=1, outputs=(OUTPUT,), duration_ms=840)
FAILED = RenderFailed(**IDS, attempt=1, code="bad_job", message="no such theme")


def started(attempt=1, worker="w-1"):
    return RenderStarted(
        render_id="r1", attempt=attempt, worker=worker, engine="builtin", engine_version="3"
    )


def complete(attempt=1):
    return Complete(
        render_id="r1", attempt=attempt, outputs=(OUTPUT,), duration_ms=840, warnings=("cut",)
    )


def fail(attempt=1):
    return Fail(render_id="r1", attempt=attempt, code="bad_job", message="no such theme")


def job(*events):
    return Scenario(Rendering(), "job", "r1").given(*events)


def test_a_submitted_job_is_requested_with_all_it_needs():
    assert job().when(SubmitRender(**JOB)) == [REQUESTED]


def test_a_job_is_requested_once():
    assert job(REQUESTED).refused(SubmitRender(**JOB)) == ("conflict", "render_exists")


def test_an_unknown_composition_is_refused_before_a_worker_sees_it():
    command = SubmitRender(**(JOB | {"composition": "pie"}))

    assert job().refused(command) == ("invalid", "unknown_composition")
    assert "table_leaderboard" in job().when(command).message


def test_a_job_nobody_asked_for_cannot_start_or_end():
    assert job().refused(START) == ("not_found", "render_not_found")
    assert job().refused(complete(0)) == ("conflict", "not_your_attempt")
    assert job().refused(fail(0)) == ("conflict", "not_your_attempt")


def test_the_first_start_is_attempt_one_and_each_lost_worker_adds_one():
    assert job(REQUESTED).when(START) == [started(1, "w-2")]
    assert job(REQUESTED, started(1)).when(START) == [started(2, "w-2")]


def test_a_worker_ends_the_job_it_was_given_with_files():
    assert job(REQUESTED, started()).when(complete()) == [
        RenderCompleted(**IDS, attempt=1, outputs=(OUTPUT,), duration_ms=840, warnings=("cut",))
    ]


def test_a_worker_ends_the_job_it_was_given_with_a_reason():
    assert job(REQUESTED, started()).when(fail()) == [FAILED]


@pytest.mark.parametrize("end", [complete, fail])
@pytest.mark.parametrize("attempt", [0, 1, 3])
def test_a_worker_that_was_thought_lost_cannot_end_the_job_of_the_one_after_it(end, attempt):
    scenario = job(REQUESTED, started(1), started(2))

    assert scenario.refused(end(attempt)) == ("conflict", "not_your_attempt")
    assert scenario.when(end(2))


@pytest.mark.parametrize("end", [COMPLETED, FAILED])
@pytest.mark.parametrize("command", [complete(), fail()])
def test_an_ended_job_ends_only_once(end, command):
    assert job(REQUESTED, started(), end).refused(command) == ("conflict", "not_your_attempt")


@pytest.mark.parametrize("end", [COMPLETED, FAILED])
def test_an_ended_job_is_not_started_again(end):
    assert job(REQUESTED, started(), end).refused(START) == ("conflict", "render_ended")


def test_a_job_that_loses_its_worker_too_often_fails_instead_of_starting_again():
    starts = [started(number) for number in range(1, ATTEMPTS_MAX + 1)]

    assert job(REQUESTED, *starts[:-1]).when(START) == [started(ATTEMPTS_MAX, "w-2")]
    [failed] = job(REQUESTED, *starts).does(START)
    assert (failed.code, failed.attempt) == ("worker_lost", ATTEMPTS_MAX)
    assert str(ATTEMPTS_MAX) in failed.message
    assert job(REQUESTED, *starts, failed).state.ended


@pytest.mark.parametrize(
    ("events", "status", "ended"),
    [
        ((), "unknown", False),
        ((REQUESTED,), "requested", False),
        ((REQUESTED, started()), "rendering", False),
        ((REQUESTED, started(), COMPLETED), "completed", True),
        ((REQUESTED, started(), FAILED), "failed", True),
    ],
)
def test_a_job_stands_where_its_last_fact_put_it(events, status, ended):
    state = job(*events).state

    assert (state.status, state.ended) == (status, ended)


@pytest.mark.parametrize(
    ("event", "verb", "percent", "frames"),
    [
        (REQUESTED, "requested", 0, (0, 0)),
        (started(), "started", 0, (0, 0)),
        (COMPLETED, "completed", 100, (60, 60)),
        (FAILED, "failed", 0, (0, 0)),
    ],
)
def test_every_fact_of_a_job_has_its_notice(event, verb, percent, frames):
    told = notice(REQUESTED, event)

    assert (told.verb, told.progress, (told.frame, told.frames)) == (verb, percent, frames)
    assert told.subject == "render-progress.r1"
    assert (told.session_id, told.item_id) == ("s1", "a")


def test_only_the_notice_of_a_failure_carries_an_error():
    assert notice(REQUESTED, FAILED).error == "no such theme"
    assert notice(REQUESTED, COMPLETED).error is None


@pytest.mark.parametrize(
    ("frames", "percent"),
    [((0, 0), 0), ((0, 60), 0), ((1, 60), 1), ((30, 60), 49), ((59, 60), 97), ((60, 60), 99)],
)
def test_progress_reaches_a_hundred_only_when_the_files_are_proved(frames, percent):
    assert progress_notice(REQUESTED, "progress", frames).progress == percent
