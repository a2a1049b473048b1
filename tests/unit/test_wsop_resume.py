"""An import that was cut off goes on behind the last fact stored; nothing is lost or said twice."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from bus.api import Draft, Entity
from bus.memory import Log, MemoryBus
from contracts.messages import Event
from contracts.messages.wsop import (
    ChipCountsTold,
    ImportClosed,
    ImportStarted,
    RowsRejected,
    StandingsTold,
)
from tests.support.wsop_files import (
    Imports,
    chip_row,
    end_state,
    following,
    importing,
    player,
    players_json,
    standing_row,
    table,
)

MOMENTS = [f"2031-10-19T{hour}:00:00Z" for hour in (15, 16, 17)]
FILES = {
    "players": players_json(*(player(n, wsop_rings=-1 if n % 9 == 8 else n) for n in range(40))),
    "players again": players_json(*(player(n, city="Cork" if n % 3 else None) for n in range(40))),
    "chips": table([chip_row(n, n + 1, at=at) for n in range(20) for at in MOMENTS]),
    "corrected chips": table([chip_row(n, n + n % 2, at=at) for n in range(25) for at in MOMENTS]),
    "standings": table([standing_row(n, 99 - n, at=at) for n in range(1, 20) for at in MOMENTS]),
}


@pytest.fixture(autouse=True)
def small_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many facts and appends from small files."""
    monkeypatch.setattr("services.wsop_import.domain.telling.ROWS_MAX", 4)
    monkeypatch.setattr("services.wsop_import.domain.importing.FACTS_MAX", 2)


class PulledPlug(Exception):
    """The process is gone."""


class CutBus(MemoryBus):
    """Fails for good at one append, before or after it is stored."""

    def __init__(self, log: Log, at: int, *, stored: bool) -> None:
        super().__init__(log, "wsop-import")
        self._left = at
        self._stored = stored

    async def append(self, entity: Entity, expected: int, drafts: Sequence[Draft]) -> int:
        self._left -= 1
        if self._left > 0:
            return await super().append(entity, expected, drafts)
        if self._left == 0 and self._stored:
            await super().append(entity, expected, drafts)
        raise PulledPlug


def plain(events: Sequence[Event]) -> list[Any]:
    """Bodies of events."""
    return [(type(event).__name__, msgspec.to_builtins(event)) for event in events]


async def take_all(imports: Imports) -> set[str]:
    """Import every file; returns what became of them."""
    return {await imports.take(path, data) for path, data in FILES.items()}


async def whole() -> tuple[list[Any], int]:
    """What is said of all files without a fault, and in how many appends."""
    async with importing() as imports:
        await take_all(imports)
        return plain(imports.events), len({m.headers["ce-causationid"] for m in imports.log.events})


@pytest.mark.parametrize("stored", [False, True])
async def test_wherever_it_is_cut_off_the_same_facts_are_in_the_log(stored: bool) -> None:
    expected, appends = await whole()
    assert appends > 30
    for at in range(1, appends + 1):
        log = Log()
        imports = Imports(CutBus(log, at, stored=stored), log)
        async with following(imports):
            with pytest.raises(PulledPlug):
                await take_all(imports)
        async with importing(log) as later:
            assert await take_all(later) <= {"recorded", "unchanged"}
            assert plain(later.events) == expected, f"cut off at append {at}"


async def test_every_row_of_a_file_is_counted_once() -> None:
    async with importing() as imports:
        await take_all(imports)
        for closed in imports.said(ImportClosed):
            counts = msgspec.structs.asdict(closed.counts)
            assert sum(counts.values()) - counts["fields_rejected"] == closed.rows
        assert len([f for r in imports.said(RowsRejected) for f in r.findings]) == 4


async def cut_off(log: Log, path: str, data: bytes, at: int) -> None:
    """An import that ends in the middle."""
    imports = Imports(CutBus(log, at, stored=True), log)
    async with following(imports):
        with pytest.raises(PulledPlug):
            await imports.take(path, data)


async def test_a_content_that_is_replaced_meanwhile_is_abandoned() -> None:
    log = Log()
    await cut_off(log, "s.csv", FILES["standings"], at=2)
    async with importing(log) as later:
        assert later.said(StandingsTold)
        await later.take("s.csv", FILES["chips"])
        (abandoned, _) = later.said(ImportClosed)
        assert abandoned.status == "abandoned"
        assert end_state(later.events)["standings"] == {}


async def test_an_abandoned_content_that_returns_is_told_from_its_beginning() -> None:
    log = Log()
    await cut_off(log, "s.csv", FILES["standings"], at=4)
    async with importing(log) as later:
        await later.importer.abandon_missing(["other.csv"])
        assert later.closed().status == "abandoned"
        await later.importer.abandon_missing(["other.csv"])
        assert len(later.said(ImportClosed)) == 1
        await later.take("s.csv", FILES["standings"])
        assert len({each.import_id for each in later.said(ImportStarted)}) == 1
        assert later.closed().status == "completed"
        standings = end_state(later.events)["standings"]
        assert [len(rows) for rows in standings.values()] == [19, 19, 19]


async def test_a_file_that_is_there_is_not_abandoned() -> None:
    log = Log()
    await cut_off(log, "s.csv", FILES["standings"], at=2)
    async with importing(log) as later:
        await later.importer.abandon_missing(["s.csv"])
        assert not later.said(ImportClosed)


async def test_a_moment_told_by_another_instance_meanwhile_is_compared_with() -> None:
    log = Log()
    async with importing(log) as one, importing(log) as other:
        await one.take("a.csv", table([chip_row(1, 10), chip_row(2, 20)]))
        await other.take("b.csv", table([chip_row(1, 10), chip_row(2, 21)]))
        (row,) = other.said(ChipCountsTold)[-1].rows
        assert row.before is not None
        assert row.before.chip_count == 20


async def test_moments_of_an_import_with_too_many_facts_are_as_if_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.wsop_import.domain.following.FACTS_READ_MAX", 3)
    async with importing() as imports:
        await imports.take("a", FILES["chips"])
        await imports.take("b", FILES["chips"] + b"\n")
        counts = imports.closed().counts
        assert (counts.created, counts.corrected) == (60, 0)
        assert counts.created + counts.unchanged == imports.closed().rows
