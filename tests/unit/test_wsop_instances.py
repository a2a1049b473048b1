"""Two instances of wsop-import over the same contents: one import after the other, none twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import msgspec
import pytest

from bus.api import Answer
from bus.errors import Conflict
from bus.memory import Log, MemoryBus
from contracts.messages import Event
from contracts.messages.wsop import (
    ChipCountsTold,
    ImportClosed,
    ImportStarted,
    PlayersTold,
)
from services.wsop_import.domain import IMPORT, AbandonFile, Import, TellFile
from services.wsop_import.inputs import importer
from services.wsop_import.inputs.content import Content
from services.wsop_import.inputs.importer import Importer
from tests.support.wsop_files import (
    NOW,
    Imports,
    chip_row,
    content,
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

MOMENTS = [f"2031-10-19T{hour}:00:00Z" for hour in (15, 16, 17)]
FILES = {
    "events": events_json(event()),
    "players": players_json(*(player(n, city="Cork") for n in range(20))),
    "players again": players_json(*(player(n, city="Galway") for n in range(0, 30, 2))),
    "chips": table([chip_row(n, n + 1, at=at) for n in range(10) for at in MOMENTS]),
    "corrected chips": table([chip_row(n, n + n % 2, at=at) for n in range(12) for at in MOMENTS]),
    "standings": table([standing_row(n, 99 - n, at=at) for n in range(1, 10) for at in MOMENTS]),
}


@pytest.fixture(autouse=True)
def small_and_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many appends from small files, and no long waits for each other."""
    monkeypatch.setattr("services.wsop_import.domain.telling.ROWS_MAX", 4)
    monkeypatch.setattr("services.wsop_import.domain.importing.FACTS_MAX", 2)
    monkeypatch.setattr(importer, "LOOK_S", 0.005)


class SlowBus(MemoryBus):
    """Every append and every question takes a moment, another one each time."""

    def __init__(self, log: Log, chance: random.Random) -> None:
        super().__init__(log, "wsop-import")
        self._chance = chance
        self.refused = 0

    async def _pause(self) -> None:
        for _ in range(self._chance.randrange(4)):
            await asyncio.sleep(0)

    async def append(self, *told: Any) -> int:
        await self._pause()
        try:
            sequence = await super().append(*told)
        except Conflict:
            self.refused += 1
            raise
        await self._pause()
        return sequence

    async def last_sequence(self, subject: str) -> int:
        await self._pause()
        return await super().last_sequence(subject)


@asynccontextmanager
async def instances(log: Log, seed: int = 0) -> AsyncIterator[list[Imports]]:
    """Two instances on one log."""
    chance = random.Random(seed)
    pair = [Imports(SlowBus(log, chance), log, gap_s=0.0005) for _ in range(2)]
    async with AsyncExitStack() as stack:
        for each in pair:
            await stack.enter_async_context(following(each))
        yield pair


async def take(imports: Imports, names: Sequence[str]) -> None:
    """Take in files as a poller does: what is given up is offered again."""
    for name in names:
        became = await imports.take(name, FILES[name])
        while became == "again":
            became = await imports.take(name, FILES[name])


def plain(events: Sequence[Event]) -> list[Any]:
    """Bodies of events."""
    return [(type(event).__name__, msgspec.to_builtins(event)) for event in events]


async def alone(names: Sequence[str]) -> Imports:
    """What a single instance says of files in this order."""
    async with importing() as imports:
        await take(imports, names)
        return imports


@pytest.mark.parametrize("seed", range(5))
async def test_over_the_same_folder_they_say_what_one_alone_says(seed: int) -> None:
    log = Log()
    async with instances(log, seed) as pair:
        await asyncio.gather(*(take(each, list(FILES)) for each in pair))
    assert plain(pair[0].events) == plain((await alone(list(FILES))).events)


async def test_who_loses_a_step_leaves_the_import_to_the_other_one() -> None:
    log = Log()
    data = table([chip_row(n, n) for n in range(400)])
    async with instances(log) as pair:
        assert await asyncio.gather(*(each.take("c", data) for each in pair)) == ["recorded"] * 2
    appends = len({message.headers["ce-causationid"] for message in log.events})
    refused = sum(each.bus.refused for each in pair if isinstance(each.bus, SlowBus))
    assert refused * 4 < appends


@pytest.mark.parametrize("seed", range(5))
async def test_in_different_orders_they_still_say_one_import_after_the_other(seed: int) -> None:
    log = Log()
    async with instances(log, seed) as pair:
        one, other = pair
        await asyncio.gather(take(one, list(FILES)), take(other, list(FILES)[::-1]))
    begun = [each.file.path for each in one.said(ImportStarted)]
    assert sorted(begun) == sorted(FILES)
    single = await alone(begun)
    for said in (one, single):
        assert len(said.said(ImportClosed)) == len(FILES)
    rows = [[e for e in said.events if not isinstance(e, ImportStarted)] for said in (one, single)]
    assert plain(rows[0]) == plain(rows[1])


