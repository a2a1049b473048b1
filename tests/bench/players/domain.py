"""A table of players with ten columns, folded from the benchmark's events."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

import msgspec

from contracts.messages import Event
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from tests.bench.players.events import EVENTS, PlayerMoved, PlayerSeated, StackCounted


class PlayerRow(Row, frozen=True, kw_only=True):
    """One player as last heard of."""

    TABLE: ClassVar = "player"
    KEY: ClassVar = ("player",)
    player: str
    table_id: str
    name: str
    country: str
    seat: int
    stack: int
    hands: int
    moves: int
    last_sequence: int
    said_at: datetime


class PlayersFold:
    """See `contracts.rows.Fold`."""

    handles: tuple[type[Event], ...] = EVENTS

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The one row an event changes."""
        return [(PlayerRow, (recorded.event.player,))]  # type: ignore[attr-defined]

    def block_key(self, recorded: Recorded) -> str:
        """Players do not wait for each other."""
        return str(recorded.event.player)  # type: ignore[attr-defined]

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event."""
        event = recorded.event
        heard = {"last_sequence": recorded.sequence, "said_at": recorded.said_at}
        match event:
            case PlayerSeated():
                rows.put(
                    PlayerRow(
                        player=event.player,
                        table_id=event.table_id,
                        name=event.name,
                        country=event.country,
                        seat=event.seat,
                        stack=event.stack,
                        hands=0,
                        moves=0,
                        **heard,
                    )
                )
            case StackCounted():
                row = rows.get(PlayerRow, event.player)
                assert row is not None
                change = {"stack": event.stack, "hands": event.hands} | heard
                rows.put(msgspec.structs.replace(row, **change))
            case PlayerMoved():
                row = rows.get(PlayerRow, event.player)
                assert row is not None
                change = {"seat": event.seat, "moves": row.moves + 1} | heard
                rows.put(msgspec.structs.replace(row, **change))
