"""gfx-ingest on a real bus: what people say, what follows from hands, and hands that rested."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bus.api import Answer, CommandContext
from bus.nats import NatsBus
from bus.run import Process
from contracts.messages import Command
from contracts.messages.gfx import (
    FileRemoved,
    FileSkipped,
    HandFinalised,
    HandProvisional,
    HandRecorded,
    HandRevised,
    SnapshotRead,
)
from contracts.messages.gfx_findings import IdentitySeen, Voided
from contracts.messages.gfx_game import (
    BindGame,
    CorrectSeat,
    ExcludeGame,
    GameBound,
    GameExcluded,
    SeatCorrected,
)
from contracts.persons import of_operator
from deploy.local.servers import NatsServer
from services.gfx_ingest.app import main
from services.gfx_ingest.settings import Settings, TableFolder
from tests.support.gfx_files import GAME_ID, file_name, game_file, hand, start_ticks
from tests.support.live_bus import (
    Facts,
    bus_as,
    dead_letters,
    emptied,
    facts_of,
    new_log,
    running,
)

GAME = str(GAME_ID)
NAME = file_name()
WHY = "the floor said so"
BUSTED = 10_000  # all that seat 2 has: it loses its last chips


class Desk:
    """The gateway's side of a game whose files lie in one folder."""

    def __init__(
        self, server: NatsServer, bus: NatsBus, folder: Path, stack: AsyncExitStack
    ) -> None:
        self._server = server
        self._stack = stack
        self._bus = bus
        self.folder = folder

    async def start(self, folder: Path | None = None, finalise_after_s: float = 3600) -> None:
        """One instance with all its parts; it watches the folder unless given another."""
        settings = Settings(
            gfx_tables=(TableFolder("river", folder or self.folder),),
            gfx_finalise_after_s=finalise_after_s,
            gfx_quiet_s=0.05,
            gfx_poll_s=0.05,
            gfx_gone_s=0.05,
        )

        async def run(process: Process) -> None:
            await main(process, settings)

        await self._stack.enter_async_context(running(self._server, "gfx-ingest", run))

    def write(self, *hands: dict[str, object]) -> None:
        (self.folder / NAME).write_bytes(game_file(*hands))

    async def send(self, command: Command, command_id: str = "c1") -> Answer:
        return await self._bus.send(command, CommandContext(command_id=command_id, actor="dana"))


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        yield bus


@pytest.fixture
async def facts(log: NatsBus) -> AsyncIterator[Facts]:
    async with facts_of(log) as facts:
        yield facts


@pytest.fixture
async def desk(bus_urls: NatsServer, log: NatsBus, tmp_path: Path) -> AsyncIterator[Desk]:
    folder = tmp_path / "river"
    folder.mkdir()
    async with AsyncExitStack() as stack:
        gateway = await stack.enter_async_context(bus_as(bus_urls, "gateway"))
        yield Desk(bus_urls, gateway, folder, stack)


async def test_words_of_operators_become_facts_and_are_answered_once(
    desk: Desk, facts: Facts
) -> None:
    await desk.start()
    desk.write(hand(0), hand(1))
    await facts.until(SnapshotRead)
    exclude = ExcludeGame(game_id=GAME, reason=WHY)

    said = await desk.send(exclude)
    again = await desk.send(exclude)
    equal = await desk.send(exclude, "c2")

    [fact] = await facts.until(GameExcluded)
    assert (said.sequence, said.repeated) == (fact.sequence, False)
    assert (again.sequence, again.repeated) == (fact.sequence, True)
    assert (equal.said, equal.refusal) == (0, None)
    assert (fact.envelope.actor, fact.envelope.source) == ("dana", "gfx-ingest")
    assert (fact.event.game_id, fact.event.reason) == (GAME, WHY)


async def test_refusals_come_back_with_their_sentence(desk: Desk, facts: Facts) -> None:
    await desk.start()
    bind = BindGame(game_id=GAME, event_id="LAKE-OPEN-1", from_ordinal=3)

    unknown = (await desk.send(bind)).refusal
    desk.write(hand(0), hand(1))
    await facts.until(SnapshotRead)
    missing = (await desk.send(bind)).refusal

    assert (unknown.code, unknown.reason) == ("not_found", "game_not_found")
    assert (missing.code, missing.reason) == ("not_found", "hand_not_found")
    assert "2 hands" in missing.message


