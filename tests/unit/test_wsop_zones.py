"""Times without offset that came before their event: their rows are taken when it is known."""

import asyncio
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from bus.memory import Log, MemoryBus
from contracts.messages.wsop import (
    ChipCountsTold,
    ImportClosed,
    ImportSkipped,
    ImportStarted,
    RowsRejected,
    StandingsTold,
)
from services.wsop_import.inputs import importer
from services.wsop_import.inputs.parse import parse as parse_content
from services.wsop_import.inputs.poller import Poller, Timing
from tests.support.wsop_files import (
    Imports,
    chip_row,
    end_state,
    event,
    events_json,
    following,
    importing,
    player,
    players_json,
    standing_row,
    table,
)

LOCAL = "2031-10-19 17:20:00"
SAME_IN_UTC = "2031-10-19T14:20:00Z"
OTHER = "HARBOUR-2031-MINI"
ZONED = events_json(event(timezone="Asia/Nicosia"))
OTHER_ZONED = events_json(event(OTHER, timezone="Europe/Berlin"))
CHIPS = table([chip_row(1, 10, at=LOCAL), chip_row(2, 20, at=LOCAL)])
FILES = {
    "events.json": ZONED,
    "other.json": OTHER_ZONED,
    "players.json": players_json(player(1)),
    "chips.csv": table(
        [
            chip_row(1, 10, at=LOCAL),
            chip_row(2, 20),
            {**chip_row(3, 30, at=LOCAL), "event_id": OTHER},
        ]
    ),
    "standings.csv": table([standing_row(n, 99 - n, at=LOCAL) for n in (1, 2)]),
}


def stacks(imports: Imports) -> dict[str, int]:
    """Chips by holder, of whatever moment."""
    chips = end_state(imports.events)["chips"]
    return {key: told.chip_count for (_, _, key), told in chips.items()}


async def offer_all(imports: Imports, files: dict[str, bytes]) -> None:
    """Offer every file that is to be taken, until nothing is left to do, as a poller does."""
    for _ in range(len(files) + 1):
        for path, data in files.items():
            await imports.take(path, data)


@pytest.mark.parametrize("order", list(permutations(FILES)), ids="-".join)
async def test_in_any_order_the_end_is_the_same(order: tuple[str, ...]) -> None:
    async with importing() as best, importing() as imports:
        await offer_all(best, FILES)
        for path in order:
            await imports.take(path, FILES[path])
        await offer_all(imports, {path: FILES[path] for path in order})
        assert end_state(imports.events) == end_state(best.events)
        assert len(stacks(imports)) == 3
        said = len(imports.events)
        await offer_all(imports, FILES)
        assert len(imports.events) == said


async def test_the_same_bytes_are_taken_again_as_an_import_of_their_own() -> None:
    async with importing() as imports:
        assert await imports.take("c.csv", CHIPS) == "recorded"
        assert await imports.take("c.csv", CHIPS) == "unchanged"
        await imports.take("e.json", ZONED)
        assert await imports.take("c.csv", CHIPS) == "recorded"
        assert [each.counts.rejected for each in imports.said(ImportClosed)] == [2, 0, 0]
        first, _, again = imports.said(ImportStarted)
        assert (again.file, again.import_id == first.import_id) == (first.file, False)
        assert imports.closed().counts.created == 2
        assert await imports.take("c.csv", CHIPS) == "unchanged"
        assert await imports.take("copy.csv", CHIPS) == "skipped"


async def test_at_another_place_they_are_taken_too_and_then_known_everywhere() -> None:
    async with importing() as imports:
        await imports.take("c.csv", CHIPS)
        assert await imports.take("early.csv", CHIPS) == "skipped"
        await imports.take("e.json", ZONED)
        assert await imports.take("copy.csv", CHIPS) == "recorded"
        assert await imports.take("c.csv", CHIPS) == "unchanged"
        assert len(imports.said(ImportSkipped)) == 1


