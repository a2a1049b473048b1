"""Sessions, cue sheets, cues and takes in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts.streams import PROJECTIONS
from projections.rundown.domain import ItemRow, RundownFold, SessionRow, SheetRow, TriggerRow

NAME = "rundown"

SPEC: Final = ProjectionSpec(
    name=NAME,
    version=PROJECTIONS[NAME],
    fold=RundownFold(),
    rows=(ItemRow, SessionRow, SheetRow, TriggerRow),
    sql=Path(__file__).with_name("table.sql"),
)
