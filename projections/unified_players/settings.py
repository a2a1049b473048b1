"""Settings of the projection unified-players."""

from bus.settings import ProcessSettings


class Settings(ProcessSettings):
    """What every process is told; a fold has nothing to set, or a replay would differ."""
