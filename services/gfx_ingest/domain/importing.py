"""Which version of a hand holds, and what is said about a file.

A game is told by files at several paths. The newest content of a path replaces what that path told
before. Contents of different paths are ranked, and for every hand that several hold, the highest
one counts, whatever arrived first. A decision therefore compares all present contents of a game:
the file that is imported, its rivals (the accounted contents of other paths, read again), and what
is only remembered because its file is gone. A hand once known is never dropped.
"""

from collections.abc import Iterable, Sequence, Set
from datetime import datetime
from typing import Any, Literal

import msgspec

from contracts.decision import Refusal, conflict, invalid
from contracts.errors import BadMessage
from contracts.messages import Event
from contracts.messages.gfx import (
    FileRemoved,
    FileSkipped,
    FileSource,
    GameSeen,
    HandRecorded,
    HandRestored,
    HandRevised,
    HandWithdrawn,
    SnapshotRead,
)
from services.gfx_ingest.domain.batch import beginning
from services.gfx_ingest.domain.last_hand import HandFact, last_hand
from services.gfx_ingest.domain.state import Game, HeldHand, PathTold, Rank, Snapshot, ToldHand

# Of the events that close a file: the last hands of the game, and what became of the file.
CLOSING_EVENTS = 3


# Hands of one game. A day has some 170; the start ticks of all of them fit the event that closes a
# file, should its fullest content lack them.
HANDS_MAX = 10_000


class ImportSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Take in one file. `rivals` are the accounted contents of the game's other paths, as far as
    they can still be read.
    """

    snapshot: Snapshot
    rivals: tuple[Snapshot, ...] = ()


class RemoveFile(msgspec.Struct, frozen=True, kw_only=True):
    """The file with this content is gone from the table's folder."""

    game_id: str
    source: FileSource


def import_snapshot(
    command: ImportSnapshot, state: Game, now: datetime, quiet_at: datetime
) -> Sequence[Event] | Refusal:
    snapshot = command.snapshot
    if state.table not in ("", snapshot.table):
        message = f"game {snapshot.game_id} belongs to table {state.table}"
        return conflict("other_table", message)
    if state.accounted(snapshot.source):
        return ()
    facts = _hand_facts(command, state)
    known = state.hands.keys() | {fact.hand.start_ticks for fact in facts}
    if len(known) > HANDS_MAX:
        message = f"with this file the game has {len(known)} hands, the limit is {HANDS_MAX}"
        return invalid("too_many_hands", message)
    verdict = _verdict(command, state, facts, known)
    said: list[Event] = [] if state.table else [_game_seen(snapshot)]
    said += facts
    if isinstance(verdict, SnapshotRead):
        said += _withdrawals(command, state, facts, set(verdict.absent))
    try:
        chunk = beginning(said, CLOSING_EVENTS)
    except BadMessage as error:
        return invalid("hand_too_large", str(error))
    if len(chunk) < len(said):
        return chunk
    files = (snapshot, *command.rivals)
    return (*chunk, *last_hand(files, state, facts, now, quiet_at), verdict)


def remove_file(command: RemoveFile, state: Game) -> Sequence[Event]:
    told = state.paths.get(command.source.path)
    if told is None or told.gone or told.sha256 != command.source.sha256:
        return ()
    return (FileRemoved(game_id=command.game_id, table=state.table, source=command.source),)


def _hand_facts(command: ImportSnapshot, state: Game) -> list[HandFact]:
    """What holds now and did not hold before, by start ticks."""
    present = {each.source.path: each for each in (*command.rivals, command.snapshot)}
    best: dict[str, tuple[Rank, Snapshot, ToldHand]] = {}
    for snapshot in present.values():
        rank = snapshot.rank
        for told in snapshot.hands:
            ticks = told.hand.start_ticks
            if ticks not in best or rank > best[ticks][0]:
                best[ticks] = (rank, snapshot, told)
    facts: list[HandFact] = []
    for ticks in sorted(best, key=int):
        rank, snapshot, told = best[ticks]
        held = state.hands.get(ticks)
        base: dict[str, Any] = {"game_id": snapshot.game_id, "source": snapshot.source}
        base |= {"ordinal": told.ordinal, "digest": told.digest, "hand": told.hand}
        if held is None:
            facts.append(HandRecorded(**base))
        elif held.digest != told.digest and (
            held.path in present or rank > state.paths[held.path].rank
        ):
            reason: Literal["rewritten", "outranked"] = (
                "rewritten" if held.path == snapshot.source.path else "outranked"
            )
            facts.append(HandRevised(**base, old_digest=held.digest, reason=reason))
    return facts


def _game_seen(snapshot: Snapshot) -> GameSeen:
    return GameSeen(
        game_id=snapshot.game_id,
        table=snapshot.table,
        table_type=snapshot.table_type,
        created_utc=snapshot.created_utc,
        software=snapshot.software,
        event_title=snapshot.event_title,
        source=snapshot.source,
    )


