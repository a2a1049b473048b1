"""Open Hand History: every chip of a hand can be followed through its objects."""

import io
import json
from collections import Counter

import msgspec
import pytest

from contracts.poker.hand import Action
from contracts.poker.replay import replay
from deploy.export.ohh import OhhWriter, hand_object
from deploy.export.record import HandRecord, Unexportable
from deploy.simulate.options import Quirks
from tests.support.exported import real, simulated
from tests.support.gfx_facts import GAME, walk

FIELDS = {
    "spec_version",
    "site_name",
    "network_name",
    "internal_version",
    "tournament",
    "game_number",
    "start_date_utc",
    "table_name",
    "game_type",
    "bet_limit",
    "table_size",
    "currency",
    "dealer_seat",
    "small_blind_amount",
    "big_blind_amount",
    "ante_amount",
    "hero_player_id",
    "flags",
    "players",
    "rounds",
    "pots",
}


def ohh_of(hand):
    return hand_object(HandRecord(game_id=GAME, table="river", ordinal=3, hand=hand))["ohh"]


def acts(ohh, street=None):
    rounds = [each for each in ohh["rounds"] if street in (None, each["street"])]
    return [action for each in rounds for action in each["actions"]]


def check_chips(record):
    """What went in, what came out and the stacks of the record explain each other."""
    told = hand_object(record)
    ohh, figures = told["ohh"], replay(record.hand)
    put = Counter()
    for action in acts(ohh):
        put[action["player_id"]] += action.get("amount", 0)
    assert +put == +Counter(figures.contributions)
    (pot,) = ohh["pots"]
    assert pot["amount"] == sum(put.values()) - figures.uncalled
    assert told["_state"] == figures.state
    if figures.state != "settled":
        assert pot["player_wins"] == []
        return
    won = Counter({win["player_id"]: win["win_amount"] for win in pot["player_wins"]})
    assert sum(won.values()) == pot["amount"]
    if figures.uncalled_seat is not None:
        won[figures.uncalled_seat] += figures.uncalled
    for seat in record.hand.seats:
        if seat.dealt_in:
            assert seat.end_stack == seat.start_stack - put[seat.seat] + won[seat.seat], record


@pytest.mark.parametrize("seed", range(4))
def test_chips_in_pots_and_stacks_explain_each_other_in_simulated_games(seed):
    kind = "FINAL_TABLE" if seed == 3 else "FEATURE_TABLE"
    records = simulated(seed, kind=kind, quirks=Quirks.rough())
    for each in records:
        check_chips(each)


def test_every_real_hand_exports_and_its_chips_add_up():
    records = real()
    assert len(records) == 701
    for each in records:
        check_chips(each)


def test_a_hand_has_exactly_the_fields_of_the_specification_and_marks_our_own():
    told = hand_object(simulated(0, 1)[0])
    assert set(told["ohh"]) == FIELDS
    assert told["ohh"]["spec_version"] == "1.4.6"
    assert all(key.startswith("_") for key in set(told) - {"ohh"})


