"""SQL for Row classes: load many rows by key, write many rows, in one statement each."""

import types
import typing
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec

from contracts.rows import Key, Row, Rows

type Connection = (
    "asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"
)

_SQL_TYPES: Mapping[Any, str] = {
    int: "bigint",
    str: "text",
    bool: "boolean",
    float: "double precision",
    datetime: "timestamptz",
}

_encode = msgspec.json.Encoder().encode


def _sql_type(annotation: Any) -> str:
    """SQL type of an annotation; what is not a plain value is jsonb."""
    if typing.get_origin(annotation) in (types.UnionType, typing.Union):
        inner = [a for a in typing.get_args(annotation) if a is not type(None)]
        if len(inner) == 1:
            return _sql_type(inner[0])
    if isinstance(annotation, typing.TypeAliasType):
        return _sql_type(annotation.__value__)
    if typing.get_origin(annotation) is typing.Literal:
        return "text"
    return _SQL_TYPES.get(annotation, "jsonb")


class Table:
    """One Row class in one schema, with its three statements."""

    def __init__(self, kind: type[Row], schema: str) -> None:
        """Derive columns and statements from the class."""
        hints = typing.get_type_hints(kind)
        self.kind = kind
        self.columns = kind.__struct_fields__
        self.types = {name: _sql_type(hints[name]) for name in self.columns}
        self._hints = hints
        self._json = frozenset(n for n in self.columns if self.types[n] == "jsonb")
        self._decode = {n: msgspec.json.Decoder(hints[n]) for n in self._json}
        name = f'"{schema}"."{kind.TABLE}"'
        self._select = self._select_sql(name)
        self._upsert = self._upsert_sql(name)
        self._remove = self._remove_sql(name)

    def _unnest(self, names: Sequence[str]) -> str:
        args = ", ".join(f"${i}::{self.types[n]}[]" for i, n in enumerate(names, 1))
        return f"unnest({args}) as s({', '.join(names)})"

    def _given(self) -> str:
        """The rows of a write, every column of which is one argument; see `values`."""
        columns = ", ".join(
            f"unnest(${i}::text[])" if n in self._json else f"json_array_elements_text(${i}::json)"
            for i, n in enumerate(self.columns, 1)
        )
        return f"rows from ({columns}) as s({', '.join(self.columns)})"

    def _select_sql(self, name: str) -> str:
        columns = ", ".join(
            f"t.{n}::text as {n}" if n in self._json else f"t.{n}" for n in self.columns
        )
        keys = self.kind.KEY
        on = " and ".join(f"t.{k} = s.{k}" for k in keys)
        return f"select {columns} from {name} t join {self._unnest(keys)} on {on}"

    def _upsert_sql(self, name: str) -> str:
        chosen = ", ".join(f"s.{n}::{self.types[n]}" for n in self.columns)
        rest = [n for n in self.columns if n not in self.kind.KEY]
        change = ", ".join(f"{n} = excluded.{n}" for n in rest)
        action = f"do update set {change}" if rest else "do nothing"
        return (
            f"insert into {name} ({', '.join(self.columns)}) "
            f"select {chosen} from {self._given()} "
            f"on conflict ({', '.join(self.kind.KEY)}) {action}"
        )

    def _remove_sql(self, name: str) -> str:
        keys = self.kind.KEY
        on = " and ".join(f"t.{k} = s.{k}" for k in keys)
        return f"delete from {name} t using {self._unnest(keys)} where {on}"

    async def load(self, connection: Connection, keys: Sequence[Key]) -> dict[Key, Row]:
        """The stored rows among these keys."""
        if not keys:
            return {}
        columns = [list(values) for values in zip(*keys, strict=True)]
        found = await connection.fetch(self._select, *columns)
        rows = (self._row(record) for record in found)
        return {row.key: row for row in rows}

    def _row(self, record: "asyncpg.Record") -> Row:
        values = dict(record)
        for name, decoder in self._decode.items():
            if values[name] is not None:
                values[name] = decoder.decode(values[name])
        return self.kind(**values)

    async def write(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert or replace rows with different keys."""
        if rows:
            await connection.execute(self._upsert, *self.values(rows))

    def values(self, rows: Sequence[Row]) -> list[str | list[str | None]]:
        """The arguments of a write: the values of every column, in the order of the rows.

        Plain values go as one JSON array, which is encoded ten times faster than the driver encodes
        an array of PostgreSQL. What is JSON itself goes as a list of texts, to be read only once.
        """
        columns = zip(*map(msgspec.structs.astuple, rows), strict=True)
        return list(map(self._column, self.columns, columns))

    def _column(self, name: str, values: Sequence[Any]) -> str | list[str | None]:
        if name not in self._json:
            return _encode(values).decode()
        return [None if v is None else _encode(v).decode() for v in values]

    async def remove(self, connection: Connection, keys: Sequence[Key]) -> None:
        """Delete rows by key."""
        if keys:
            columns = [list(values) for values in zip(*keys, strict=True)]
            await connection.execute(self._remove, *columns)


async def load_missing(
    connection: Connection,
    tables: Mapping[type[Row], Table],
    rows: Rows,
    named: Iterable[tuple[type[Row], Key]],
) -> None:
    """Make every one of these rows, or its absence, known; one statement per table."""
    missing: dict[type[Row], set[Key]] = defaultdict(set)
    for kind, key in named:
        if not rows.knows(kind, key):
            missing[kind].add(key)
    for kind, keys in missing.items():
        found = await tables[kind].load(connection, list(keys))
        for key in keys:
            rows.load(kind, key, found.get(key))
