"""Settings of the cue sheet service."""

from pydantic import Field, SecretStr

from bus.settings import ProcessSettings


class CuesheetSettings(ProcessSettings):
    """What differs from every other process."""

    reader_url: SecretStr = Field(
        default=SecretStr("postgresql://127.0.0.1/railcast"),
        description="PostgreSQL as the role that may only read the views",
    )
    binding_wait_s: float = Field(
        default=1.0,
        gt=0,
        description="longest wait for a read model to reach the log before a take is refused",
    )
    render_duration_s: int = Field(default=5, ge=2, le=60, description="length of a movie")
