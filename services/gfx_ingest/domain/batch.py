"""How much one append says: the rest is decided again with the state after it."""

from collections.abc import Sequence

from contracts import codec
from contracts.messages import Event

# Events of one append. An atomic batch holds 1,000; half of it keeps other writers' waits short.
EVENTS_MAX = 500
# Bytes of one append: what the server has to hold until the last message of the batch is there.
BYTES_MAX = 8 * 1024 * 1024


def beginning(events: Sequence[Event], room: int = 0) -> tuple[Event, ...]:
    """The longest beginning that one append may hold, with room for `room` short events behind it.

    Raises BadMessage when an event is larger than a message.
    """
    total = 0
    for count, event in enumerate(events):
        total += len(codec.encode(event))
        if total > BYTES_MAX or count == EVENTS_MAX - room:
            return tuple(events[:count])
    return tuple(events)
