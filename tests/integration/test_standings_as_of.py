"""Standings as known before, against an oracle: the same read when only so much was told."""

import itertools
import random
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
import pytest

from contracts.messages import Event
from contracts.messages.wsop import ChipRow, PlayersTold, StandingRow
from contracts.recorded import Recorded
from projections.standings.store import SPEC as STANDINGS
from projections.unified_players.store import SPEC as PEOPLE
from services.gateway.routes import standing_reads
from services.gateway.routes.context import PAGE_DEFAULT
from services.gateway.routes.tournament_models import StandingsPage
from services.gateway.views import Snapshot, Values, Window
from tests.support.folding import log_of
from tests.support.stored import Stored, stored
from tests.support.tournament import EVENT, Imports, chips, minutes, place, player_id

NAMES = ("Ada Quill", "Bo Quist", "Cy Penn", "Zoë Løvdahl")
# A story that says less proves nothing.
STATES_LEAST = 8
SOURCES = (None, "imported", "recomputed")


@pytest.fixture
async def views(database: str) -> AsyncIterator[Stored]:
    """The read models that standings are read from."""
    async with stored(database, STANDINGS, PEOPLE) as opened:
        yield opened


@pytest.fixture
async def snapshot(database: str, views: Stored) -> AsyncIterator[Snapshot]:
    """What a read of the gateway sees."""
    connection = await asyncpg.connect(database)
    yield Snapshot(connection, 0)
    await connection.close()


async def read(
    snapshot: Snapshot, sequence: int | None = None, source: str | None = None, **more: Any
) -> Values | None:
    window = Window(**{"limit": PAGE_DEFAULT, "order": "asc", **more})
    asked = standing_reads.Asked(event_id=EVENT, source=source, sequence=sequence, window=window)
    page = await standing_reads.page(snapshot, asked)
    return None if page is None else StandingsPage.model_validate(page).model_dump()


async def everything(snapshot: Snapshot, sequence: int | None = None) -> list[Values | None]:
    """All that can be asked of standings at one moment; in pages as well."""
    found = [await read(snapshot, sequence, source) for source in SOURCES]
    for order in ("asc", "desc"):
        more: dict[str, Any] = {"limit": 2, "order": order}
        while (page := await read(snapshot, sequence, **more)) is not None:
            found.append(page)
            more["cursor"] = page["next_cursor"]
            if not more["cursor"]:
                break
    return found


def named(imports: Imports, **rows: tuple[str, str | None]) -> list[Event]:
    """A file of players with their names and countries."""
    facts = imports.players(**{key: name for key, (name, _) in rows.items()})
    told = facts[1]
    assert isinstance(told, PlayersTold)
    countries = [country for _, country in rows.values()]
    changed = [
        msgspec.structs.replace(row, new=msgspec.structs.replace(row.new, country_code=country))
        for row, country in zip(told.rows, countries, strict=True)
    ]
    return [facts[0], msgspec.structs.replace(told, rows=tuple(changed)), facts[2]]


