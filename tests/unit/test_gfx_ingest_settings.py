"""Settings of gfx-ingest."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.gfx_ingest.settings import Settings


def test_tables_are_read_from_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAILCAST_GFX_TABLES", "river=/srv/river, lake = /srv/lake of gold,")
    tables = Settings().gfx_tables
    assert [(each.table, each.folder) for each in tables] == [
        ("river", Path("/srv/river")),
        ("lake", Path("/srv/lake of gold")),
    ]


def test_a_registry_and_the_times_of_runs_have_good_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RAILCAST_GFX_REGISTRY", "/srv/tables.toml")
    settings = Settings()
    assert settings.gfx_registry == Path("/srv/tables.toml")
    assert settings.gfx_sync_interval_s == 3600
    assert settings.gfx_sync_timeout_s < settings.gfx_sync_interval_s


@pytest.mark.parametrize("text", ["river", "=/srv", "river="])
def test_a_table_without_a_folder_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAILCAST_GFX_TABLES", text)
    with pytest.raises(ValidationError):
        Settings()