async def test_of_two_overlapping_corrections_sent_at_once_one_is_refused(
    desk: Desk, facts: Facts, tmp_path: Path
) -> None:
    await desk.start()
    desk.write(hand(0), hand(1))
    await facts.until(SnapshotRead)
    (tmp_path / "empty").mkdir()
    await desk.start(tmp_path / "empty")

    def correct(number: int) -> CorrectSeat:
        return CorrectSeat(
            game_id=GAME,
            correction_id=f"k{number}",
            seat=2,
            from_ordinal=0,
            to_ordinal=None,
            person_id=of_operator(f"p{number}"),
            name="Quennell",
            long_name="",
            reason=WHY,
        )

    answers = await asyncio.gather(*(desk.send(correct(n), f"c{n}") for n in range(6)))

    refusals = [answer.refusal.reason for answer in answers if answer.refusal]
    assert refusals == ["correction_overlap"] * 5
    [fact] = await facts.until(SeatCorrected)
    assert (fact.event.from_ticks, fact.event.to_ticks) == (start_ticks(0), None)


async def test_a_binding_made_while_files_are_read_is_kept(desk: Desk, facts: Facts) -> None:
    await desk.start()
    desk.write(hand(0))
    await facts.until(SnapshotRead)
    for number in range(1, 5):
        desk.write(*(hand(n) for n in range(number + 1)))
        command = BindGame(game_id=GAME, event_id=f"LAKE-OPEN-{number}")
        assert (await desk.send(command, f"c{number}")).refusal is None
        await facts.until(SnapshotRead, number + 1)
    assert len(facts.of(GameBound)) == 4
    assert len(facts.of(HandRecorded)) == 5


async def test_what_follows_from_hands_is_said_and_voided_by_a_revision(
    desk: Desk, facts: Facts, log: NatsBus
) -> None:
    await desk.start()
    desk.write(hand(0, won=BUSTED))
    await facts.until(SnapshotRead)
    await emptied(log, "gfx-ingest-findings")
    desk.write(hand(0), hand(1))
    await facts.until(HandRevised)
    await emptied(log, "gfx-ingest-findings")
    await facts.up_to((await log.head()).sequence)

    assert len(facts.of(IdentitySeen)) == 4, "two of each version of the first hand"
    assert [fact.event.start_ticks for fact in facts.of(Voided)].count(start_ticks(0)) >= 2
    assert await dead_letters(log) == 0


async def test_a_hand_that_rested_while_the_service_was_away_is_over_as_of_its_time(
    desk: Desk, facts: Facts, bus_urls: NatsServer
) -> None:
    desk.write(hand(0), hand(1, won=0))
    async with AsyncExitStack() as life:
        await Desk(bus_urls, desk._bus, desk.folder, life).start(finalise_after_s=0.5)
        [waiting] = await facts.until(HandProvisional)
    await desk.start(finalise_after_s=0.5)
    [over] = await facts.until(HandFinalised)
    assert over.event.effective_at == waiting.event.quiet_at <= over.envelope.time
    assert (over.event.reason, over.event.start_ticks) == ("quiet", start_ticks(1))
    desk.write(hand(0), hand(1, won=0), hand(2))
    await facts.until(SnapshotRead, 2)
    assert len(facts.of(HandFinalised)) == 1


async def test_a_file_that_vanished_while_the_service_was_down_is_said_to_be_removed(
    desk: Desk, facts: Facts, bus_urls: NatsServer
) -> None:
    desk.write(hand(0))
    (desk.folder / file_name(GAME_ID + 1)).write_bytes(game_file(hand(0), game_id=GAME_ID + 1))
    async with AsyncExitStack() as life:
        await Desk(bus_urls, desk._bus, desk.folder, life).start()
        await facts.until(SnapshotRead, 2)
    data = (desk.folder / NAME).read_bytes()
    (desk.folder / NAME).unlink()
    await desk.start()
    [gone] = await facts.until(FileRemoved)
    assert gone.event.source.path == NAME
    (desk.folder / NAME).write_bytes(data)
    [back] = await facts.until(FileSkipped)
    assert back.event.reason == "duplicate"
