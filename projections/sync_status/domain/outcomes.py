"""What one file says of its source: that it was taken in, or not.

A run that is asked for or under way says itself how it went, and a source at rest stays so; then a
file moves the counts and not the state.
"""

from msgspec.structs import replace

from contracts.recorded import Recorded
from projections.sync_status.domain.rows import StatusRow


def with_success(status: StatusRow, recorded: Recorded) -> StatusRow:
    """The state after a file that was taken in, or is accounted for; it ends the failures."""
    return replace(
        status,
        status="synced" if _moves(status) else status.status,
        last_synced_at=recorded.said_at,
        consecutive_failures=0,
    )


def with_failure(status: StatusRow, error: str, recorded: Recorded) -> StatusRow:
    """The state after a file that was not taken in; the time of the last success stays."""
    return replace(
        status,
        status="failed" if _moves(status) else status.status,
        files_rejected=status.files_rejected + 1,
        consecutive_failures=status.consecutive_failures + 1,
        last_error=error,
        last_error_at=recorded.said_at,
    )


def _moves(status: StatusRow) -> bool:
    return status.sync_id is None and status.status != "disabled"
