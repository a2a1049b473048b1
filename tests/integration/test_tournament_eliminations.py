"""Who is out of an event, in which place, for how much: the platform's word and the tables'."""

from collections.abc import Sequence

import msgspec
import pytest

from contracts.messages.gfx_game import GameExcluded, GameIncluded, SeatCorrected
from contracts.poker.ticks import ticks_to_utc
from projections.standings.store import SPEC as STANDINGS
from tests.support.folding import log_of
from tests.support.gfx_facts import GAME, recorded_hand, revised_hand, ticks, walk
from tests.support.stored import stored
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

PAYOUTS = (payout(1, 1, 1000), payout(2, 2, 700), payout(3, 3, 301), payout(4, 5, 100))
OUT = (
    "select person_id, place, sharing, place_source, prize, blocked, re_entries "
    "from views.eliminations where event_id = $1 order by sort_place, person_id"
)
HAND_AT = msgspec.convert(ticks_to_utc(ticks(0)), type=type(minutes(0)))
SEATS = {2: 1000, 4: 3000, 6: 3000, 8: 9000}


def person(number):
    return f"w-{player_id(number)}"


@pytest.fixture
async def views(database):
    async with stored(database, STANDINGS) as opened:
        yield opened


async def outs(views, *facts: object) -> Sequence[tuple[object, ...]]:
    views.forget()
    await views.tell(log_of(*facts))
    return await views.values(OUT, EVENT)


def table(*hands, kind="FINAL_TABLE"):
    return [game(kind), bound(), *(recorded_hand(hand, n) for n, hand in enumerate(hands))]


async def test_a_rank_of_the_platform_is_the_place_and_its_prize_holds(views):
    imports = Imports()
    facts = imports.events(payouts=PAYOUTS)
    rows = [
        place(1, 1, 500),
        place(2, 2, 0, status="eliminated"),
        place(3, 3, 0, status="eliminated", prize_won=299),
        place(6, 4, 0, status="eliminated"),
    ]
    assert await outs(views, *facts, *imports.standings(minutes(0), rows)) == [
        (person(2), 2, 1, "wsop", 700, False, 0),
        (person(3), 3, 1, "wsop", 299, False, 0),
        (person(4), 6, 1, "wsop", None, False, 0),
    ]


async def test_shared_places_share_the_mean_of_their_prizes_in_whole_cents(views):
    imports = Imports()
    facts = imports.events(payouts=PAYOUTS)
    rows = [place(2, n, 0, status="eliminated") for n in (1, 2)]
    found = await outs(views, *facts, *imports.standings(minutes(0), rows))
    assert found == [(person(n), 2, 2, "wsop", 500, False, 0) for n in (1, 2)]


async def test_two_out_in_one_hand_of_a_final_table_are_placed_by_their_stacks(views):
    facts = Imports().events(payouts=PAYOUTS)
    found = await outs(views, *facts, *table(knockout(0, SEATS, {2: 3, 4: 2})))
    assert found == [
        (identity(4), 2, 1, "final_table", 700, False, 0),
        (identity(2), 3, 1, "final_table", 301, False, 0),
    ]


async def test_equal_stacks_out_in_one_hand_share_the_better_place(views):
    facts = Imports().events(payouts=PAYOUTS)
    found = await outs(views, *facts, *table(knockout(0, SEATS, {4: 3, 6: 2})))
    assert found == [
        (who, 2, 2, "final_table", 500, False, 0) for who in sorted((identity(4), identity(6)))
    ]


async def test_equal_stacks_share_whoever_told_the_place_of_each(views):
    imports = Imports()
    facts = [*imports.events(payouts=PAYOUTS), *table(knockout(0, SEATS, {4: 3, 6: 2}))]
    at = msgspec.convert(ticks_to_utc(ticks(5)), type=type(minutes(0)))
    facts += [linked(4, 7), *imports.standings(at, [place(2, 7, 0, status="eliminated")])]
    assert await outs(views, *facts) == [
        (identity(6), 2, 2, "final_table", 500, False, 0),
        (person(7), 2, 2, "wsop", 500, False, 0),
    ]


async def test_a_place_told_before_chips_at_a_table_is_not_that_of_a_later_elimination(views):
    imports = Imports()
    told = imports.standings(
        HAND_AT - (minutes(15) - minutes(0)), [place(5, 7, 0, status="eliminated", prize_won=9)]
    )
    seated = [game(), bound(), linked(2, 7), recorded_hand(walk(0, SEATS))]
    again = imports.counts(HAND_AT + (minutes(15) - minutes(0)), [chips(7, 0, status="eliminated")])
    for facts in ([*told, *seated, *again], [*again, *seated, *told]):
        assert await outs(views, *facts) == [(person(7), None, None, None, None, True, 0)]


