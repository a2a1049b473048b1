"""Settings of the override service."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from bus.settings import ProcessSettings


class OverrideSettings(ProcessSettings):
    """What differs from every other process."""

    objects_url: str = Field(
        default="file:///tmp/railcast/objects",
        description="object store of uploads, pictures and private fields",
    )
    work_dir: Path = Field(
        default=Path("/tmp/railcast/override"),  # noqa: S108  # a default for one machine
        description="scratch folder in which pictures are decoded",
    )
    reader_url: SecretStr = Field(
        default=SecretStr(""),
        description="PostgreSQL as the role that may only read the views; empty = no link is "
        "suggested",
    )
    suggest_rest_s: float = Field(
        default=3.0,
        ge=0,
        description="how long nothing must be said before links are suggested; an import says its "
        "players in many facts, one right behind the other",
    )
    suggest_interval_s: float = Field(
        default=30.0,
        gt=0,
        description="least time between two looks for links, and the most when facts never rest; "
        "a look reads the whole field",
    )
    table_numbers: Annotated[Mapping[str, int], NoDecode] = Field(
        default={},
        description="TABLE=NUMBER, several separated by commas: the tournament platform's numbers "
        "of our tables; without one, who sat together suggests nothing",
    )

    @field_validator("table_numbers", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        """Raises ValueError for a part that is not TABLE=NUMBER."""
        if not isinstance(value, str):
            return value
        return dict(_table(part) for part in value.split(",") if part.strip())


def _table(text: str) -> tuple[str, int]:
    table, _, number = text.strip().partition("=")
    if not (table.strip() and number.strip().isdecimal()):
        raise ValueError(f"{text!r} is not TABLE=NUMBER")
    return table.strip(), int(number)
