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


@pytest.mark.parametrize(
    "text", ["river", "=/srv", "river=", "a=/srv,a=/mnt", "a=/srv,b=/srv", "a=/srv,b=/srv/x"]
)
def test_a_table_without_a_folder_of_its_own_is_refused(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAILCAST_GFX_TABLES", text)
    with pytest.raises(ValidationError):
        Settings()