async def test_a_bust_at_a_feature_table_has_no_place_and_is_blocked(views):
    found = await outs(views, *table(knockout(0, SEATS, {2: 3}), kind="FEATURE_TABLE"))
    assert found == [(identity(2), None, None, None, None, True, 0)]


async def test_the_rank_of_the_platform_wins_over_that_of_the_table(views):
    imports = Imports()
    facts = [*table(knockout(0, SEATS, {2: 3})), linked(2, 7)]
    at = msgspec.convert(ticks_to_utc(ticks(5)), type=type(minutes(0)))
    facts += imports.standings(at, [place(4, 7, 0, status="eliminated")])
    assert await outs(views, *facts) == [(person(7), 4, 1, "wsop", None, False, 0)]
    assert await outs(views, *facts, unlinked(2, 7)) == [
        (identity(2), 3, 1, "final_table", None, False, 0),
        (person(7), 4, 1, "wsop", None, False, 0),
    ]


async def test_chips_at_a_table_later_withdraw_an_elimination(views):
    out = knockout(0, SEATS, {2: -1})
    assert len(await outs(views, *table(out))) == 1
    assert await outs(views, *table(out, walk(1, SEATS))) == []
    assert await outs(views, *table(walk(0, SEATS), knockout(1, SEATS, {2: -1}))) != []


async def test_chips_of_the_platform_later_withdraw_a_bust_and_earlier_ones_do_not(views):
    facts = [*table(knockout(3, SEATS, {2: -1})), linked(2, 7)]
    played = msgspec.convert(ticks_to_utc(ticks(3)), type=type(minutes(0)))
    before, after = played - (minutes(1) - minutes(0)), played + (minutes(9) - minutes(0))
    imports = Imports()
    early = imports.counts(before, [chips(7, 500)])
    assert len(await outs(views, *facts, *early)) == 1
    assert await outs(views, *facts, *early, *imports.counts(after, [chips(7, 500)])) == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_a_later_stack_opens_the_row_again_and_counts_a_re_entry(views, order):
    imports = Imports()
    files = (
        imports.counts(minutes(0), [chips(1, 0, status="eliminated")]),
        imports.counts(minutes(10), [chips(1, 400)]),
        imports.standings(minutes(20), [place(9, 1, 0, status="eliminated")]),
    )
    facts = [fact for number in order for fact in files[number]]
    assert await outs(views, *facts) == [(person(1), 9, 1, "wsop", None, False, 1)]
    assert await outs(views, *facts, *imports.counts(minutes(30), [chips(1, 5)])) == []
    again = "select state, re_entries from views.event_players"
    assert await views.values(again) == [("in", 2)]


async def test_who_is_said_to_be_eliminated_is_out_whatever_the_chips_beside_it(views):
    told = Imports().counts(minutes(0), [chips(1, 900, status="eliminated")])
    assert await outs(views, *told) == [(person(1), None, None, None, None, True, 0)]


async def test_a_stack_of_nothing_alone_eliminates_nobody(views):
    assert await outs(views, *Imports().counts(minutes(0), [chips(1, 0), chips(2, 9)])) == []


async def test_a_replaced_snapshot_tells_neither_a_place_nor_an_elimination(views):
    imports = Imports()
    facts = imports.standings(minutes(0), [place(8, 1, 0, status="eliminated")])
    facts += imports.standings(minutes(0), [place(1, 2, 9)], corrected=True)
    assert await outs(views, *facts) == []
    state = "select state, state_since from views.event_players where person_id = $1"
    assert await views.values(state, person(1)) == [("in", None)]
    counted = imports.counts(minutes(15), [chips(1, 0, status="eliminated")])
    assert await outs(views, *facts, *counted) == [(person(1), None, None, None, None, True, 0)]


async def test_a_revised_hand_and_an_excluded_game_take_their_busts_back(views):
    facts = table(knockout(0, SEATS, {2: -1}))
    assert await outs(views, *facts, revised_hand(walk(0, SEATS))) == []
    gone = GameExcluded(game_id=GAME, reason="a rehearsal")
    assert await outs(views, *facts, gone) == []
    back = GameIncluded(game_id=GAME, reason="it was none")
    assert len(await outs(views, *facts, gone, back)) == 1


async def test_a_seat_correction_says_who_is_out(views):
    correction = SeatCorrected(
        game_id=GAME,
        correction_id="c1",
        seat=2,
        from_ticks=str(ticks(0)),
        to_ticks=None,
        person_id=person(3),
        name="Quill",
        long_name="Orsolya Quill",
        reason="sat down late",
    )
    found = await outs(views, *table(knockout(0, SEATS, {2: -1})), correction)
    assert [who for who, *_ in found] == [person(3)]
