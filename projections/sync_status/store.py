"""Sources, files and imports in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts.streams import PROJECTIONS
from projections.sync_status.domain import (
    ChangeRow,
    FileRow,
    FindingRow,
    ImportRow,
    RunRow,
    StatusRow,
    SyncStatusFold,
)

NAME = "sync_status"

SPEC: Final = ProjectionSpec(
    name=NAME,
    version=PROJECTIONS[NAME],
    fold=SyncStatusFold(),
    rows=(ChangeRow, FileRow, FindingRow, ImportRow, RunRow, StatusRow),
    sql=Path(__file__).with_name("table.sql"),
)
