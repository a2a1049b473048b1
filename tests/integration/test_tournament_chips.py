"""Whose chips: statements of the tables and of the platform, side by side."""

import msgspec
import pytest

from contracts.messages.gfx_game import GameExcluded
from contracts.poker.ticks import ticks_to_utc
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from tests.support.folding import log_of
from tests.support.gfx_facts import GAME, recorded_hand, ticks, walk
from tests.support.stored import stored
from tests.support.tournament import (
    EVENT,
    Imports,
    bound,
    chips,
    game,
    identity,
    linked,
    minutes,
    player_id,
    unlinked,
)

STACKS = {2: 5000, 5: 6000, 8: 7000}
BOTH = (
    "select source, chips, gfx_chips, wsop_chips from views.player_chips "
    "where event_id = $1 and holder = $2"
)
CHANGES = (
    "select recorded_at, chips, chip_change, to_seq is null from views.player_chip_history "
    "where event_id = $1 and holder = $2 order by recorded_at, from_seq"
)
# The one hand ends a minute after it starts.
HAND_AT = msgspec.convert(ticks_to_utc(ticks(0)), type=type(minutes(0))).replace(microsecond=0)
MINUTE = minutes(1) - minutes(0)


def person(number):
    return f"w-{player_id(number)}"


@pytest.fixture
async def views(database):
    async with stored(database, CHIP_COUNTS) as opened:
        yield opened


def table(*more):
    return [game(), bound(), linked(2, 7), recorded_hand(walk(0, STACKS)), *more]


async def both(views, facts, who):
    views.forget()
    await views.tell(log_of(*facts))
    return await views.values(BOTH, EVENT, who)


@pytest.mark.parametrize(
    ("after", "source", "held"), [(-60, "gfx", 5000), (31, "gfx", 5000), (32, "wsop", 40)]
)
async def test_the_table_holds_until_the_platform_counts_half_an_hour_later(
    views, after, source, held
):
    counted = Imports().counts(HAND_AT + after * MINUTE, [chips(7, 40)])
    assert await both(views, [*table(), *counted], person(7)) == [(source, held, 5000, 40)]


async def test_who_is_not_seated_or_not_in_a_bound_game_has_the_platforms_chips(views):
    counted = Imports().counts(HAND_AT, [chips(7, 40)])
    left = table(recorded_hand(walk(1, {5: 6000, 8: 7000})))
    assert await both(views, [*left, *counted], person(7)) == [("wsop", 40, None, 40)]
    unbound = [fact for fact in table() if fact.TYPE.name != "game_bound"]
    assert await both(views, [*unbound, *counted], person(7)) == [("wsop", 40, None, 40)]
    gone = GameExcluded(game_id=GAME, reason="a rehearsal")
    assert await both(views, [*table(gone), *counted], person(7)) == [("wsop", 40, None, 40)]


async def test_who_sits_at_an_unbound_table_now_no_longer_holds_the_old_seat(views):
    other = "639900000000000001"
    moved = msgspec.structs.replace(recorded_hand(walk(9, STACKS)), game_id=other)
    facts = [*table(), game(game_id=other), moved, *Imports().counts(HAND_AT, [chips(7, 40)])]
    assert await both(views, facts, person(7)) == [("wsop", 40, None, 40)]


async def test_a_link_joins_both_sides_and_its_removal_parts_them(views):
    facts = [*table(), *Imports().counts(HAND_AT, [chips(7, 40)])]
    assert await both(views, facts, identity(2)) == []
    facts.append(unlinked(2, 7))
    assert await both(views, facts, identity(2)) == [("gfx", 5000, 5000, None)]
    assert await both(views, facts, person(7)) == [("wsop", 40, None, 40)]


async def test_the_current_count_is_that_of_the_largest_time_whenever_it_came(views):
    imports = Imports()
    facts = imports.counts(minutes(30), [chips(1, 300)])
    facts += imports.counts(minutes(0), [chips(1, 100)])
    assert await both(views, facts, person(1)) == [("wsop", 300, None, 300)]
    assert await views.values(CHANGES, EVENT, person(1)) == [
        (minutes(0), 100, None, True),
        (minutes(30), 300, 200, True),
    ]


async def test_a_change_is_against_the_time_before_even_if_that_came_late(views):
    imports = Imports()
    facts = imports.counts(minutes(0), [chips(1, 100)])
    facts += imports.counts(minutes(30), [chips(1, 300)])
    facts += imports.counts(minutes(15), [chips(1, 50)])
    await views.tell(log_of(*facts))
    assert await views.values(CHANGES, EVENT, person(1)) == [
        (minutes(0), 100, None, True),
        (minutes(15), 50, -50, True),
        (minutes(30), 300, 250, True),
    ]


async def test_a_correction_holds_and_what_it_corrects_stays_in_the_history(views):
    imports = Imports()
    first = imports.counts(minutes(0), [chips(1, 100, table_num=3)])
    again = imports.counts(minutes(0), [chips(1, 90, before=first[1].rows[0].told)])
    await views.tell(log_of(*first, *again))
    assert await views.values(CHANGES, EVENT, person(1)) == [
        (minutes(0), 100, None, False),
        (minutes(0), 90, None, True),
    ]
    replaced = "select table_num, from_seq, to_seq from views.player_chip_history order by from_seq"
    assert await views.values(replaced) == [(3, 2, 5), (None, 5, None)]


async def test_two_with_chips_on_one_seat_at_one_moment_are_kept_and_marked(views):
    imports = Imports()
    seat = {"table_num": 4, "seat_num": 2}
    facts = imports.counts(
        minutes(0),
        [
            chips(1, 100, **seat),
            chips(2, 50, **seat),
            chips(3, 0, **seat),
            chips(4, 9, table_num=4),
        ],
    )
    await views.tell(log_of(*facts))
    marked = "select holder, seat_conflict from views.player_chips order by holder"
    assert await views.values(marked) == [
        (person(1), True),
        (person(2), True),
        (person(3), False),
        (person(4), False),
    ]


async def test_an_empty_seat_is_no_conflict_with_who_sits_there_now(views):
    seat = {"table_num": 4, "seat_num": 2}
    await views.tell(
        log_of(*Imports().counts(minutes(0), [chips(1, 9, **seat), chips(2, 0, **seat)]))
    )
    assert await views.values("select distinct seat_conflict from views.player_chips") == [(False,)]


async def test_a_name_is_nobody_and_keeps_its_row(views):
    await views.tell(log_of(*Imports().counts(minutes(0), [chips("Ada Quill", 7)])))
    found = "select person_id, player_name, chips from views.player_chips"
    assert await views.values(found) == [(None, "Ada Quill", 7)]