async def test_after_a_restart_they_are_taken_as_well() -> None:
    log = Log()
    async with importing(log) as imports:
        await imports.take("c.csv", CHIPS)
        await imports.take("e.json", ZONED)
    async with importing(log) as later:
        assert not later.importer.accounted("c.csv", later.said(ImportStarted)[0].file.sha256)
        assert await later.take("c.csv", CHIPS) == "recorded"
        assert stacks(later) == {"w-WP000001": 10, "w-WP000002": 20}
    async with importing(log) as last:
        assert await last.take("c.csv", CHIPS) == "unchanged"


async def test_a_zone_of_another_event_says_nothing_and_is_looked_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read = []

    def counted(*told: Any) -> Any:
        read.append(told)
        return parse_content(*told)

    async with importing() as imports:
        await imports.take("c.csv", CHIPS)
        await imports.take("other.json", OTHER_ZONED)
        said = len(imports.events)
        monkeypatch.setattr(importer, "parse", counted)
        assert [await imports.take("c.csv", CHIPS) for _ in range(3)] == ["unchanged"] * 3
        assert (len(read), len(imports.events)) == (1, said)
        await imports.take("e.json", ZONED)
        assert await imports.take("c.csv", CHIPS) == "recorded"


async def test_what_is_still_refused_is_taken_when_its_own_event_comes() -> None:
    rows = [chip_row(1, 10, at=LOCAL), {**chip_row(2, 20, at=LOCAL), "event_id": OTHER}]
    async with importing() as imports:
        await imports.take("c.csv", table(rows))
        for name, data in (("e.json", ZONED), ("o.json", OTHER_ZONED)):
            await imports.take(name, data)
            assert await imports.take("c.csv", table(rows)) == "recorded"
        closed = [each.counts for each in imports.said(ImportClosed) if each.kind == "chip_counts"]
        assert [(each.created, each.unchanged, each.rejected) for each in closed] == [
            (0, 0, 2),
            (1, 0, 1),
            (1, 1, 0),
        ]


async def test_an_event_that_gets_its_first_zone_later_counts_too() -> None:
    async with importing() as imports:
        await imports.take("e.json", events_json(event()))
        await imports.take("c.csv", CHIPS)
        await imports.take("e.json", ZONED)
        assert await imports.take("c.csv", CHIPS) == "recorded"


async def test_what_newer_files_corrected_since_is_not_taken_back() -> None:
    """The good rows of the older file, and those that were refused, are as old as the file."""
    old = table([chip_row(1, 10), chip_row(2, 20, at=LOCAL), chip_row(3, 30, at=LOCAL)])
    new = table([chip_row(1, 11), chip_row(2, 21, at=SAME_IN_UTC)])
    async with importing() as imports:
        await imports.take("old.csv", old)
        await imports.take("new.csv", new)
        await imports.take("e.json", ZONED)
        assert await imports.take("old.csv", old) == "recorded"
        assert stacks(imports) == {"w-WP000001": 11, "w-WP000002": 21, "w-WP000003": 30}
        await imports.take("newest.csv", table([chip_row(3, 31, at=SAME_IN_UTC)]))
        assert stacks(imports)["w-WP000003"] == 31


async def test_of_two_that_wait_the_newer_one_holds_whichever_is_taken_first() -> None:
    old, new = (
        {
            "chips.csv": table([chip_row(1, n, at=LOCAL)]),
            "standings.csv": table([standing_row(1, n, at=LOCAL)]),
        }
        for n in (10, 11)
    )
    for first, second in ((old, new), (new, old)):
        async with importing() as imports:
            for name in old:
                await imports.take(f"old/{name}", old[name])
                await imports.take(f"new/{name}", new[name])
            await imports.take("e.json", ZONED)
            for name in old:
                await imports.take(f"again/1/{name}", first[name])
                await imports.take(f"again/2/{name}", second[name])
            assert stacks(imports) == {"w-WP000001": 11}
            (rows,) = end_state(imports.events)["standings"].values()
            assert [row.chip_count for row in rows] == [11]


class PulledPlug(Exception):
    """The process is gone."""


class CutBus(MemoryBus):
    """Fails for good after so many appends."""

    left = 10_000

    async def append(self, *told: Any) -> int:
        self.left -= 1
        if self.left < 0:
            raise PulledPlug
        return await super().append(*told)