class Story:
    """A tournament in which everything is corrected all the time."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._imports = Imports()
        self._told: set[datetime] = set()
        self.facts: list[Event] = []
        for _ in range(18):
            self.facts += self._dice.choice((self._file, self._places, self._counts))()

    def _file(self) -> list[Event]:
        if self._dice.random() < 0.3:
            figures = {"starting_chips": 100 * self._dice.randint(1, 3), "total_entries": 6}
            return self._imports.events(**figures)
        who = {f"p{n}": self._dice.choice(NAMES) for n in self._some()}
        return named(
            self._imports, **{key: (n, self._dice.choice(("NO", "KR"))) for key, n in who.items()}
        )

    def _some(self) -> list[int]:
        return self._dice.sample(range(1, 7), self._dice.randint(1, 6))

    def _who(self, number: int) -> int | str:
        return self._dice.choice(NAMES) if self._dice.random() < 0.4 else number

    def _places(self) -> list[Event]:
        at = minutes(self._dice.randint(0, 5))
        rows: list[StandingRow] = [
            place(rank, self._who(number), 1000 - rank * self._dice.randint(0, 3))
            for rank, number in enumerate(self._some(), 1)
        ]
        more = {"corrected": at in self._told, "size": self._dice.randint(1, 4)}
        self._told.add(at)
        ended = self._dice.choice(("completed", "completed", "partial", "abandoned"))
        return self._imports.standings(at, rows, remaining=len(rows), status=ended, **more)

    def _counts(self) -> list[Event]:
        at = minutes(self._dice.randint(0, 6))
        rows = [
            msgspec.structs.replace(
                chips(number, 100 * self._dice.randint(0, 5)),
                player_name=self._dice.choice((None, *NAMES)),
            )
            for number in self._some()
        ]
        return self._imports.counts(at, rows, size=self._dice.randint(1, 4))


def prefixes(facts: Sequence[Recorded]) -> range:
    """How much was told, from nothing but the first fact to all but the last."""
    return range(1, len(facts))


@pytest.mark.parametrize("seed", range(6))
async def test_a_read_of_then_is_what_a_read_gave_then(
    views: Stored, snapshot: Snapshot, seed: int
) -> None:
    facts = log_of(*Story(seed).facts)
    then = {}
    for sequence in prefixes(facts):
        await views.tell(facts[:sequence])
        then[sequence] = await everything(snapshot)
    await views.tell(facts)
    for sequence, gave in then.items():
        assert await everything(snapshot, sequence) == gave, f"as of {sequence}"
    assert len({str(gave) for gave in then.values()}) > STATES_LEAST


async def test_a_page_behind_a_cursor_stays_with_its_set_and_its_time(
    views: Stored, snapshot: Snapshot
) -> None:
    imports = Imports()
    facts = imports.standings(minutes(0), [place(n, n, 100 - n) for n in (1, 2, 3)])
    first = len(facts)
    facts += imports.events(starting_chips=10, total_entries=30)
    facts += imports.standings(minutes(0), [place(n, 4 - n, 100 - n) for n in (1, 2, 3)])
    await views.tell(log_of(*facts[:first]))
    page = await read(snapshot, limit=2)
    assert page
    behind = {"cursor": page["next_cursor"], "limit": 2}
    rest = await read(snapshot, **behind)

    await views.tell(log_of(*facts))
    assert await read(snapshot, first, **behind) == rest
    now = await read(snapshot, **behind)
    assert now
    assert rest
    assert (now["items"], now["standing"]["chips_in_play"]) == (rest["items"], 300)
    assert await read(snapshot, first - 1, **behind) is None


async def test_who_was_only_a_name_in_the_snapshot_before_has_a_change_of_rank(
    views: Stored, snapshot: Snapshot
) -> None:
    imports = Imports()
    facts = imports.players(p1="Ada Quill", p2="Bo Quist", p3="Bo Quist")
    facts += imports.counts(minutes(0), [chips(n, 100) for n in (1, 2, 3)])
    facts += imports.standings(
        minutes(1), [place(1, "Bo Quist", 9), place(2, "Nobody Here", 8), place(3, "Ada Quill", 7)]
    )
    facts += imports.standings(
        minutes(2), [place(1, 1, 9), place(2, 2, 8), place(3, "ADA QUILL", 1)]
    )
    await views.tell(log_of(*facts))
    page = await read(snapshot, source="imported")
    assert page
    assert [row["rank_change"] for row in page["items"]] == [2, None, 0]
    assert [row["person_id"] for row in page["items"]] == [
        f"w-{player_id(1)}",
        f"w-{player_id(2)}",
        f"w-{player_id(1)}",
    ]


def stack(number: int, name: str) -> ChipRow:
    return msgspec.structs.replace(chips(number, 100), player_name=name)


async def test_a_name_is_whoever_was_known_by_it_in_the_event_then(
    views: Stored, snapshot: Snapshot
) -> None:
    imports = Imports()
    names = ("Ada Quill", "Ada A. Quill", "Cy Penn")
    rows = [place(rank, name, 9) for rank, name in enumerate(names, 1)]
    steps = (
        imports.players(p1="Ada Quill", p3="Cy Penn") + imports.standings(minutes(9), rows),
        imports.counts(minutes(0), [stack(1, "")]),
        imports.counts(minutes(1), [stack(2, "Ada Quill"), stack(3, "")]),
        imports.counts(minutes(2), [stack(2, "Ada A. Quill")]),
        imports.players(p2="Ada Quill"),
        imports.players(p1="Ada Penn"),
    )
    until = list(itertools.accumulate(len(step) for step in steps))
    await views.tell(log_of(*itertools.chain(*steps)))
    pages = [await read(snapshot, sequence, "imported") for sequence in until]
    ada, quill, cy = (f"w-{player_id(number)}" for number in (1, 2, 3))
    assert [[row["person_id"] for row in page["items"]] for page in pages if page] == [
        [None, None, None],
        [ada, None, None],
        [None, None, cy],
        [ada, quill, cy],
        [None, None, cy],
        [quill, None, cy],
    ]


async def test_two_rows_of_one_name_in_the_snapshot_before_tell_no_change_of_rank(
    views: Stored, snapshot: Snapshot
) -> None:
    imports = Imports()
    before = [place(1, "Ada Quill", 9), place(2, "Ada Quill", 8), place(3, "Bo Quist", 7)]
    facts = imports.standings(minutes(1), before, size=1)
    facts += imports.standings(minutes(2), [place(1, "Bo Quist", 9), place(2, "Ada Quill", 8)])
    await views.tell(log_of(*facts))
    page = await read(snapshot)
    assert page
    assert [row["rank_change"] for row in page["items"]] == [2, None]
