"""Which version of a hand holds, and what is said about a file.

A game is told by files at several paths. The newest content of a path replaces what that path told
before. Contents of different paths are ranked, and for every hand that several hold, the highest
one counts, whatever arrived first. A decision therefore compares all present contents of a game:
the file that is imported, its rivals (the accounted contents of other paths, read again), and what
is only remembered because its file is gone. A hand once known is never dropped.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from contracts import codec
from contracts.decision import Refusal
from contracts.errors import BadMessage
from contracts.messages import Event
from contracts.messages.gfx import (
    FileSkipped,
    FileSource,
    GameSeen,
    HandRecorded,
    HandRevised,
    SnapshotRead,
)
from services.gfx_ingest.domain.state import Game, HeldHand, PathTold, Rank, Snapshot, ToldHand

# Events of one append. An atomic batch holds 1,000; half of it keeps other writers' waits short.
EVENTS_MAX = 500
# Bytes of one append: what the server has to hold until the last message of the batch is there.
BYTES_MAX = 8 * 1024 * 1024


class ImportSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """Take in one file. `rivals` are the accounted contents of the game's other paths, as far as
    they can still be read.
    """

    snapshot: Snapshot
    rivals: tuple[Snapshot, ...] = ()


def import_snapshot(command: ImportSnapshot, state: Game) -> Sequence[Event] | Refusal:
    snapshot = command.snapshot
    if state.table not in ("", snapshot.table):
        return Refusal(
            code="conflict",
            reason="other_table",
            message=f"game {snapshot.game_id} belongs to table {state.table}",
        )
    if state.accounted(snapshot.source):
        return ()
    facts = _hand_facts(command, state)
    seen = () if state.table else (_game_seen(snapshot),)
    try:
        chunk = _within_limits((*seen, *facts))
    except BadMessage as error:
        return Refusal(code="invalid", reason="hand_too_large", message=str(error))
    if len(chunk) < len(seen) + len(facts):
        return chunk
    return (*chunk, _verdict(command, state, facts))


def _hand_facts(command: ImportSnapshot, state: Game) -> list[HandRecorded | HandRevised]:
    """What holds now and did not hold before, by start ticks."""
    present = {each.source.path: each for each in (*command.rivals, command.snapshot)}
    best: dict[str, tuple[Rank, Snapshot, ToldHand]] = {}
    for snapshot in present.values():
        rank = snapshot.rank
        for told in snapshot.hands:
            ticks = told.hand.start_ticks
            if ticks not in best or rank > best[ticks][0]:
                best[ticks] = (rank, snapshot, told)
    facts: list[HandRecorded | HandRevised] = []
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


def _within_limits(events: Sequence[Event]) -> tuple[Event, ...]:
    """The longest beginning that one append may hold, with room for the closing event."""
    total = 0
    for count, event in enumerate(events):
        total += len(codec.encode(event))
        if total > BYTES_MAX or count == EVENTS_MAX - 1:
            return tuple(events[:count])
    return tuple(events)


def _verdict(
    command: ImportSnapshot, state: Game, facts: Sequence[HandRecorded | HandRevised]
) -> Event:
    """The event that closes a file: read, or skipped because it said nothing new."""
    snapshot = command.snapshot
    told = state.paths.get(snapshot.source.path, PathTold())
    resumed = told.open_sha256 == snapshot.source.sha256
    recorded = sum(isinstance(fact, HandRecorded) for fact in facts)
    revised = len(facts) - recorded
    known = state.hands.keys() | {fact.hand.start_ticks for fact in facts}
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
    if snapshot.source.sha256 in state.contents:
        return "duplicate"
    found = set(state.absent) - set(absent)
    if len(snapshot.hands) < len(state.hands):
        return None if found else "stale"
    return "unchanged" if absent == state.absent else None


def _absent(command: ImportSnapshot, state: Game, known: Iterable[str]) -> tuple[str, ...]:
    """Known hands that the highest-ranked content of the game lacks."""
    present = (*command.rivals, command.snapshot)
    paths = {each.source.path for each in present}
    highest = max(present, key=lambda each: each.rank)
    gone = (told.rank for path, told in state.paths.items() if path not in paths)
    if max(gone, default=highest.rank) > highest.rank:
        lacking = {*state.absent, *(ticks for ticks in known if ticks not in state.hands)}
    else:
        lacking = set(known) - {told.hand.start_ticks for told in highest.hands}
    return tuple(sorted(lacking, key=int))


def hold(state: Game, event: HandRecorded | HandRevised) -> None:
    source = event.source
    state.hands[event.hand.start_ticks] = HeldHand(event.digest, source.path)
    told = state.paths.setdefault(source.path, PathTold())
    if told.sha256 == source.sha256:
        return  # a rival's content, closed before
    if told.open_sha256 != source.sha256:
        told.open_sha256, told.recorded, told.revised = source.sha256, 0, 0
    told.recorded += isinstance(event, HandRecorded)
    told.revised += isinstance(event, HandRevised)


def close(state: Game, source: FileSource, rank: Rank) -> None:
    turns = state.paths.get(source.path, PathTold()).turns
    state.paths[source.path] = PathTold(sha256=source.sha256, rank=rank, turns=turns + 1)
    state.contents.add(source.sha256)


def follow_highest(state: Game, event: SnapshotRead) -> None:
    """Hands the highest-ranked content tells are its own from now on."""
    state.absent = event.absent
    path = event.source.path
    if max(state.paths, key=lambda each: state.paths[each].rank) == path:
        for ticks in state.hands.keys() - set(event.absent):
            state.hands[ticks].path = path


def rank_of(event: SnapshotRead) -> Rank:
    last = int(event.last_start_ticks)
    return (event.hands, last, event.actions, event.duration_ticks, event.source.sha256)


def rank_of_skipped(state: Game, event: FileSkipped) -> Rank:
    """A skipped file tells what is known, so with as many hands it ranks like what told them."""
    alike = (told.rank for told in state.paths.values() if told.rank[0] == event.hands)
    _, last, actions, duration, _ = max(alike, default=(0, 0, 0, 0, ""))
    return (event.hands, last, actions, duration, event.source.sha256)
