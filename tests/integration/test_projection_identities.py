"""Names of identities: the same people under the same names as in the view of their figures."""

import msgspec

from contracts.messages.gfx_game import GameExcluded, GameIncluded
from contracts.poker.identity import player_hash
from tests.support.gfx_facts import GAME, recorded_hand, revised_hand, seen, walk
from tests.support.people_facts import verified
from tests.support.told import told

STACKS = {2: 5000, 5: 6000, 8: 7000}
OTHER = "639700000000000002"
HANDS_TOLD = [seen(), *(recorded_hand(walk(number, STACKS)) for number in range(3))]
BOTH = "select player_hash, identity_id, name, long_name from views.{} order by player_hash"


def renamed(number, name, long_name="Ada Quillfeather"):
    """A hand in which seat 2 is typed in another way."""
    hand = walk(number, STACKS)
    first, *rest = hand.seats
    seat = msgspec.structs.replace(first, name=name, long_name=long_name)
    return msgspec.structs.replace(hand, seats=(seat, *rest))


async def names(log):
    """The rows of both views, which must be the same; returns their names."""
    shown = await log.views.values(BOTH.format("identity_names"))
    assert shown == await log.views.values(BOTH.format("identities"))
    return sorted(row[2] for row in shown)


async def test_every_identity_is_named_as_in_its_newest_hand_that_counts(database):
    usual = ["Marchetti-Oduya", "Ostrander", "Quillfeather"]
    async with told(database, *HANDS_TOLD) as log:
        assert await names(log) == usual
        await log.say(revised_hand(renamed(2, "QUILLFEATHER")))
        assert await names(log) == sorted([*usual[:2], "QUILLFEATHER"])
        await log.say(revised_hand(renamed(0, "Wren", "Ida Wren")))
        assert await names(log) == sorted([*usual[:2], "QUILLFEATHER", "Wren"])
        await log.say(revised_hand(walk(0, STACKS)))
        assert await names(log) == sorted([*usual[:2], "QUILLFEATHER"])


async def test_who_sat_only_in_a_game_that_does_not_count_is_not_there_until_it_does(database):
    guest = recorded_hand(renamed(0, "Wren", "Ida Wren"))
    other = [msgspec.structs.replace(event, game_id=OTHER) for event in (seen(), guest)]
    async with told(database, *HANDS_TOLD, *other) as log:
        whole = await names(log)
        assert "Wren" in whole
        await log.say(GameExcluded(game_id=OTHER, reason="a rehearsal"))
        assert await names(log) == [name for name in whole if name != "Wren"]
        await log.say(GameExcluded(game_id=GAME, reason="another"))
        assert await names(log) == []
        await log.say(*(GameIncluded(game_id=each, reason="it was none") for each in (OTHER, GAME)))
        assert await names(log) == whole


async def test_a_link_leaves_an_identity_its_names(database):
    wren = f"g-{player_hash('Quillfeather', 'Ada Quillfeather')}"
    async with told(database, *HANDS_TOLD) as log:
        whole = await names(log)
        await log.say(verified(wren, "WP1"))
        assert await names(log) == whole
