"""What the state of a source means at the time it is asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.views import VIEWS
from services.gateway.errors import Problem
from services.gateway.routes import imports, models
from services.gateway.routes.sync import health_of
from services.gateway.routes.triggers import Trigger, named

NOW = datetime(2031, 3, 1, 19, 0, tzinfo=UTC)
HOUR = 3600


def row(**more: Any) -> dict[str, Any]:
    """A table that was synced an hour ago, with these columns instead."""
    usual = {
        "enabled": True,
        "status": "synced",
        "consecutive_failures": 0,
        "interval_s": HOUR,
        "import_status": None,
        "last_synced_at": NOW - timedelta(seconds=HOUR),
    }
    return usual | more


LONG_AGO = {"last_synced_at": NOW - timedelta(seconds=2 * HOUR + 1)}
JUST_IN_TIME = {"last_synced_at": NOW - timedelta(seconds=2 * HOUR)}


@pytest.mark.parametrize(
    ("columns", "health"),
    [
        ({}, "healthy"),
        (JUST_IN_TIME, "healthy"),
        (LONG_AGO, "stale"),
        ({"status": "outdated"}, "healthy"),
        ({"status": "outdated"} | LONG_AGO, "stale"),
        ({"status": "pending"}, "pending"),
        ({"status": "pending", "last_synced_at": None}, "pending"),
        ({"status": "pending"} | LONG_AGO, "stale"),
        ({"status": "in_progress"} | LONG_AGO, "syncing"),
        ({"import_status": "processing"} | LONG_AGO, "syncing"),
        ({"import_status": "partial"}, "healthy"),
        ({"status": "failed"}, "error"),
        ({"status": "in_progress", "consecutive_failures": 2}, "syncing"),
        ({"status": "in_progress", "consecutive_failures": 3}, "error"),
        ({"enabled": False, "status": "failed"} | LONG_AGO, "disabled"),
    ],
)
def test_the_health_of_a_table_is_one_word(columns: dict[str, Any], health: str) -> None:
    assert health_of(row(**columns), NOW) == health


def test_the_history_tells_every_column_of_the_runs() -> None:
    assert tuple(models.SyncRun.model_fields) == VIEWS["sync_runs"]


def test_the_import_log_tells_every_column_of_its_views() -> None:
    assert tuple(imports.Import.model_fields) == VIEWS["imports"]
    assert tuple(imports.Finding.model_fields) == VIEWS["import_findings"]


def test_a_trigger_names_a_table_of_the_one_source_and_a_kind_of_the_other() -> None:
    assert named("gfx", Trigger(table="river")) == "river"
    assert named("wsop", Trigger(kind="players")) == "players"
    assert named("gfx", Trigger()) is None
    assert named("wsop", Trigger()) is None


@pytest.mark.parametrize(("source", "name"), [("gfx", "kind"), ("wsop", "table")])
def test_a_trigger_with_the_word_of_the_other_source_is_refused(source: str, name: str) -> None:
    with pytest.raises(Problem) as refused:
        named(source, Trigger(**{name: "river"}))
    assert refused.value.status == 422
    assert name in refused.value.detail
