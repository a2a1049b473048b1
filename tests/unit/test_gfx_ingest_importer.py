"""From resting bytes to facts, on a bus in memory."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bus.api import recorded
from bus.decide import DeciderRunner
from bus.memory import Log, MemoryBus
from contracts.messages import Event
from contracts.messages.gfx import (
    FileRejected,
    FileRemoved,
    FileSkipped,
    HandRecorded,
    HandRevised,
    SnapshotRead,
)
from services.gfx_ingest.domain import GfxDecider, batch
from services.gfx_ingest.inputs.importer import Importer, Patience
from services.gfx_ingest.inputs.poller import Outcome, Resting
from tests.support.gfx_files import GAME_ID, file_name, game_file, hand, sha256, start_ticks

PATIENCE = Patience(tries_max=3, unchanged_s_max=3.0, bytes_max=10_000_000, depth_max=32)
NAME = file_name()


class Desk:
    """A table's folder, its importer and the log; `restart` forgets everything but the log."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.log = Log()

    async def restart(self, table: str = "river") -> None:
        runner = DeciderRunner(MemoryBus(self.log, "gfx-ingest"), GfxDecider(), "gfx-ingest")
        await runner.start()
        self.importer = Importer(runner, table, self.root, PATIENCE)

    async def write(self, path: str, data: bytes, tries: int = 0, age: float = 0.5) -> Outcome:
        """Write a file and take it in, as the poller does once it rests."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(data)
        if self.importer.accounted(path, sha256(data)):
            return Outcome.RECORDED
        return await self.importer.take(
            Resting(path=path, data=data, sha256=sha256(data), tries=tries, unchanged_s=age)
        )

    def said(self) -> Sequence[Event]:
        return [recorded(message).event for message in self.log.events]

    def of[E: Event](self, kind: type[E]) -> list[E]:
        return [event for event in self.said() if isinstance(event, kind)]


@pytest.fixture
async def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    await desk.restart()
    return desk


async def test_a_file_becomes_facts_once_also_across_restarts(desk: Desk) -> None:
    data = game_file(hand(0), hand(1))
    assert await desk.write(f"day1/{NAME}", data) is Outcome.RECORDED
    assert len(desk.of(HandRecorded)) == 2
    count = len(desk.log.events)
    for _ in range(2):
        await desk.restart()
        assert desk.importer.accounted(f"day1/{NAME}", sha256(data))
        await desk.write(f"day1/{NAME}", data)
    assert len(desk.log.events) == count


async def test_a_file_without_an_id_in_its_name_is_not_said_twice_either(desk: Desk) -> None:
    path, data = "PGFX_live_data_export.json", game_file(hand(0))
    await desk.write(path, data)
    count = len(desk.log.events)
    await desk.restart()
    assert not desk.importer.accounted(path, sha256(data))
    assert await desk.write(path, data) is Outcome.RECORDED
    assert len(desk.log.events) == count


async def test_a_rival_on_disk_takes_over_when_the_file_shrinks(desk: Desk) -> None:
    await desk.write(f"live/{NAME}", game_file(hand(0), hand(1), hand(2)))
    await desk.write(f"old/{NAME}", game_file(hand(0, won=150), hand(1)))
    assert [event.reason for event in desk.of(FileSkipped)] == ["stale"]
    await desk.restart()
    await desk.write(f"live/{NAME}", game_file(hand(0)))
    (revised,) = desk.of(HandRevised)
    assert revised.source.path == f"old/{NAME}"
    assert revised.hand.seats[0].end_stack == 9850


async def test_a_rival_that_changed_since_it_was_accounted_does_not_count(desk: Desk) -> None:
    await desk.write(f"live/{NAME}", game_file(hand(0), hand(1), hand(2)))
    await desk.write(f"old/{NAME}", game_file(hand(0, won=150), hand(1)))
    (desk.root / f"old/{NAME}").write_bytes(game_file(hand(0, won=1), hand(1), hand(2), hand(3)))
    await desk.write(f"live/{NAME}", game_file(hand(0)))
    assert desk.of(HandRevised) == []


@pytest.mark.parametrize(("tries", "age"), [(3, 0.5), (0, 3.0)])
async def test_a_truncated_file_is_rejected_only_when_patience_ends(
    desk: Desk, tries: int, age: float
) -> None:
    data = game_file(hand(0))
    half = data[: len(data) // 2]
    assert await desk.write(NAME, half) is Outcome.AGAIN
    assert await desk.write(NAME, half, tries=2, age=2.9) is Outcome.AGAIN
    assert desk.said() == []
    assert await desk.write(NAME, half, tries=tries, age=age) is Outcome.REJECTED
    (rejected,) = desk.of(FileRejected)
    assert (rejected.code, rejected.table, rejected.source.sha256) == (
        "truncated",
        "river",
        sha256(half),
    )
    await desk.write(NAME, data)
    assert len(desk.of(HandRecorded)) == 1


async def test_a_rejected_file_is_said_once_also_after_a_restart(desk: Desk) -> None:
    for _ in range(2):
        assert await desk.write(NAME, b"\xff\xfe{}") is Outcome.REJECTED
        await desk.importer.refuse("linked", 0, "bad_path", "a link")
        await desk.restart()
    assert [event.code for event in desk.of(FileRejected)] == ["not_utf8", "bad_path"]


async def test_a_game_of_another_table_is_rejected_and_not_taken_for_known(desk: Desk) -> None:
    data = game_file(hand(0))
    await desk.write(NAME, data)
    await desk.restart(table="lake")
    await desk.write(NAME, data)
    (rejected,) = desk.of(FileRejected)
    assert (rejected.table, rejected.code) == ("lake", "other_table")


async def test_a_hand_too_large_for_a_message_rejects_the_file(desk: Desk) -> None:
    large = hand(0)
    large["Players"][0]["Name"] = "x" * 300_000
    await desk.write(NAME, game_file(large))
    assert [event.code for event in desk.of(FileRejected)] == ["hand_too_large"]


async def test_known_paths_are_those_taken_in_at_this_table_and_not_removed(desk: Desk) -> None:
    await desk.write(f"live/{NAME}", game_file(hand(0), hand(1)))
    await desk.write(f"old/{NAME}", game_file(hand(0)))
    await desk.write(file_name(GAME_ID + 1), game_file(hand(0), game_id=GAME_ID + 1))
    await desk.write(file_name(GAME_ID + 2), b"{}", age=9.0)
    await desk.importer.removed(f"old/{NAME}")
    for _ in range(2):
        assert desk.importer.known_paths() == {f"live/{NAME}", file_name(GAME_ID + 1)}
        await desk.restart()
    await desk.restart(table="lake")
    assert desk.importer.known_paths() == set()


async def test_a_removed_file_is_said_once_and_taken_in_again_when_it_comes_back(
    desk: Desk,
) -> None:
    data = game_file(hand(0), hand(1))
    for turn in range(1, 3):
        await desk.write(NAME, data)
        for _ in range(2):
            await desk.importer.removed(NAME)
            await desk.restart()
        assert not desk.importer.accounted(NAME, sha256(data))
        assert [each.source.path for each in desk.of(FileRemoved)] == [NAME] * turn
    assert await desk.write(NAME, data) is Outcome.SKIPPED
    assert [each.reason for each in desk.of(FileSkipped)] == ["duplicate", "duplicate"]
    assert len(desk.of(HandRecorded)) == 2


async def test_the_removal_of_a_path_that_nothing_was_taken_from_says_nothing(desk: Desk) -> None:
    await desk.importer.removed(NAME)
    await desk.write(NAME, b"{}", age=9.0)
    await desk.importer.removed(NAME)
    assert desk.of(FileRemoved) == []


async def test_a_long_file_is_appended_in_parts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "EVENTS_MAX", 5)
    await desk.write(NAME, game_file(*(hand(number) for number in range(10))))
    assert [event.hand.start_ticks for event in desk.of(HandRecorded)] == [
        start_ticks(number) for number in range(10)
    ]
    (read,) = desk.of(SnapshotRead)
    assert (read.recorded, read.hands, read.game_id) == (10, 10, str(GAME_ID))
    assert desk.said()[-1] == read


async def test_all_facts_of_a_file_have_one_cause_and_name_their_table(desk: Desk) -> None:
    await desk.write(NAME, game_file(hand(0), hand(1)))
    envelopes = [recorded(message).envelope for message in desk.log.events]
    assert len({envelope.causation_id for envelope in envelopes}) == 1
    assert {envelope.actor for envelope in envelopes} == {"gfx-ingest:river"}
