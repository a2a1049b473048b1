"""Stacks as they were known: a read that goes back answers what was answered then."""

import random
from collections.abc import Callable

import pytest

from contracts.messages import Event
from contracts.messages.gfx_game import (
    GameExcluded,
    GameIncluded,
    GameUnbound,
    SeatCorrected,
    SeatCorrectionWithdrawn,
)
from contracts.messages.wsop_event import HoldSet
from contracts.tournament import ChipCount
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from tests.support.folding import log_of
from tests.support.gfx_facts import GAME, recorded_hand, revised_hand, ticks, walk
from tests.support.stored import Stored, stored
from tests.support.tournament import (
    EVENT,
    Imports,
    bound,
    chips,
    game,
    linked,
    minutes,
    player_id,
    unlinked,
)

SEATS = (2, 5, 8)
HANDS, PEOPLE, STEPS = 12, 5, 45
# Every published view of what was known, by the one of what is.
VIEWS = {
    "chips": "chips_then",
    "player_chips": "player_chips_then",
    "player_chip_holders": "player_chip_holders_then",
}


class Story:
    """Facts in any order that services could say them in."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.imports = Imports()
        self.hands: dict[int, dict[int, int]] = {}
        self.counts: dict[tuple[int, int], ChipCount] = {}

    def facts(self) -> list[Event]:
        """A game, then whatever happens."""
        said: list[Event] = [game(), bound()]
        happenings: tuple[Callable[[], list[Event]], ...] = (
            self.hand,
            self.hand,
            self.count,
            self.count,
            self.revision,
            self.word,
            self.word,
        )
        for _ in range(STEPS):
            said += self.random.choice(happenings)()
        return said

    def stacks(self) -> dict[int, int]:
        seated = self.random.sample(SEATS, self.random.choice((2, 3)))
        return {seat: 100 * self.random.randint(5, 90) for seat in sorted(seated)}

    def hand(self) -> list[Event]:
        number = self.random.randrange(HANDS)
        if number in self.hands:
            return []
        self.hands[number] = self.stacks()
        return [recorded_hand(walk(number, self.hands[number]), number)]

    def revision(self) -> list[Event]:
        if not self.hands:
            return []
        number = self.random.choice(list(self.hands))
        self.hands[number] = self.stacks()
        return [revised_hand(walk(number, self.hands[number]), number)]

    def count(self) -> list[Event]:
        at, rows = self.random.choice((-60, 0, 15, 30, 45, 90)), []
        for who in self.random.sample(range(1, PEOPLE + 1), self.random.randint(1, PEOPLE)):
            seat = {"table_num": 1, "seat_num": self.random.randint(1, 3)}
            before = self.counts.get((at, who))
            row = chips(who, self.random.choice((0, 40, 900)), before=before, **seat)
            if row.told != before:
                rows.append(row)
                self.counts[at, who] = row.told
        return self.imports.counts(minutes(at), rows) if rows else []

    def word(self) -> list[Event]:
        seat, who = self.random.choice(SEATS), self.random.randint(1, PEOPLE)
        first = str(ticks(self.random.randrange(HANDS)))
        correction = f"c{seat}"
        return [
            self.random.choice(
                (
                    linked(seat, who),
                    unlinked(seat, who),
                    bound(),
                    GameUnbound(game_id=GAME, from_ticks="0"),
                    GameExcluded(game_id=GAME, reason="a rehearsal"),
                    GameIncluded(game_id=GAME, reason="it counts"),
                    HoldSet(event_id=EVENT, minutes=self.random.choice((0, 30, 600))),
                    SeatCorrected(
                        game_id=GAME,
                        correction_id=correction,
                        seat=seat,
                        from_ticks=first,
                        to_ticks=None,
                        person_id=f"w-{player_id(who)}",
                        name="Ann",
                        long_name="Ann Lee",
                        reason="mistyped",
                    ),
                    SeatCorrectionWithdrawn(
                        game_id=GAME, correction_id=correction, reason="it was right"
                    ),
                )
            )
        ]


async def then(views: Stored, sequence: int) -> dict[str, list[str]]:
    await views.values("select set_config('railcast.as_of', $1, false)", str(sequence))
    return await views.shown(*VIEWS.values())


@pytest.mark.parametrize("seed", range(4))
async def test_every_sequence_of_a_log_is_told_as_it_was_when_it_was_the_last(database, seed):
    facts = log_of(*Story(seed).facts())
    async with stored(database, CHIP_COUNTS) as views:
        known = []
        for fact in facts:
            await views.tell([fact])
            known.append(await views.shown(*VIEWS))
        for fact, was in zip(facts, known, strict=True):
            told = await then(views, fact.sequence)
            assert {name: told[VIEWS[name]] for name in VIEWS} == was, fact


async def test_without_a_sequence_the_views_of_then_are_empty(database):
    async with stored(database, CHIP_COUNTS) as views:
        await views.tell(log_of(*Story(1).facts()))
        now = await views.shown(*VIEWS)
        assert await views.shown(*VIEWS.values()) == {name: [] for name in VIEWS.values()}
        # What a connection says of a sequence that held for one transaction.
        await views.values("select set_config('railcast.as_of', '', false)")
        assert await views.shown(*VIEWS.values()) == {name: [] for name in VIEWS.values()}
        assert await views.shown(*VIEWS) == now
