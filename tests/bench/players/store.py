"""The benchmark's projection as the runner needs it."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from tests.bench.players.domain import PlayerRow, PlayersFold

SPEC: Final = ProjectionSpec(
    name="bench_players",
    version=1,
    fold=PlayersFold(),
    rows=(PlayerRow,),
    sql=Path(__file__).with_name("table.sql"),
)
