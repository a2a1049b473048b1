"""What must hold before a process of ours may write: a log that syncs, and tables that are its own.

Both are cheap to ask and cannot be repaired later: a log that acknowledges too early loses facts
with the next power cut, and services that go on with another log than the tables belong to put
facts of two shows side by side.
"""

import asyncio
import json
import os
import urllib.request
from collections.abc import Callable

import asyncpg

from bus import checkpoint
from bus.api import Bus
from bus.errors import Drift
from bus.provision import assert_sync_always
from deploy.local.servers import NatsServer
from deploy.local.verify import specs

MONITOR_TIMEOUT_S = 5
# Says that somebody knows how the server syncs, where it does not tell us.
ACCEPT_SYNC = "RAILCAST_ACCEPT_SYNC"


async def check_sync(nats: NatsServer, say: Callable[[str], None]) -> None:
    """Raise Drift unless every write is synced before its ack, or a person answers for that."""
    if nats.monitor_url:
        assert_sync_always(await asyncio.to_thread(_jsz, nats.monitor_url))
    elif os.environ.get(ACCEPT_SYNC) == "unknown":
        say("WARNING: nobody checked that this NATS syncs every write before it acknowledges it")
    else:
        raise Drift(
            "it cannot be seen whether this NATS syncs every write before it acknowledges it; "
            f"name its monitor in NATS_MONITOR_URL, or set {ACCEPT_SYNC}=unknown if you know it"
        )


def _jsz(monitor_url: str) -> dict[str, object]:
    address = f"{monitor_url.rstrip('/')}/jsz?config=true"
    with urllib.request.urlopen(address, timeout=MONITOR_TIMEOUT_S) as answer:  # noqa: S310  # named by us or the owner
        found: dict[str, object] = json.load(answer)
        return found


async def check_log(bus: Bus, dsn: str) -> None:
    """Raise LogMismatch, with the remedy, when a projection's rows belong to another log."""
    connection = await asyncpg.connect(dsn)
    try:
        for schema in [spec.schema for spec in specs()]:
            if await connection.fetchval("select to_regclass($1)", f'"{schema}".checkpoint'):
                await checkpoint.verify(bus, await checkpoint.load(connection, schema))
    finally:
        await connection.close()
