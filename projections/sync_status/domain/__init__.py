"""The fold of files, imports and runs: a row each, and a status row per source.

A source is a table of PokerGFX or a kind of the tournament platform's files. Between runs a file
says how its source is doing: one that was taken in is a success, any other a failure. While a run
is asked for or under way, only the run's own facts move the state.
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
from projections.sync_status.domain.import_rows import ChangeRow, FindingRow, ImportRow
from projections.sync_status.domain.imports import (
    FINDINGS,
    IMPORT_ENDS,
    IMPORT_FACTS,
    ROWS_TOLD,
    ImportFact,
    change_row,
    finding_rows,
    import_row,
    with_import,
)
from projections.sync_status.domain.rows import FileRow, RunRow, StatusRow
from projections.sync_status.domain.runs import (
    REGISTRY_FACTS,
    RUN_FACTS,
    RegistryFact,
    RunFact,
    run_row,
    with_run,
    with_source,
)
from projections.sync_status.domain.sources import SourceKey, kind_key, source_key, table_key

type SourceFact = FileFact | FileRemoved | RunFact | RegistryFact

_SOURCE_FACTS = (*FILE_FACTS, FileRemoved, *RUN_FACTS, *REGISTRY_FACTS)


class SyncStatusFold:
    """A success ends a row of failures; a failure never moves the time of the last success."""

    handles: Sequence[type[Event]] = (*_SOURCE_FACTS, *IMPORT_FACTS)

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The status of the source, and what the fact changes of a run, a file or an import."""
        event = _fact(recorded)
        if isinstance(event, IMPORT_FACTS):
            yield ImportRow, (event.import_id,)
        if (key := _status_key(event)) is not None:
            yield StatusRow, key
            if isinstance(event, RUN_FACTS):
                yield RunRow, (*key, event.sync_id)
        if isinstance(event, FileRemoved):
            yield FileRow, file_key(event)

    def block_key(self, recorded: Recorded) -> str:
        """The facts of a table count one after the other, so do those of an import or a kind."""
        event = _fact(recorded)
        if isinstance(event, (*FILE_FACTS, FileRemoved)):
            return event.table
        if event.TYPE.entity == "table":
            return event.subject_id
        return event.subject.rpartition(".")[0]

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one fact about a table, a kind or an import."""
        event = _fact(recorded)
        if isinstance(event, IMPORT_FACTS):
            _put_import(event, recorded, rows)
        key = _status_key(event)
        if key is None:
            return
        source, entity_type, entity_id = key
        status = rows.get(StatusRow, *key) or StatusRow(
            source=source, entity_type=entity_type, entity_id=entity_id
        )
        status = replace(status, last_sequence=recorded.sequence)
        if isinstance(event, IMPORT_ENDS):
            status = with_import(status, event, recorded)
        elif isinstance(event, _SOURCE_FACTS):
            status = _with_source_fact(status, event, recorded, rows)
        rows.put(status)


def _put_import(event: ImportFact, recorded: Recorded, rows: Rows) -> None:
    before = rows.get(ImportRow, event.import_id)
    rows.put(import_row(event, recorded, before))
    if isinstance(event, FINDINGS) and before is not None:
        for finding in finding_rows(event, recorded, before):
            rows.put(finding)
    if isinstance(event, ROWS_TOLD) and (change := change_row(event, recorded)) is not None:
        rows.put(change)


def _with_source_fact(
    status: StatusRow, event: SourceFact, recorded: Recorded, rows: Rows
) -> StatusRow:
    if isinstance(event, FILE_FACTS):
        rows.put(file_row(event, recorded))
        return with_file(status, event, recorded)
    if isinstance(event, FileRemoved):
        rows.put(removed_row(event, recorded, rows.get(FileRow, *file_key(event))))
        return replace(status, files_removed=status.files_removed + 1)
    if isinstance(event, RUN_FACTS):
        before = rows.get(
            RunRow, status.source, status.entity_type, status.entity_id, event.sync_id
        )
        rows.put(run_row(event, recorded, before))
        return with_run(status, event, recorded)
    return with_source(status, event)


def _fact(recorded: Recorded) -> SourceFact | ImportFact:
    event = recorded.event
    assert isinstance(event, (*_SOURCE_FACTS, *IMPORT_FACTS))
    return event


def _status_key(event: SourceFact | ImportFact) -> SourceKey | None:
    """The source whose state a fact moves; None where it moves none, or nobody can tell which."""
    if isinstance(event, IMPORT_ENDS):
        return None if event.kind is None else kind_key(event.kind)
    if isinstance(event, IMPORT_FACTS):
        return None
    if isinstance(event, (*FILE_FACTS, FileRemoved)):
        return table_key(event.table)
    return source_key(event)


__all__ = [
    "PATH_BYTES_MAX",
    "ChangeRow",
    "FileRow",
    "FindingRow",
    "ImportRow",
    "RunRow",
    "StatusRow",
    "SyncStatusFold",
]
