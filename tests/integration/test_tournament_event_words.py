"""What operators say about an event, as the views show it: the hold, and places."""

import random
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contracts.messages import Event
from contracts.messages.wsop_event import EliminationSet, EliminationWithdrawn, HoldSet
from contracts.poker.ticks import ticks_to_utc, utc_to_ticks
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from projections.standings.store import SPEC as STANDINGS
from tests.support.folding import LOG_START, log_of
from tests.support.gfx_facts import recorded_hand, ticks, walk
from tests.support.stored import Stored, stored
from tests.support.tournament import (
    EVENT,
    Imports,
    bound,
    chips,
    game,
    identity,
    knockout,
    linked,
    minutes,
    payout,
    place,
    player_id,
    unlinked,
)

STACKS = {2: 5000, 5: 6000, 8: 7000}
HAND_AT = msgspec.convert(ticks_to_utc(ticks(0)), type=type(minutes(0))).replace(microsecond=0)
CHIPS = "select source, chips from views.player_chips where event_id = $1 and holder = $2"
OUT = (
    "select person_id, place, sharing, place_source, prize, status, re_entries "
    "from views.eliminations where event_id = $1 order by sort_place, person_id"
)
SHOWN = ("eliminations", "player_chips")


def person(number: int) -> str:
    return f"w-{player_id(number)}"


def hold(count: int, event_id: str = EVENT) -> HoldSet:
    return HoldSet(event_id=event_id, minutes=count)


def out(who: str, number: int) -> EliminationSet:
    return EliminationSet(event_id=EVENT, person_id=who, place=number, reason="said the floor")


def back(who: str) -> EliminationWithdrawn:
    return EliminationWithdrawn(event_id=EVENT, person_id=who, reason="somebody else")


@pytest.fixture
async def views(database: str) -> AsyncIterator[Stored]:
    async with stored(database, CHIP_COUNTS, STANDINGS) as opened:
        yield opened


async def outs(views: Stored, *facts: Event) -> Sequence[tuple[Any, ...]]:
    views.forget()
    await views.tell(log_of(*facts))
    return await views.values(OUT, EVENT)


def table(kind: str = "FINAL_TABLE") -> list[Event]:
    """One hand in which seat 2 goes out third."""
    return [game(kind), bound(), recorded_hand(knockout(0, STACKS, {2: 3}))]


@pytest.mark.parametrize(
    ("words", "after", "held"),
    [
        ([], 31, ("gfx", 5000)),
        ([], 32, ("wsop", 40)),
        ([hold(5)], 6, ("gfx", 5000)),
        ([hold(5)], 7, ("wsop", 40)),
        ([hold(0)], 2, ("wsop", 40)),
        ([hold(1440)], 300, ("gfx", 5000)),
        ([hold(5), hold(30)], 31, ("gfx", 5000)),
        ([hold(5, "PIER-2031")], 31, ("gfx", 5000)),
    ],
)
async def test_the_hold_of_an_event_says_how_long_its_tables_win(
    views: Stored, words: list[Event], after: int, held: tuple[str, int]
) -> None:
    facts = [game(), bound(), linked(2, 7), recorded_hand(walk(0, STACKS)), *words]
    facts += Imports().counts(HAND_AT + timedelta(minutes=after), [chips(7, 40)])
    await views.tell(log_of(*facts))
    assert await views.values(CHIPS, EVENT, person(7)) == [held]


async def test_an_operators_place_beats_the_tables_and_taking_it_back_restores_it(
    views: Stored,
) -> None:
    said = [*Imports().events(payouts=(payout(3, 3, 500), payout(4, 4, 300))), *table()]
    theirs = [(identity(2), 3, 1, "final_table", 500, "eliminated", 0)]
    assert await outs(views, *said) == theirs
    said.append(out(identity(2), 4))
    assert await outs(views, *said) == [(identity(2), 4, 1, "operator", 300, "eliminated", 0)]
    assert await outs(views, *said, back(identity(2))) == theirs


