"""What is said at the benchmark's tables: three kinds of events of about 384 bytes.

They belong to the benchmark alone: `register` makes the codec of this process know them.
"""

from typing import ClassVar

import msgspec

from contracts import codec, registry
from contracts.messages import Event, MessageType

CONTEXT = "bench"
TABLE = "table"
# Bytes of one body, as of a small real fact.
BODY_BYTES = 384
KEYS = 5_000


class PlayerSeated(Event, frozen=True, kw_only=True):
    """A player sat down."""

    TYPE: ClassVar = MessageType(CONTEXT, TABLE, "player_seated", "table_id")
    table_id: str
    player: str
    name: str
    country: str
    seat: int
    stack: int
    note: str = ""


class StackCounted(Event, frozen=True, kw_only=True):
    """Somebody counted a stack."""

    TYPE: ClassVar = MessageType(CONTEXT, TABLE, "stack_counted", "table_id")
    table_id: str
    player: str
    stack: int
    hands: int
    note: str = ""


class PlayerMoved(Event, frozen=True, kw_only=True):
    """A player changed seats."""

    TYPE: ClassVar = MessageType(CONTEXT, TABLE, "player_moved", "table_id")
    table_id: str
    player: str
    seat: int
    reason: str
    note: str = ""


EVENTS: tuple[type[Event], ...] = (PlayerSeated, StackCounted, PlayerMoved)


def register(*kinds: type[Event]) -> None:
    """Let this process decode these events as it does those of the catalogue."""
    for kind in kinds:
        text = kind.TYPE.text
        registry.BY_TYPE[text] = kind  # type: ignore[index]
        codec._decoders[text] = msgspec.json.Decoder(kind)  # type: ignore[index]


def event(number: int, table_id: str) -> Event:
    """The `number`-th event of the log (from 0): every player in turn, mostly counted stacks."""
    player = f"player-{number % KEYS:05d}"
    turn = number // KEYS
    if turn == 0:
        said: Event = PlayerSeated(
            table_id=table_id,
            player=player,
            name=f"Robin Fenwick {number}",
            country="SE",
            seat=number % 9 + 1,
            stack=50_000,
        )
    elif turn % 10 == 9:
        said = PlayerMoved(table_id=table_id, player=player, seat=number % 9 + 1, reason="balance")
    else:
        said = StackCounted(table_id=table_id, player=player, stack=number % 1_000_003, hands=turn)
    missing = BODY_BYTES - len(codec.encode(said))
    return msgspec.structs.replace(said, note="x" * missing)
