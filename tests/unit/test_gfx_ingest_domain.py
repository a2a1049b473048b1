"""Which version of a hand holds, and what is said about a file."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from contracts.decision import Refusal
from contracts.messages import Event
from contracts.messages.gfx import (
    FileRejected,
    FileSkipped,
    FileSource,
    GameSeen,
    HandRecorded,
    HandRevised,
    SnapshotRead,
)
from contracts.poker.hand import Hand
from services.gfx_ingest.domain import (
    Game,
    GfxDecider,
    ImportSnapshot,
    RejectFile,
    Snapshot,
    Table,
    importing,
)
from tests.support.gfx_facts import GAME, snapshot, ticks, walk

NOW = datetime(2031, 3, 1, tzinfo=UTC)
DECIDER = GfxDecider()
FIRST, SECOND, THIRD = (walk(n, {2: 5000, 5: 6000, 8: 7000}) for n in range(3))
OTHER_FIRST = walk(0, {2: 5000, 5: 6000, 8: 7001})


class Files:
    """A folder's files of one game, and all that was said about them."""

    def __init__(self) -> None:
        self.game = Game()
        self.present: dict[str, Snapshot] = {}

    def write(self, path: str, *hands: Hand) -> list[Event]:
        """Write a file and import it; returns what is said."""
        return self.take(snapshot(path, hands))

    def take(self, file: Snapshot) -> list[Event]:
        """Import one content until nothing is left to say."""
        rivals = tuple(each for path, each in self.present.items() if path != file.source.path)
        self.present[file.source.path] = file
        said: list[Event] = []
        while events := DECIDER.decide(
            ImportSnapshot(snapshot=file, rivals=rivals), self.game, NOW
        ):
            assert isinstance(events, Sequence)
            said += self.follow(events)
        return said

    def follow(self, events: Sequence[Event]) -> Sequence[Event]:
        for event in events:
            DECIDER.evolve(self.game, event)
        return events

    def held(self) -> dict[str, str]:
        return {start: held.digest for start, held in self.game.hands.items()}


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
    assert kinds(events) == [HandRecorded, SnapshotRead]
    assert only(events, SnapshotRead).absent == (SECOND.start_ticks,)


def test_a_hand_missing_from_the_fuller_file_stays_and_is_named_absent() -> None:
    files = Files()
    files.write("b", SECOND)
    read = only(files.write("a", FIRST, THIRD), SnapshotRead)
    assert read.absent == (SECOND.start_ticks,)
    assert SECOND.start_ticks in files.held()


def test_an_absent_hand_that_comes_back_is_no_longer_absent() -> None:
    files = Files()
    files.write("b", SECOND)
    files.write("a", FIRST, THIRD)
    read = only(files.write("a", FIRST, SECOND, THIRD), SnapshotRead)
    assert (read.recorded, read.absent) == (0, ())


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
    assert files.held()[FIRST.start_ticks] == snapshot("x", [FIRST]).hands[0].digest


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


@pytest.mark.parametrize("limit", [{"EVENTS_MAX": 3}, {"BYTES_MAX": 4000}])
def test_many_hands_are_said_in_parts_and_a_crash_between_them_says_none_twice(
    limit: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in limit.items():
        monkeypatch.setattr(importing, name, value)
    hands = [walk(n, {2: 5000, 5: 6000, 8: 7000}) for n in range(7)]
    command = ImportSnapshot(snapshot=snapshot("a", hands))
    said: list[Event] = []
    steps = []
    while True:
        state = Game()  # every part is decided by a process that has just started
        for event in said:
            DECIDER.evolve(state, event)
        steps.append(state.step(command.snapshot.source))
        events = DECIDER.decide(command, state, NOW)
        assert isinstance(events, Sequence)
        if not events:
            break
        assert len(events) <= importing.EVENTS_MAX
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
