"""Settings of the projection hands."""

from pathlib import Path

from pydantic import Field

from bus.settings import ProcessSettings


class Settings(ProcessSettings):
    """What every process is told, and the rules that grade hands.

    Rows under other rules are filled beside the ones that are shown, so no replay differs by them.
    """

    grade_rules: Path | None = Field(
        default=None, description="TOML file with grading rules; none = the built-in ones"
    )
