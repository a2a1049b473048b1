"""Folded rows in real tables, so that the views over them can be asked."""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from bus import checkpoint
from bus.project import ProjectionSpec
from bus.tables import Table
from contracts.recorded import Recorded
from tests.support.folding import Folding

_AS_TEXT = "select shown::text from views.{view} as shown order by 1"

type Shown = list[dict[str, Any]]


class Stored:
    """Projections in one database; `tell` folds more of a log and stores every row anew."""

    def __init__(
        self, connection: "asyncpg.Connection[asyncpg.Record]", specs: Iterable[ProjectionSpec]
    ) -> None:
        self._connection = connection
        self._folds = {spec.name: (spec, Folding(spec.fold)) for spec in specs}

    def fold(self, facts: Sequence[Recorded]) -> None:
        """Fold these facts as one batch, and store nothing yet."""
        for _, folding in self._folds.values():
            folding.apply(facts)

    async def tell(self, facts: Sequence[Recorded]) -> None:
        """Fold these facts and show the rows."""
        self.fold(facts)
        async with self._connection.transaction():
            for spec, folding in self._folds.values():
                for kind in spec.rows:
                    await self._connection.execute(f"delete from {spec.schema}.{kind.TABLE}")
                    await Table(kind, spec.schema).write(self._connection, folding.rows(kind))

    def forget(self) -> None:
        """Fold from the first fact again; the tables keep their rows until then."""
        for name, (spec, _) in self._folds.items():
            self._folds[name] = (spec, Folding(spec.fold))

    async def rows(self, query: str, *values: Any) -> Shown:
        """The rows of a query, JSON columns decoded."""
        return [dict(row) for row in await self._connection.fetch(query, *values)]

    async def values(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query as tuples."""
        return [tuple(row) for row in await self._connection.fetch(query, *values)]

    async def hashes(self) -> dict[str, str]:
        """A hash of the business columns of every table's rows, by table.

        Tables of what held formerly are left out: what is taken back stays in them.
        """
        found = {}
        for spec, _ in self._folds.values():
            for kind in spec.rows:
                if kind.TABLE.startswith("former_"):
                    continue
                found[f"{spec.schema}.{kind.TABLE}"] = await self._connection.fetchval(
                    f"select md5(coalesce(string_agg((to_jsonb(t) - $1::text[])::text, '|' "
                    f"order by {', '.join(f't.{name}' for name in kind.KEY)}), '')) "
                    f"from {spec.schema}.{kind.TABLE} as t",
                    list(kind.AUDIT),
                )
        return found

    async def shown(self, *views: str) -> dict[str, list[str]]:
        """Every row of these views as text, in any order that is always the same."""
        return {
            view: [text for (text,) in await self.values(_AS_TEXT.format(view=view))]
            for view in views
        }


@asynccontextmanager
async def stored(dsn: str, *specs: ProjectionSpec) -> AsyncIterator[Stored]:
    """These projections prepared in an empty database."""
    connection = await checkpoint.connect(dsn, "test")
    await connection.set_type_codec(
        "jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog"
    )
    try:
        for spec in specs:
            sql = spec.sql.read_text()
            await checkpoint.prepare(connection, spec.schema, spec.name, sql, spec.fingerprint)
        yield Stored(connection, specs)
    finally:
        await connection.close()
