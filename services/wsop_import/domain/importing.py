"""What is decided about one import: taken in step by step, skipped, rejected or abandoned."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from contracts.decision import Refusal, conflict, invalid
from contracts.messages import Event
from contracts.messages.wsop import (
    Counts,
    ImportClosed,
    ImportFile,
    ImportRejected,
    ImportSkipped,
    ImportStarted,
    Kind,
    Progress,
)
from services.wsop_import.domain.arranging import Work
from services.wsop_import.domain.state import EVENTS_MAX, PLAYERS_MAX, Catalogue, Import
from services.wsop_import.domain.telling import Held, Teller, moments_to_read

# Facts of one append: 4,000 rows. An atomic batch of twenty is stored within some milliseconds.
FACTS_MAX = 20


class BeginFile(msgspec.Struct, frozen=True, kw_only=True):
    """Say that a content is taken in from now on."""

    work: Work


class TellFile(msgspec.Struct, frozen=True, kw_only=True):
    """Say what a content tells; to be decided again until the import is closed.

    `said` are the facts about the import that whoever asks knew of, together with everything that
    was said before them of the other imports. Nothing follows when there are more by now.
    """

    work: Work
    held: Held
    said: int


class SkipFile(msgspec.Struct, frozen=True, kw_only=True):
    """Say that these bytes were taken in before."""

    import_id: str
    file: ImportFile


class RejectFile(msgspec.Struct, frozen=True, kw_only=True):
    """Say that a content cannot be read."""

    import_id: str
    file: ImportFile
    kind: Kind | None
    code: str
    reason: str
    position: str


class AbandonFile(msgspec.Struct, frozen=True, kw_only=True):
    """The content is gone before all of it was said."""

    import_id: str


type ImportCommand = BeginFile | TellFile | SkipFile | RejectFile | AbandonFile


def decide_import(
    command: ImportCommand, state: Import, catalogue: Catalogue, now: datetime
) -> Sequence[Event] | Refusal:
    """Events about an import. Refusals: `too_many_known` (for ever), `moment_moved` (again)."""
    match command:
        case BeginFile():
            return _begin(command, state, catalogue)
        case TellFile():
            return _tell(command, state, catalogue, now)
        case SkipFile():
            return _skip(command, catalogue)
        case RejectFile():
            if command.code in state.unread or _accounted(command.file, catalogue):
                return ()
            return (ImportRejected(**msgspec.structs.asdict(command)),)
        case AbandonFile():
            return _abandon(command, state)


def _accounted(file: ImportFile, catalogue: Catalogue) -> bool:
    return bool(file.sha256) and catalogue.accounted(file.path, file.sha256)


def _skip(command: SkipFile, catalogue: Catalogue) -> Sequence[Event]:
    told = catalogue.contents.get(command.file.sha256)
    if told is None or _accounted(command.file, catalogue):
        return ()
    return (
        ImportSkipped(
            import_id=command.import_id,
            kind=told.kind,
            file=command.file,
            same_as=told.import_id,
        ),
    )


def _abandon(command: AbandonFile, state: Import) -> Sequence[Event]:
    if state.file is None:
        return ()
    return (
        ImportClosed(
            import_id=command.import_id,
            kind=state.kind,
            file=state.file,
            status="abandoned",
            rows=state.rows,
            counts=state.progress.counts if state.progress else Counts(),
            noted=state.noted,
            unknown_columns_count=state.unknown_columns_count,
        ),
    )


def _begin(command: BeginFile, state: Import, catalogue: Catalogue) -> Sequence[Event] | Refusal:
    parsed = command.work.parsed
    again = catalogue.zone_told_since(parsed.file.sha256)
    if state.status in ("open", "closed") or (_accounted(parsed.file, catalogue) and not again):
        return ()
    if refusal := _too_many(command.work, catalogue):
        return refusal
    started = ImportStarted(
        import_id=parsed.import_id,
        kind=parsed.kind,
        layout=parsed.layout,
        file=parsed.file,
        rows=parsed.rows,
        exported_at=parsed.exported_at,
        unknown_columns=parsed.unknown_columns,
        unknown_columns_count=parsed.unknown_columns_count,
    )
    return (started,)


def _tell(
    command: TellFile, state: Import, catalogue: Catalogue, now: datetime
) -> Sequence[Event] | Refusal:
    parsed = command.work.parsed
    if state.status != "open" or state.said != command.said:
        return ()
    if refusal := _too_many(command.work, catalogue):
        return refusal
    progress = state.progress or Progress(through=0, counts=command.work.counts)
    for group in moments_to_read(command.work, catalogue, progress.through):
        if (group.event_id, group.moment) not in command.held:
            message = "another import told of the same moment meanwhile"
            return conflict("moment_moved", message)
    events: list[Event] = []
    teller = Teller(command.work, catalogue, command.held, progress, now)
    for fact in teller.facts():
        events.append(fact)
        if len(events) >= FACTS_MAX:
            return events
    counts = Counts(**teller.tally)
    bad = counts.rejected or counts.fields_rejected
    events.append(
        ImportClosed(
            import_id=parsed.import_id,
            kind=parsed.kind,
            file=parsed.file,
            status="partial" if bad else "completed",
            rows=parsed.rows,
            counts=counts,
            noted=len(command.work.notes),
            unknown_columns_count=parsed.unknown_columns_count,
        )
    )
    return events


def _too_many(work: Work, catalogue: Catalogue) -> Refusal | None:
    known, limit = (
        (catalogue.events.keys(), EVENTS_MAX)
        if work.parsed.kind == "events"
        else (catalogue.players.keys(), PLAYERS_MAX)
    )
    if len(known | {record.key for record in work.people}) <= limit:
        return None
    message = f"with this file more than {limit} {work.parsed.kind} would be known"
    return invalid("too_many_known", message)