async def test_no_row_is_told_as_new_by_both() -> None:
    log = Log()
    async with instances(log) as (one, other):
        for first, second in (("players", "players again"), ("chips", "corrected chips")):
            await asyncio.gather(take(one, [first]), take(other, [second]))
    people = Counter(r.player_id for e in one.said(PlayersTold) for r in e.rows if r.created)
    stacks = Counter(
        (e.recorded_at, r.player_id)
        for e in one.said(ChipCountsTold)
        for r in e.rows
        if r.before is None
    )
    assert set(people.values()) == set(stacks.values()) == {1}


async def take_together(
    pair: Sequence[Imports], contents: Sequence[Content], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both begin before either knows that the other did; the first instance is the first."""
    first, second, execute = asyncio.Event(), asyncio.Event(), Importer._execute

    async def begin_in_turn(self: Importer, command: Any, own: str, what: str) -> Answer:
        if what == "begin" and self is pair[1].importer:
            await first.wait()
        answer = await execute(self, command, own, what)
        if what == "begin" and self is pair[1].importer:
            second.set()
        elif what == "begin":
            first.set()
            await second.wait()
        return answer

    monkeypatch.setattr(Importer, "_execute", begin_in_turn)
    takes = (
        each.importer.take(taken, final=True) for each, taken in zip(pair, contents, strict=True)
    )
    assert await asyncio.gather(*takes) == ["recorded", "recorded"]


@pytest.mark.parametrize("names", [("players", "players again"), ("players again", "players")])
async def test_of_two_that_begin_at_the_same_time_the_first_in_the_log_is_told_first(
    names: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log()
    async with instances(log) as pair:
        await take_together(pair, [content(name, FILES[name]) for name in names], monkeypatch)
    events = pair[0].events
    assert [type(each) for each in events[:2]] == [ImportStarted, ImportStarted]
    told = [each.import_id for each in events[2:]]
    first, second = (each.import_id for each in pair[0].said(ImportStarted))
    assert told == sorted(told, key=[first, second].index)
    assert [each.file.path for each in pair[0].said(ImportClosed)] == list(names)


async def test_what_was_begun_behind_the_events_is_read_again_in_their_time_zone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events = content("events", events_json(event(timezone="Asia/Nicosia")))
    chips = content("chips", table([chip_row(1, at="2031-10-19 17:20:00")]))
    log = Log()
    async with instances(log) as pair:
        await take_together(pair, [events, chips], monkeypatch)
    assert [type(each) for each in pair[0].events[:2]] == [ImportStarted, ImportStarted]
    (told,) = pair[0].said(ChipCountsTold)
    assert (told.recorded_at.hour, told.event_known) == (14, True)


async def begun(imports: Imports, name: str) -> str:
    """An import of which a part was told when its instance stopped; returns its id."""
    taking = asyncio.create_task(take(imports, [name]))
    async with asyncio.timeout(10), imports.log.changed:
        await imports.log.changed.wait_for(lambda: len(imports.events) > 2)
    taking.cancel()
    await asyncio.wait([taking])
    return imports.said(ImportStarted)[-1].import_id


async def test_an_import_that_rests_too_long_is_given_up_and_told_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importer, "REST_S_MAX", 0.02)
    log = Log()
    async with instances(log) as (one, other):
        await begun(one, "players")
        await take(other, ["chips", "players"])
    assert [(each.kind, each.status) for each in other.said(ImportClosed)] == [
        ("players", "abandoned"),
        ("chip_counts", "completed"),
        ("players", "completed"),
    ]
    created = [r.player_id for e in other.said(PlayersTold) for r in e.rows if r.created]
    assert len(created) == len(set(created)) == 20
    assert end_state(other.events) == end_state((await alone(["chips", "players"])).events)


async def test_who_goes_on_with_an_import_does_not_wait_for_it() -> None:
    log = Log()
    async with instances(log) as (one, other):
        await begun(one, "players")
        await take(other, ["players"])
    assert plain(other.events) == plain((await alone(["players"])).events)


async def test_an_import_that_somebody_gave_up_while_it_was_told_is_offered_again() -> None:
    log = Log()
    async with instances(log) as (one, other):
        taking = asyncio.create_task(one.take("players", FILES["players"]))
        async with asyncio.timeout(10), log.changed:
            await log.changed.wait_for(lambda: len(one.events) > 3)
        await other.importer.abandon_missing([])
        assert await taking == "again"
        assert one.closed().status == "abandoned"
        assert await one.take("players", FILES["players"]) == "recorded"
    assert end_state(one.events) == end_state((await alone(["players"])).events)


async def test_nothing_is_told_on_what_was_known_before_somebody_else_said_more() -> None:
    async with importing() as imports:
        own = await begun(imports, "players")
        state = imports.runner.state(IMPORT, own)
        assert isinstance(state, Import)
        taken = content("players", FILES["players"])
        work = await imports.importer._parse(taken, state.file)
        before = state.said
        assert imports.decider.decide(TellFile(work=work, held={}, said=before), state, NOW)
        assert not imports.decider.decide(TellFile(work=work, held={}, said=before - 1), state, NOW)
        await imports.importer._execute(AbandonFile(import_id=own), own, "abandon")
        given_up = imports.runner.state(IMPORT, own)
        told = TellFile(work=work, held={}, said=before + 1)
        assert not imports.decider.decide(told, given_up, NOW)