async def test_wherever_taking_again_is_cut_off_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.wsop_import.domain.telling.ROWS_MAX", 2)
    monkeypatch.setattr("services.wsop_import.domain.importing.FACTS_MAX", 1)
    chips = table([chip_row(n, n, at=LOCAL) for n in range(7)])
    for at in range(6):
        log = Log()
        bus = CutBus(log, "wsop-import")
        imports = Imports(bus, log)
        async with following(imports):
            await imports.take("c.csv", chips)
            await imports.take("e.json", ZONED)
            bus.left = at
            with pytest.raises(PulledPlug):
                await imports.take("c.csv", chips)
        async with importing(log) as later:
            assert await later.take("c.csv", chips) == "recorded"
            assert len(later.said(ImportStarted)) == 3
            assert [len(each.rows) for each in later.said(ChipCountsTold)] == [2, 2, 2, 1]
            assert later.closed().counts.created == 7


async def test_two_instances_take_it_again_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "LOOK_S", 0.005)
    log = Log()
    async with importing(log) as one, importing(log) as other:
        await one.take("c.csv", CHIPS)
        await other.take("e.json", ZONED)
        await asyncio.gather(one.take("c.csv", CHIPS), other.take("c.csv", CHIPS))
        assert len(one.said(ImportStarted)) == len(one.said(ImportClosed)) == 3
        assert len(one.said(ChipCountsTold)) == 1


async def test_a_zone_told_between_reading_and_beginning_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = Log()
    async with importing(log) as one, importing(log) as other:
        parse = one.importer._parse

        async def slowly(*told: Any) -> Any:
            work = await parse(*told)
            if not other.events:
                await other.take("e.json", ZONED)
            return work

        monkeypatch.setattr(one.importer, "_parse", slowly)
        assert await one.take("c.csv", CHIPS) == "recorded"
        assert one.closed().counts.created == 2


async def test_a_file_that_still_lies_there_is_taken_again_by_itself(tmp_path: Path) -> None:
    timing = Timing(quiet_s=1.0, poll_s=0.5, retry_s=1.0, malformed_s=5.0, bytes_max=100_000)
    now = 0.0
    async with importing() as imports:
        poller = Poller(tmp_path, imports.importer, timing, lambda: now)
        for name in ("standings.csv", "chips.csv"):
            (tmp_path / name).write_bytes(FILES[name])
        for _ in range(3):
            await poller.poll()
            now += timing.quiet_s
        assert not imports.said(StandingsTold)
        assert {f.field for r in imports.said(RowsRejected) for f in r.findings} == {
            "recorded_at",
            "snapshot_at",
        }
        (tmp_path / "events.json").write_bytes(ZONED)
        for _ in range(5):
            await poller.poll()
            now += timing.quiet_s
        assert [each.file.path for each in imports.said(ImportStarted)] == [
            "chips.csv",
            "standings.csv",
            "events.json",
            "chips.csv",
            "standings.csv",
        ]
        assert stacks(imports) == {"w-WP000001": 10, "w-WP000002": 20}
        assert len(imports.said(StandingsTold)) == 1


async def test_files_are_taken_again_as_they_came_so_that_history_has_them_all(
    tmp_path: Path,
) -> None:
    timing = Timing(quiet_s=1.0, poll_s=0.5, retry_s=1.0, malformed_s=5.0, bytes_max=100_000)
    now = 0.0
    async with importing() as imports:
        poller = Poller(tmp_path, imports.importer, timing, lambda: now)
        for name, chips in (("z.csv", 10), ("a.csv", 11), ("events.json", 0)):
            data = table([chip_row(1, chips, at=LOCAL)]) if chips else ZONED
            (tmp_path / name).write_bytes(data)
            for _ in range(3):
                await poller.poll()
                now += timing.quiet_s
        rows = [row for told in imports.said(ChipCountsTold) for row in told.rows]
        assert [row.told.chip_count for row in rows] == [10, 11]
        assert [row.before is None for row in rows] == [True, False]
