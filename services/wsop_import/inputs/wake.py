"""The operating system's word that something in a folder changed: a reason to look, no more.

A network share gives none, and one may be lost; then the poller finds the change by its own rhythm.
"""

import asyncio
from pathlib import Path

import structlog
from watchfiles import awatch

log = structlog.get_logger()

# Words about one write are milliseconds apart and wait for each other; in ms.
DEBOUNCE_MS = 100
STEP_MS = 10
# A folder that is not there, or cannot be watched, may be so later; in seconds.
AGAIN_S = 30.0


async def wake_on_changes(root: Path, wake: asyncio.Event) -> None:
    """Set `wake` at every change below a folder; until cancelled."""
    while True:
        changes = awatch(root, debounce=DEBOUNCE_MS, step=STEP_MS, watch_filter=None)
        try:
            async for _ in changes:
                wake.set()
        except (OSError, RuntimeError) as error:
            log.info("folder.unwatched", folder=str(root), error=str(error))
        await asyncio.sleep(AGAIN_S)
