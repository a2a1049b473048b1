"""The fold of standings: what was told is stored at once, and counts when its import is closed."""

from collections.abc import Iterable, Sequence

from contracts import attribution, links, persons
from contracts.messages import Event
from contracts.messages.gfx import GameSeen, HandRecorded, HandRevised
from contracts.messages.wsop import (
    ChipCountsTold,
    EventsTold,
    ImportClosed,
    PlayersTold,
    StandingsTold,
)
from contracts.recorded import Recorded
from contracts.rows import Key, Row, Rows
from projections.standings.domain import (
    counting,
    games,
    imports,
    operators,
    people,
    places,
    stacks,
)
from projections.standings.domain.rows import EventRow, ImportRow, PlayerRow
from projections.standings.domain.set_rows import StandingRow

# Facts of all imports depend on each other, by what a later one corrects.
PLATFORM = "wsop"


class StandingsFold:
    """Follows events, stacks, places and hands."""

    handles: Sequence[type[Event]] = (
        EventsTold,
        PlayersTold,
        ChipCountsTold,
        StandingsTold,
        ImportClosed,
        *operators.HANDLES,
        GameSeen,
        HandRecorded,
        HandRevised,
        *attribution.HANDLES,
        *links.HANDLES,
    )

    def keys(self, recorded: Recorded) -> Iterable[tuple[type[Row], Key]]:
        """The import, the events it tells of with their stacks, and who the rows name."""
        match recorded.event:
            case ImportClosed() as event:
                yield ImportRow, (event.import_id,)
            case EventsTold() as event:
                yield ImportRow, (event.import_id,)
                for row in event.rows:
                    yield EventRow, (row.event_id,)
                    yield counting.recomputed_key(row.event_id)
            case PlayersTold() as event:
                for player in event.rows:
                    yield PlayerRow, (persons.of_wsop_player(player.player_id),)
            case ChipCountsTold() | StandingsTold() as event:
                yield ImportRow, (event.import_id,)
                yield EventRow, (event.event_id,)
                yield counting.recomputed_key(event.event_id)
                yield from stacks.bucket_keys(event.event_id)
                yield from people.entrant_keys(event)
                if isinstance(event, StandingsTold):
                    yield StandingRow, (places.told_id(event),)
                    yield counting.snapshot_key(event.event_id, event.snapshot_at)
            case HandRevised() as event:
                yield from games.hand_keys(event)
            case event:
                yield from attribution.keys(event)
                yield from operators.keys(event)
                yield from links.keys(event)

    def further_keys(self, recorded: Recorded, rows: Rows) -> Iterable[tuple[type[Row], Key]]:
        """The stacks of events whose figures change, and of those whose import is closed."""
        match recorded.event:
            case ImportClosed() as event:
                known = rows.get(ImportRow, event.import_id) or ImportRow(import_id=event.import_id)
                for event_id in known.events:
                    yield EventRow, (event_id,)
                    yield counting.recomputed_key(event_id)
                    yield from stacks.bucket_keys(event_id)
                for pending in known.snapshots:
                    yield counting.snapshot_key(pending.event_id, pending.counted.at)
            case EventsTold() as event:
                for row in event.rows:
                    told = rows.get(EventRow, row.event_id)
                    if told is not None and told.moments:
                        yield from stacks.bucket_keys(row.event_id)
            case _:
                pass

    def block_key(self, recorded: Recorded) -> str:
        """All the platform says is one block; a game and a person stand for themselves."""
        if recorded.event.TYPE.owner == PLATFORM:
            return PLATFORM
        return recorded.event.subject_id

    def project(self, recorded: Recorded, rows: Rows) -> None:
        """Apply one event; raises LookupError where what it follows was never told."""
        match recorded.event:
            case EventsTold() as event:
                imports.keep_figures(event, recorded, rows)
            case PlayersTold() as event:
                people.name_players(event, recorded.sequence, rows)
            case ChipCountsTold() as event:
                known = imports.told_of(event.import_id, event.event_id, recorded, rows)
                rows.put(stacks.with_moment(known, event))
                stacks.keep_stacks(event, rows)
                people.meet_counted(event, recorded.sequence, rows)
            case StandingsTold() as event:
                imports.keep_pending(event, recorded, rows)
                places.store_snapshot(event, rows)
                people.meet_placed(event, recorded.sequence, rows)
            case ImportClosed() as event:
                imports.close(event, recorded, rows)
            case GameSeen() as event:
                games.see_game(event, rows)
            case HandRecorded() | HandRevised() as event:
                games.see_hand(event, recorded.sequence, rows)
            case _:
                attribution.attribute(recorded, rows)
                operators.follow(recorded, rows)
                links.follow(recorded, rows)
