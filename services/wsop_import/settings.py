"""Settings of wsop-import, read from the environment (`RAILCAST_WSOP_...`)."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from bus.settings import ProcessSettings


class Settings(ProcessSettings):
    """Where the platform's files are, how often they are fetched. Times in seconds."""

    wsop_folder: Path | None = Field(
        default=None, description="folder the export files are put into; none = not watched"
    )
    wsop_events_url: str = Field(default="", description="address of the events; empty = none")
    wsop_players_url: str = Field(default="", description="address of the players")
    wsop_chip_counts_url: str = Field(default="", description="address of the chip counts")
    wsop_standings_url: str = Field(default="", description="address of the standings")
    wsop_token: SecretStr = Field(
        default=SecretStr(""), description="bearer token for these addresses; empty = none"
    )
    wsop_timeout_s: float = Field(
        default=30.0, gt=0, description="longest silence of a server that is pulled from"
    )
    wsop_run_timeout_s: float = Field(
        default=300.0, gt=0, description="longest run of a kind before it counts as failed"
    )
    wsop_events_interval_s: int = Field(
        default=1800, ge=0, description="0 = events are not fetched"
    )
    wsop_players_interval_s: int = Field(default=1800, ge=0, description="0 = not fetched")
    wsop_chip_counts_interval_s: int = Field(default=900, ge=0, description="0 = not fetched")
    wsop_standings_interval_s: int = Field(default=900, ge=0, description="0 = not fetched")
    wsop_quiet_s: float = Field(
        default=1.0, gt=0, description="how long a file must rest before it is read"
    )
    wsop_poll_s: float = Field(
        default=0.5, gt=0, description="longest time between two looks at the folder"
    )
    wsop_retry_s: float = Field(
        default=1.0, gt=0, description="wait before a half-written file or a missing log is retried"
    )
    wsop_malformed_s: float = Field(
        default=5.0,
        ge=0,
        description="a malformed file that rests this long is not being written any more",
    )
    wsop_file_bytes_max: int = Field(
        default=64 * 1024 * 1024,
        ge=1,
        description="larger contents are rejected; 100,000 rows take some 15 MB",
    )
    wsop_append_gap_s: float = Field(
        default=0.01,
        ge=0,
        description="rest between two appends of one import, so that a take never waits behind it",
    )
    wsop_guide_event: str = Field(
        default="", description="event of the input-guide files, which name none"
    )

    @field_validator(
        "wsop_events_url", "wsop_players_url", "wsop_chip_counts_url", "wsop_standings_url"
    )
    @classmethod
    def _address(cls, value: str) -> str:
        """Raises ValueError for what is no address of a web server."""
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("it is not an address like https://host/path")
        return value
