"""Settings of the gateway."""

import hashlib
import re
from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from bus.settings import ProcessSettings

_CHECKOUT = Path(__file__).resolve().parents[2]


class GatewaySettings(ProcessSettings):
    """What differs from every other process. One of the two API key settings is needed."""

    http_host: str = Field(default="127.0.0.1", description="where the API and the page listen")
    http_port: int = Field(default=8080, ge=0, le=65535, description="0 = a free port")
    reader_url: SecretStr = Field(
        default=SecretStr("postgresql://127.0.0.1/railcast"),
        description="PostgreSQL as the role that may only read the views",
    )
    objects_url: str = Field(
        default="file:///tmp/railcast/objects", description="object store of finished files"
    )
    assets: Path = Field(
        default=_CHECKOUT / "assets" / "vendor",
        description="vendored fonts and scripts, filled at set-up",
    )
    api_key_sha256: SecretStr = Field(
        default=SecretStr(""),
        description="SHA-256 (hex) of the API key",
    )
    api_key_file: Path | None = Field(
        default=None,
        description="file that holds the API key, instead of its hash",
    )

    @field_validator("api_key_sha256")
    @classmethod
    def _is_hash(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"([0-9a-f]{64})?", value.get_secret_value()):
            raise ValueError("is not 64 lower-case hex digits")
        return value

    def key_sha256(self) -> str:
        """Hash of the API key. Raises ValueError when none is set, OSError for a lost file."""
        if self.api_key_file is not None:
            key = self.api_key_file.read_text().strip()
            if not key:
                raise ValueError(f"{self.api_key_file} holds no API key")
            return hashlib.sha256(key.encode()).hexdigest()
        given = self.api_key_sha256.get_secret_value()
        if not given:
            raise ValueError("set RAILCAST_API_KEY_SHA256 or RAILCAST_API_KEY_FILE")
        return given
