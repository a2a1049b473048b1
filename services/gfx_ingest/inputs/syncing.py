"""A table as this process asks its own Decider about it, and what one of its runs does."""

from bus.api import Entity
from bus.decide import DeciderRunner
from bus.own import Own
from bus.syncing import Source
from services.gfx_ingest.domain import CONTEXT, TABLE, Command, State, Table, sync_notice
from services.gfx_ingest.inputs.poller import Poller
from services.gfx_ingest.inputs.sweep import SweepFailed

type Runner = DeciderRunner[Command, State]


def table_state(runner: Runner, table: str) -> Table:
    """What was said about a table; an empty state if nothing was."""
    state = runner.state(TABLE, table)
    return state if isinstance(state, Table) else Table()


def own_table(runner: Runner, table: str) -> Own:
    """A table that this process watches."""
    return Own(runner, Entity(CONTEXT, TABLE, table), f"gfx-ingest:{table}")


def table_source(own: Own, poller: Poller, timeout_s: float) -> Source:
    """A table whose folder `poller` watches; a run longer than `timeout_s` seconds fails."""
    return Source(
        own=own,
        service="gfx-ingest",
        notice=sync_notice,
        look_through=poller.sweep,
        failures=(SweepFailed,),
        timeout_s=timeout_s,
    )
