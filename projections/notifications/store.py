"""Notifications in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts.streams import PROJECTIONS
from projections.notifications.domain import NotificationRow, NotificationsFold

NAME = "notifications"

SPEC: Final = ProjectionSpec(
    name=NAME,
    version=PROJECTIONS[NAME],
    fold=NotificationsFold(),
    rows=(NotificationRow,),
    sql=Path(__file__).with_name("table.sql"),
)
