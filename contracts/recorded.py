"""A stored event as folds and deciders see it."""

from datetime import datetime

import msgspec

from contracts.envelope import Envelope
from contracts.messages import Event


class Recorded(msgspec.Struct, frozen=True):
    """One event of the log: its sequence, its envelope and the decoded event.

    `sequence` is the only order; `envelope.time` is when it was said (UTC, from the log, so it is
    the same in every replay).
    """

    sequence: int
    envelope: Envelope
    event: Event

    @property
    def said_at(self) -> datetime:
        """When the event was said; the only time a fold may put into a row."""
        return self.envelope.time
