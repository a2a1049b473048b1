"""Render jobs by the facts said about them, and notifications."""

from datetime import timedelta

import pytest

from contracts.messages.notification import NotificationRaised
from contracts.messages.render import (
    Output,
    RenderCompleted,
    RenderFailed,
    RenderRequested,
    RenderStarted,
)
from projections.notifications.domain import NotificationRow, NotificationsFold
from projections.renders.domain import RenderRow, RendersFold
from tests.support.folding import LOG_START, Folding, log_of

OUTPUT = Output(
    kind="png",
    object="renders/ab.png",
    sha256="ab" * 32,
    bytes=9000,
    width=1920,
    height=1080,
    frames=1,
    fps=30,
)
IDS = {"render_id": "r1", "session_id": "s1", "item_id": "a"}
REQUESTED = RenderRequested(
    **IDS,
    composition="leaderboard",
    data={"rows": []},
    field_hash="f" * 64,
    theme="midnight",
    duration_s=5,
)
COMPLETED = RenderCompleted(
    **IDS, attempt=1, outputs=(OUTPUT,), duration_ms=840, warnings=("name cut",)
)
FAILED = RenderFailed(**IDS, attempt=1, code="missing_font", message="no font has this letter")


def started(attempt=1):
    return RenderStarted(
        render_id="r1", attempt=attempt, worker="w-1", engine="builtin", engine_version="3"
    )


def row(*events):
    return Folding(RendersFold()).apply_each(log_of(*events)).row(RenderRow, "r1")


def test_a_requested_render_waits_without_progress():
    job = row(REQUESTED)

    assert (job.status, job.attempt, job.progress, job.outputs) == ("requested", 0, 0, ())
    assert job.requested_at == LOG_START + timedelta(seconds=1)


def test_a_started_render_names_its_worker_and_attempt_and_has_no_progress_yet():
    job = row(REQUESTED, started())

    assert (job.status, job.attempt, job.progress) == ("rendering", 1, 0)
    assert (job.worker, job.engine, job.engine_version) == ("w-1", "builtin", "3")
    assert job.started_at == LOG_START + timedelta(seconds=2)


def test_a_completed_render_has_its_files_and_all_progress():
    job = row(REQUESTED, started(), COMPLETED)

    assert (job.status, job.progress, job.render_ms) == ("completed", 100, 840)
    assert job.outputs == (OUTPUT,)
    assert job.warnings == ("name cut",)
    assert job.ended_at == LOG_START + timedelta(seconds=3)


def test_a_failed_render_says_why():
    job = row(REQUESTED, started(), FAILED)

    assert (job.status, job.progress) == ("failed", 0)
    assert (job.error_code, job.error_message) == ("missing_font", "no font has this letter")
    assert job.ended_at == LOG_START + timedelta(seconds=3)


def test_a_new_attempt_forgets_the_failure_before_it():
    job = row(REQUESTED, started(), FAILED, started(2))

    assert (job.status, job.attempt) == ("rendering", 2)
    assert (job.error_code, job.error_message, job.ended_at) == (None, None, None)


def test_a_fact_about_a_render_never_requested_is_an_error():
    with pytest.raises(LookupError, match="never requested"):
        row(started())


def test_a_notification_is_kept_with_the_event_that_raised_it():
    raised = NotificationRaised(
        notification_id="n1",
        type="error",
        level="high",
        title="Render failed",
        message="no font has this letter",
        source="render",
        entity_type="job",
        entity_id="r1",
        audience="director",
    )

    kept = Folding(NotificationsFold()).apply(log_of(raised)).row(NotificationRow, "n1")

    assert (kept.type, kept.level, kept.audience) == ("error", "high", "director")
    assert (kept.entity_type, kept.entity_id, kept.causation_id) == ("job", "r1", "c-1")
    assert kept.raised_at == LOG_START + timedelta(seconds=1)
