"""Settings every process has, read from the environment (`RAILCAST_...`)."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ProcessSettings(BaseSettings):
    """Where the servers are and how this process shows itself.

    Every field has a default that suits one machine; a service's own settings derive from this.
    """

    model_config = SettingsConfigDict(env_prefix="RAILCAST_", extra="ignore", frozen=True)

    nats_url: str = Field(
        default="nats://127.0.0.1:4222", description="NATS servers, separated by commas"
    )
    nats_user: str = Field(default="", description="user of this process; empty = no login")
    nats_password: SecretStr = Field(default=SecretStr(""), description="password of that user")
    database_url: SecretStr = Field(
        default=SecretStr("postgresql://127.0.0.1/railcast"), description="PostgreSQL"
    )
    health_host: str = Field(default="127.0.0.1", description="where /metrics and /healthz listen")
    health_port: int = Field(default=0, ge=0, le=65535, description="0 = a free port")
    log_level: str = Field(default="info", description="debug, info, warning or error")
    drain_s: float = Field(default=5.0, gt=0, description="longest time to finish after SIGTERM")
