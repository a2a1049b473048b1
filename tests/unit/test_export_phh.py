"""PHH: an independent referee reads every hand and finds the stacks of the record."""

import io
import tomllib
from collections import Counter

import msgspec
import pytest
from pokerkit import HandHistory

from contracts.poker.hand import Action
from contracts.poker.replay import replay
from deploy.export.phh import PhhWriter, hand_section
from deploy.export.record import HandRecord, Unexportable
from deploy.simulate.options import LEVELS, Quirks
from tests.support.exported import judge, real, simulated
from tests.support.gfx_facts import GAME, walk


def record(hand, **fields) -> HandRecord:
    return HandRecord(game_id=GAME, table="river", ordinal=0, hand=hand, **fields)


def parsed(section: str):
    return tomllib.loads(section)


def of_street(kind, seat, amount=0):
    return Action(kind=kind, seat=seat, amount=amount)


def settled(records):
    return [each for each in records if replay(each.hand).state == "settled"]


def odd_chips(hand) -> int:
    """What a split pot may be off by: the referee knows single chips, the table its smallest."""
    blinds = hand.blinds
    small, big = blinds.small_blind, blinds.big_blind
    chip = next(chip for one, two, chip in LEVELS if (one, two) == (small, big))
    return chip if len(replay(hand).collected) > 1 else 0


GAMES = {
    "feature table": lambda: [*simulated(0), *simulated(1), *simulated(5)],
    "final table": lambda: simulated(2, kind="FINAL_TABLE"),
    "three players": lambda: simulated(3, seats=(3, 6, 9)),
    "two players": lambda: simulated(4, seats=(1, 10)),
}


@pytest.mark.parametrize("game", GAMES)
def test_the_referee_accepts_every_settled_hand_and_ends_with_its_stacks(game):
    records = settled(GAMES[game]())
    assert len(records) > 20
    for each in records:
        verdict = judge(hand_section(each))
        assert verdict.word == "accepted", each
        assert verdict.off <= odd_chips(each.hand), each


def test_simulated_games_have_the_hands_that_are_hard_to_place():
    sections = [parsed(hand_section(each)) for each in settled(GAMES["feature table"]())]
    blinds = [section["blinds_or_straddles"] for section in sections]
    assert any(sum(chips > 0 for chips in each) == 1 for each in blinds)  # dead small blind
    short = [each for each in sections if 0 < max(each["antes"]) < each["min_bet"]]
    assert short  # a big blind that could not pay the whole ante


def test_a_file_of_hands_reads_back_one_section_per_hand_in_order():
    records = simulated(1, 8)
    stream = io.BytesIO()
    writer = PhhWriter(stream)
    for each in records:
        writer.add(each)
    writer.close()

    histories = list(HandHistory.loads_all(stream.getvalue().decode()))

    assert [history.hand for history in histories] == [each.hand.hand_num for each in records]
    assert list(tomllib.loads(stream.getvalue().decode())) == [f"{n}" for n in range(1, 9)]


def test_the_same_hands_give_the_same_bytes():
    files = []
    for _ in range(2):
        stream = io.BytesIO()
        writer = PhhWriter(stream)
        for each in simulated(3, 20):
            writer.add(each)
        files.append(stream.getvalue())
    assert files[0] == files[1]


def test_players_stand_by_position_and_the_ante_is_the_big_blinds():
    hand = walk(0, {2: 5000, 5: 6000, 8: 7000, 9: 900})
    blinds = msgspec.structs.replace(hand.blinds, ante=200, button_seat=5)
    found = parsed(hand_section(record(msgspec.structs.replace(hand, blinds=blinds))))
    assert found["seats"] == [8, 9, 2, 5]
    assert found["blinds_or_straddles"] == [100, 200, 0, 0]
    assert found["antes"] == [0, 200, 0, 0]
    assert found["starting_stacks"] == [7000, 900, 5000, 6000]
    assert found["actions"][:4] == [f"d dh p{n} AsTd" for n in (1, 2, 3, 4)]
    assert found["min_bet"] == 200


def test_a_short_big_blind_pays_the_blind_before_the_ante():
    hand = walk(0, {2: 5000, 5: 6000, 8: 250})
    blinds = msgspec.structs.replace(hand.blinds, ante=200)
    found = parsed(hand_section(record(msgspec.structs.replace(hand, blinds=blinds))))
    assert found["antes"][found["seats"].index(8)] == 50


def test_two_players_have_their_forced_bets_the_other_way_round():
    hand = walk(0, {2: 5000, 5: 6000})
    blinds = msgspec.structs.replace(hand.blinds, ante=200, button_seat=2)
    hand = msgspec.structs.replace(hand, blinds=blinds, actions=(of_street("FOLD", 2),))
    found = parsed(hand_section(record(hand)))
    assert found["seats"] == [5, 2]  # the button stands last and is the small blind
    assert found["blinds_or_straddles"] == [100, 200]
    assert found["antes"] == [0, 200]


def test_a_hand_that_is_not_settled_is_marked_and_claims_no_result():
    found = parsed(hand_section(record(walk(0, {2: 5000, 5: 6000, 8: 7000}, settled=False))))
    assert found["_state"] == "unsettled"
    assert "finishing_stacks" not in found
    assert "winnings" not in found
    assert found["_recorded_stacks"] == found["starting_stacks"]


