"""Settings of the override service."""

from pathlib import Path

from pydantic import Field

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
