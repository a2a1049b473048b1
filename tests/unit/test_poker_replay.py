"""Replay of hands: small ones by hand, and every real one against its golden figures."""

import json

import pytest

from contracts.poker.hand import Action, Blinds, Hand, Seat
from contracts.poker.replay import Replay, replay
from contracts.poker.stacks import stack_at
from services.gfx_ingest.inputs.parse import Origin, parse
from tests.support.gfx_files import real_data, real_files, sha256


def make_hand(
    stacks: dict[int, tuple[int, int]], actions: list[Action], blinds: Blinds | None = None
) -> Hand:
    """A hand of the seats with their start and end stacks; blinds 50/100, ante 100, seats 2, 3."""
    return Hand(
        hand_num=1,
        start_utc="2031-03-01T17:00:00.0000001Z",
        start_ticks="640700000000000001",
        duration_ticks=600_000_000,
        blinds=blinds
        or Blinds(small_blind=50, big_blind=100, ante=100, small_blind_seat=2, big_blind_seat=3),
        seats=tuple(
            Seat(seat=seat, name=f"Seat {seat}", start_stack=start, end_stack=end)
            for seat, (start, end) in stacks.items()
        ),
        actions=tuple(actions),
    )


def board(*cards: str) -> list[Action]:
    return [Action(kind="BOARD CARD", card=card) for card in cards]


def test_the_raise_nobody_called_goes_back_and_the_rest_is_collected() -> None:
    hand = make_hand(
        {2: (1000, 950), 3: (1000, 800), 5: (1000, 1250)},
        [
            Action(kind="BET", seat=5, amount=400, pot=250),
            Action(kind="FOLD", seat=2),
            Action(kind="FOLD", seat=3),
        ],
    )
    figures = replay(hand)
    assert figures.pot_total == 650
    assert (figures.uncalled, figures.uncalled_seat, figures.pot_called) == (300, 5, 350)
    assert figures.contributions == {2: 50, 3: 200, 5: 400}
    assert figures.bets == {2: 50, 3: 100, 5: 400}
    assert (figures.state, figures.collected) == ("settled", {5: 350})
    assert figures.net == {2: -50, 3: -200, 5: 250}
    assert figures.pots == (250, 650, 650)
    assert (figures.pot_checks, figures.pot_mismatches) == (1, 0)
    assert figures.live_seats == (5,)
    assert not figures.showdown


def test_bets_start_anew_on_every_street() -> None:
    hand = make_hand(
        {2: (1000, 700), 3: (1000, 1300)},
        [
            Action(kind="CALL", seat=2, amount=100, pot=250),
            Action(kind="CHECK", seat=3, pot=300),
            *board("as", "kd", "2c"),
            Action(kind="BET", seat=3, amount=100, pot=300),
            Action(kind="CALL", seat=2, amount=100, pot=400),
            *board("3c"),
            Action(kind="BET", seat=3, amount=100, pot=500),
            Action(kind="CALL", seat=2, amount=100, pot=600),
            *board("4c"),
        ],
    )
    figures = replay(hand)
    assert figures.pot_total == 700
    assert figures.streets[:2] == ("preflop", "preflop")
    assert figures.streets[2:7] == ("flop",) * 5
    assert figures.streets[7:] == ("turn", "turn", "turn", "river")
    assert (figures.pot_mismatches, figures.uncalled_seat) == (0, None)
    assert (figures.showdown, figures.collected) == (True, {3: 700})


def test_a_short_big_blind_pays_the_blind_before_the_ante() -> None:
    hand = make_hand({2: (1000, 1000), 3: (150, 150)}, [])
    figures = replay(hand)
    assert figures.contributions == {2: 50, 3: 150}
    assert figures.bets == {2: 50, 3: 100}


def test_a_blind_of_an_absent_seat_is_posted_by_nobody() -> None:
    blinds = Blinds(small_blind=50, big_blind=100, ante=0, small_blind_seat=9, big_blind_seat=3)
    figures = replay(make_hand({3: (1000, 1000), 4: (1000, 1000)}, [], blinds))
    assert figures.pot_total == 100
    assert figures.contributions == {3: 100, 4: 0}


