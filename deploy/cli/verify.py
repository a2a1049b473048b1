"""`railcast verify` for people: one line per projection, and each row that differs."""

import asyncpg
import typer

from bus.connection import open_connection
from bus.errors import BusError
from bus.nats import NatsBus
from contracts.poker.grading import BadRules
from deploy.cli.events import login
from deploy.local.verify import Finding, verify


async def show(places: dict[str, str]) -> int:
    """Compare and print; exit code 0 if all is equal, 1 if not, or if it could not be compared."""
    connection = await open_connection(login(places["nats"]), "verify")
    try:
        findings = await verify(NatsBus(connection, "ops"), places["postgres_owner"])
    except (BadRules, BusError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        typer.echo(f"railcast: {error}", err=True)
        return 1
    finally:
        await connection.close()
    for finding in findings:
        _print(finding)
    return 1 if any(finding.differences for finding in findings) else 0


def _print(finding: Finding) -> None:
    found = f"{finding.differences} rows differ" if finding.differences else "equal to a replay"
    aside = f", {finding.parked} events set aside" if finding.parked else ""
    place = f"{finding.rows:>8} rows up to {finding.sequence:>8}"
    typer.echo(f"  {finding.projection:<16} {place}  {found}{aside}")
    for difference in finding.told:
        typer.echo(f"    {difference}")
