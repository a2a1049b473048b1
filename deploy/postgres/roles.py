"""The roles and the database a fresh PostgreSQL needs before the first projection starts."""

import asyncpg

from deploy.postgres.config import DATABASE, OWNER, READER


async def ensure_roles(admin_dsn: str, owner_password: str, reader_password: str) -> None:
    """Make the owner, the reader and the database where they are missing; safe to repeat.

    The reader can log in and is granted each view by its owner; a new table is closed to it.
    """
    connection = await asyncpg.connect(admin_dsn)
    try:
        for role, password in ((OWNER, owner_password), (READER, reader_password)):
            if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                # A utility statement takes no parameters: the server itself quotes the password.
                statement = await connection.fetchval(
                    "select format('create role %I login password %L', $1::text, $2::text)",
                    role,
                    password,
                )
                await connection.execute(statement)
        if not await connection.fetchval("select 1 from pg_database where datname = $1", DATABASE):
            await connection.execute(f"create database {DATABASE} owner {OWNER}")
    finally:
        await connection.close()
