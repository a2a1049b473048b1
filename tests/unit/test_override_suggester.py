"""When links are suggested, and of what: rests, intervals, replays, ids of players."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from bus.api import Answer, Head
from bus.errors import Unavailable
from bus.health import Health
from contracts import persons
from services.override.inputs.names import player_of
from services.override.inputs.suggester import PART, Rhythm, Suggester
from services.override.inputs.suggesting import Names
from services.override.settings import OverrideSettings
from tests.support.people import identity, player

HEAD = Head(log_id="L", sequence=9)
HOLM = identity("Holm", "Jan-Erik Holm")


def at(sequence):
    return {"hands": ("L", sequence)}


def rhythm(*moves):
    """Rests of 3 s, looks every 30 s; moves as (second, sequence)."""
    found = Rhythm(3, 30)
    for now, sequence in moves:
        found.moved(at(sequence), now)
    return found


def test_it_is_time_at_the_start_and_then_not_before_anything_changed():
    found = rhythm((100, 1))
    assert found.due(100)
    found.looked(100)
    found.moved(at(1), 500)
    assert not found.due(500)


def test_a_change_is_looked_at_when_nothing_followed_for_a_rest():
    found = rhythm((0, 1))
    found.looked(0)
    found.moved(at(2), 40)
    found.moved(at(3), 42)
    assert not found.due(44.9)
    assert found.due(45)


def test_a_change_right_after_a_look_waits_for_the_interval():
    found = rhythm((0, 1))
    found.looked(0)
    found.moved(at(2), 1)
    assert not found.due(29)
    assert found.due(30)


def test_changes_that_never_rest_are_looked_at_all_the_same():
    found = rhythm((0, 1))
    found.looked(0)
    for second in range(40, 70):
        found.moved(at(second), second)
        assert not found.due(second)
    found.moved(at(70), 70)
    assert found.due(70)


def test_what_moves_during_a_look_is_looked_at_later():
    found = rhythm((0, 1))
    found.looked(0)
    found.moved(at(2), 1)
    assert found.due(31)


class Told:
    """Read models that a test changes, and the commands that were said."""

    def __init__(self):
        self.players = [player("P1", "Holm Jan Erik")]
        self.behind = False
        self.sequence = 0
        self.away = 0
        self.said = []
        self.heard = asyncio.Event()
        self.away_from_database = 0
        self.connecting = lambda: None

    async def places(self):
        return at(self.sequence)

    async def names(self, head):
        assert head == HEAD
        if self.behind:
            return None
        return Names(identities=(HOLM,), players=tuple(self.players), seats={})

    async def head(self):
        return HEAD

    async def say(self, command, context):
        if self.away:
            self.away -= 1
            raise Unavailable("no answer")
        self.said.append((command.wsop_player_id, context.command_id))
        self.heard.set()
        return Answer(said=1)

    @asynccontextmanager
    async def connected(self):
        self.connecting()
        if self.away_from_database:
            self.away_from_database -= 1
            raise ConnectionRefusedError("nobody listens")
        yield self


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setattr("services.override.inputs.suggester.CATCH_UP_LOOK_S", 0)
    monkeypatch.setattr("services.override.inputs.suggester.LOOK_S", 0)
    return Told()


def suggester(told, health=None):
    return Suggester(told.connected, told, told.say, health or Health(), Rhythm(0, 0))


async def test_nothing_is_suggested_while_a_projection_folds_the_past(told):
    told.behind = True
    found = suggester(told)
    await found.look(told)
    assert told.said == []
    told.behind = False
    await found.look(told)
    assert [player_id for player_id, _ in told.said] == ["P1"]


async def test_the_same_names_are_compared_once_and_other_ones_again(told):
    found = suggester(told)
    for told.sequence in (1, 2):
        await found.look(told)
    assert len(told.said) == 1
    told.players.append(player("P2", "Somebody Else"))
    await found.look(told)
    assert len(told.said) == 1  # nothing moved, nothing was read
    told.sequence = 3
    await found.look(told)
    assert len(told.said) == 2


async def test_a_restarted_service_says_it_under_the_same_id(told):
    for _ in range(2):
        await suggester(told).look(told)
    assert len(told.said) == 2
    assert len(set(told.said)) == 1


async def test_what_could_not_be_said_is_said_at_the_next_look(told):
    told.away = 1
    found = suggester(told)
    with pytest.raises(Unavailable):
        await found.look(told)
    await found.look(told)
    assert len(told.said) == 1


async def test_a_database_that_is_away_is_trouble_and_tried_again(told):
    health = Health()
    told.away_from_database = 1
    told.connecting = lambda: reports.append(health.report()[PART])
    reports = []
    running = asyncio.create_task(suggester(told, health).run())
    async with asyncio.timeout(10):
        await told.heard.wait()
    running.cancel()
    assert reports == ["starting", "ConnectionRefusedError: nobody listens"]


@pytest.mark.parametrize("player_id", ["WP1", "WP 1", "Ж/7", "a=b", "x" * 64])
def test_a_players_own_id_comes_back_from_the_person_id(player_id):
    assert player_of(persons.of_wsop_player(player_id)) == player_id


def test_a_person_id_that_is_only_a_hash_gives_no_player():
    assert player_of(persons.of_wsop_player("Ж" * 40)) is None


def test_numbers_of_tables_are_read_from_one_line(monkeypatch):
    monkeypatch.setenv("RAILCAST_TABLE_NUMBERS", "river=1, lake = 12,")
    assert OverrideSettings().table_numbers == {"river": 1, "lake": 12}
    monkeypatch.setenv("RAILCAST_TABLE_NUMBERS", "river")
    with pytest.raises(ValueError, match="TABLE=NUMBER"):
        OverrideSettings()
