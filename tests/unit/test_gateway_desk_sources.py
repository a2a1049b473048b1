"""What the page says of a source: its word of health, its counts, what is wrong, what is next."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.gateway.routes.desk import Badge, Ready
from services.gateway.routes.desk_sources import source_line

NOON = datetime(2031, 3, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2031, 3, 1, 12, 15, tzinfo=UTC)


def row(**more: Any) -> dict[str, Any]:
    """A kind of the platform's files with one import, with these columns instead."""
    usual = {
        "source": "wsop",
        "entity_id": "chip_counts",
        "last_synced_at": NOON,
        "consecutive_failures": 0,
        "last_error": None,
        "retry_at": None,
        "next_due_at": LATER,
        "hands_recorded": 0,
        "import_status": "completed",
        "import_path": "day 2/c.csv",
        "import_error": None,
        "import_rows": 10_000,
        "import_rows_seen": 10_000,
        "import_created": 0,
        "import_changed": 12,
        "import_unchanged": 0,
        "import_rejected": 0,
        "import_fields_rejected": 0,
    }
    return usual | more


@pytest.mark.parametrize(
    ("health", "badge"),
    [
        ("healthy", Badge("HEALTHY", "check", "thin")),
        ("pending", Badge("PENDING", "clock", "line")),
        ("syncing", Badge("SYNCING", "arc", "busy")),
        ("stale", Badge("STALE", "triangle", "warn")),
        ("error", Badge("ERROR", "cross", "fault")),
        ("disabled", Badge("DISABLED", "none", "thin")),
    ],
)
def test_the_health_of_a_source_is_a_word_with_a_shape(health: str, badge: Badge) -> None:
    assert source_line(row(), health).badge == badge


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "10,000 rows, 12 changed"),
        ({"import_changed": 0, "import_unchanged": 10_000}, "10,000 rows, 10,000 unchanged"),
        (
            {"import_created": 3, "import_rejected": 1, "import_unchanged": 9_984},
            "10,000 rows, 3 new, 12 changed, 1 rejected, 9,984 unchanged",
        ),
        ({"import_rows": 1, "import_changed": 1}, "1 row, 1 changed"),
        ({"import_status": "processing", "import_rows_seen": 4_200}, "4,200 of 10,000 rows"),
        ({"import_status": "failed"}, "The last file was not taken in"),
        ({"import_status": None}, "No file yet"),
        ({"source": "gfx", "entity_id": "river_1", "hands_recorded": 1}, "1 hand"),
    ],
)
def test_a_table_counts_hands_and_a_kind_the_rows_of_its_newest_import(
    columns: dict[str, Any], words: str
) -> None:
    assert source_line(row(**columns), "healthy").words == words


def test_a_kind_is_named_in_words_and_a_table_as_it_is_called() -> None:
    assert source_line(row(), "healthy").name == "wsop chip counts"
    table = row(source="gfx", entity_id="river_1")
    assert source_line(table, "healthy").name == "gfx river_1"


@pytest.mark.parametrize(
    ("columns", "trouble"),
    [
        ({}, None),
        (
            {"consecutive_failures": 2, "last_error": "c.csv: no header"},
            Ready(text="Failed: c.csv: no header", shape="cross", kind="fault"),
        ),
        ({"last_error": "long over"}, None),
        (
            {"import_status": "failed", "import_error": "no header"},
            Ready(text="Failed: day 2/c.csv: no header", shape="cross", kind="fault"),
        ),
        (
            {"import_status": "partial", "import_rejected": 2, "import_fields_rejected": 1},
            Ready(text="Partial: 2 rows, 1 field not taken", shape="triangle", kind="warn"),
        ),
    ],
)
def test_what_went_wrong_is_told_until_something_goes_right(
    columns: dict[str, Any], trouble: Ready | None
) -> None:
    assert source_line(row(**columns), "healthy").trouble == trouble


def test_what_is_due_next_is_the_retry_where_one_is_coming() -> None:
    assert (source_line(row(), "healthy").due_at, source_line(row(), "healthy").retry) == (
        LATER,
        False,
    )
    again = source_line(row(retry_at=NOON), "error")
    assert (again.due_at, again.retry) == (NOON, True)
