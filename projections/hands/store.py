"""Games, hands and seats in PostgreSQL: what the runner needs to keep the rows."""

from pathlib import Path
from typing import Final

from bus.project import ProjectionSpec
from contracts import attribution, links
from contracts.poker.grading import RULES, GradeRules
from contracts.streams import PROJECTIONS
from projections.hands.domain import GameRow, HandRow, HandSeatRow, HandsFold

NAME = "hands"


def spec(rules: GradeRules = RULES) -> ProjectionSpec:
    """The projection under these grading rules; others than the built-in ones fill other tables."""
    return ProjectionSpec(
        name=NAME,
        version=PROJECTIONS[NAME],
        variant="" if rules == RULES else rules.digest,
        fold=HandsFold(rules),
        rows=(GameRow, HandRow, HandSeatRow, *attribution.ROWS, links.LinkRow),
        sql=Path(__file__).with_name("table.sql"),
    )


SPEC: Final = spec()
