"""What a chip flow is bound to: whose hands, up to which moment, and when there are no data."""

import msgspec
import pytest

from contracts.compositions import ChipFlowParameters, chip_flow_fields
from contracts.messages.cuesheet import HandPoint
from services.cuesheet.inputs.chip_flow import Seen, bound, question
from services.cuesheet.inputs.question import MissingBinding

GAME = "639700000000000001"
PERSON = "g-0a1b"


def hand(ordinal, end, start=None, **changes):
    """One hand of the person, in seat 4, that ended with so many chips."""
    values = {
        "game_id": GAME,
        "start_ticks": str(640_700_000_000_000_000 + ordinal),
        "ordinal": ordinal,
        "hand_num": ordinal + 1,
        "seat": 4,
        "name": "typed",
        "long_name": "typed wrong",
        "player_hash": "0a1b",
        "state": "settled",
        "duration_ticks": 600,
        "big_blind": 200,
        "dealt_in": True,
        "start_stack": end if start is None else start,
        "end_stack": end,
        "person_id": PERSON,
        "person_name": "Ostrander",
        "person_long_name": "Ada Ostrander",
        "counted": True,
    }
    counts = dict.fromkeys(
        ("voluntary", "raised", "aggressive", "passive", "flops", "showdowns"), 0
    )
    return Seen(**(values | counts | changes))


PLAYED = [hand(0, 500), hand(1, 900), hand(2, 300), hand(3, 700)]


def bind(rows=PLAYED, hands=4, game=(), found=True, person=None, incomplete=False, **parameters):
    """The binding of these rows of a game with so many hands."""
    shown = {
        "game_id": GAME,
        "table_type": "FEATURE_TABLE",
        "hands": hands,
        "excluded": False,
        "exclusion_reason": None,
        "incomplete": False,
    } | dict(game)
    answer = msgspec.json.encode(
        {
            "game": shown if found else None,
            "people_incomplete": incomplete,
            "person": person,
            "rows": rows,
        }
    )
    who = {} if "person_id" in parameters else {"game_id": GAME, "seat": 4}
    return bound(ChipFlowParameters(**(who | parameters)), answer.decode())


def test_now_is_every_hand_of_the_game_so_far_whatever_order_they_come_in():
    made = bind(rows=PLAYED[::-1])

    assert made.data.values == (500, 900, 300, 700)
    assert made.data.hands_back == (3, 2, 1, 0)
    assert made.point == HandPoint(game_id=GAME, ordinal=3, at="end")


def test_the_name_is_that_of_the_person_not_the_typed_one():
    data = bind().data

    assert (data.name, data.long_name, data.country) == ("Ostrander", "Ada Ostrander", None)


def test_who_is_known_is_shown_as_known_and_not_as_the_seat_is_labelled():
    known = {"name": "Ada Lind-Qvist", "name_display": "ADA LIND-QVIST", "name_short": "Qvist"}

    data = bind(person=known | {"country_code": "SE"}).data

    assert (data.name, data.long_name, data.country) == ("Qvist", "Ada Lind-Qvist", "SE")
    assert chip_flow_fields(data).flag == "SE"


def test_a_name_that_may_be_old_is_shown_with_a_warning():
    assert bind().data.warnings == ()
    assert ["may be old" in each for each in bind(incomplete=True).data.warnings] == [True]


def test_a_moment_after_a_hand_takes_it_in_and_one_before_it_does_not():
    after, before = bind(ordinal=2), bind(ordinal=2, at="start")

    assert (after.data.values, after.point.at) == ((500, 900, 300), "end")
    assert (before.data.values, before.point.at) == ((500, 900), "start")
    assert before.point.ordinal == 2


def test_a_stack_typed_after_the_last_hand_counts_now_but_not_at_a_hand():
    rows = [*PLAYED[:3], hand(3, 450, state="unsettled")]

    assert bind(rows=rows).data.values == (500, 900, 450)
    assert bind(rows=rows, ordinal=3).data.values == (500, 900, 300)


def test_the_window_and_the_points_are_those_of_the_cue():
    assert bind(window=2).data.values == (300, 700)
    assert bind(points=2).data.hands_back == (3, 0)


def test_named_hands_are_the_points():
    made = bind(named=(0, 3, 2))

    assert made.data.hands_back == (3, 1, 0)


def test_without_a_game_the_answer_says_which():
    made = bind(person_id=PERSON)

    assert made.point == HandPoint(game_id=GAME, ordinal=3, at="end")


def test_facts_of_every_game_are_waited_for_when_the_game_is_not_known():
    asked = question(ChipFlowParameters(person_id=PERSON))

    assert asked.reads["hands"] == ("evt.gfx.game.>", "evt.override.person.>")
    known = question(ChipFlowParameters(game_id=GAME, seat=4)).reads
    assert known["hands"] == (f"evt.gfx.game.{GAME}.>", "evt.override.person.>")
    assert known["unified_players"] == (*known["hands"], "evt.wsop.import.*.players_told")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"found": False, "person_id": PERSON}, "g-0a1b was not seen in any game that counts"),
        ({"found": False}, f"nothing was ever read of game {GAME}"),
        ({"game": {"excluded": True, "exclusion_reason": "a rehearsal"}}, "excluded: a rehearsal"),
        ({"game": {"incomplete": True}}, "set aside"),
        ({"hands": 0, "rows": []}, "no hand"),
        ({"ordinal": 4}, "has 4 hands; there is none with ordinal 4"),
        ({"rows": []}, "nobody is in seat 4 in hand 3"),
        ({"rows": [], "person_id": PERSON}, "g-0a1b is in no hand"),
        ({"hands": 5}, "Ada Ostrander is not in the last hand"),
        ({"rows": PLAYED[:1], "hands": 1}, "too few hands"),
        ({"ordinal": 1, "at": "start"}, "too few hands"),
        ({"named": (0, 9)}, r"not in the hands \[9\]"),
        ({"named": (0, 3), "window": 2}, "among the last 2"),
        ({"named": (2, 3), "ordinal": 2}, r"not in the hands \[3\]"),
    ],
)
def test_what_is_missing_is_said(given, sentence):
    with pytest.raises(MissingBinding, match=sentence):
        bind(**given)


def test_a_person_on_two_seats_has_no_chip_flow():
    with pytest.raises(MissingBinding, match="Ada Ostrander sits on two seats"):
        bind(rows=[*PLAYED, hand(3, 100, seat=6)])