def _verdict(
    command: ImportSnapshot, state: Game, facts: Sequence[HandFact], known: Set[str]
) -> SnapshotRead | FileSkipped:
    """The event that closes a file: read, or skipped because it said nothing new.

    `known` are all hands of the game once the facts are said.
    """
    snapshot = command.snapshot
    told = state.paths.get(snapshot.source.path, PathTold())
    resumed = told.open_sha256 == snapshot.source.sha256
    recorded = sum(isinstance(fact, HandRecorded) for fact in facts)
    revised = len(facts) - recorded
    absent = _absent(command, state, known)
    if not facts and not resumed and state.table:
        reason = _skip_reason(snapshot, state, absent)
        if reason:
            return FileSkipped(
                game_id=snapshot.game_id,
                table=snapshot.table,
                source=snapshot.source,
                bytes=snapshot.bytes,
                hands=len(snapshot.hands),
                reason=reason,
            )
    hands, last, actions, duration, _ = snapshot.rank
    return SnapshotRead(
        game_id=snapshot.game_id,
        table=snapshot.table,
        source=snapshot.source,
        bytes=snapshot.bytes,
        hands=hands,
        last_start_ticks=str(last),
        actions=actions,
        duration_ticks=duration,
        recorded=recorded + (told.recorded if resumed else 0),
        revised=revised + (told.revised if resumed else 0),
        absent=absent,
    )


def _skip_reason(
    snapshot: Snapshot, state: Game, absent: tuple[str, ...]
) -> Literal["duplicate", "stale", "unchanged"] | None:
    """Why a file without news about hands is skipped; None if it brings absent ones back."""
    found = set(state.absent) - set(absent)
    if snapshot.source.sha256 in state.contents:
        return None if found else "duplicate"
    if len(snapshot.hands) < len(state.hands):
        return None if found else "stale"
    return "unchanged" if absent == state.absent else None


def _absent(command: ImportSnapshot, state: Game, known: Iterable[str]) -> tuple[str, ...]:
    """Known hands that the highest-ranked content of the game lacks."""
    _, highest = _highest(command, state)
    if highest is None:  # its file is gone, so what it lacks is remembered; it has no new hand
        lacking = {*state.absent, *(ticks for ticks in known if ticks not in state.hands)}
    else:
        lacking = set(known) - {told.hand.start_ticks for told in highest.hands}
    return tuple(sorted(lacking, key=int))


def _highest(command: ImportSnapshot, state: Game) -> tuple[FileSource, Snapshot | None]:
    """The highest-ranked content of the game; only its name if its file cannot be read."""
    present = {each.source.path: each for each in (*command.rivals, command.snapshot)}
    highest = max(present.values(), key=lambda each: each.rank)
    gone = {path: told for path, told in state.paths.items() if path not in present}
    path = max(gone, key=lambda each: gone[each].rank, default="")
    if path and gone[path].rank > highest.rank:
        return FileSource(path=path, sha256=gone[path].sha256), None
    return highest.source, highest


def _withdrawals(
    command: ImportSnapshot, state: Game, facts: Sequence[HandFact], absent: set[str]
) -> Iterable[HandWithdrawn | HandRestored]:
    """What changed in which known hands the highest-ranked content lacks, by start ticks."""
    source, _ = _highest(command, state)
    digests = {ticks: held.digest for ticks, held in state.hands.items()}
    digests |= {fact.hand.start_ticks: fact.digest for fact in facts}
    for ticks in sorted(absent ^ state.withdrawn, key=int):
        place: dict[str, Any] = {"game_id": command.snapshot.game_id, "start_ticks": ticks}
        if ticks in absent:
            yield HandWithdrawn(**place, digest=digests[ticks], source=source)
        else:
            yield HandRestored(**place, source=source)


def follow(state: Game, event: Event) -> None:
    """Keep what was said about the files of a game and about the hands in them."""
    match event:
        case GameSeen():
            state.game_id, state.table = event.game_id, event.table
        case HandRecorded() | HandRevised():
            _hold(state, event)
        case HandWithdrawn():
            state.withdrawn.add(event.start_ticks)
        case HandRestored():
            state.withdrawn.discard(event.start_ticks)
        case SnapshotRead():
            _close(state, event.source, _rank_of(event), skipped=False)
            _follow_highest(state, event)
        case FileSkipped():
            _close(state, event.source, _rank_of_skipped(state, event), skipped=True)
        case FileRemoved():
            state.paths[event.source.path].gone = True
        case _:
            pass


def _hold(state: Game, event: HandFact) -> None:
    source = event.source
    state.hands[event.hand.start_ticks] = HeldHand(event.digest, source.path)
    told = state.paths.setdefault(source.path, PathTold())
    if told.sha256 == source.sha256 and not told.gone:
        return  # a rival's content, closed before
    if told.open_sha256 != source.sha256:
        told.open_sha256, told.recorded, told.revised = source.sha256, 0, 0
    told.recorded += isinstance(event, HandRecorded)
    told.revised += isinstance(event, HandRevised)


def _close(state: Game, source: FileSource, rank: Rank, *, skipped: bool) -> None:
    state.paths[source.path] = PathTold(sha256=source.sha256, rank=rank, skipped=skipped)
    state.contents.add(source.sha256)


def _follow_highest(state: Game, event: SnapshotRead) -> None:
    """Hands the highest-ranked content tells are its own from now on."""
    state.absent = event.absent
    path = event.source.path
    if max(state.paths, key=lambda each: state.paths[each].rank) == path:
        for ticks in state.hands.keys() - set(event.absent):
            state.hands[ticks].path = path


def _rank_of(event: SnapshotRead) -> Rank:
    last = int(event.last_start_ticks)
    return (event.hands, last, event.actions, event.duration_ticks, event.source.sha256)


def _rank_of_skipped(state: Game, event: FileSkipped) -> Rank:
    """A skipped file tells what is known, so with as many hands it ranks like what told them."""
    alike = (told.rank for told in state.paths.values() if told.rank[0] == event.hands)
    _, last, actions, duration, _ = max(alike, default=(0, 0, 0, 0, ""))
    return (event.hands, last, actions, duration, event.source.sha256)
