"""Which version of a hand holds, and what is said about a file."""

from collections.abc import Sequence

import msgspec
import pytest

from contracts.decision import Refusal
from contracts.messages import Event
from contracts.messages.gfx import (
    FileRejected,
    FileRemoved,
    FileSkipped,
    FileSource,
    GameSeen,
    HandProvisional,
    HandRecorded,
    HandRestored,
    HandRevised,
    HandWithdrawn,
    SnapshotRead,
)
from services.gfx_ingest.domain import (
    Game,
    GfxDecider,
    ImportSnapshot,
    RejectFile,
    RemoveFile,
    Table,
    batch,
    importing,
)
from tests.support.gfx_facts import GAME, NOW, Files, digest, snapshot, ticks, walk

DECIDER = GfxDecider()
STACKS = {2: 5000, 5: 6000, 8: 7000}
FIRST, SECOND, THIRD = (walk(n, STACKS) for n in range(3))
OTHER_FIRST = walk(0, {2: 5000, 5: 6000, 8: 7001})


def kinds(events: Sequence[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


def only[E: Event](events: Sequence[Event], kind: type[E]) -> E:
    (event,) = [event for event in events if isinstance(event, kind)]
    return event


def test_the_first_file_says_the_game_its_hands_and_that_it_was_read() -> None:
    events = Files().write("a", FIRST, SECOND)
    assert kinds(events) == [GameSeen, HandRecorded, HandRecorded, SnapshotRead]
    assert [e.ordinal for e in events if isinstance(e, HandRecorded)] == [0, 1]
    read = only(events, SnapshotRead)
    assert (read.hands, read.last_start_ticks) == (2, ticks_text(1))
    assert read.actions == len(FIRST.actions) + len(SECOND.actions)
    assert read.duration_ticks == FIRST.duration_ticks + SECOND.duration_ticks
    assert (read.recorded, read.revised, read.absent) == (2, 0, ())


def ticks_text(number: int) -> str:
    return str(ticks(number))


def test_a_grown_file_says_only_its_new_hands() -> None:
    files = Files()
    files.write("a", FIRST)
    events = files.write("a", FIRST, SECOND)
    assert kinds(events) == [HandRecorded, SnapshotRead]
    assert only(events, SnapshotRead).recorded == 1


def test_the_same_content_of_the_same_path_is_never_said_again() -> None:
    files = Files()
    files.write("a", FIRST)
    assert files.write("a", FIRST) == []


def test_a_rewritten_file_revises_its_hand() -> None:
    files = Files()
    old = only(files.write("a", FIRST, SECOND), GameSeen)
    events = files.write("a", OTHER_FIRST, SECOND)
    revised = only(events, HandRevised)
    assert revised.reason == "rewritten"
    assert revised.old_digest == snapshot("a", [FIRST]).hands[0].digest
    assert revised.hand == OTHER_FIRST
    assert old.source.path == revised.source.path
    assert only(events, SnapshotRead).revised == 1


def test_a_file_that_returns_to_former_bytes_revises_back() -> None:
    files = Files()
    files.write("a", FIRST)
    files.write("a", OTHER_FIRST)
    assert only(files.write("a", FIRST), HandRevised).hand == FIRST


@pytest.mark.parametrize("fuller_first", [True, False])
def test_the_fuller_of_two_files_holds_whatever_came_first(fuller_first: bool) -> None:
    files = Files()
    writes = [("full", (FIRST, SECOND)), ("short", (OTHER_FIRST,))]
    events: list[Event] = []
    for path, hands in writes if fuller_first else reversed(writes):
        events = files.write(path, *hands)
    assert files.held()[FIRST.start_ticks] == snapshot("x", [FIRST]).hands[0].digest
    if fuller_first:
        assert kinds(events) == [FileSkipped]
    else:
        assert only(events, HandRevised).reason == "outranked"


def test_an_older_copy_is_stale_and_the_same_bytes_elsewhere_are_a_duplicate() -> None:
    files = Files()
    files.write("a", FIRST, SECOND)
    assert only(files.write("old", FIRST), FileSkipped).reason == "stale"
    assert only(files.write("copy", FIRST, SECOND), FileSkipped).reason == "duplicate"


def test_the_snapshots_of_a_growing_file_in_reverse_are_stale_also_at_one_path() -> None:
    files = Files()
    files.write("a", FIRST, SECOND, THIRD)
    assert only(files.write("a", FIRST, SECOND), FileSkipped).reason == "stale"
    assert only(files.write("a", FIRST), FileSkipped).reason == "stale"


def test_other_bytes_with_the_same_hands_are_unchanged() -> None:
    files = Files()
    files.write("a", FIRST)
    file = snapshot("a", [FIRST])
    source = FileSource(path="a", sha256="f" * 64)
    events = files.take(msgspec.structs.replace(file, source=source))
    assert only(events, FileSkipped).reason == "unchanged"


def test_a_shorter_file_with_an_unknown_hand_records_it_and_it_is_absent_in_the_fuller() -> None:
    files = Files()
    files.write("a", FIRST, THIRD)
    events = files.write("b", SECOND)
    assert kinds(events) == [HandRecorded, HandWithdrawn, SnapshotRead]
    assert only(events, SnapshotRead).absent == (SECOND.start_ticks,)
    withdrawn = only(events, HandWithdrawn)
    assert (withdrawn.start_ticks, withdrawn.digest) == (SECOND.start_ticks, digest(SECOND))
    assert withdrawn.source == snapshot("a", [FIRST, THIRD]).source, "not the fullest file"


def test_a_hand_missing_from_the_fuller_file_stays_and_is_named_absent() -> None:
    files = Files()
    files.write("b", SECOND)
    events = files.write("a", FIRST, THIRD)
    assert only(events, SnapshotRead).absent == (SECOND.start_ticks,)
    assert kinds(events)[-2:] == [HandWithdrawn, SnapshotRead]
    assert SECOND.start_ticks in files.held()


def test_a_hand_that_only_a_removed_fullest_file_lacks_is_withdrawn_in_its_name() -> None:
    files = Files()
    files.write("a", FIRST, THIRD)
    files.remove("a")
    withdrawn = only(files.write("b", SECOND), HandWithdrawn)
    assert withdrawn.source == snapshot("a", [FIRST, THIRD]).source


def test_an_absent_hand_that_comes_back_is_no_longer_absent() -> None:
    files = Files()
    files.write("b", SECOND)
    files.write("a", FIRST, THIRD)
    events = files.write("a", FIRST, SECOND, THIRD)
    read = only(events, SnapshotRead)
    assert (read.recorded, read.absent) == (0, ())
    assert kinds(events) == [HandRestored, SnapshotRead]
    assert only(events, HandRestored).start_ticks == SECOND.start_ticks


def test_an_absent_hand_is_withdrawn_once_and_another_in_its_place() -> None:
    files = Files()
    files.write("b", SECOND)
    files.write("a", FIRST, THIRD)
    fourth = walk(3, STACKS)
    assert HandWithdrawn not in kinds(files.write("a", FIRST, THIRD, fourth))
    events = files.write("a", FIRST, SECOND, fourth, walk(4, STACKS))
    assert only(events, HandRestored).start_ticks == SECOND.start_ticks
    assert only(events, HandWithdrawn).start_ticks == THIRD.start_ticks


def test_a_copy_of_former_bytes_that_brings_an_absent_hand_back_is_read() -> None:
    files = Files()
    files.write("a", FIRST, THIRD)
    files.write("a", FIRST, SECOND)
    assert files.game.withdrawn == {THIRD.start_ticks}
    events = files.write("b", FIRST, THIRD)
    assert kinds(events) == [HandWithdrawn, HandRestored, SnapshotRead]
    assert files.game.withdrawn == {SECOND.start_ticks}


def test_a_file_that_shrinks_gives_way_to_the_fuller_rival() -> None:
    files = Files()
    files.write("a", FIRST, SECOND, THIRD)
    files.write("b", OTHER_FIRST, SECOND)
    revised = only(files.write("a", FIRST), HandRevised)
    assert (revised.hand, revised.reason, revised.source.path) == (OTHER_FIRST, "outranked", "b")


def test_a_vanished_file_keeps_its_rank() -> None:
    files = Files()
    files.write("a", FIRST, SECOND)
    del files.present["a"]
    assert only(files.write("b", OTHER_FIRST), FileSkipped).reason == "stale"
    assert files.held()[FIRST.start_ticks] == digest(FIRST)


def test_a_removed_file_is_said_once_and_what_it_told_stays() -> None:
    files = Files()
    files.write("a", FIRST, SECOND)
    assert kinds(files.remove("a")) == [FileRemoved]
    assert files.remove("a") == []
    assert files.held() == {hand.start_ticks: digest(hand) for hand in (FIRST, SECOND)}
    assert files.game.present() == {}
    assert only(files.write("b", OTHER_FIRST), FileSkipped).reason == "stale"


def test_a_removal_of_other_bytes_or_of_an_unknown_path_says_nothing() -> None:
    files = Files()
    files.write("a", FIRST)
    for path, hands in (("a", [SECOND]), ("b", [FIRST])):
        command = RemoveFile(game_id=GAME, source=snapshot(path, hands).source)
        assert files.decide(command) == ()


def test_the_bytes_of_a_removed_file_that_come_back_are_a_duplicate_and_present_again() -> None:
    files = Files()
    files.write("a", FIRST, SECOND)
    files.remove("a")
    back = only(files.write("a", FIRST, SECOND), FileSkipped)
    assert (back.reason, files.game.present()) == ("duplicate", {"a": back.source.sha256})
    assert kinds(files.remove("a")) == [FileRemoved]


def test_a_game_belongs_to_the_table_it_was_first_seen_at() -> None:
    files = Files()
    files.write("a", FIRST)
    stray = msgspec.structs.replace(snapshot("a", [FIRST, SECOND]), table="lake")
    refusal = DECIDER.decide(ImportSnapshot(snapshot=stray), files.game, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "other_table"


def test_a_hand_larger_than_a_message_is_refused() -> None:
    seat = msgspec.structs.replace(FIRST.seats[0], name="x" * 300_000)
    huge = msgspec.structs.replace(FIRST, seats=(seat, *FIRST.seats[1:]))
    refusal = DECIDER.decide(ImportSnapshot(snapshot=snapshot("a", [huge])), Game(), NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "hand_too_large"


def test_a_game_with_too_many_hands_in_all_its_files_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "HANDS_MAX", 2)
    files = Files()
    files.write("a", FIRST, SECOND)
    more = ImportSnapshot(snapshot=snapshot("a", [THIRD]))
    refusal = DECIDER.decide(more, files.game, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "too_many_hands"
    assert files.write("a", FIRST) != []


@pytest.mark.parametrize("limit", [{"EVENTS_MAX": 5}, {"BYTES_MAX": 4000}])
def test_many_hands_are_said_in_parts_and_a_crash_between_them_says_none_twice(
    limit: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limit.items():
        monkeypatch.setattr(batch, name, value)
    hands = [walk(n, {2: 5000, 5: 6000, 8: 7000}) for n in range(7)]
    command = ImportSnapshot(snapshot=snapshot("a", hands))
    said: list[Event] = []
    steps = []
    while True:
        state = Game()  # every part is decided by a process that has just started
        for event in said:
            DECIDER.evolve(state, event)
        steps.append(state.facts)
        events = DECIDER.decide(command, state, NOW)
        assert isinstance(events, Sequence)
        if not events:
            break
        assert len(events) <= batch.EVENTS_MAX
        said += events
    assert len(set(steps)) == len(steps) > 3
    assert kinds(said) == [GameSeen, *[HandRecorded] * 7, SnapshotRead]
    assert only(said, SnapshotRead).recorded == 7


def test_a_file_is_rejected_once_per_content_and_reason() -> None:
    state = Table()
    source = FileSource(path="a", sha256="0" * 64)
    command = RejectFile(table="river", source=source, bytes=3, code="truncated", detail="short")
    events = DECIDER.decide(command, state, NOW)
    assert isinstance(events, Sequence)
    assert only(events, FileRejected).code == "truncated"
    DECIDER.evolve(state, events[0])
    assert DECIDER.decide(command, state, NOW) == ()


def test_every_event_is_about_the_entity_it_is_decided_for() -> None:
    assert {event.subject_id for event in Files().write("a", FIRST, SECOND)} == {GAME}


def test_many_withdrawn_hands_are_said_in_parts_before_the_file_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batch, "EVENTS_MAX", 5)
    files = Files()
    files.write("b", *(walk(n, STACKS) for n in range(6)))
    full = [walk(n, STACKS, settled=n < 19) for n in range(10, 20)]
    events = files.write("a", *full)
    assert sum(kind is HandWithdrawn for kind in kinds(events)) == 6
    assert kinds(events)[-2:] == [HandProvisional, SnapshotRead]
    assert len(only(events, SnapshotRead).absent) == 6
