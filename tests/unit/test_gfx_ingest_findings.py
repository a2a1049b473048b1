"""What follows from the hands of a game is said once, and voided when it follows no longer."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bus.api import CommandContext, Entity, recorded
from bus.decide import DeciderRunner
from bus.memory import Log, MemoryBus
from contracts.decision import Refusal
from contracts.messages import Event
from contracts.messages.gfx import HandFinalised, SnapshotRead
from contracts.messages.gfx_findings import (
    AllInDetected,
    AllInDetectedVoided,
    BlindsChanged,
    IdentitySeen,
    PlayerBusted,
    PlayerBustedVoided,
    SeatChanged,
    StackCorrected,
    StackCorrectedVoided,
    Voided,
)
from contracts.messages.gfx_game import ExcludeGame
from contracts.poker.findings import Difference, Finding
from contracts.poker.game import findings
from contracts.poker.hand import Hand
from contracts.poker.held import hold
from contracts.recorded import Recorded
from services.gfx_ingest.domain import (
    FINALISE_AFTER,
    Command,
    GfxDecider,
    ImportSnapshot,
    SayFindings,
    State,
    batch,
    is_said,
)
from services.gfx_ingest.domain.findings import finding_id
from services.gfx_ingest.inputs.parse import Origin, parse
from services.gfx_ingest.outputs import findings as outputs
from services.gfx_ingest.outputs.findings import FindingsReactor
from services.gfx_ingest.outputs.quiet import LOOK_S_MAX, QuietTimer
from tests.support.gfx_facts import GAME, NOW, Files, FollowedFiles, digest, snapshot
from tests.support.gfx_files import real_files, sha256
from tests.support.poker_oracle import acts, make_hand, sit

OTHER_GAME = "639700000000000002"
SHOVE = acts("2 ALL IN 400", "3 CALL 400")
BUST = make_hand([sit(2, 400, 0), sit(3, 1000, 1400)], SHOVE, start=1)
DOUBLE = make_hand([sit(2, 400, 900), sit(3, 1000, 500)], SHOVE, start=1)
OPEN = make_hand([sit(2, 400), sit(3, 1000)], SHOVE[:1], start=1)
NEXT = make_hand([sit(2, 0), sit(3, 1400, 1500), sit(4, 800, 700)], acts("4 FOLD"), start=2)
ACTORS = itertools.count()


class Instance:
    """One gfx-ingest on a log: its Decider, its reactor and its timer, driven by hand."""

    def __init__(self, log: Log, stack: AsyncExitStack) -> None:
        self.log = log
        self._stack = stack
        self.now = NOW

    async def start(self) -> "Instance":
        bus = MemoryBus(self.log, "gfx-ingest")
        self.runner: DeciderRunner[Command, State] = DeciderRunner(
            bus, GfxDecider(), "gfx-ingest", lambda: self.now
        )
        await self._stack.enter_async_context(self.runner)
        following = asyncio.create_task(self.runner.follow())
        self._stack.callback(following.cancel)
        self.reactor = FindingsReactor(bus, self.runner)
        self.timer = QuietTimer(self.runner, FINALISE_AFTER, lambda: self.now)
        return self

    async def ask(self, command: Command, game_id: str = GAME) -> int:
        context = CommandContext(command_id=f"c-{next(ACTORS)}", actor="river")
        answer = await self.runner.execute(command, Entity("gfx", "game", game_id), context)
        assert answer.refusal is None, answer
        return answer.said

    async def write(self, *hands: Hand, game_id: str = GAME, path: str = "a") -> None:
        file = ImportSnapshot(snapshot=snapshot(path, hands, game_id))
        while await self.ask(file, game_id):
            pass

    async def react(self, facts: Sequence[Recorded] = ()) -> list[Event]:
        """Hear these facts, or all so far; returns what is said."""
        count = len(self.log.events)
        for fact in facts or self.facts():
            await self.reactor.react(fact)
        return [fact.event for fact in self.facts()[count:]]

    def facts(self) -> list[Recorded]:
        return [recorded(message) for message in self.log.events]

    def standing(self, game_id: str = GAME) -> dict[str, Finding]:
        """Findings said and not voided, by id."""
        found: dict[str, Finding] = {}
        for event in (fact.event for fact in self.facts() if fact.event.subject_id == game_id):
            if isinstance(event, Voided):
                del found[event.finding_id]
            elif hasattr(event, "finding"):
                assert event.finding_id not in found
                found[event.finding_id] = event.finding
        return found


@asynccontextmanager
async def instances(count: int = 1) -> AsyncIterator[list[Instance]]:
    log = Log()
    async with AsyncExitStack() as stack:
        yield [await Instance(log, stack).start() for _ in range(count)]


@pytest.fixture
async def desk() -> AsyncIterator[Instance]:
    async with instances() as (desk,):
        yield desk


def expected(*hands: Hand, quiet: bool = False) -> dict[str, Finding]:
    held = [hold(hand, digest(hand), quiet=quiet and hand is hands[-1]) for hand in hands]
    return {finding_id(each): each for each in findings(GAME, held) if is_said(each)}


def kinds(events: Sequence[Event]) -> set[type[Event]]:
    return {type(event) for event in events}


async def test_a_closed_file_says_what_follows_from_the_hands(desk: Instance) -> None:
    await desk.write(BUST, NEXT)
    events = await desk.react()
    assert desk.standing() == expected(BUST, NEXT)
    assert kinds(events) == {IdentitySeen, AllInDetected, PlayerBusted, SeatChanged}
    bust = next(event for event in events if isinstance(event, PlayerBusted))
    assert (bust.game_id, bust.finding.seat, bust.finding.digests) == (GAME, 2, (digest(BUST),))


async def test_levels_and_typed_stacks_are_said_and_totals_are_not(desk: Instance) -> None:
    blinds = msgspec.structs.replace(NEXT.blinds, big_blind=200)
    typed = make_hand([sit(3, 1475, 1500)], start=2, blinds=blinds)
    await desk.write(BUST, typed)
    held = [hold(hand, digest(hand)) for hand in (BUST, typed)]
    assert any(not is_said(each) for each in findings(GAME, held))
    assert {StackCorrected, BlindsChanged} < kinds(await desk.react())
    assert desk.standing() == expected(BUST, typed)


async def test_a_fact_that_closes_nothing_says_nothing(desk: Instance) -> None:
    await desk.write(BUST)
    closing = [f for f in desk.facts() if isinstance(f.event, SnapshotRead | HandFinalised)]
    others = [fact for fact in desk.facts() if fact not in closing]
    assert await desk.react(others) == []
    assert await desk.react(closing) != []


async def test_a_redelivery_says_nothing_also_after_a_restart(desk: Instance) -> None:
    await desk.write(BUST, NEXT)
    await desk.react()
    assert await desk.react() == []
    await desk.start()
    assert await desk.react() == []


async def test_two_instances_that_hear_the_same_fact_say_it_once() -> None:
    async with instances(2) as (one, other):
        await one.write(BUST, NEXT)
        closing = one.facts()[-1:]
        await asyncio.gather(one.react(closing), other.react(closing))
        assert one.standing() == expected(BUST, NEXT)
        await one.write(DOUBLE, NEXT)
        closing = one.facts()[-1:]
        await asyncio.gather(other.react(closing), one.react(closing))
        assert one.standing() == expected(DOUBLE, NEXT)


async def test_a_revised_hand_voids_what_followed_from_it(desk: Instance) -> None:
    await desk.write(BUST, NEXT)
    before = await desk.react()
    await desk.write(DOUBLE, NEXT)
    events = await desk.react()
    bust = next(event for event in before if isinstance(event, PlayerBusted))
    voided = next(event for event in events if isinstance(event, PlayerBustedVoided))
    assert voided == PlayerBustedVoided(
        game_id=GAME, finding_id=bust.finding_id, start_ticks=BUST.start_ticks, seat=2
    )
    assert StackCorrected in kinds(events)
    assert desk.standing() == expected(DOUBLE, NEXT)
    await desk.write(BUST, NEXT)
    assert StackCorrectedVoided in kinds(await desk.react())
    assert desk.standing() == expected(BUST, NEXT)


async def test_an_open_all_in_is_voided_and_said_as_over_when_a_hand_follows(
    desk: Instance,
) -> None:
    await desk.write(OPEN)
    (before,) = (e for e in await desk.react() if isinstance(e, AllInDetected) and e.finding.all_in)
    assert not before.finding.hand_over
    await desk.write(OPEN, NEXT)
    events = await desk.react()
    voided = {event.finding_id for event in events if isinstance(event, AllInDetectedVoided)}
    assert before.finding_id in voided
    assert desk.standing() == expected(OPEN, NEXT)


async def test_an_open_all_in_is_over_when_its_file_rested(desk: Instance) -> None:
    await desk.write(OPEN)
    await desk.react()
    desk.now += FINALISE_AFTER
    count = len(desk.facts())
    await desk.timer.look()
    events = await desk.react(desk.facts()[count:])
    (over,) = (event for event in events if isinstance(event, AllInDetected))
    assert over.finding.hand_over
    assert desk.standing() == expected(OPEN, quiet=True) != expected(OPEN)


async def test_a_finding_of_the_same_name_with_other_content_is_voided_and_said_again(
    desk: Instance,
) -> None:
    await desk.write(BUST)
    old = [
        msgspec.structs.replace(each, rank=7) if each.KIND == "player_busted" else each
        for each in expected(BUST).values()
    ]
    difference = Difference(voided=(), said=tuple(old))
    await desk.ask(SayFindings(game_id=GAME, facts=len(desk.log.events), difference=difference))
    events = await desk.react()
    assert [type(event) for event in events] == [PlayerBustedVoided, PlayerBusted]
    assert events[0].finding_id == events[1].finding_id
    assert desk.standing() == expected(BUST)


async def test_a_difference_that_was_overtaken_by_another_fact_says_nothing(desk: Instance) -> None:
    await desk.write(BUST)
    difference = Difference(voided=(), said=tuple(expected(BUST).values()))
    stale = SayFindings(game_id=GAME, facts=len(desk.log.events), difference=difference)
    await desk.ask(ExcludeGame(game_id=GAME, reason="rehearsal"))
    assert await desk.ask(stale) == 0
    assert await desk.ask(msgspec.structs.replace(stale, facts=len(desk.log.events)))


async def test_many_findings_are_said_in_parts(
    desk: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.write(BUST, NEXT)
    monkeypatch.setattr(batch, "EVENTS_MAX", 2)
    await desk.react()
    assert desk.standing() == expected(BUST, NEXT)
    causes = [f.envelope.causation_id for f in desk.facts() if hasattr(f.event, "finding")]
    assert max(causes.count(cause) for cause in causes) == 2


async def test_games_that_are_no_longer_cached_are_read_again(
    desk: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "GAMES_MAX", 1)
    for hands in ([BUST], [BUST, NEXT], [DOUBLE, NEXT]):
        for game_id in (GAME, OTHER_GAME):
            await desk.write(*hands, game_id=game_id)
            await desk.react()
            assert len(desk.reactor._games) == 1
    assert desk.standing() == expected(DOUBLE, NEXT)
    assert len(desk.standing(OTHER_GAME)) == len(desk.standing())


async def test_a_game_with_more_facts_than_may_be_read_is_left_alone(
    desk: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outputs, "FACTS_MAX", 3)
    await desk.write(BUST, NEXT)
    assert await desk.react() == []
    await desk.write(BUST, game_id=OTHER_GAME)
    assert await desk.react() != []


async def test_a_finding_larger_than_a_message_is_refused() -> None:
    files = Files()
    files.write("a", BUST)
    huge = [msgspec.structs.replace(each, player="x" * 300_000) for each in expected(BUST).values()]
    command = SayFindings(
        game_id=GAME,
        facts=files.game.facts,
        difference=Difference(voided=(), said=tuple(huge)),
    )
    refusal = files.decider.decide(command, files.game, NOW)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == "finding_too_large"


async def test_the_timer_waits_for_the_earliest_hand_and_says_late_what_it_slept_through(
    desk: Instance,
) -> None:
    assert await desk.timer.look() == LOOK_S_MAX
    await desk.write(OPEN)
    desk.now += FINALISE_AFTER - timedelta(seconds=5)
    assert await desk.timer.look() == 5.0
    desk.now += timedelta(hours=2)
    await desk.start()
    await desk.timer.look()
    (over,) = (fact.event for fact in desk.facts() if isinstance(fact.event, HandFinalised))
    assert (over.reason, over.effective_at) == ("quiet", NOW + FINALISE_AFTER)
    assert await desk.timer.look() == LOOK_S_MAX


async def test_every_hand_of_a_game_that_rested_is_said_to_be_over(desk: Instance) -> None:
    later = make_hand([sit(2, 400), sit(3, 1000)], SHOVE[:1], start=2)
    for hands in ([OPEN], [OPEN, later]):
        await desk.write(*hands)
        desk.now += FINALISE_AFTER
        await desk.timer.look()
    over = [fact.event for fact in desk.facts() if isinstance(fact.event, HandFinalised)]
    assert [event.start_ticks for event in over] == [OPEN.start_ticks, later.start_ticks]


async def test_two_timers_say_the_end_of_a_hand_once() -> None:
    async with instances(2) as (one, other):
        await one.write(OPEN)
        one.now = other.now = NOW + FINALISE_AFTER
        await asyncio.gather(one.timer.look(), other.timer.look())
        await other.timer.look()
        assert sum(isinstance(fact.event, HandFinalised) for fact in one.facts()) == 1


# Four hands in three versions each: settled, with a bust, and open.
VERSIONS = {
    (number, version): msgspec.structs.replace(
        hand, start_ticks=str(int(BUST.start_ticks) + number), hand_num=number
    )
    for number in range(4)
    for version, hand in enumerate((DOUBLE, BUST, OPEN))
}
contents = st.dictionaries(st.integers(0, 3), st.integers(0, 2), min_size=1)
writes = st.lists(st.tuples(st.sampled_from("ab"), contents, st.integers(0, 200)), max_size=8)


@given(writes)
@settings(max_examples=150)
def test_after_any_history_the_findings_that_stand_follow_from_the_hands_that_hold(
    history: list[tuple[str, dict[int, int], int]],
) -> None:
    files, now = FollowedFiles(), NOW
    by_digest = {digest(hand): hand for hand in VERSIONS.values()}
    for path, content, wait_s in history:
        files.write(path, *(VERSIONS[each] for each in sorted(content.items())), now=now)
        now += timedelta(seconds=wait_s)
        files.rest(now)
        over = files.game.finalised
        held = [
            hold(by_digest[known], known, quiet=(start, known) == over)
            for start, known in files.held().items()
        ]
        wanted = {finding_id(each) for each in findings(GAME, held) if is_said(each)}
        assert files.settle() == wanted


def test_the_real_files_say_the_same_in_any_order() -> None:
    snapshots = [parse(data, Origin("river", p, sha256(data))) for p, data in real_files()]
    outcomes = []
    for seed in range(3):
        Random(seed).shuffle(snapshots)
        games: dict[str, FollowedFiles] = {}
        for file in snapshots:
            game = games.setdefault(file.game_id, FollowedFiles(file.game_id))
            game.take(file)
            game.settle()
        outcomes.append({game_id: game.settle() for game_id, game in games.items()})
        events = [event for game in games.values() for event in game.said]
        said = {event.finding_id: event for event in events if hasattr(event, "finding")}
        for event in events:
            if isinstance(event, Voided):
                del said[event.finding_id]
        assert sum(isinstance(event, PlayerBusted) for event in said.values()) == 40
        assert sum(getattr(e.finding, "at_risk", False) for e in said.values()) == 87
    assert all(outcome == outcomes[0] for outcome in outcomes)
