"""Words of people that the views resolve, kept also when they no longer hold.

What holds lies in the rows that all projections of hands share (`contracts.attribution`,
`contracts.links`) and in the holds. So that a read can go back to a sequence, a row that is
replaced or deleted becomes a former word.
"""

import msgspec

from contracts import attribution, codec, links
from contracts.messages import Event
from contracts.messages.gfx_game import (
    GameBound,
    GameExcluded,
    GameIncluded,
    GameUnbound,
    SeatCorrected,
    SeatCorrectionWithdrawn,
)
from contracts.messages.override import LinkRemoved, LinkVerified
from contracts.messages.wsop_event import HoldSet
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.chip_counts.domain.rows import FormerWordRow, HoldRow

type Word = (
    HoldRow
    | attribution.ExcludedGameRow
    | attribution.BindingRow
    | attribution.SeatCorrectionRow
    | links.LinkRow
)

HANDLES: tuple[type[Event], ...] = (HoldSet, *attribution.HANDLES, *links.HANDLES)


def key(event: Event) -> tuple[type[Word], Key]:
    """The row that a word sets, replaces or deletes."""
    match event:
        case HoldSet():
            return HoldRow, (event.event_id,)
        case GameExcluded() | GameIncluded():
            return attribution.ExcludedGameRow, (event.game_id,)
        case GameBound() | GameUnbound():
            return attribution.BindingRow, (event.game_id, int(event.from_ticks))
        case SeatCorrected() | SeatCorrectionWithdrawn():
            return attribution.SeatCorrectionRow, (event.game_id, event.correction_id)
        case LinkVerified() | LinkRemoved():
            return links.LinkRow, (event.person_id,)
        case _:
            raise TypeError(event)


def follow(recorded: Recorded, rows: Rows) -> None:
    """Apply a word; what it replaces or deletes is kept as it was."""
    kind, place = key(recorded.event)
    before: Word | None = rows.get(kind, *place)
    match recorded.event:
        case HoldSet(event_id=event_id, minutes=minutes):
            rows.put(HoldRow(event_id=event_id, minutes=minutes, sequence=recorded.sequence))
        case _:
            attribution.attribute(recorded, rows)
            links.follow(recorded, rows)
    if before is not None and rows.get(kind, *place) != before:
        rows.put(_former(before, recorded.sequence))


def _former(word: Word, sequence: int) -> Row:
    return FormerWordRow(
        kind=word.TABLE,
        word_key=codec.canonical(word.key).decode(),
        from_seq=word.sequence,
        to_seq=sequence,
        word=msgspec.Raw(msgspec.json.encode(word)),
    )
