"""Settings of gfx-ingest, read from the environment (`RAILCAST_GFX_...`)."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
from pydantic import Field, field_validator
from pydantic_settings import NoDecode

from bus.settings import ProcessSettings


class TableFolder(msgspec.Struct, frozen=True):
    """A feature table and the folder its PC exports to."""

    table: str
    folder: Path


class Settings(ProcessSettings):
    """Where the tables' files are, and how long a file has to rest. Times in seconds."""

    gfx_tables: Annotated[tuple[TableFolder, ...], NoDecode] = Field(
        default=(), description="TABLE=FOLDER, several separated by commas"
    )
    gfx_registry: Path | None = Field(
        default=None,
        description="TOML file with more tables; it is read again whenever its content changes",
    )
    gfx_sync_interval_s: int = Field(
        default=3600,
        ge=1,
        description="time between two runs through a table's whole folder; new files do not wait "
        "for it, so it only bounds how long a change that a share hid stays unseen",
    )
    gfx_sync_timeout_s: float = Field(
        default=600.0,
        gt=0,
        description="longest time of one run; ten thousand files over a share take a few minutes",
    )
    gfx_gone_s: float = Field(
        default=30.0,
        gt=0,
        description="how long a file must be away before it counts as removed; a person who moves "
        "it over a share needs some seconds",
    )
    gfx_quiet_s: float = Field(
        default=0.3,
        gt=0,
        description="how long a content must rest; a PC writes a file in well under this",
    )
    gfx_poll_s: float = Field(
        default=0.25,
        gt=0,
        description="longest time between two looks; a share gives no file events",
    )
    gfx_retry_s: float = Field(
        default=1.0, gt=0, description="wait before a half-written file or a missing log is retried"
    )
    gfx_tries_max: int = Field(
        default=20, ge=1, description="vain tries of one path before its content is rejected"
    )
    gfx_unchanged_s_max: float = Field(
        default=3.0,
        gt=0,
        description="a malformed content that rests this long is not being written any more",
    )
    gfx_file_bytes_max: int = Field(
        default=32 * 1024 * 1024,
        ge=1,
        description="larger files are not read; the largest real one has 0.8 MB, and with this "
        "limit the process stays below 256 MiB",
    )
    gfx_finalise_after_s: float = Field(
        default=180.0,
        gt=0,
        description="a hand that may go on counts as over when its file rests this long",
    )
    gfx_depth_max: int = Field(
        default=32, ge=8, description="nesting of objects; an export has six levels"
    )

    @field_validator("gfx_tables", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return tuple(_table_folder(part) for part in value.split(",") if part.strip())


def _table_folder(text: str) -> TableFolder:
    table, equals, folder = text.strip().partition("=")
    if not (table and equals and folder):
        raise ValueError(f"{text!r} is not TABLE=FOLDER")
    return TableFolder(table.strip(), Path(folder.strip()))