def test_a_raise_says_what_it_added_and_a_call_too():
    hand = walk(0, {2: 5000, 5: 6000, 8: 7000})
    moves = (
        Action(kind="BET", seat=2, amount=500),
        Action(kind="BET", seat=5, amount=1500),
        Action(kind="FOLD", seat=8),
        Action(kind="ALL IN", seat=2, amount=5000),
        Action(kind="CALL", seat=5, amount=5000),
        Action(kind="BOARD CARD", card="10h"),
        Action(kind="BOARD CARD", card="9h"),
        Action(kind="BOARD CARD", card="2s"),
    )
    ohh = ohh_of(msgspec.structs.replace(hand, actions=moves))
    seen = [
        (action["player_id"], action["action"], action.get("amount"), action.get("is_allin"))
        for action in acts(ohh)
        if action["action"] != "Dealt Cards"
    ]
    assert seen == [
        (5, "Post SB", 100, False),
        (8, "Post BB", 200, False),
        (2, "Raise", 500, False),
        (5, "Raise", 1400, False),
        (8, "Fold", None, None),
        (2, "Raise", 4500, True),
        (5, "Call", 3500, False),
    ]
    assert [(each["id"], each["street"], each["cards"]) for each in ohh["rounds"]] == [
        (0, "Preflop", []),
        (1, "Flop", ["Th", "9h", "2s"]),
    ]
    numbers = [action["action_number"] for action in acts(ohh)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_first_bet_of_a_later_street_is_a_bet_and_the_next_a_raise():
    records = simulated(1)
    for each in records:
        ohh = hand_object(each)["ohh"]
        for street in ("Flop", "Turn", "River"):
            words = [a["action"] for a in acts(ohh, street) if a["action"] in ("Bet", "Raise")]
            assert words[:1] in ([], ["Bet"])
            assert "Bet" not in words[1:]
        assert "Bet" not in {action["action"] for action in acts(ohh, "Preflop")}


def test_a_showdown_has_its_round_with_the_hands_still_in():
    each = next(each for each in simulated(1) if replay(each.hand).showdown)
    ohh = hand_object(each)["ohh"]
    assert ohh["rounds"][-1]["street"] == "Showdown"
    shown = {action["player_id"] for action in acts(ohh, "Showdown")}
    assert shown == set(replay(each.hand).live_seats)


def test_two_people_of_one_name_stay_two():
    hand = walk(0, {2: 5000, 5: 6000, 8: 7000})
    seats = tuple(
        msgspec.structs.replace(seat, long_name="Ann Vale" if seat.seat != 5 else "Bo Reed")
        for seat in hand.seats
    )
    players = ohh_of(msgspec.structs.replace(hand, seats=seats))["players"]
    assert [player["name"] for player in players] == [
        "Ann Vale (seat 2)",
        "Bo Reed",
        "Ann Vale (seat 8)",
    ]
    assert [player["display"] for player in players] == ["Ann Vale", "Bo Reed", "Ann Vale"]


def test_cards_nobody_read_are_left_out_and_a_missing_board_card_refuses_the_hand():
    hand = walk(0, {2: 5000, 5: 6000})
    seats = tuple(msgspec.structs.replace(seat, hole_cards=()) for seat in hand.seats)
    hand = msgspec.structs.replace(hand, seats=seats)
    assert "Dealt Cards" not in {action["action"] for action in acts(ohh_of(hand))}
    unread = (Action(kind="BOARD CARD"),)
    with pytest.raises(Unexportable, match="was not read"):
        ohh_of(msgspec.structs.replace(hand, actions=unread))


def test_a_pot_given_away_beyond_its_winners_share_is_refused():
    hand = walk(0, {2: 5000, 5: 6000, 8: 7000})
    moves = (Action(kind="CALL", seat=2, amount=200), Action(kind="BET", seat=8, amount=2000))
    # Seat 2 has 200 in the pot and is given all of it, with what nobody called.
    ends = {2: 5000 - 200 + 2300, 5: 5900, 8: 5000}
    seats = tuple(msgspec.structs.replace(seat, end_stack=ends[seat.seat]) for seat in hand.seats)
    hand = msgspec.structs.replace(hand, seats=seats, actions=moves)
    assert replay(hand).over_award
    with pytest.raises(Unexportable, match="more than the pot"):
        ohh_of(hand)


def test_a_file_has_one_hand_per_line_and_a_blank_line_between_two():
    records = simulated(2, 5)
    stream = io.BytesIO()
    writer = OhhWriter(stream)
    for each in records:
        writer.add(each)
    writer.close()
    text = stream.getvalue().decode()
    assert [json.loads(line) for line in text.rstrip("\n").split("\n\n")] == [
        hand_object(each) for each in records
    ]
    numbers = {json.loads(line)["ohh"]["game_number"] for line in text.split("\n") if line}
    assert len(numbers) == len(records)


def test_a_refused_hand_leaves_no_trace_in_the_file():
    hand = msgspec.structs.replace(walk(0, {2: 5000, 5: 6000}), variant="STUD")
    stream = io.BytesIO()
    with pytest.raises(Unexportable):
        OhhWriter(stream).add(HandRecord(game_id=GAME, table="river", ordinal=0, hand=hand))
    assert stream.getvalue() == b""
