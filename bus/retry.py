"""Back-off: how long to wait before trying again."""

import random
from collections.abc import Iterator

# First wait; long enough for a restart of a process, short enough not to be seen on air.
DELAY_S_BASE = 0.05
# Longest wait between two tries while a server is away.
DELAY_S_MAX = 5.0


def delays(base_s: float = DELAY_S_BASE, most_s: float = DELAY_S_MAX) -> Iterator[float]:
    """Endless waits: doubling from `base_s` up to `most_s`, each with up to 25 % jitter."""
    wait = base_s
    while True:
        yield wait * (1 + random.random() / 4)  # noqa: S311  # jitter, not a secret
        wait = min(wait * 2, most_s)
