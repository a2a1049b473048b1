"""Where a fact says that each field of a player or an event stands in its file."""

from contracts.messages.wsop import EventsTold, PlayersTold
from contracts.tournament import EventFields, PlayerFields
from tests.support.wsop_files import EVENT, event, events_json, importing, player, players_json


async def test_each_field_of_a_player_twice_in_a_file_is_told_where_it_was_said_last() -> None:
    async with importing() as imports:
        await imports.take("a", players_json(player(1, wsop_rings=1, nickname="Reef")))
        first = player(1, city="Cork", nickname="Kelp", wsop_rings=3)
        last = player(1, city=None, wsop_rings=2)
        await imports.take("b", players_json(player(2), first, player(1, nickname="Reef"), last))
        told = {row.at: row for row in imports.said(PlayersTold)[-1].rows}
        assert list(told) == ["/players/0", "/players/3"]
        assert told["/players/3"].old == PlayerFields(wsop_rings=1)
        assert told["/players/3"].new == PlayerFields(wsop_rings=2)
        await imports.take("c", players_json(first, player(1, wsop_rings=2)))
        told = {row.at: row for row in imports.said(PlayersTold)[-1].rows}
        assert list(told) == ["/players/0"]
        assert told["/players/0"].old == PlayerFields(nickname="Reef")
        assert told["/players/0"].new == PlayerFields(city="Cork", nickname="Kelp")
        await imports.take("d", players_json(player(3, city="Cork"), player(3, name="Ida")))
        new, city = imports.said(PlayersTold)[-1].rows
        assert (new.at, new.created, new.new) == ("/players/1", True, PlayerFields(name="Ida"))
        assert (city.at, city.created, city.new) == (
            "/players/0",
            False,
            PlayerFields(city="Cork"),
        )
        assert imports.closed().counts.created == 1


async def test_each_field_of_an_event_twice_in_a_file_is_told_where_it_was_said_last() -> None:
    async with importing() as imports:
        first, last = event(venue="Old Pier", total_entries=90), event(total_entries=91)
        await imports.take("a", events_json(first, event("E2"), last))
        rows = imports.said(EventsTold)[-1].rows
        told = [(row.event_id, row.at, row.created) for row in rows]
        assert told == [
            (EVENT, "/events/2", True),
            (EVENT, "/events/0", False),
            ("E2", "/events/1", True),
        ]
        assert rows[0].new.total_entries == 91
        assert rows[1].new == EventFields(venue="Old Pier")
        counts = imports.closed().counts
        assert (counts.created, counts.superseded) == (2, 1)
