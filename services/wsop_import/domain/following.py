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
from services.wsop_import.domain.records import NO_EVENT, unzoned_rows
from services.wsop_import.domain.state import (
    FACTS_READ_MAX,
    Catalogue,
    ContentTold,
    Import,
    MomentTold,
    SnapshotTold,
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
            if isinstance(event, RowsNoted):
                state.noted += len(event.findings)
            else:
                state.unzoned += unzoned_rows(event.findings)
        case EventsTold() | PlayersTold() | ChipCountsTold() | StandingsTold():
            state.progress = event.progress
            state.facts += 1
            _learn(state, event, catalogue)
        case ImportClosed():
            return _close(state, event, catalogue)
        case ImportSkipped():
            catalogue.account(event.file, event.kind)
        case ImportRejected() if event.file.sha256 and event.code != NO_EVENT:
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
                catalogue.zones += isinstance(told.new.timezone, str)
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
    before = catalogue.contents.get(event.file.sha256)
    arrival = catalogue.arrival(event.file.sha256)
    catalogue.arrivals = max(catalogue.arrivals, arrival)
    if event.status == "abandoned":
        return Import(status="abandoned", unread=state.unread, arrival=arrival)
    for moment, digest in state.pending.items():
        catalogue.snapshots[moment] = SnapshotTold(digest, arrival)
    catalogue.contents[event.file.sha256] = ContentTold(
        import_id=event.import_id,
        kind=event.kind,
        arrival=arrival,
        takes=before.takes + 1 if before else 1,
        # Moments that are as if forgotten could be told over what came later.
        unzoned=state.unzoned if state.facts <= FACTS_READ_MAX else 0,
        zones=catalogue.zones,
    )
    catalogue.account(event.file, event.kind)
    return Import(status="closed", unread=state.unread, arrival=arrival)
