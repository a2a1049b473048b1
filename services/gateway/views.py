"""Reads over the published views: one transaction, one set of checkpoints, one page at a time."""

import base64
import binascii
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Literal

import asyncpg
import msgspec

from contracts.views import VIEWS
from services.gateway.errors import Problem
from services.gateway.wait import Checkpoints

# Pages and programs read in milliseconds; more would only queue inside PostgreSQL.
CONNECTIONS_MAX: Final = 8
# A read that takes longer helps nobody; the answer is 503 and the client asks again.
READ_S_MAX: Final = 5.0
ACQUIRE_S_MAX: Final = 2.0

# What a column of type bigint holds.
BIGINT_MAX: Final = 2**63 - 1

type Order = Literal["asc", "desc"]
type Values = dict[str, Any]


class Listing(msgspec.Struct, frozen=True):
    """A list of one view's rows. `key` orders them and is unique, so a page can go on behind it.

    `numbers` are the key columns of type bigint; the rest is text. The values of a cursor stay in
    place when rows are added before or behind it.
    """

    view: str
    key: tuple[str, ...]
    numbers: tuple[str, ...] = ()

    @property
    def columns(self) -> str:
        """All columns of the view, by name."""
        return ", ".join(VIEWS[self.view])


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a list is wanted."""

    limit: int
    order: Order
    cursor: str | None = None


class Page(msgspec.Struct, frozen=True):
    """Rows of one page, how many there are in all, and where the next page starts."""

    items: list[Values]
    total: int
    next_cursor: str | None


class Snapshot:
    """One repeatable read. `sequence` is the lowest checkpoint of the projections asked for."""

    def __init__(
        self, connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]", sequence: int
    ) -> None:
        """Made by `Views.read`."""
        self._connection = connection
        self.sequence = sequence

    async def rows(self, sql: str, *values: Any) -> list[Values]:
        """Rows as dicts, column name to value."""
        return [dict(row) for row in await self._connection.fetch(sql, *values)]

    async def row(self, sql: str, *values: Any) -> Values | None:
        """The first row, or None."""
        found = await self._connection.fetchrow(sql, *values)
        return dict(found) if found else None

    async def go_back(self, sequence: int) -> None:
        """Let views that end in `_then` tell what was known at a sequence."""
        await self.row("select set_config('railcast.as_of', $1, true)", str(sequence))

    async def one(self, view: str, column: str, value: str) -> Values | None:
        """The row of a view whose column has a value, or None."""
        columns = ", ".join(VIEWS[view])
        return await self.row(f"select {columns} from views.{view} where {column} = $1", value)  # noqa: S608  # names of ours

    async def select(
        self, view: str, where: Mapping[str, Any], order: str, limit: int
    ) -> list[Values]:
        """The first rows of a view, all columns; `where` as in `page`."""
        columns = ", ".join(VIEWS[view])
        conditions = _conditions(where)
        return await self.rows(
            f"select {columns} from views.{view}{_where(conditions)} "  # noqa: S608  # names of ours
            f"order by {order} limit {limit}",
            *where.values(),
        )

    async def count(self, view: str, where: Mapping[str, Any]) -> int:
        """How many rows of a view there are; `where` as in `page`."""
        sql = f"select count(*) from views.{view}{_where(_conditions(where))}"  # noqa: S608  # names of ours
        return int(await self._connection.fetchval(sql, *where.values()))

    async def page(self, listing: Listing, window: Window, where: Mapping[str, Any]) -> Page:
        """One page of a list.

        `where` are columns and the values they must have, or conditions with `{0}` for the value.
        """
        values = list(where.values())
        conditions = _conditions(where)
        table = f"views.{listing.view}"
        counted = await self.count(listing.view, where)
        if window.cursor is not None:
            after = read_cursor(listing, window)
            conditions += _behind(listing, window.order, len(values))
            values += after
        order = ", ".join(f"{name} {window.order}" for name in listing.key)
        # One more than asked for tells whether there is a next page.
        found = await self.rows(
            f"select {listing.columns} from {table}{_where(conditions)} "  # noqa: S608  # names of ours
            f"order by {order} limit {window.limit + 1}",
            *values,
        )
        items = found[: window.limit]
        more = len(found) > window.limit
        return Page(
            items, counted, write_cursor(listing, window.order, items[-1]) if more else None
        )


def _conditions(where: Mapping[str, Any]) -> list[str]:
    return [
        name.format(f"${number}") if "{0}" in name else f"{name} = ${number}"
        for number, name in enumerate(where, 1)
    ]


def _where(conditions: Sequence[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""


def _behind(listing: Listing, order: Order, used: int) -> list[str]:
    sign = ">" if order == "asc" else "<"
    kinds = ("bigint" if name in listing.numbers else "text" for name in listing.key)
    places = [f"${used + n}::{kind}" for n, kind in enumerate(kinds, 1)]
    # The comparison of the first column alone reaches below a window function, the pair does not.
    return [
        f"{listing.key[0]} {sign}= {places[0]}",
        f"({', '.join(listing.key)}) {sign} ({', '.join(places)})",
    ]


def write_cursor(listing: Listing, order: Order, row: Mapping[str, Any]) -> str:
    """Opaque text for the place behind a row."""
    place = [listing.view, order, *(row[name] for name in listing.key)]
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read_cursor(listing: Listing, window: Window) -> list[Any]:
    """Key values of a cursor. Raises Problem for a text that is no cursor of this list."""
    text = window.cursor or ""
    wrong = Problem(422, "bad_cursor", "cursor: not one of this list and order; start without it")
    try:
        place = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, msgspec.DecodeError) as error:
        raise wrong from error
    kinds = [int if name in listing.numbers else str for name in listing.key]
    if not isinstance(place, list) or place[:2] != [listing.view, window.order]:
        raise wrong
    values = place[2:]
    if [type(value) for value in values] != kinds:
        raise wrong
    # What PostgreSQL cannot hold stood in no row.
    if any(
        "\0" in value if isinstance(value, str) else abs(value) > BIGINT_MAX for value in values
    ):
        raise wrong
    return values


class Views:
    """The read models, through a small pool of read-only connections."""

    def __init__(self, dsn: str, checkpoints: Checkpoints) -> None:
        """`dsn` is the reader's; connects on first use."""
        self._checkpoints = checkpoints
        self._pool = asyncpg.create_pool(
            dsn,
            min_size=0,
            max_size=CONNECTIONS_MAX,
            init=_prepare,
            timeout=ACQUIRE_S_MAX,
            command_timeout=READ_S_MAX,
            server_settings={
                "application_name": "railcast-gateway",
                "timezone": "UTC",
                "default_transaction_read_only": "on",
                # Every read is over in milliseconds; compiling its plan takes longer than it gains.
                "jit": "off",
            },
        )

    async def open(self) -> None:
        """Make the pool usable; no server needs to be there yet."""
        await self._pool

    async def close(self) -> None:
        """Drop all connections."""
        self._pool.terminate()

    @asynccontextmanager
    async def read(self, projections: Iterable[str], min_seq: int = 0) -> AsyncIterator[Snapshot]:
        """One repeatable read of what these projections wrote.

        Waits until each has reached `min_seq`. Raises Problem 503 `not_yet` when one has not, or
        never started.
        """
        names = tuple(projections)
        if min_seq:
            await self._checkpoints.reached(names, min_seq)
        async with (
            self._pool.acquire(timeout=ACQUIRE_S_MAX) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield Snapshot(connection, await _sequence(connection, names, min_seq))


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: msgspec.json.encode(value).decode(),
        decoder=msgspec.json.decode,
    )


async def _sequence(
    connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]",
    names: tuple[str, ...],
    min_seq: int,
) -> int:
    try:
        rows = await connection.fetch(
            "select projection, seq from views.checkpoints where projection = any($1)", names
        )
    except (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError) as error:
        raise Problem(503, "not_yet", "no projection has started on this database") from error
    at = {row["projection"]: row["seq"] for row in rows}
    for name in names:
        if name not in at:
            raise Problem(503, "not_yet", f"the projection {name} has not started yet")
        if at[name] < min_seq:
            detail = f"the projection {name} is at {at[name]}, not yet at {min_seq}"
            raise Problem(503, "not_yet", detail)
    return min(at.values(), default=0)
