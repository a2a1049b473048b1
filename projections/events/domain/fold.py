"""The fold of events."""

from collections.abc import Iterable, Sequence

from msgspec import structs

from contracts.messages import Event
from contracts.messages.gfx import HandRecorded, HandRevised
from contracts.messages.wsop import (
    ChipCountsTold,
    EventsTold,
    ImportClosed,
    ImportStarted,
    StandingsTold,
)
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.events.domain import fields, words
from projections.events.domain.rows import EventRow, HandRow, ImportRow

# Facts of all imports depend on each other, by what a later one changes.
PLATFORM = "wsop"


class EventsFold:
    """Follows what is told of events and what operators say of them, and the blinds of hands."""

    handles: Sequence[type[Event]] = (
        ImportStarted,
        EventsTold,
        ChipCountsTold,
        StandingsTold,
        ImportClosed,
        HandRecorded,
        HandRevised,
        *words.HANDLES,
    )

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The import, the events told of, and the word of an operator."""
        match recorded.event:
            case ImportClosed() as event:
                yield ImportRow, (event.import_id,)
            case EventsTold() as event:
                for row in event.rows:
                    yield EventRow, (row.event_id,)
            case ChipCountsTold() | StandingsTold() as event:
                yield EventRow, (event.event_id,)
            case event:
                yield from words.keys(event)

    def block_key(self, recorded: Recorded) -> str:
        """All the platform's files say is one block; a word, a game and a link stand alone."""
        if isinstance(recorded.event, words.OF_EVENT):
            return recorded.event.subject.rpartition(".")[0]
        if recorded.event.TYPE.owner == PLATFORM:
            return PLATFORM
        return recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event; raises LookupError for an import that was never started."""
        match recorded.event:
            case ImportStarted() as event:
                rows.put(
                    ImportRow(
                        import_id=event.import_id,
                        kind=event.kind,
                        path=event.file.path,
                        sha256=event.file.sha256,
                        content_at=event.file.content_at,
                        started_at=recorded.said_at,
                    )
                )
            case EventsTold() as event:
                fields.keep_fields(event, recorded, rows)
            case ChipCountsTold() as event:
                fields.told_of(event.event_id, recorded, rows)
            case StandingsTold() as event:
                fields.keep_snapshot(event, recorded, rows)
            case ImportClosed() as event:
                _close(event, recorded, rows)
            case HandRecorded() | HandRevised() as event:
                blinds = event.hand.blinds
                rows.put(
                    HandRow(
                        game_id=event.game_id,
                        start_ticks=int(event.hand.start_ticks),
                        small_blind=blinds.small_blind,
                        big_blind=blinds.big_blind,
                        ante=blinds.ante,
                    )
                )
            case _:
                words.follow(recorded, rows)


def _close(event: ImportClosed, recorded: Recorded, rows: Rows) -> None:
    started = rows.get(ImportRow, event.import_id)
    if started is None:
        raise LookupError(f"import {event.import_id} was never started")
    rows.put(structs.replace(started, status=event.status, closed_seq=recorded.sequence))
