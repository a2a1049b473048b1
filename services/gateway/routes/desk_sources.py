"""What the page says of the sources of the data, from rows of `sync_status` to words. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from contracts.messages import wsop_sync
from services.gateway.routes.desk import Badge, Ready
from services.gateway.views import Values

# The words of `health_of`, each with its shape and its colour class.
_BADGES: Final[Mapping[str, tuple[str, str, str]]] = {
    "healthy": ("HEALTHY", "check", "thin"),
    "pending": ("PENDING", "clock", "line"),
    "syncing": ("SYNCING", "arc", "busy"),
    "stale": ("STALE", "triangle", "warn"),
    "error": ("ERROR", "cross", "fault"),
    "disabled": ("DISABLED", "none", "thin"),
}


class SourceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One source. `synced_at` is its newest success, `due_at` when it is looked at again, or tried
    again after a failure: then `retry`.
    """

    name: str
    badge: Badge
    words: str
    trouble: Ready | None
    synced_at: datetime | None
    due_at: datetime | None
    retry: bool


def source_line(row: Values, health: str) -> SourceLine:
    """A row of `sync_status` under its word of health."""
    platform = row["source"] == wsop_sync.SOURCE
    entity = row["entity_id"].replace("_", " ") if platform else row["entity_id"]
    return SourceLine(
        name=f"{row['source']} {entity}",
        badge=Badge(*_BADGES[health]),
        words=_import_words(row) if platform else _counted(row["hands_recorded"], "hand"),
        trouble=_trouble(row),
        synced_at=row["last_synced_at"],
        due_at=row["retry_at"] or row["next_due_at"],
        retry=row["retry_at"] is not None,
    )


def _import_words(row: Values) -> str:
    """Rows of the newest import: how many so far, or what became of them."""
    match row["import_status"]:
        case None:
            return "No file yet"
        case "processing":
            return f"{row['import_rows_seen']:,} of {_counted(row['import_rows'], 'row')}"
        case "failed":
            return "The last file was not taken in"
    told = {
        "new": row["import_created"],
        "changed": row["import_changed"],
        "rejected": row["import_rejected"],
        "unchanged": row["import_unchanged"],
    }
    became = [f"{count:,} {word}" for word, count in told.items() if count]
    return ", ".join([_counted(row["import_rows"], "row"), *became])


def _trouble(row: Values) -> Ready | None:
    """What went wrong last while nothing went right since, or with the newest import."""
    if row["consecutive_failures"]:
        error = row["last_error"] or "no reason was told"
        return Ready(text=f"Failed: {error}", shape="cross", kind="fault")
    if row["import_status"] == "failed":
        text = f"Failed: {row['import_path']}: {row['import_error']}"
        return Ready(text=text, shape="cross", kind="fault")
    if row["import_status"] == "partial":
        lost = {"row": row["import_rejected"], "field": row["import_fields_rejected"]}
        named = ", ".join(_counted(count, what) for what, count in lost.items() if count)
        return Ready(text=f"Partial: {named} not taken", shape="triangle", kind="warn")
    return None


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
