"""Files that are no exports: one clear refusal each, people are told, and the table goes on."""

from functools import partial
from pathlib import Path

import pytest

from contracts.messages.gfx import FileRejected
from tests.support.audit import of
from tests.support.gfx_files import FIRST_TICKS, file_name, game_file, hand, sha256
from tests.support.system import System
from tests.support.watch import Watch

pytestmark = pytest.mark.xdist_group("show")

TABLE = "shoal"
GAME_ID = FIRST_TICKS % 10**18 + 99
SPARSE_BYTES = 200 * 1024**2
GOOD = game_file(hand(0), game_id=GAME_ID)
# code -> content of a file that is refused with it.
BAD = {
    "truncated": GOOD[: len(GOOD) // 2],
    "wrong_type": GOOD.replace(b'"SmallBlindAmt":100', b'"SmallBlindAmt":"100"'),
    "not_utf8": GOOD.decode().encode("utf-16"),
    "empty": b"",
    "bad_text": GOOD.replace(b"Quillfeather 2", b"A\\u0000B"),
}
PREFIX = "PGFX_live_data_export "
# Names that a careless reader would take for another place, or that cannot be shown.
BAD_NAMES = (f"{PREFIX}..\\..\\passwd.json", f"{PREFIX}two\nlines.json")


def write_bad(folder: Path) -> None:
    for code, data in BAD.items():
        (folder / f"{PREFIX}{code}.json").write_bytes(data)
    with (folder / f"{PREFIX}too_large.json").open("wb") as file:
        file.truncate(SPARSE_BYTES)
    for name in BAD_NAMES:
        (folder / name).write_bytes(GOOD)


async def told(watch: Watch, count: int) -> bool:
    """Whether people were told of so many bad files."""
    sql = "select count(*) from views.notifications where title like $1"
    return await watch.one(sql, f"%{TABLE}%") >= count


async def arrived(watch: Watch) -> bool:
    """Whether the good file's seats are shown."""
    return await watch.one("select count(*) from views.chips where table_name = $1", TABLE) == 2


def check_facts(facts: list[FileRejected]) -> None:
    """One clear word and sentence for each, with the path and, where it was read, the hash."""
    by_code = {event.code: event for event in facts if event.code != "bad_path"}
    assert by_code.keys() == {*BAD, "too_large"}
    for code, event in by_code.items():
        print(f"{code}: {event.detail}")
        assert event.source.path == f"{PREFIX}{code}.json"
        assert event.source.sha256 == (sha256(BAD[code]) if code in BAD else "")
        assert len(event.detail.split()) > 2
    assert by_code["too_large"].bytes == SPARSE_BYTES
    named = {event.source.path for event in facts if event.code == "bad_path"}
    assert len(named) == len(BAD_NAMES)
    assert all(name.isprintable() for name in named)


async def test_every_bad_file_is_refused_once_with_its_reason_and_a_good_one_still_arrives(
    show: System, watch: Watch
) -> None:
    folder = show.tables[TABLE]
    before = show.pids()["gfx-ingest"]
    write_bad(folder)
    count = len(BAD) + 1 + len(BAD_NAMES)
    await watch.until(partial(told, watch, count))
    (folder / file_name(GAME_ID)).write_bytes(GOOD)
    await watch.until(partial(arrived, watch))
    await watch.settled()

    facts = [event for event in of(await watch.log(), FileRejected) if event.table == TABLE]
    assert len(facts) == count
    check_facts(facts)
    news = await watch.rows("select * from views.notifications where title like $1", f"%{TABLE}%")
    assert len(news) == count
    for event in facts:
        (mine,) = (row for row in news if event.source.path in row["message"])
        assert event.detail in mine["message"]
    (status,) = await watch.rows("select * from views.sync_status where entity_id = $1", TABLE)
    assert (status["files_rejected"], status["consecutive_failures"]) == (count, 0)
    assert (status["status"], status["files_recorded"]) == ("synced", 1)
    assert show.pids()["gfx-ingest"] == before
