"""Settings of the render service."""

import socket
from pathlib import Path

from pydantic import Field

from bus.settings import ProcessSettings


class RenderSettings(ProcessSettings):
    """What differs from every other process."""

    objects_url: str = Field(
        default="file:///tmp/railcast/objects", description="object store of finished files"
    )
    work_dir: Path = Field(
        default=Path("/tmp/railcast/render"),  # noqa: S108  # a default for one machine
        description="scratch folder; a file moves to the object store when it is proved",
    )
    worker: str = Field(
        default_factory=socket.gethostname, description="name of this worker in the facts"
    )
