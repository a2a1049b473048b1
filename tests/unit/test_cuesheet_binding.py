"""What a table leaderboard is bound to: which seats show, and when there are no data."""

import pytest

from contracts.compositions import LeaderboardEntry, LeaderboardParameters, leaderboard_fields
from services.cuesheet.inputs.leaderboard import Found, Seat, leaderboard, question
from services.cuesheet.inputs.people import Person
from services.cuesheet.inputs.question import MissingBinding


def seat(number, stack=5_000, **changes):
    values = {
        "person_name": f"Player {number}",
        "person_long_name": f"Ada Player {number}",
        "person": None,
        "in_play": stack > 0,
        "dealt_in": True,
        "small_blind": 100,
        "big_blind": 200,
        "ante": 200,
        "ordinal": 11,
        "table_name": "river",
        "incomplete": False,
    }
    return Seat(seat=number, stack=stack, **(values | changes))


def shown(*seats, excluded=None, incomplete=False, **parameters):
    return leaderboard(
        Found(excluded=excluded, people_incomplete=incomplete, seats=list(seats)),
        LeaderboardParameters(game_id="7", **parameters),
    )


def seats_of(data):
    return [row.seat for row in data.rows]


def test_a_row_is_a_seat_with_its_full_name_and_its_chips():
    data = shown(seat(4, 12_500))

    assert data.rows == (LeaderboardEntry(seat=4, name="Ada Player 4", country=None, chips=12_500),)


def test_the_name_and_the_country_are_those_of_the_person_not_of_the_seat():
    person = Person(
        name="Ada Lindqvist", name_display="ADA LINDQVIST", name_short="Lind", country_code="SE"
    )

    [row] = shown(seat(4, 12_500, person=person)).rows

    assert (row.seat, row.name, row.country) == (4, "Ada Lindqvist", "SE")


def test_names_that_may_be_old_are_shown_with_a_warning():
    data = shown(seat(4), incomplete=True)

    assert data.rows[0].name == "Ada Player 4"
    assert ["may be old" in each for each in leaderboard_fields(data).warnings] == [True]
    assert shown(seat(4)).warnings == ()


def test_the_chips_wait_for_their_game_and_the_names_for_all_that_tells_of_people():
    reads = question(LeaderboardParameters(game_id="7")).reads

    assert reads == {
        "chip_counts": ("evt.gfx.game.7.>",),
        "unified_players": (
            "evt.gfx.game.7.>",
            "evt.override.person.>",
            "evt.wsop.import.*.players_told",
        ),
    }


def test_the_short_name_stands_in_where_no_full_one_is_known():
    assert shown(seat(4, person_long_name="")).rows[0].name == "Player 4"


def test_a_player_who_was_dealt_in_and_lost_everything_is_shown_with_no_chips():
    data = shown(seat(1), seat(2, 0))

    assert [(row.seat, row.chips) for row in data.rows] == [(1, 5_000), (2, 0)]
    assert data.players == 1


def test_a_player_with_chips_who_was_not_dealt_in_is_shown_and_counted():
    data = shown(seat(1), seat(2, dealt_in=False))

    assert (seats_of(data), data.players) == ([1, 2], 2)


def test_an_empty_seat_that_was_not_dealt_in_is_not_shown():
    data = shown(seat(1), seat(2, 0, dealt_in=False))

    assert (seats_of(data), data.players) == ([1], 1)


def test_one_seat_with_a_fact_set_aside_makes_the_whole_table_unfit():
    with pytest.raises(MissingBinding, match="game 7 was set aside"):
        shown(seat(1), seat(2, incomplete=True))


def test_a_seat_that_would_not_be_shown_still_makes_the_table_unfit_when_incomplete():
    with pytest.raises(MissingBinding, match="set aside"):
        shown(seat(1), seat(2, 0, dealt_in=False, incomplete=True))


@pytest.mark.parametrize("seats", [(), (seat(1, 0, dealt_in=False),)])
def test_a_table_without_anybody_has_no_leaderboard(seats):
    with pytest.raises(MissingBinding, match="game 7 has no hand with players yet"):
        shown(*seats)


def test_an_excluded_game_has_no_leaderboard_and_the_reason_is_told():
    with pytest.raises(MissingBinding, match="game 7 is excluded: a rehearsal"):
        shown(excluded="a rehearsal")


def test_a_person_on_two_seats_is_shown_on_both():
    data = shown(seat(1, 400, person_long_name="Bo"), seat(2, 500, person_long_name="Bo"))

    assert [(row.name, row.chips) for row in data.rows] == [("Bo", 400), ("Bo", 500)]


def test_the_blinds_are_those_of_the_hand():
    data = shown(seat(1, small_blind=500, big_blind=1_000, ante=0))

    assert (data.small_blind, data.big_blind, data.ante) == (500, 1_000, 0)


def test_the_table_is_named_by_the_cue_or_else_by_the_data():
    assert shown(seat(1)).table_name == "Table river"
    assert shown(seat(1), table_name="").table_name == "Table river"
    assert shown(seat(1), table_name="The Lighthouse").table_name == "The Lighthouse"


def test_the_subtitle_is_the_cues_or_empty():
    assert shown(seat(1)).subtitle == ""
    assert shown(seat(1), subtitle="Day 2").subtitle == "Day 2"
