"""What an at-risk strap is bound to: who is at risk, for which place, and what is missing."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from contracts.compositions import AtRiskParameters, at_risk_fields
from contracts.messages.cuesheet import HandPoint
from services.cuesheet.inputs.at_risk import Seat, bound, question
from services.cuesheet.inputs.question import MissingBinding

GAME = "639700000000000001"
# The hand begins 700 ns after this.
START = datetime(2031, 4, 19, 22, 13, 20, tzinfo=UTC)
START_TICKS = "640700000000000007"
PAYOUTS = ((1, 9, 9_000_000), (10, 39, 450_000), (40, 47, 2_340_000))


def seat(number, **changes):
    values = {
        "seat": number,
        "start_ticks": START_TICKS,
        "person_id": f"g-{number}",
        "person_name": f"Player {number}",
        "person_long_name": f"Ada Player {number}",
        "person": None,
        "on_two_seats": False,
        "dealt_in": True,
        "at_risk": False,
    }
    return Seat(**(values | changes))


SHORT = seat(7, at_risk=True)
SEATS = [SHORT, seat(4), seat(2)]


def said(left, minutes=-10, source="standings", counted=False):
    """Players left, said some minutes after the hand began."""
    at = START + timedelta(minutes=minutes)
    return {"source": source, "own_at": at, "players_remaining": left, "counted": counted}


def event(*remaining, payouts=PAYOUTS, incomplete=False):
    """The event that the hand is of."""
    bands = [dict(zip(("place_start", "place_end", "amount"), p, strict=True)) for p in payouts]
    told = {"event_id": "E1", "incomplete": incomplete}
    return told | {"remaining": remaining, "payouts": bands}


def bind(seats=SEATS, game=(), of=None, old=False, **parameters):
    """The binding of these seats of the eighth and last hand of a game, of an event if any."""
    shown = {
        "game_id": GAME,
        "table_type": "FEATURE_TABLE",
        "hands": 8,
        "excluded": False,
        "exclusion_reason": None,
        "incomplete": False,
    } | dict(game)
    person = parameters.get("person_id")
    found = {"game": shown, "event": of, "people_incomplete": old, "person": person}
    answer = msgspec.json.encode(found | {"seats": seats})
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


def text(made):
    return at_risk_fields(made.data).text


def test_the_event_tells_the_place_and_its_prize():
    made = bind(players_left=None, of=event(said(40)))

    assert text(made) == "AT RISK OF ELIMINATION - 40TH ($23,400)"
    assert made.data.warnings == ()


def test_the_newest_figure_from_before_the_hand_counts_and_a_later_one_only_without_it():
    before, after = (said(41, -20), said(40, -1, "events")), (said(38, 5), said(39, 1))

    assert bind(players_left=None, of=event(*before, *after)).data.place == 40
    late = bind(players_left=None, of=event(*after))
    assert late.data.place == 39
    assert late.data.warnings == ("that 39 players are left was said after this hand began",)


def test_a_figure_of_the_very_moment_the_hand_began_counts():
    assert bind(players_left=None, of=event(said(40, 0), said(41, -1))).data.warnings == ()
    assert bind(players_left=None, of=event(said(40, 0), said(41, -1))).data.place == 40


def test_a_source_that_took_its_figure_back_tells_nothing_but_another_one_still_does():
    taken_back = said(None, -1, "events")

    assert bind(players_left=None, of=event(said(41, -30), taken_back)).data.place == 41
    with pytest.raises(MissingBinding, match="event E1 neither: set players_left"):
        bind(players_left=None, of=event(taken_back))


def test_rows_that_were_only_counted_are_no_number_of_players():
    sentence = "list 9 with chips, who may be the best few only: set players_left"
    with pytest.raises(MissingBinding, match=sentence):
        bind(players_left=None, of=event(said(9, counted=True), said(40, -30, "events")))


def test_the_operators_word_wins_over_the_event():
    of = event(said(40))

    assert text(bind(of=of, players_left=12)) == "AT RISK OF ELIMINATION - 12TH ($4,500)"
    assert bind(of=of, players_left=None, prize_cents=700).data.prize_cents == 700


def test_out_of_the_money_there_is_no_bracket_and_nothing_to_warn_of():
    made = bind(players_left=None, of=event(said(48)))

    assert text(made) == "AT RISK OF ELIMINATION - 48TH"
    assert made.data.warnings == ()


def test_a_prize_that_nobody_told_is_left_out_with_a_warning():
    assert bind(of=event(payouts=())).data.prize_cents is None
    assert bind(of=event(payouts=())).data.warnings == (
        "no payouts are known of event E1: no prize is shown",
    )
    assert bind().data.warnings == ("the game is bound to no event: no prize is shown",)


def test_figures_of_an_event_that_may_be_old_do_not_air():
    of = event(said(40), incomplete=True)

    for given in ({"players_left": None}, {"prize_cents": None}):
        with pytest.raises(MissingBinding, match="may be old: set players_left and prize_cents"):
            bind(of=of, **given)


def test_where_the_operator_says_both_figures_the_event_is_not_read():
    told = {"game_id": GAME, "seat": 7, "players_left": 40}

    assert question(AtRiskParameters(**told, prize_cents=1)).reads.keys() == {
        "hands",
        "unified_players",
    }
    assert question(AtRiskParameters(**told)).reads["events"] == (
        "evt.wsop.import.*.events_told",
        "evt.wsop.import.*.standings_told",
        "evt.wsop.import.*.import_closed",
    )


def test_more_players_than_sit_at_the_final_table_are_doubted():
    final = {"table_type": "FINAL_TABLE"}

    made = bind(game=final, players_left=None, of=event(said(4)))

    assert (made.data.place, made.data.warnings) == (
        4,
        ("4 players are left, but 3 play at the final table",),
    )
    assert bind(game=final, players_left=None, of=event(said(3))).data.warnings == ()


def test_the_strap_names_the_person_with_the_flag_whatever_the_seat_is_labelled():
    person = {"name": "Ada Lind-Qvist", "name_display": "ADA LIND-QVIST", "name_short": "Qvist"}
    short = seat(7, at_risk=True, person=person | {"country_code": "SWE"})

    fields = at_risk_fields(bind(seats=[short, seat(4), seat(2)]).data)

    assert (fields.name, fields.flag) == ("QVIST", "SE")


def test_a_name_that_may_be_old_is_shown_with_a_warning():
    assert "may be old" in bind(old=True, prize_cents=1).data.warnings[0]
