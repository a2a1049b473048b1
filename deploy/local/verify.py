"""`railcast verify`: are the live tables what a clean replay of the log makes of them?

The log is read again from its first event and folded in memory by the same pure folds; nothing is
written anywhere, so it may run during a show. Each projection is compared at its own checkpoint,
its tables read in one snapshot. Events that the projection has set aside are left out here as well.
"""

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

import msgspec

from bus import checkpoint
from bus.api import Bus, RawMessage, recorded
from bus.errors import LogMismatch
from bus.project import ProjectionSpec
from bus.tables import Connection, Table
from contracts.rows import Key, Row, Rows, TwoStepFold
from contracts.streams import PROJECTIONS
from projections.hands import app as hands
from projections.hands.settings import Settings as HandsSettings

# Events asked for side by side: enough to hide the way to the server.
READ_AHEAD = 100
# Rows loaded by one statement.
ROWS_MAX = 5000
# Differences told per table; the first ones say what is wrong, the rest only how much.
TOLD_MAX = 20

type Content = Mapping[type[Row], Mapping[Key, Row]]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One row that is not what the log says; `live` or `replayed` is None where it is missing."""

    table: str
    key: Key
    live: Row | None
    replayed: Row | None

    def __str__(self) -> str:
        """One sentence for people."""
        place = f"{self.table} {', '.join(map(str, self.key))}"
        if self.live is None:
            return f"{place} is missing"
        if self.replayed is None:
            return f"{place} is in no event"
        names = [
            name
            for name in self.live.__struct_fields__
            if getattr(self.live, name) != getattr(self.replayed, name)
        ]
        return f"{place} differs in {', '.join(names)}"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What was found about one projection, up to its checkpoint."""

    projection: str
    sequence: int
    rows: int
    parked: int
    differences: int
    told: tuple[Difference, ...]


class _Live(msgspec.Struct):
    """One projection's tables at one moment."""

    spec: ProjectionSpec
    sequence: int
    parked: frozenset[int]
    content: Content


class _Replay:
    """One fold over the log, all of its rows in memory."""

    def __init__(self, live: _Live) -> None:
        self._live = live
        self._handled = {(e.TYPE.owner, e.TYPE.name) for e in live.spec.fold.handles}
        self._rows = Rows()
        self.content: dict[type[Row], dict[Key, Row]] = {kind: {} for kind in live.spec.rows}

    def apply(self, message: RawMessage) -> None:
        """Fold one event; one that the projection set aside, or has not reached, is left out."""
        tokens = message.subject.split(".")
        if (tokens[1], tokens[-1]) not in self._handled:
            return
        if message.sequence > self._live.sequence or message.sequence in self._live.parked:
            return
        fact, fold = recorded(message), self._live.spec.fold
        self._know(fold.keys(fact))
        if isinstance(fold, TwoStepFold):
            self._know(fold.further_keys(fact, self._rows))
        self._rows.begin()
        fold.project(fact, self._rows)
        for kind, key, row in self._rows.take_changes():
            if row is None:
                self.content[kind].pop(key, None)
            else:
                self.content[kind][key] = row

    def _know(self, named: Iterable[tuple[type[Row], Key]]) -> None:
        """All rows are in memory: one that is not known yet does not exist."""
        for kind, key in named:
            if not self._rows.knows(kind, key):
                self._rows.load(kind, key, None)


def specs() -> list[ProjectionSpec]:
    """Every projection; that of hands under the grading rules of this environment.

    Raises BadRules or OSError for rules that cannot be used.
    """
    plain = [importlib.import_module(f"projections.{name}.store").SPEC for name in PROJECTIONS]
    graded = hands.configured(HandsSettings())
    return [graded if spec.name == graded.name else spec for spec in plain]


async def verify(bus: Bus, dsn: str) -> list[Finding]:
    """Compare every projection with the log. `dsn` is the owner's.

    Raises LogMismatch when the tables belong to another log than the server's.
    """
    connection = await checkpoint.connect(dsn, "verify")
    try:
        lives = [await _read(bus, connection, spec) for spec in specs()]
    finally:
        await connection.close()
    replays = [_Replay(live) for live in lives]
    async for message in _log(bus, max(live.sequence for live in lives)):
        for replay in replays:
            replay.apply(message)
    return [_compare(live, replay) for live, replay in zip(lives, replays, strict=True)]


async def _read(bus: Bus, connection: Connection, spec: ProjectionSpec) -> _Live:
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        stored = await checkpoint.load(connection, spec.schema)
        await checkpoint.verify(bus, stored)
        parked = await connection.fetch(f'select sequence from "{spec.schema}".parked')  # noqa: S608  # our own name
        return _Live(
            spec=spec,
            sequence=stored.sequence if stored else 0,
            parked=frozenset(row["sequence"] for row in parked),
            content={kind: await _table(connection, kind, spec.schema) for kind in spec.rows},
        )


async def _table(connection: Connection, kind: type[Row], schema: str) -> dict[Key, Row]:
    """All rows, loaded the way the projector loads them."""
    names = ", ".join(kind.KEY)
    found = await connection.fetch(f'select {names} from "{schema}"."{kind.TABLE}"')  # noqa: S608  # our own names
    keys = [tuple(row) for row in found]
    table, rows = Table(kind, schema), dict[Key, Row]()
    for first in range(0, len(keys), ROWS_MAX):
        rows |= await table.load(connection, keys[first : first + ROWS_MAX])
    return rows


async def _log(bus: Bus, end: int) -> AsyncIterator[RawMessage]:
    """Every event up to `end`. Raises LogMismatch for a gap: the log never loses an event."""
    for first in range(1, end + 1, READ_AHEAD):
        numbers = range(first, min(first + READ_AHEAD, end + 1))
        found = await asyncio.gather(*map(bus.event_at, numbers))
        for number, message in zip(numbers, found, strict=True):
            if message is None:
                raise LogMismatch(f"event {number} is missing in the log")
            yield message


def _differ(live: Row | None, replayed: Row | None) -> bool:
    """Whether two rows say different things; JSON kept as text may be spelled differently."""
    return live != replayed and _plain(live) != _plain(replayed)


def _plain(row: Row | None) -> Any:
    return msgspec.json.decode(msgspec.json.encode(row))


def _compare(live: _Live, replay: _Replay) -> Finding:
    told: list[Difference] = []
    for kind in live.spec.rows:
        ours, theirs = live.content[kind], replay.content[kind]
        name = f"{live.spec.schema}.{kind.TABLE}"
        told += [
            Difference(table=name, key=key, live=ours.get(key), replayed=theirs.get(key))
            for key in sorted(ours.keys() | theirs.keys())
            if _differ(ours.get(key), theirs.get(key))
        ]
    return Finding(
        projection=live.spec.name,
        sequence=live.sequence,
        rows=sum(map(len, live.content.values())),
        parked=len(live.parked),
        differences=len(told),
        told=tuple(told[:TOLD_MAX]),
    )
