"""What the state of a source means at the time it is asked for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.views import VIEWS
from services.gateway.routes import models
from services.gateway.routes.sync import health_of

NOW = datetime(2031, 3, 1, 19, 0, tzinfo=UTC)
HOUR = 3600


def row(**more: Any) -> dict[str, Any]:
    """A table that was synced an hour ago, with these columns instead."""
    usual = {
        "enabled": True,
        "status": "synced",
        "consecutive_failures": 0,
        "interval_s": HOUR,
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
