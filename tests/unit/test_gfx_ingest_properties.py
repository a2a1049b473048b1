"""The incremental decision against the rules applied to all files at once."""

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.messages import Event
from contracts.messages.gfx import (
    FileSkipped,
    FileSource,
    HandRecorded,
    HandRevised,
    SnapshotRead,
)
from contracts.poker.game import findings
from contracts.poker.held import hold
from services.gfx_ingest.domain import Game, GfxDecider, ImportSnapshot, Snapshot, is_said
from services.gfx_ingest.domain.findings import finding_id
from services.gfx_ingest.inputs.parse import Origin, parse
from tests.support.gfx_facts import GAME, FollowedFiles, digest, snapshot, walk
from tests.support.gfx_files import real_files, sha256

NOW = datetime(2031, 3, 1, tzinfo=UTC)
DECIDER = GfxDecider()

# Five hands, each in three versions that differ in a stack; nothing settles the last one.
VERSIONS = {
    (number, version): walk(number, {2: 5000, 8: 7000 + version}, settled=version < 2)
    for number in range(5)
    for version in range(3)
}
contents = st.dictionaries(st.integers(0, 4), st.integers(0, 2), min_size=1)
writes = st.lists(st.tuples(st.sampled_from("abc"), contents), min_size=1, max_size=8)


def file_of(path: str, content: dict[int, int]) -> Snapshot:
    return snapshot(path, [VERSIONS[each] for each in sorted(content.items())])


def digests(files: Sequence[Snapshot]) -> dict[str, str]:
    """The rule of ranks, applied to files that are all there at once."""
    held: dict[str, str] = {}
    for file in sorted(files, key=lambda each: each.rank):
        held |= {told.hand.start_ticks: told.digest for told in file.hands}
    return held


def said(file: Snapshot, rivals: Sequence[Snapshot], state: Game) -> list[Event]:
    events: list[Event] = []
    command = ImportSnapshot(snapshot=file, rivals=tuple(rivals))
    while part := DECIDER.decide(command, state, NOW):
        assert isinstance(part, Sequence)
        for event in part:
            DECIDER.evolve(state, event)
        events += part
    return events


def held(state: Game) -> dict[str, str]:
    return {start: hand.digest for start, hand in state.hands.items()}


def restarted(events: Sequence[Event]) -> Game:
    state = Game()
    for event in events:
        DECIDER.evolve(state, event)
    return state


@given(writes)
@settings(max_examples=300, deadline=None)
def test_after_every_file_the_present_contents_decide_also_after_a_restart(
    history: list[tuple[str, dict[int, int]]],
) -> None:
    log: list[Event] = []
    present: dict[str, Snapshot] = {}
    expected: dict[str, str] = {}
    for path, content in history:
        file = file_of(path, content)
        rivals = [each for name, each in present.items() if name != path]
        present[path] = file
        log += said(file, rivals, restarted(log))
        # Hands that no present content tells any more stay as they were.
        expected |= digests(list(present.values()))
        state = restarted(log)
        assert held(state) == expected
        assert said(file, rivals, state) == []
        if isinstance(log[-1], SnapshotRead):
            highest = max(present.values(), key=lambda each: each.rank)
            told = {each.hand.start_ticks for each in highest.hands}
            assert set(log[-1].absent) == expected.keys() - told


@given(st.dictionaries(st.sampled_from("abcd"), contents, min_size=1), st.randoms())
@settings(max_examples=300, deadline=None)
def test_files_written_once_give_the_same_hands_in_any_order_even_if_they_vanish(
    files: dict[str, dict[int, int]], random: Random
) -> None:
    snapshots = [file_of(path, content) for path, content in files.items()]
    random.shuffle(snapshots)
    log: list[Event] = []
    for file in snapshots:
        log += said(file, [], restarted(log))
    assert held(restarted(log)) == digests(snapshots)


@given(st.dictionaries(st.sampled_from("abcd"), contents, min_size=1), st.booleans(), st.randoms())
@settings(max_examples=300, deadline=None)
def test_any_order_split_or_copy_of_a_games_files_ends_with_the_same_last_hand_and_findings(
    files: dict[str, dict[int, int]], vanish: bool, random: Random
) -> None:
    snapshots = [file_of(path, content) for path, content in files.items()]
    copies = [
        msgspec.structs.replace(each, source=FileSource(path="copy of " + path, sha256=sha))
        for each in snapshots
        for path, sha in [(each.source.path, each.source.sha256)]
    ]
    order = [*snapshots, *snapshots, *copies]
    random.shuffle(order)
    ended = FollowedFiles()
    for file in order:
        ended.take(file)
        if vanish:
            ended.present.clear()
        if random.random() < 0.5:
            ended.settle()
    assert ended.held() == digests(snapshots)
    by_digest = {digest(hand): hand for hand in VERSIONS.values()}
    told = [hold(by_digest[each], each) for each in ended.held().values()]
    last = max(told, key=lambda each: each.ticks)
    waiting = ended.game.provisional
    assert (waiting.digest if waiting else None) == (
        last.digest if last.figures.state != "settled" else None
    )
    highest = max(snapshots, key=lambda each: each.rank)
    lacking = ended.held().keys() - {each.hand.start_ticks for each in highest.hands}
    assert ended.game.withdrawn == set(ended.game.absent) == lacking
    assert ended.settle() == {finding_id(f) for f in findings(GAME, told) if is_said(f)}


@given(writes)
@settings(max_examples=100, deadline=None)
def test_the_events_themselves_tell_the_state_that_holds(
    history: list[tuple[str, dict[int, int]]],
) -> None:
    state = Game()
    present: dict[str, Snapshot] = {}
    told: dict[str, str] = {}
    for path, content in history:
        file = file_of(path, content)
        for event in said(file, [present[p] for p in present if p != path], state):
            if isinstance(event, HandRecorded):
                assert event.hand.start_ticks not in told
                told[event.hand.start_ticks] = event.digest
            if isinstance(event, HandRevised):
                assert told[event.hand.start_ticks] == event.old_digest != event.digest
                told[event.hand.start_ticks] = event.digest
        present[path] = file
    assert told == held(state)


def test_the_real_files_give_the_same_hands_in_any_order_and_nothing_the_second_time() -> None:
    files = [parse(data, Origin("river", p, sha256(data))) for p, data in real_files()]
    outcomes = []
    for seed in range(6):
        order = list(files)
        Random(seed).shuffle(order)
        states: dict[str, Game] = {}
        present: dict[str, Snapshot] = {}
        events: list[Event] = []
        for file in order * 2:
            state = states.setdefault(file.game_id, Game())
            rivals = [
                each
                for path, each in present.items()
                if path != file.source.path and each.game_id == file.game_id
            ]
            events += said(file, rivals, state)
            present[file.source.path] = file
        closed = [e.source for e in events if isinstance(e, SnapshotRead | FileSkipped)]
        assert sorted(s.path for s in closed) == sorted(f.source.path for f in files)
        assert sum(isinstance(event, HandRecorded) for event in events) == 701
        outcomes.append({game_id: held(state) for game_id, state in states.items()})
    assert len(outcomes[0]) == 15
    assert sum(map(len, outcomes[0].values())) == 701
    assert all(outcome == outcomes[0] for outcome in outcomes)
