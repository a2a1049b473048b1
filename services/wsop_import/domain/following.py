"""What an event about an import changes in what is kept."""

from contracts.messages import Event
from contracts.messages.wsop import (
    ChipCountsTold,
    EventsTold,
    ImportClosed,
    ImportRejected,
    ImportSkipped,
    ImportStarted,
    PlayersTold,
    RowsNoted,
    RowsRejected,
    StandingsTold,
)
from contracts.tournament import EventFields, PlayerFields
from services.wsop_import.domain.arranging import merge
from services.wsop_import.domain.state import (
    FACTS_READ_MAX,
    Catalogue,
    ContentTold,
    Import,
    MomentTold,
)


def follow(state: Import, event: Event, catalogue: Catalogue) -> Import:
    """State of an import after an event about it; changes both objects it is given."""
    said = state.said + 1
    state = _follow(state, event, catalogue)
    state.said = said
    return state


def _follow(state: Import, event: Event, catalogue: Catalogue) -> Import:
    match event:
        case ImportStarted():
            catalogue.open[event.import_id] = event.file
            return Import(
                status="open",
                kind=event.kind,
                file=event.file,
                rows=event.rows,
                unknown_columns_count=event.unknown_columns_count,
                unread=state.unread,
            )
        case RowsRejected() | RowsNoted():
            state.progress = event.progress
            state.noted += len(event.findings) if isinstance(event, RowsNoted) else 0
        case EventsTold() | PlayersTold() | ChipCountsTold() | StandingsTold():
            state.progress = event.progress
            state.facts += 1
            _learn(state, event, catalogue)
        case ImportClosed():
            return _close(state, event, catalogue)
        case ImportSkipped():
            catalogue.account(event.file, event.kind)
        case ImportRejected() if event.file.sha256:
            catalogue.open.pop(event.import_id, None)
            catalogue.account(event.file, event.kind)
        case ImportRejected():
            state.unread.add(event.code)
    return state


def _learn(
    state: Import,
    event: EventsTold | PlayersTold | ChipCountsTold | StandingsTold,
    catalogue: Catalogue,
) -> None:
    match event:
        case EventsTold():
            for told in event.rows:
                known = catalogue.events.get(told.event_id, EventFields())
                catalogue.events[told.event_id] = merge(known, told.new)
        case PlayersTold():
            for row in event.rows:
                player = catalogue.players.get(row.player_id, PlayerFields())
                catalogue.players[row.player_id] = merge(player, row.new)
        case ChipCountsTold() if state.facts <= FACTS_READ_MAX:
            moment = (event.event_id, event.recorded_at)
            before = catalogue.moments.get(moment)
            imports = before.imports if before else ()
            if event.import_id not in imports:
                imports = (*imports, event.import_id)
            catalogue.moments[moment] = MomentTold(event.moment_digest, imports)
        case ChipCountsTold():
            catalogue.moments.pop((event.event_id, event.recorded_at), None)
        case StandingsTold():
            state.pending[event.event_id, event.snapshot_at] = event.snapshot_digest


def _close(state: Import, event: ImportClosed, catalogue: Catalogue) -> Import:
    catalogue.open.pop(event.import_id, None)
    if event.status == "abandoned":
        return Import(status="abandoned", unread=state.unread)
    catalogue.snapshots.update(state.pending)
    catalogue.contents[event.file.sha256] = ContentTold(event.import_id, event.kind)
    catalogue.account(event.file, event.kind)
    return Import(status="closed", unread=state.unread)
