"""The fold of files and runs: a row per file content, a row per run, a status row per table.

Between runs a file says how a table is doing: one that was taken in is a success, a rejected one a
failure. While a run is asked for or under way, only the run's own facts move the state.
"""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from contracts.messages import Event
from contracts.messages.gfx import FileRemoved
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.sync_status.domain.files import (
    FILE_FACTS,
    PATH_BYTES_MAX,
    FileFact,
    file_key,
    file_row,
    removed_row,
    with_file,
)
from projections.sync_status.domain.rows import ENTITY_TYPE, SOURCE, FileRow, RunRow, StatusRow
from projections.sync_status.domain.runs import (
    REGISTRY_FACTS,
    RUN_FACTS,
    RegistryFact,
    RunFact,
    run_row,
    with_run,
    with_table,
)

type TableFact = FileFact | FileRemoved | RunFact | RegistryFact

_FACTS = (*FILE_FACTS, FileRemoved, *RUN_FACTS, *REGISTRY_FACTS)


class SyncStatusFold:
    """A success ends a row of failures; a failure never moves the time of the last success."""

    handles: Sequence[type[Event]] = _FACTS

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The status of the table, and what the fact changes of a run or a file."""
        event = _fact(recorded)
        yield StatusRow, _status_key(event.table)
        if isinstance(event, RUN_FACTS):
            yield RunRow, (*_status_key(event.table), event.sync_id)
        if isinstance(event, FileRemoved):
            yield FileRow, file_key(event)

    def block_key(self, recorded: Recorded) -> str:
        """A table's facts count one after the other."""
        return _fact(recorded).table

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one fact about a table."""
        event = _fact(recorded)
        source, entity_type, entity_id = key = _status_key(event.table)
        status = rows.get(StatusRow, *key) or StatusRow(
            source=source, entity_type=entity_type, entity_id=entity_id
        )
        status = replace(status, last_sequence=recorded.sequence)
        if isinstance(event, FILE_FACTS):
            rows.put(file_row(event, recorded))
            status = with_file(status, event, recorded)
        elif isinstance(event, FileRemoved):
            rows.put(removed_row(event, recorded, rows.get(FileRow, *file_key(event))))
            status = replace(status, files_removed=status.files_removed + 1)
        elif isinstance(event, RUN_FACTS):
            rows.put(run_row(event, recorded, rows.get(RunRow, *key, event.sync_id)))
            status = with_run(status, event, recorded)
        else:
            status = with_table(status, event)
        rows.put(status)


def _fact(recorded: Recorded) -> TableFact:
    event = recorded.event
    assert isinstance(event, _FACTS)
    return event


def _status_key(table: str) -> tuple[str, str, str]:
    return SOURCE, ENTITY_TYPE, table


__all__ = [
    "ENTITY_TYPE",
    "PATH_BYTES_MAX",
    "SOURCE",
    "FileRow",
    "RunRow",
    "StatusRow",
    "SyncStatusFold",
]
