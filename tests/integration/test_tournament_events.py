"""Events as the views show them: fields with their proof, prizes, levels, players left."""

import pytest

from contracts.messages.gfx_game import GameExcluded, GameUnbound
from contracts.messages.wsop_event import EliminationSet, EliminationWithdrawn, HoldSet
from projections.events.store import SPEC as EVENTS
from tests.support.folding import log_of
from tests.support.gfx_facts import GAME, recorded_hand, walk
from tests.support.stored import stored
from tests.support.tournament import (
    EVENT,
    Imports,
    bound,
    chips,
    identity,
    level,
    linked,
    minutes,
    payout,
    place,
    player_id,
    unlinked,
)

STACKS = {2: 5000, 5: 6000, 8: 7000}
LEVEL = "select current_level, levels_matching from views.events where event_id = $1"
LEFT = (
    "select players_remaining, remaining_source, remaining_at, remaining_counted "
    "from views.events where event_id = $1"
)


@pytest.fixture
async def views(database):
    async with stored(database, EVENTS) as opened:
        yield opened


async def after(views, query, *facts):
    views.forget()
    await views.tell(log_of(*facts))
    return await views.values(query, EVENT)


async def test_every_value_names_the_file_that_told_it_last(views):
    imports = Imports()
    facts = imports.events(event_name="Harbour Main Event", buy_in=530_000)
    facts += imports.events(buy_in=550_000)
    proofs = "select field, value, path, at from views.event_fields where event_id = $1 order by 1"
    assert await after(views, proofs, *facts) == [
        ("buy_in", 550_000, "i2.txt", "/events/0"),
        ("event_name", "Harbour Main Event", "i1.txt", "/events/0"),
    ]


async def test_a_cleared_value_is_null_and_lists_are_replaced_whole(views):
    imports = Imports()
    facts = imports.events(venue="Harbour Hall", payouts=(payout(1, 1, 900), payout(2, 9, 50)))
    paid = "select venue, places_paid from views.events where event_id = $1"
    assert await after(views, paid, *facts) == [("Harbour Hall", 9)]
    facts += imports.events(venue=None, payouts=(payout(1, 3, 400),))
    assert await after(views, paid, *facts) == [(None, 3)]
    bands = "select place_start, place_end, amount from views.event_payouts where event_id = $1"
    assert await views.values(bands, EVENT) == [(1, 3, 400)]
    assert await after(views, paid, *facts, *imports.events(payouts=None)) == [(None, None)]


async def test_the_level_is_the_one_whose_blinds_the_newest_hand_has_exactly(views):
    structure = (level(1, 100, 200, 0), level(2, 100, 200, 200), level(3, 200, 400, 400))
    facts = [
        *Imports().events(blind_structure=structure),
        bound(),
        recorded_hand(walk(0, STACKS)),
    ]
    assert await after(views, LEVEL, *facts) == [(1, 1)]
    unbound = GameUnbound(game_id=GAME, from_ticks="0")
    assert await after(views, LEVEL, *facts, unbound) == [(None, 0)]
    excluded = GameExcluded(game_id=GAME, reason="a rehearsal")
    assert await after(views, LEVEL, *facts, excluded) == [(None, 0)]


@pytest.mark.parametrize(
    ("lines", "matching"),
    [
        ((level(1, 100, 200, 200),), 0),
        ((level(1, 100, 200, 0), level(2, 100, 200, 0)), 2),
        ((level(1, 100, 200, 0, is_break=True),), 0),
    ],
)
async def test_blinds_that_fit_none_or_several_levels_tell_no_level(views, lines, matching):
    facts = [*Imports().events(blind_structure=lines), bound(), recorded_hand(walk(0, STACKS))]
    assert await after(views, LEVEL, *facts) == [(None, matching)]


async def test_players_left_are_the_newest_figure_by_its_own_time(views):
    imports = Imports()
    facts = imports.standings(minutes(10), [place(1, 1, 9)], remaining=40)
    facts += imports.events(at=minutes(5), players_remaining=44)
    assert await after(views, LEFT, *facts) == [(40, "standings", minutes(10), False)]
    facts += imports.standings(minutes(2), [place(1, 1, 9)], remaining=60)
    facts += imports.standings(minutes(12), [place(1, 1, 9), place(2, 2, 0)])
    assert await after(views, LEFT, *facts) == [(1, "standings", minutes(12), True)]
    facts += imports.events(at=minutes(13), players_remaining=39)
    assert await after(views, LEFT, *facts) == [(39, "events", minutes(13), False)]
    history = (
        "select own_at, players_remaining from views.event_remaining "
        "where event_id = $1 order by own_at"
    )
    assert await views.values(history, EVENT) == [
        (minutes(2), 60),
        (minutes(5), 44),
        (minutes(10), 40),
        (minutes(12), 1),
        (minutes(13), 39),
    ]


async def test_a_snapshot_that_was_abandoned_or_is_not_whole_says_nobody_is_left(views):
    imports = Imports()
    facts = imports.standings(minutes(1), [place(1, 1, 9)], remaining=7, status="abandoned")
    facts += imports.standings(minutes(2), [place(1, 1, 9)], remaining=6)[:-1]
    assert await after(views, LEFT, *facts) == [(None, None, None, None)]


async def test_an_event_that_only_stacks_or_a_binding_name_is_a_stub(views):
    stub = "select event_id, known, kind from views.events order by event_id"
    counted = Imports().counts(minutes(0), [chips(1, 9)])
    await views.tell(log_of(*counted, bound("PIER-2031")))
    assert await views.values(stub) == [(EVENT, False, "wsop"), ("PIER-2031", False, "wsop")]
    views.forget()
    await views.tell(log_of(*counted, *Imports("j").events(event_name="Harbour Main Event")))
    assert await views.values(stub) == [(EVENT, True, "wsop")]


WORDS = (
    "select word, person_id, told_person_id, place, holds from views.event_words "
    "where event_id = $1 order by sequence"
)


def out(who, number):
    return EliminationSet(event_id=EVENT, person_id=who, place=number, reason="said the floor")


async def test_the_newest_word_of_each_matter_holds_until_it_is_taken_back(views):
    facts = [
        HoldSet(event_id=EVENT, minutes=45),
        out("w-P1", 9),
        HoldSet(event_id=EVENT, minutes=5),
        out("w-P2", 8),
        out("w-P1", 10),
        EliminationWithdrawn(event_id=EVENT, person_id="w-P2", reason="no"),
        HoldSet(event_id="PIER-2031", minutes=7),
    ]
    assert await after(views, WORDS, *facts) == [
        ("hold_set", None, None, None, False),
        ("elimination_set", "w-P1", "w-P1", 9, False),
        ("hold_set", None, None, None, True),
        ("elimination_set", "w-P2", "w-P2", 8, False),
        ("elimination_set", "w-P1", "w-P1", 10, True),
        ("elimination_withdrawn", "w-P2", "w-P2", None, False),
    ]


async def test_a_word_about_an_identity_is_about_the_player_it_is_linked_to(views):
    player = f"w-{player_id(7)}"
    said = [out(identity(2), 4), linked(2, 7)]
    rows = [("elimination_set", player, identity(2), 4, True)]
    assert await after(views, WORDS, *said) == rows
    assert await after(views, WORDS, *said, unlinked(2, 7)) == [
        ("elimination_set", identity(2), identity(2), 4, True)
    ]