def test_a_hand_without_any_changed_stack_is_unsettled() -> None:
    figures = replay(make_hand({2: (1000, 1000), 3: (1000, 1000)}, [Action(kind="FOLD", seat=2)]))
    assert (figures.state, figures.collected, figures.net) == ("unsettled", {}, {})


@pytest.mark.parametrize(
    "stacks",
    [
        {2: (1000, 950), 3: (1000, 1051)},  # a chip too many
        {2: (1000, 1050), 3: (1000, 950)},  # the seat that folded won
        {2: (1000, 900), 3: (1000, 1100)},  # more lost than put in
    ],
)
def test_stacks_that_the_actions_do_not_explain_are_edited(
    stacks: dict[int, tuple[int, int]],
) -> None:
    figures = replay(make_hand(stacks, [Action(kind="FOLD", seat=2)]))
    assert (figures.state, figures.collected) == ("edited", {})


def test_taking_less_than_ones_own_uncalled_part_is_an_over_award() -> None:
    hand = make_hand(
        {2: (200, 600), 3: (1000, 600)},
        [
            Action(kind="ALL IN", seat=2, amount=200, pot=250),
            Action(kind="BET", seat=3, amount=500, pot=400),
        ],
    )
    figures = replay(hand)
    assert figures.state == "settled"
    assert figures.collected == {2: 600, 3: -100}
    assert figures.over_award


def test_a_pot_that_the_source_states_otherwise_is_a_mismatch() -> None:
    hand = make_hand(
        {2: (1000, 1000), 3: (1000, 1000)}, [Action(kind="CALL", seat=2, amount=100, pot=249)]
    )
    assert replay(hand).pot_mismatches == 1


def test_the_end_of_an_unsettled_hand_leaves_the_stack_it_began_with() -> None:
    hand = make_hand({2: (1000, 900), 3: (0, 0)}, [])
    assert stack_at(hand, 2, "settled", "end") == 900
    assert stack_at(hand, 2, "settled", "start") == 1000
    assert stack_at(hand, 2, "unsettled", "end") == 1000
    assert stack_at(hand, 2, "edited", "end") == 1000
    assert stack_at(hand, 3, "settled", "end") == 0
    assert stack_at(hand, 7, "settled", "end") is None


def golden(figures: Replay, hand: Hand) -> dict[str, object]:
    """The figures in the names and types of the golden file."""
    return {
        "start_utc": hand.start_utc,
        "duration_ticks": hand.duration_ticks,
        "hand_num": hand.hand_num,
        "board": list(figures.board),
        "seats_listed": len(hand.seats),
        "seats_dealt": len(figures.dealt_seats),
        "pot_total": figures.pot_total,
        "uncalled": figures.uncalled,
        "uncalled_seat": figures.uncalled_seat,
        "pot_called": figures.pot_called,
        "pot_checks": figures.pot_checks,
        "pot_mismatches": figures.pot_mismatches,
        "state": figures.state,
        "net": {str(seat): chips for seat, chips in figures.net.items()},
        "collected": {str(seat): chips for seat, chips in figures.collected.items()},
        "over_award": figures.over_award,
        "showdown": figures.showdown,
        "sum_start": sum(seat.start_stack for seat in hand.seats),
        "sum_end": sum(seat.end_stack for seat in hand.seats),
    }


def test_every_real_hand_has_its_golden_figures() -> None:
    lines = (real_data() / "golden_hands.jsonl").read_text().splitlines()
    expected = {(each["game_id"], each["start_ticks"]): each for each in map(json.loads, lines)}
    found: dict[tuple[str, str], Replay] = {}
    for path, data in real_files():
        snapshot = parse(data, Origin("river", path, sha256(data)))
        for told in snapshot.hands:
            key = (snapshot.game_id, told.hand.start_ticks)
            found[key] = figures = replay(told.hand)
            want = expected[key]
            ours = golden(figures, told.hand) | {"ordinal": told.ordinal}
            assert {name: want[name] for name in ours} == ours
            assert [bust["seat"] for bust in want["busted"]] == list(figures.busted_seats)
    assert found.keys() == expected.keys()
    assert sum(figures.pot_checks for figures in found.values()) == 3222
    states = [figures.state for figures in found.values()]
    assert {word: states.count(word) for word in set(states)} == {
        "settled": 696,
        "unsettled": 4,
        "edited": 1,
    }
