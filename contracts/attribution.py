"""Which games count, which event their hands are of, and who really sat where.

Source rows keep the source's own words. What people said about a game lies in the three small
tables below, which every projection of hands carries, and is resolved by its views: so a word of
an operator changes the past, and taking it back restores it exactly.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

from contracts.messages import Event
from contracts.messages.gfx_game import (
    GameBound,
    GameExcluded,
    GameIncluded,
    GameUnbound,
    SeatCorrected,
    SeatCorrectionWithdrawn,
)
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows

HANDLES: tuple[type[Event], ...] = (
    GameBound,
    GameUnbound,
    GameExcluded,
    GameIncluded,
    SeatCorrected,
    SeatCorrectionWithdrawn,
)


class ExcludedGameRow(Row, frozen=True, kw_only=True):
    """A game that does not count."""

    TABLE: ClassVar = "excluded_game"
    KEY: ClassVar = ("game_id",)
    AUDIT: ClassVar = ("sequence",)

    game_id: str
    reason: str
    actor: str
    sequence: int


class BindingRow(Row, frozen=True, kw_only=True):
    """Hands from `from_ticks` up to, not including, `to_ticks` are of an event."""

    TABLE: ClassVar = "binding"
    KEY: ClassVar = ("game_id", "from_ticks")
    AUDIT: ClassVar = ("sequence",)

    game_id: str
    from_ticks: int
    to_ticks: int | None
    event_id: str
    actor: str
    sequence: int


class SeatCorrectionRow(Row, frozen=True, kw_only=True):
    """Who sat in a seat in hands from `from_ticks` to `to_ticks`, both included."""

    TABLE: ClassVar = "seat_correction"
    KEY: ClassVar = ("game_id", "correction_id")
    AUDIT: ClassVar = ("sequence",)

    game_id: str
    correction_id: str
    seat: int
    from_ticks: int
    to_ticks: int | None
    person_id: str
    name: str
    long_name: str
    reason: str
    actor: str
    sequence: int


ROWS: tuple[type[Row], ...] = (ExcludedGameRow, BindingRow, SeatCorrectionRow)


def keys(event: Event) -> Iterable[tuple[type[Row], Key]]:
    """The rows that `attribute` may remove for this event."""
    match event:
        case GameIncluded():
            yield ExcludedGameRow, (event.game_id,)
        case GameUnbound():
            yield BindingRow, (event.game_id, int(event.from_ticks))
        case SeatCorrectionWithdrawn():
            yield SeatCorrectionRow, (event.game_id, event.correction_id)
        case _:
            pass


def attribute(recorded: Recorded, rows: Rows) -> None:
    """Apply what an operator said about a game; other events change nothing."""
    said: dict[str, Any] = {"actor": recorded.envelope.actor, "sequence": recorded.sequence}
    match recorded.event:
        case GameExcluded() as event:
            rows.put(ExcludedGameRow(game_id=event.game_id, reason=event.reason, **said))
        case GameIncluded() as event:
            rows.delete(ExcludedGameRow, event.game_id)
        case GameBound() as event:
            rows.put(
                BindingRow(
                    game_id=event.game_id,
                    from_ticks=int(event.from_ticks),
                    to_ticks=_ticks(event.to_ticks),
                    event_id=event.event_id,
                    **said,
                )
            )
        case GameUnbound() as event:
            rows.delete(BindingRow, event.game_id, int(event.from_ticks))
        case SeatCorrected() as event:
            rows.put(
                SeatCorrectionRow(
                    game_id=event.game_id,
                    correction_id=event.correction_id,
                    seat=event.seat,
                    from_ticks=int(event.from_ticks),
                    to_ticks=_ticks(event.to_ticks),
                    person_id=event.person_id,
                    name=event.name,
                    long_name=event.long_name,
                    reason=event.reason,
                    **said,
                )
            )
        case SeatCorrectionWithdrawn() as event:
            rows.delete(SeatCorrectionRow, event.game_id, event.correction_id)
        case _:
            pass


def _ticks(text: str | None) -> int | None:
    return None if text is None else int(text)
