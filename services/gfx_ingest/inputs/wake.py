"""File events as a wake-up: they only make the poller look earlier."""

import asyncio
from pathlib import Path

import structlog
from watchfiles import awatch

log = structlog.get_logger()

# Events of one write come within a few milliseconds; longer grouping would only add delay.
GROUP_MS_MAX = 100
GROUP_STEP_MS = 10
# A folder that cannot be watched (a share, or not there yet) is tried again this often.
RETRY_S = 30.0


async def wake_on_changes(root: Path, wake: asyncio.Event) -> None:
    """Set `wake` whenever something changes below the root; until cancelled."""
    while True:
        try:
            async for _ in awatch(
                root, debounce=GROUP_MS_MAX, step=GROUP_STEP_MS, watch_filter=None
            ):
                wake.set()
        except (OSError, RuntimeError) as error:
            log.info("wake.unavailable", folder=str(root), error=str(error))
        await asyncio.sleep(RETRY_S)