async def test_an_operators_place_frees_a_bust_of_a_feature_table(views: Stored) -> None:
    [row] = await outs(views, *table("FEATURE_TABLE"), out(identity(2), 40))
    assert row[:4] == (identity(2), 40, 1, "operator")
    blocked = "select blocked, game_id is null from views.eliminations"
    assert await views.values(blocked) == [(False, False)]


async def test_the_platforms_final_rank_beats_an_operators_place(views: Stored) -> None:
    said = [out(person(1), 9), out(person(2), 9)]
    rows = [place(6, 1, 0, status="eliminated")]
    found = await outs(views, *said, *Imports().standings(minutes(0), rows))
    assert [row[:4] for row in found] == [
        (person(1), 6, 1, "wsop"),
        (person(2), 9, 1, "operator"),
    ]


async def test_a_player_out_without_a_rank_has_the_operators_place(views: Stored) -> None:
    counted = Imports().counts(minutes(0), [chips(1, 0, status="eliminated")])
    [row] = await outs(views, *counted, out(person(1), 12))
    assert row[:4] == (person(1), 12, 1, "operator")


async def test_two_with_one_place_share_its_prizes(views: Stored) -> None:
    prizes = Imports().events(payouts=(payout(9, 9, 500), payout(10, 10, 301)))
    found = await outs(views, *prizes, out(person(1), 9), out(person(2), 9))
    assert found == [(person(n), 9, 2, "operator", 400, "eliminated", 0) for n in (1, 2)]


async def test_the_first_place_is_won(views: Stored) -> None:
    [row] = await outs(views, out(person(1), 1))
    assert row == (person(1), 1, 1, "operator", None, "winner", 0)


@pytest.mark.parametrize(("after", "stays"), [(-9, True), (9, False)])
async def test_chips_of_the_platform_take_a_place_back_only_if_they_are_later(
    views: Stored, after: int, stays: bool
) -> None:
    counted = Imports().counts(LOG_START + timedelta(minutes=after), [chips(1, 500)])
    assert bool(await outs(views, *counted, out(person(1), 9))) is stays
    assert bool(await outs(views, out(person(1), 9), *counted)) is stays


@pytest.mark.parametrize(("after", "stays"), [(-1, True), (1, False)])
async def test_chips_at_a_table_take_a_place_back_only_if_they_are_later(
    views: Stored, after: int, stays: bool
) -> None:
    played = f"{LOG_START + timedelta(hours=after):%Y-%m-%dT%H:%M:%SZ}"
    begun = {"start_utc": played, "start_ticks": str(utc_to_ticks(played))}
    hand = recorded_hand(msgspec.structs.replace(walk(0, STACKS), **begun))
    found = await outs(views, game(), bound(), out(identity(2), 9), hand)
    assert bool(found) is stays


async def test_a_link_gives_the_place_to_the_player_and_the_later_word_counts(
    views: Stored,
) -> None:
    said = [out(person(7), 8), out(identity(2), 9), linked(2, 7)]
    assert [row[:2] for row in await outs(views, *said)] == [(person(7), 9)]
    parted = await outs(views, *said, unlinked(2, 7))
    assert [row[:2] for row in parted] == [(person(7), 8), (identity(2), 9)]


async def test_any_split_and_repeat_of_the_words_show_the_same(views: Stored) -> None:
    imports = Imports()
    facts = log_of(
        hold(5),
        *table(),
        out(identity(2), 4),
        *imports.counts(minutes(0), [chips(1, 0, status="eliminated"), chips(3, 50)]),
        out(person(1), 12),
        out(person(3), 11),
        back(identity(2)),
        hold(60),
        out(person(1), 10),
    )
    await views.tell(facts)
    shown, hashes = await views.shown(*SHOWN), await views.hashes()
    for seed in range(8):
        views.forget()
        dice, done = random.Random(seed), 0
        while done < len(facts):
            until = done + dice.randint(1, 4)
            views.fold(facts[max(done - dice.randint(0, 3), 0) : until])
            done = until
        await views.tell(facts)
        assert (await views.shown(*SHOWN), await views.hashes()) == (shown, hashes)
    assert [row[:2] for row in await views.values(OUT, EVENT)] == [
        (identity(2), 3),
        (person(1), 10),
        (person(3), 11),
    ]
