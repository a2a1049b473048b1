"""Whether the last hand of a game is over: provisional, followed by another, or quiet.

The last known hand is provisional while it has no actions or nothing settles it. It counts as over
when a later hand of the game exists, or when the file that tells it was not rewritten for a while.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from contracts.messages import Event
from contracts.messages.gfx import HandFinalised, HandProvisional, HandRecorded, HandRevised
from contracts.poker.held import hold
from services.gfx_ingest.domain.state import Game, Provisional, Snapshot, ToldHand

# A PC rewrites its file after every hand; this is longer than a hand takes at a feature table.
FINALISE_AFTER = timedelta(seconds=180)

type HandFact = HandRecorded | HandRevised


class FinaliseHand(msgspec.Struct, frozen=True, kw_only=True):
    """The file of a provisional hand may have been quiet long enough: say so if it was."""

    game_id: str
    start_ticks: str
    digest: str


def _unproven(told: ToldHand | HandFact) -> bool:
    return hold(told.hand, told.digest).unproven


def finalise(command: FinaliseHand, state: Game, now: datetime) -> Sequence[Event]:
    held = state.provisional
    if held is None or now < held.quiet_at:
        return ()
    if (held.start_ticks, held.digest) != (command.start_ticks, command.digest):
        return ()
    return (
        HandFinalised(
            game_id=command.game_id,
            start_ticks=held.start_ticks,
            digest=held.digest,
            reason="quiet",
            effective_at=held.quiet_at,
        ),
    )


def last_hand(
    files: Sequence[Snapshot],
    state: Game,
    facts: Sequence[HandFact],
    now: datetime,
    quiet_at: datetime,
) -> list[Event]:
    """What the first of these files changes with its facts; the others are its rivals.

    At most one hand is finalised and one provisional.
    """
    game_id = files[0].game_id
    changed = {fact.hand.start_ticks: fact for fact in facts}
    known = state.hands.keys() | changed.keys()
    if not known:
        return []
    last = max(known, key=int)
    said: list[Event] = []
    held = state.provisional
    if held and held.start_ticks != last:
        revised = changed.get(held.start_ticks)
        if revised is None or _unproven(revised):
            said.append(
                HandFinalised(
                    game_id=game_id,
                    start_ticks=held.start_ticks,
                    digest=revised.digest if revised else held.digest,
                    reason="followed",
                    effective_at=now,
                )
            )
    told = changed.get(last) or _told_again(files, state, last)
    if told and _unproven(told):
        said.append(
            HandProvisional(
                game_id=game_id, start_ticks=last, digest=told.digest, quiet_at=quiet_at
            )
        )
    return said


def _told_again(files: Sequence[Snapshot], state: Game, ticks: str) -> ToldHand | None:
    """The hand as it was, if it has to be called provisional (again).

    One that is provisional already is so for longer only if its own file was rewritten: a copy
    elsewhere tells nothing about that file. A hand said to be over stays so.
    """
    held, open_hand = state.hands[ticks], state.provisional
    if state.finalised == (ticks, held.digest):
        return None
    if open_hand and open_hand.start_ticks == ticks:
        files = files[:1] if held.path == files[0].source.path else ()
    told = (told for file in files for told in file.hands if told.hand.start_ticks == ticks)
    return next((each for each in told if each.digest == held.digest), None)


def follow(state: Game, event: Event) -> None:
    """Keep which hand is provisional, and which was said to be over."""
    match event:
        case HandRevised():
            _revise(state, event)
        case HandProvisional():
            state.provisional = Provisional(event.start_ticks, event.digest, event.quiet_at)
        case HandFinalised():
            state.provisional, state.finalised = None, (event.start_ticks, event.digest)
        case _:
            pass


def _revise(state: Game, event: HandRevised) -> None:
    """Other content: a hand said to be over is open again, one that settles is over at once."""
    ticks = event.hand.start_ticks
    if state.finalised[0] == ticks:
        state.finalised = ("", "")
    held = state.provisional
    if held and held.start_ticks == ticks:
        again = Provisional(ticks, event.digest, held.quiet_at)
        state.provisional = again if _unproven(event) else None
