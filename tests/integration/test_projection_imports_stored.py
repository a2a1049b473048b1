"""The import log as its views show it."""

from collections.abc import AsyncIterator

import pytest
from msgspec import structs

from contracts.messages import Event
from contracts.messages.wsop import (
    Counts,
    ImportClosed,
    ImportFile,
    ImportSkipped,
    ImportStarted,
    Kind,
    PlayersTold,
    Progress,
    RowFinding,
    RowsRejected,
)
from contracts.messages.wsop_sync import SourceRegistered
from projections.sync_status.store import SPEC
from tests.support.folding import LOG_START, log_of
from tests.support.stored import Stored, stored

FILE = ImportFile(path="p.json", sha256="ab" * 32, bytes=9, content_at=LOG_START)
COUNTS = Counts(rejected=1)
BEGUN = ImportStarted(
    import_id="i1",
    kind="players",
    layout="players_json",
    file=FILE,
    rows=3,
    exported_at=None,
    unknown_columns=("mood", "a\0b"),
    unknown_columns_count=2,
)
ABANDONED = ImportClosed(
    import_id="i1",
    kind="players",
    file=FILE,
    status="abandoned",
    rows=3,
    counts=COUNTS,
    noted=0,
    unknown_columns_count=2,
)
LISTED = "select number, at from views.import_findings where import_id = 'i1' order by number"


def refused(*places: str) -> RowsRejected:
    findings = tuple(RowFinding(at=at, code="bad_row", sentence="no name") for at in places)
    progress = Progress(through=1, counts=COUNTS)
    return RowsRejected(import_id="i1", findings=findings, progress=progress)


@pytest.fixture
async def views(database: str) -> AsyncIterator[Stored]:
    async with stored(database, SPEC) as opened:
        yield opened


async def test_an_import_that_begins_again_hides_what_the_abandoned_try_listed(
    views: Stored,
) -> None:
    first = [BEGUN, refused("/players/0", "/players/2"), ABANDONED]
    await views.tell(log_of(*first))
    assert await views.values(LISTED) == [(1, "/players/0"), (2, "/players/2")]
    await views.tell(log_of(*first, BEGUN, refused("/players/2"))[len(first) :])
    assert await views.values(LISTED) == [(1, "/players/2")]


async def test_names_of_unknown_columns_are_kept_whatever_they_hold(views: Stored) -> None:
    await views.tell(log_of(BEGUN))
    [row] = await views.rows("select unknown_columns from views.imports")
    assert row["unknown_columns"] == ["mood", "a\N{REPLACEMENT CHARACTER}b"]


async def test_an_import_that_is_set_aside_makes_itself_and_the_kinds_incomplete(
    views: Stored,
) -> None:
    known = SourceRegistered(kind="players", interval_s=900, enabled=True, pulled=False)
    [_, begun] = facts = log_of(known, BEGUN)
    await views.tell(facts)
    flags = (
        "select (select incomplete from views.imports), (select incomplete from views.sync_status)"
    )
    assert await views.values(flags) == [(False, False)]
    key = SPEC.fold.block_key(begun)
    await views.rows(f"insert into {SPEC.schema}.parked values (9, $1, 'x', 'why')", key)
    assert await views.values(flags) == [(True, True)]


SHOWN = (
    "select import_path, import_status, import_rows, import_rows_seen, import_created, "
    "import_changed, import_unchanged, import_rejected from views.sync_status"
)


def whole(import_id: str, kind: Kind, counts: Counts, *, going: bool = False) -> list[Event]:
    """An import of ten rows that was closed, or has come as far as these counts."""
    content = {"import_id": import_id, "kind": kind}
    file = structs.replace(FILE, path=f"{import_id}.json")
    told = PlayersTold(import_id=import_id, rows=(), progress=Progress(through=1, counts=counts))
    closed = structs.replace(
        ABANDONED, **content, file=file, status="completed", rows=10, counts=counts
    )
    return [structs.replace(BEGUN, **content, file=file, rows=10), told if going else closed]


async def test_a_kind_shows_its_newest_import_and_how_far_it_is(views: Stored) -> None:
    known = SourceRegistered(kind="players", interval_s=900, enabled=True, pulled=False)
    said: list[Event] = [known]
    await views.tell(log_of(*said))
    assert await views.values(SHOWN) == [(None,) * 8]

    said += whole("i1", "players", Counts(created=3, unchanged=7))
    await views.tell(log_of(*said))
    assert await views.values(SHOWN) == [("i1.json", "completed", 10, 10, 3, 0, 7, 0)]

    said += whole("i2", "players", Counts(changed=2, corrected=1, rejected=1), going=True)
    await views.tell(log_of(*said))
    assert await views.values(SHOWN) == [("i2.json", "processing", 10, 4, 0, 3, 0, 1)]

    same = ImportSkipped(import_id="i3", kind="players", file=FILE, same_as="i1")
    await views.tell(log_of(*said, same, *whole("i4", "standings", Counts())))
    [shown] = await views.values(f"{SHOWN} where entity_id = 'players'")
    assert shown[0] == "i2.json", "known bytes and other kinds change nothing"
