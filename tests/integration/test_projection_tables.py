"""The tables and views of every projection in a real PostgreSQL."""

import importlib
import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg
import pytest

from bus import checkpoint
from bus.project import ProjectionSpec
from bus.tables import Table
from contracts.streams import PROJECTIONS
from contracts.views import VIEWS
from deploy.local.servers import PostgresServer

SPECS: tuple[ProjectionSpec, ...] = tuple(
    importlib.import_module(f"projections.{name}.store").SPEC for name in PROJECTIONS
)


async def prepare(connection, spec):
    sql = spec.sql.read_text()
    await checkpoint.prepare(connection, spec.schema, spec.name, sql, spec.fingerprint)


@pytest.fixture
async def owner(database: str) -> AsyncIterator[asyncpg.Connection]:
    """The owner's connection to a database in which every projection was prepared."""
    connection = await checkpoint.connect(database, "test")
    for spec in SPECS:
        await prepare(connection, spec)
    yield connection
    await connection.close()


def test_every_projection_of_the_catalogue_has_its_own_name_and_version():
    assert {spec.name: spec.version for spec in SPECS} == PROJECTIONS


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
async def test_the_columns_of_a_table_are_the_fields_of_its_row_class(owner, spec):
    for kind in spec.rows:
        table = Table(kind, spec.schema)
        found = await owner.fetch(
            "select column_name, data_type from information_schema.columns "
            "where table_schema = $1 and table_name = $2 order by ordinal_position",
            spec.schema,
            kind.TABLE,
        )
        kinds = {"timestamp with time zone": "timestamptz"}
        columns = [(c["column_name"], kinds.get(c["data_type"], c["data_type"])) for c in found]
        assert columns == [(name, table.types[name]) for name in kind.__struct_fields__]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
async def test_a_column_may_be_null_exactly_where_its_field_may_be_none(owner, spec):
    for kind in spec.rows:
        found = await owner.fetch(
            "select column_name, is_nullable = 'YES' as nullable from information_schema.columns "
            "where table_schema = $1 and table_name = $2",
            spec.schema,
            kind.TABLE,
        )
        optional = {n for n, a in kind.__annotations__.items() if "None" in str(a)}
        assert {c["column_name"] for c in found if c["nullable"]} == optional


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
async def test_the_primary_key_of_a_table_is_the_key_of_its_row_class(owner, spec):
    for kind in spec.rows:
        definition = await owner.fetchval(
            "select pg_get_constraintdef(oid) from pg_constraint "
            "where contype = 'p' and conrelid = to_regclass($1)",
            f"{spec.schema}.{kind.TABLE}",
        )
        assert definition == f"PRIMARY KEY ({', '.join(kind.KEY)})"


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_audit_columns_are_columns_and_never_the_whole_row(spec):
    for kind in spec.rows:
        assert set(kind.AUDIT) < set(kind.__struct_fields__)


async def test_the_views_have_exactly_the_columns_of_the_contract_in_its_order(owner):
    found = await owner.fetch(
        "select c.table_name, c.column_name from information_schema.columns c "
        "join information_schema.views v using (table_schema, table_name) "
        "where c.table_schema = 'views' order by c.table_name, c.ordinal_position"
    )
    views: dict[str, tuple[str, ...]] = {}
    for column in found:
        name = column["table_name"]
        views[name] = (*views.get(name, ()), column["column_name"])
    assert views == dict(VIEWS)


async def test_the_next_version_stands_beside_the_first_and_takes_over_the_views(owner):
    spec = next(spec for spec in SPECS if spec.name == "renders")
    sql = spec.sql.read_text()

    assert not await checkpoint.prepare(owner, "renders_v2", spec.name, sql, spec.fingerprint)
    text = await owner.fetchval("select pg_get_viewdef('views.renders')")
    assert re.search(r"from\s+renders_v1\.render", text, re.IGNORECASE)

    await checkpoint.publish(owner, "renders_v2", spec.name, sql)
    text = await owner.fetchval("select pg_get_viewdef('views.renders')")
    assert re.search(r"from\s+renders_v2\.render", text, re.IGNORECASE)
    assert await owner.fetchval("select to_regclass('renders_v1.render')")


async def test_the_reader_may_select_every_view_and_nothing_else(
    owner, database: str, postgres_server: PostgresServer
):
    name = urlsplit(database).path
    reader = await asyncpg.connect(
        urlsplit(postgres_server.reader_dsn)._replace(path=name).geturl()
    )
    try:
        if await reader.fetchval("select current_user = $1", urlsplit(database).username):
            pytest.skip("these servers have one role for everything")
        for view in VIEWS:
            assert await reader.fetch(f"select * from views.{view}") == []
        for spec in SPECS:
            for table in (*(kind.TABLE for kind in spec.rows), "checkpoint", "parked", "meta"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await reader.fetch(f"select * from {spec.schema}.{table}")
        for statement in (
            "delete from views.items",
            "update views.items set title = ''",
            "drop view views.chips",
            "create table views.mine (one text)",
            "create schema mine",
        ):
            with pytest.raises(asyncpg.PostgresError):
                await reader.execute(statement)
    finally:
        await reader.close()
