"""Verified links as the views of hands show them: a link changes the past, its removal restores it.

A seat's person is whom a correction names, else the player of the link, else the identity itself.
"""

import itertools

import pytest

from contracts import persons
from contracts.messages.gfx_game import SeatCorrected
from contracts.poker.identity import player_hash
from tests.support.gfx_facts import GAME, recorded_hand, seen, ticks, walk
from tests.support.people_facts import removed, verified
from tests.support.poker_oracle import acts, make_hand, sit
from tests.support.told import told

STACKS = {2: 5000, 5: 6000, 8: 7000}
EIGHT = persons.of_identity(player_hash("Marchetti-Oduya", "Ada Marchetti-Oduya"))
TWO = persons.of_identity(player_hash("Quillfeather", "Ada Quillfeather"))
HANDS_TOLD = [seen(), *(recorded_hand(walk(number, STACKS)) for number in range(4))]
VIEWS = ("games", "seat_corrections", "hands", "hand_seats", "identities", "findings")
WHO = "select seat, person_id from views.hand_seats where ordinal = $1 order by seat"


def correct(seat, first, last, person):
    return SeatCorrected(
        game_id=GAME,
        correction_id=f"c{seat}-{first}",
        seat=seat,
        from_ticks=str(ticks(first)),
        to_ticks=str(ticks(last)),
        person_id=person,
        name="Wren",
        long_name="Ida Wren",
        reason="typed wrong",
    )


async def test_a_link_tells_who_the_seats_of_the_past_were_and_its_removal_takes_it_back(database):
    async with told(database, *HANDS_TOLD) as log:
        before, hashes = await log.views.shown(*VIEWS), await log.views.hashes()

        await log.say(verified(EIGHT, "WP1"))

        seats = (
            "select ordinal, name, person_name, person_long_name, correction_id "
            "from views.hand_seats where person_id = $1 order by ordinal"
        )
        names = ("Marchetti-Oduya", "Marchetti-Oduya", "Ada Marchetti-Oduya", None)
        assert await log.views.values(seats, "w-WP1") == [(n, *names) for n in range(4)]
        assert await log.views.values(seats, EIGHT) == []
        identity = "select person_id, identity_id, hands from views.identities where {} = $1"
        linked = [("w-WP1", EIGHT, 4)]
        for column, value in (("person_id", "w-WP1"), ("identity_id", EIGHT)):
            assert await log.views.values(identity.format(column), value) == linked
        assert await log.views.values(identity.format("person_id"), EIGHT) == []

        await log.say(removed(EIGHT, "WP1"))
        assert await log.views.shown(*VIEWS) == before
        assert await log.views.hashes() == hashes


async def test_a_correction_outranks_the_link_and_the_link_holds_in_the_other_hands(database):
    async with told(database, *HANDS_TOLD, verified(EIGHT, "WP1"), correct(8, 1, 2, "m-7")) as log:
        eight = "select ordinal, person_id, person_name from views.hand_seats where seat = 8"
        itself, named = ("w-WP1", "Marchetti-Oduya"), ("m-7", "Wren")
        assert await log.views.values(f"{eight} order by ordinal") == [
            (0, *itself), (1, *named), (2, *named), (3, *itself)
        ]  # fmt: skip


async def test_a_correction_that_names_an_identity_means_the_player_it_is_linked_to(database):
    async with told(database, *HANDS_TOLD, correct(5, 1, 1, TWO)) as log:
        both = "select seat from views.hand_seats where ordinal = 1 and on_two_seats order by seat"
        assert await log.views.values(both) == [(2,), (5,)]
        await log.say(verified(TWO, "WP2"))
        assert (await log.views.values(WHO, 1))[:2] == [(2, "w-WP2"), (5, "w-WP2")]
        assert await log.views.values(both) == [(2,), (5,)]
        person = "select ordinal, seat from views.hand_seats where person_id = $1 order by 1, 2"
        found = [(0, 2), (1, 2), (1, 5), (2, 2), (3, 2)]
        assert await log.views.values(person, "w-WP2") == found


async def test_two_identities_of_one_player_are_one_person_on_two_seats(database):
    async with told(database, *HANDS_TOLD, verified(EIGHT, "WP1")) as log:
        both = "select distinct seat from views.hand_seats where on_two_seats order by seat"
        assert await log.views.values(both) == []
        await log.say(verified(TWO, "WP1"))
        assert await log.views.values(both) == [(2,), (8,)]
        identities = "select identity_id from views.identities where person_id = $1 order by name"
        assert await log.views.values(identities, "w-WP1") == [(EIGHT,), (TWO,)]
        await log.say(removed(EIGHT, "WP1"))
        assert await log.views.values(both) == []


async def test_findings_name_the_player_of_the_link(database):
    first = make_hand([sit(2, 1000, 950), sit(3, 500, 550)], acts("2 FOLD"))
    second = make_hand([sit(2, 950), sit(3, 600)], acts("2 FOLD"), start=1)
    three = persons.of_identity(player_hash("Plover 3", ""))
    events = (seen(), recorded_hand(first), recorded_hand(second), verified(three, "WP 3"))
    async with told(database, *events) as log:
        found = "select person_id, person_name from views.findings where kind = 'stack_corrected'"
        assert await log.views.values(found) == [("w-WP=203", "Plover 3")]


async def test_a_link_that_is_removed_for_another_player_leaves_the_one_that_holds(database):
    async with told(database, *HANDS_TOLD, verified(EIGHT, "WP1"), removed(EIGHT, "WP9")) as log:
        assert (8, "w-WP1") in await log.views.values(WHO, 0)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_a_link_may_be_told_before_or_after_hands_and_corrections(database, order):
    steps = ([verified(EIGHT, "WP1")], [correct(8, 1, 1, TWO)], HANDS_TOLD)
    people = "select ordinal, seat, person_id, person_name from views.hand_seats order by 1, 2"
    async with told(database, *HANDS_TOLD, *steps[1], *steps[0]) as log:
        expected = await log.views.values(people)
        assert (1, 8, TWO, "Wren") in expected
        assert (2, 8, "w-WP1", "Marchetti-Oduya") in expected
        log.views.forget()
        log.facts = []
        await log.say(*(event for number in order for event in steps[number]))
        assert await log.views.values(people) == expected
