"""What an at-risk strap is bound to: who is at risk, for which place, and what is missing."""

import msgspec
import pytest

from contracts.compositions import AtRiskParameters
from contracts.messages.cuesheet import HandPoint
from services.cuesheet.inputs.at_risk import Seat, bound, question
from services.cuesheet.inputs.question import MissingBinding

GAME = "639700000000000001"


def seat(number, **changes):
    values = {
        "seat": number,
        "start_ticks": "640700000000000007",
        "person_id": f"g-{number}",
        "person_name": f"Player {number}",
        "person_long_name": f"Ada Player {number}",
        "on_two_seats": False,
        "dealt_in": True,
        "at_risk": False,
    }
    return Seat(**(values | changes))


SHORT = seat(7, at_risk=True)
SEATS = [SHORT, seat(4), seat(2)]


def bind(seats=SEATS, game=(), **parameters):
    """The binding of these seats of the eighth and last hand of a game."""
    shown = {
        "game_id": GAME,
        "table_type": "FEATURE_TABLE",
        "hands": 8,
        "excluded": False,
        "exclusion_reason": None,
        "incomplete": False,
    } | dict(game)
    person = parameters.get("person_id")
    answer = msgspec.json.encode({"game": shown, "person": person, "seats": seats})
    asked = {"game_id": GAME, "players_left": 40} | parameters
    if "person_id" not in asked:
        asked = {"seat": 7} | asked
    return bound(AtRiskParameters(**asked), answer.decode())


def test_the_place_is_the_number_of_players_left_and_the_prize_is_the_operators():
    made = bind(prize_cents=2_340_000)

    assert (made.data.place, made.data.prize_cents) == (40, 2_340_000)
    assert (made.data.name, made.data.long_name) == ("Player 7", "Ada Player 7")
    assert made.point == HandPoint(game_id=GAME, ordinal=7, at="end")


def test_a_hand_may_be_named_and_so_may_the_person():
    made = bind(person_id="g-7", ordinal=5)

    assert (made.data.name, made.point.ordinal) == ("Player 7", 5)
    assert question(AtRiskParameters(game_id=GAME, seat=7, ordinal=5)).arguments == (GAME, 5, None)


def test_on_a_final_table_the_players_of_the_hand_are_all_that_are_left():
    final = {"table_type": "FINAL_TABLE"}
    seats = [*SEATS, seat(9, dealt_in=False)]

    assert bind(seats=seats, game=final, players_left=None).data.place == 3
    assert bind(seats=seats, game=final, players_left=4).data.place == 4


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"seat": 4}, r"Ada Player 4 is not at risk in hand 7 .*: Ada Player 7 \(seat 7\)"),
        ({"seats": [seat(7)]}, "nobody is"),
        ({"seat": 5}, "does not list anybody in seat 5"),
        ({"person_id": "g-5"}, "does not list g-5"),
        ({"seats": [seat(7, at_risk=True, on_two_seats=True)]}, "two seats"),
        ({"players_left": None}, "set players_left"),
        ({"players_left": 2}, "2 players left cannot be: 3 were dealt in"),
        ({"ordinal": 8}, "there is none with ordinal 8"),
        ({"game": {"excluded": True, "exclusion_reason": ""}}, "excluded: no reason"),
        ({"game": {"incomplete": True}}, "set aside"),
    ],
)
def test_what_is_missing_is_said(given, sentence):
    with pytest.raises(MissingBinding, match=sentence):
        bind(**given)
