"""What this process asks of its own Decider about a table."""

import asyncio
import uuid

import structlog

from bus import retry, tracing
from bus.api import Answer, CommandContext, Entity
from bus.decide import DeciderRunner
from bus.errors import Retryable
from services.gfx_ingest.domain import CONTEXT, TABLE, Command, State, Table, TableCommand

log = structlog.get_logger()

# Names of commands: what is due at one time is asked for once, whoever asks.
_NAMESPACE = uuid.UUID("c2a1e0d4-93bb-5b43-8d5c-0c9d0a6e7f02")

type Runner = DeciderRunner[Command, State]


def name_id(*parts: str) -> str:
    """The id that follows from a name."""
    return str(uuid.uuid5(_NAMESPACE, "\n".join(parts)))


def table_state(runner: Runner, table: str) -> Table:
    """What was said about a table; an empty state if nothing was."""
    state = runner.state(TABLE, table)
    return state if isinstance(state, Table) else Table()


def facts_until_now(runner: Runner, table: str) -> str:
    """Names what was said about a table: the same change may come again later, as another one."""
    return str(runner.sequence(TABLE, table))


async def decide(runner: Runner, command: TableCommand, *parts: str) -> Answer:
    """Decide a command about a table; `parts` name it, so that it counts once.

    Raises a Retryable bus error.
    """
    context = CommandContext(
        command_id=name_id(command.table, type(command).__name__, *parts),
        actor=f"gfx-ingest:{command.table}",
        traceparent=tracing.traceparent(),
    )
    return await runner.execute(command, Entity(CONTEXT, TABLE, command.table), context)


async def insist(runner: Runner, command: TableCommand, *parts: str) -> Answer:
    """Decide a command about a table, however long the log is away."""
    for wait in retry.delays():
        try:
            return await decide(runner, command, *parts)
        except Retryable as error:
            log.warning("table.waiting", table=command.table, error=str(error))
            await asyncio.sleep(wait)
    raise AssertionError("the waits never end")
