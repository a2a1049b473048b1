"""Whether the last hand of a game is over: provisional, followed by another, or quiet."""

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import pytest

from contracts.messages import Event
from contracts.messages.gfx import (
    FileSkipped,
    FileSource,
    HandFinalised,
    HandProvisional,
    HandRecorded,
    HandRevised,
    HandWithdrawn,
    SnapshotRead,
)
from contracts.poker.hand import Hand
from contracts.poker.replay import replay
from services.gfx_ingest.domain import FINALISE_AFTER, FinaliseHand, batch
from tests.support.gfx_facts import GAME, NOW, Files, digest, snapshot, walk

STACKS = {2: 5000, 5: 6000, 8: 7000}
FIRST, SECOND, THIRD = (walk(n, STACKS) for n in range(3))
OTHER_FIRST = walk(0, {2: 5000, 5: 6000, 8: 7001})
OPEN_SECOND = walk(1, STACKS, settled=False)
OTHER_OPEN_SECOND = walk(1, {2: 5000, 5: 6000, 8: 7001}, settled=False)
OPEN_THIRD = walk(2, STACKS, settled=False)
LATER = NOW + timedelta(seconds=100)
DUE = NOW + FINALISE_AFTER


def kinds(events: Sequence[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


def only[E: Event](events: Sequence[Event], kind: type[E]) -> E:
    (event,) = [event for event in events if isinstance(event, kind)]
    return event


def test_the_last_hand_is_provisional_while_nothing_settles_it() -> None:
    files = Files()
    events = files.write("a", FIRST, OPEN_SECOND)
    assert kinds(events)[-2:] == [HandProvisional, SnapshotRead]
    said = only(events, HandProvisional)
    assert (said.start_ticks, said.digest) == (SECOND.start_ticks, digest(OPEN_SECOND))
    assert said.quiet_at == DUE


def test_a_settled_last_hand_without_any_action_is_provisional() -> None:
    bare = msgspec.structs.replace(FIRST, actions=())
    assert replay(bare).state == "settled"
    assert HandProvisional in kinds(Files().write("a", bare))


def test_an_unsettled_hand_that_is_not_the_last_is_over_from_the_start() -> None:
    assert HandProvisional not in kinds(Files().write("a", OPEN_SECOND, THIRD))


def test_a_later_hand_finalises_a_provisional_one_with_the_content_it_has() -> None:
    files = Files()
    files.write("a", FIRST, OPEN_SECOND)
    events = files.write("a", FIRST, OPEN_SECOND, THIRD, now=LATER)
    assert kinds(events) == [HandRecorded, HandFinalised, SnapshotRead]
    over = only(events, HandFinalised)
    assert (over.start_ticks, over.digest) == (SECOND.start_ticks, digest(OPEN_SECOND))
    assert (over.reason, over.effective_at) == ("followed", LATER)
    events = files.write("a", OTHER_FIRST, OPEN_SECOND, THIRD)
    assert kinds(events) == [HandRevised, SnapshotRead]


def test_a_provisional_hand_revised_and_followed_in_one_file_ends_as_what_it_is_now() -> None:
    files = Files()
    files.write("a", FIRST, OPEN_SECOND)
    events = files.write("a", FIRST, OTHER_OPEN_SECOND, OPEN_THIRD)
    assert only(events, HandFinalised).digest == digest(OTHER_OPEN_SECOND)
    assert only(events, HandProvisional).start_ticks == THIRD.start_ticks


def test_a_provisional_hand_revised_in_one_append_and_followed_in_the_next_ends_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = Files()
    files.write("a", FIRST, OPEN_SECOND)
    monkeypatch.setattr(batch, "EVENTS_MAX", 5)
    events = files.write("a", OTHER_FIRST, OTHER_OPEN_SECOND, THIRD)
    assert kinds(events) == [*[HandRevised] * 2, HandRecorded, HandFinalised, SnapshotRead]
    assert only(events, HandFinalised).digest == digest(OTHER_OPEN_SECOND)


def test_a_provisional_hand_that_is_settled_by_its_revision_is_over_without_a_word() -> None:
    files = Files()
    files.write("a", FIRST, OPEN_SECOND)
    assert kinds(files.write("a", FIRST, SECOND)) == [HandRevised, SnapshotRead]
    assert files.game.provisional is None
    assert kinds(files.write("a", FIRST, SECOND, THIRD)) == [HandRecorded, SnapshotRead]


def test_a_settled_last_hand_that_is_revised_into_an_open_one_is_provisional() -> None:
    files = Files()
    files.write("a", FIRST, SECOND)
    assert HandProvisional in kinds(files.write("a", FIRST, OPEN_SECOND))


def test_a_rewritten_file_keeps_its_provisional_hand_waiting() -> None:
    files = Files()
    files.write("a", FIRST, OPEN_SECOND)
    events = files.write("a", OTHER_FIRST, OPEN_SECOND, now=LATER)
    assert kinds(events) == [HandRevised, HandProvisional, SnapshotRead]
    assert only(events, HandProvisional).quiet_at == LATER + FINALISE_AFTER
    source = FileSource(path="a", sha256="f" * 64)
    same = msgspec.structs.replace(snapshot("a", [OTHER_FIRST, OPEN_SECOND]), source=source)
    assert kinds(files.take(same, now=LATER)) == [HandProvisional, FileSkipped]


def test_a_copy_or_an_older_file_elsewhere_does_not_keep_a_provisional_hand_waiting() -> None:
    files = Files()
    files.write("a", FIRST, OPEN_SECOND)
    assert kinds(files.write("copy", FIRST, OPEN_SECOND, now=LATER)) == [FileSkipped]
    assert kinds(files.write("old", FIRST, now=LATER)) == [FileSkipped]


def test_a_late_older_hand_changes_nothing_about_the_last_one() -> None:
    files = Files()
    files.write("a", FIRST, OPEN_THIRD)
    events = files.write("b", SECOND, now=LATER)
    assert kinds(events) == [HandRecorded, HandWithdrawn, SnapshotRead]
    assert files.game.provisional is not None
    assert files.game.provisional.quiet_at == DUE


def finish(hand: Hand = OPEN_SECOND) -> FinaliseHand:
    return FinaliseHand(game_id=GAME, start_ticks=hand.start_ticks, digest=digest(hand))


def test_a_hand_whose_file_rested_is_finalised_as_of_the_time_it_was_due() -> None:
    files = Files()
    files.write("a", FIRST, OPEN_SECOND)
    assert files.decide(finish(), DUE - timedelta(microseconds=1)) == ()
    events = files.does(finish(), DUE + timedelta(hours=9))
    over = only(events, HandFinalised)
    assert (over.start_ticks, over.digest) == (SECOND.start_ticks, digest(OPEN_SECOND))
    assert (over.reason, over.effective_at) == ("quiet", DUE)
    assert files.decide(finish(), DUE + timedelta(hours=10)) == ()


def test_only_the_hand_that_is_provisional_now_is_finalised() -> None:
    files = Files()
    assert files.decide(finish(), DUE) == ()
    files.write("a", FIRST, OPEN_SECOND)
    assert files.decide(finish(OTHER_OPEN_SECOND), DUE) == files.decide(finish(FIRST), DUE) == ()
    files.write("a", FIRST, OPEN_SECOND, OPEN_THIRD)
    assert files.decide(finish(), DUE) == ()


def test_a_hand_that_is_over_stays_so_until_it_is_revised() -> None:
    files = Files()
    files.write("a", FIRST, OPEN_SECOND)
    files.does(finish(), DUE)
    assert kinds(files.write("a", OTHER_FIRST, OPEN_SECOND)) == [HandRevised, SnapshotRead]
    events = files.write("a", OTHER_FIRST, OTHER_OPEN_SECOND)
    assert kinds(events) == [HandRevised, HandProvisional, SnapshotRead]
    events = files.write("a", OTHER_FIRST, OPEN_SECOND)
    assert only(events, HandProvisional).digest == digest(OPEN_SECOND)
    assert HandProvisional in kinds(files.write("a", FIRST, OPEN_SECOND))