def test_winnings_are_what_was_collected_without_the_uncalled_part():
    found = parsed(hand_section(record(walk(0, {2: 5000, 5: 6000, 8: 7000}))))
    assert found["_state"] == "settled"
    assert found["winnings"][found["seats"].index(8)] == 200
    assert found["finishing_stacks"][found["seats"].index(8)] == 7100


def test_a_call_is_told_as_one_only_where_a_reader_moves_the_same_chips():
    hand = walk(0, {2: 5000, 5: 6000, 8: 7000})
    moves = (of_street("BET", 2, 150), of_street("CALL", 5, 200), of_street("CHECK", 8))
    found = parsed(hand_section(record(msgspec.structs.replace(hand, actions=moves))))
    names = {seat: f"p{n}" for n, seat in enumerate(found["seats"], 1)}
    assert found["actions"][3:] == [f"{names[2]} cbr 150", f"{names[5]} cc", f"{names[8]} cc"]


def test_a_check_that_faces_a_bet_moves_no_chips():
    hand = walk(0, {2: 5000, 5: 6000, 8: 7000})
    moves = (of_street("CHECK", 2), of_street("BET", 2, 600))
    found = parsed(hand_section(record(msgspec.structs.replace(hand, actions=moves))))
    assert found["actions"][3].startswith("# ")
    assert found["actions"][4].endswith(" cbr 600")


def test_cards_nobody_read_are_unknown():
    hand = walk(0, {2: 5000, 5: 6000, 8: 7000})
    seats = tuple(msgspec.structs.replace(seat, hole_cards=()) for seat in hand.seats)
    found = parsed(hand_section(record(msgspec.structs.replace(hand, seats=seats))))
    assert [action for action in found["actions"] if "dh" in action] == [
        "d dh p1 ????",
        "d dh p2 ????",
        "d dh p3 ????",
    ]


@pytest.mark.parametrize("name", ['O"Brien', "a\\b", "tab\there", "new\nline", "del\x7f", "ŞÇ 😀"])
def test_any_name_reads_back_as_it_was(name):
    hand = walk(0, {2: 5000, 5: 6000})
    seats = tuple(msgspec.structs.replace(seat, long_name=name) for seat in hand.seats)
    found = parsed(hand_section(record(msgspec.structs.replace(hand, seats=seats))))
    assert found["players"] == [name, name]


def test_absent_and_incomplete_are_said_only_where_true():
    hand = walk(0, {2: 5000, 5: 6000})
    assert not {"_absent", "_incomplete"} & set(parsed(hand_section(record(hand))))
    marked = parsed(hand_section(record(hand, absent=True, incomplete=True)))
    assert marked["_absent"] is marked["_incomplete"] is True


STACKS = {2: 5000, 5: 6000, 8: 7000}
BASE = walk(0, STACKS)


def with_blinds(**fields):
    return msgspec.structs.replace(BASE, blinds=msgspec.structs.replace(BASE.blinds, **fields))


def with_actions(*actions):
    return msgspec.structs.replace(BASE, actions=actions)


@pytest.mark.parametrize(
    ("hand", "reason"),
    [
        (msgspec.structs.replace(BASE, variant="OMAHA"), "not no-limit hold'em"),
        (msgspec.structs.replace(BASE, bet_structure="LIMIT"), "not no-limit hold'em"),
        (with_blinds(ante=10, ante_type="ALL_ANTE"), "ALL_ANTE"),
        (with_blinds(big_blind_seat=9), "big blind"),
        (with_blinds(small_blind_seat=8), "both blinds"),
        (walk(0, {2: 5000, 5: 0}), "1 players"),
        (with_actions(of_street("DANCE", 2)), "'DANCE'"),
        (with_actions(of_street("BET", 9, 500)), "seat 9 acts"),
        (with_actions(of_street("FOLD", 2), of_street("BET", 2, 500)), "seat 2 acts"),
        (with_actions(of_street("BET", 2, 5001)), "5000 left"),
        (with_actions(of_street("BET", 2, 500), of_street("CALL", 2, 300)), "CALL 300"),
        (with_actions(Action(kind="BOARD CARD", card="1h")), "'1h'"),
        (with_actions(*[Action(kind="BOARD CARD", card="as")] * 6), "more than 5"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hand_that_cannot_be_told_is_refused_with_a_reason_and_leaves_no_trace(hand, reason):
    stream = io.BytesIO()
    with pytest.raises(Unexportable, match=reason):
        PhhWriter(stream).add(record(hand))
    assert stream.getvalue() == b""


def test_rough_games_export_whole_whatever_their_state():
    records = simulated(4, quirks=Quirks.rough())
    states = Counter(parsed(hand_section(each))["_state"] for each in records)
    assert states == Counter(replay(each.hand).state for each in records)
    assert len(states) == 3


def test_every_real_hand_exports_and_the_referee_rejects_only_what_no_rule_book_allows():
    records = real()
    assert len(records) == 701

    sections = [(each, hand_section(each)) for each in records]
    verdicts = [judge(text) for each, text in sections if replay(each.hand).state == "settled"]

    # Operators enter folds in another order and mistype bets: both stay as they were recorded.
    assert Counter(verdict.word for verdict in verdicts) == {
        "accepted": 679,
        "out of turn": 11,
        "not allowed": 6,
    }
    # Two pots split between two seats, each half a smallest chip off.
    assert [verdict.off for verdict in verdicts if verdict.off] == [250, 250]
