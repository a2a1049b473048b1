"""The rules of one simulated hand, case by case."""

from collections.abc import Sequence

import pytest

from deploy.simulate.betting import Choose, Deal, Hand, View, awards, uncalled
from deploy.simulate.cards import RANKS, SUITS, strength
from deploy.simulate.record import Blinds, EventKind

BLINDS = Blinds(small=500, big=1000, ante=1000, button_seat=2, small_seat=3, big_seat=4)
# Dealing order of the seats: 3 small blind, 4 big blind, 5, 2 button.


def card(text: str) -> int:
    return RANKS.index(text[:-1]) * 4 + SUITS.index(text[-1])


def cards(text: str) -> list[int]:
    return [card(one) for one in text.split()]


def pair(text: str) -> tuple[int, int]:
    first, second = cards(text)
    return first, second


HOLE = {3: pair("7s 2h"), 4: pair("8c 3d"), 5: pair("as ah"), 2: pair("kc kd")}
BOARD = cards("4c 9d jh 6s 5h")


def deal(stacks: dict[int, int], hole: dict[int, tuple[int, int]] | None = None) -> Deal:
    return Deal(BLINDS, stacks, hole or HOLE, BOARD, 100)


def script(*wishes: int) -> Choose:
    """Answers with the given street totals in turn, then checks or folds."""
    left = list(wishes)

    def choose(view: View) -> int:
        return left.pop(0) if left else view.committed

    return choose


def played(stacks: dict[int, int], *wishes: int) -> Hand:
    hand = Hand(deal(stacks), script(*wishes))
    hand.play()
    return hand


def actions(hand: Hand) -> list[tuple[str, int, int]]:
    events = (event for event in hand.events if event.kind is not EventKind.BOARD_CARD)
    return [(event.kind.value, event.seat, event.amount) for event in events]


EVEN = {3: 20_000, 4: 20_000, 5: 20_000, 2: 20_000}


def test_the_big_blind_posts_its_blind_first_and_the_ante_from_what_is_left():
    hand = played({**EVEN, 4: 1500})
    assert (hand.put[4], hand.ante) == (1000, 500)
    shorter = played({**EVEN, 4: 700})
    assert (shorter.put[4], shorter.ante) == (700, 0)


def test_the_player_left_of_the_big_blind_opens_and_everyone_may_fold_to_it():
    hand = played(EVEN)
    assert actions(hand) == [("FOLD", 5, 0), ("FOLD", 2, 0), ("FOLD", 3, 0)]
    assert awards(hand) == {4: 2000}
    assert uncalled(hand.put) == (500, 4)


def test_a_raise_below_the_last_full_raise_is_lifted_to_it():
    hand = played(EVEN, 3000, 3500)
    assert actions(hand)[:2] == [("BET", 5, 3000), ("BET", 2, 5000)]


def test_a_short_all_in_does_not_reopen_the_betting_for_who_has_acted():
    # 5 raises to 3000, 2 goes all-in for 4000 (short of 5000); 5 may only call the rest.
    hand = played({**EVEN, 2: 4000}, 3000, 4000, 0, 0, 12_000)
    assert actions(hand) == [
        ("BET", 5, 3000),
        ("ALL IN", 2, 4000),
        ("FOLD", 3, 0),
        ("FOLD", 4, 0),
        ("CALL", 5, 4000),
    ]


def test_nobody_raises_players_who_cannot_answer():
    hand = played({**EVEN, 3: 6000, 4: 5000}, 0, 0, 6000, 20_000)
    assert actions(hand)[-2:] == [("ALL IN", 3, 6000), ("ALL IN", 4, 4000)]
    hand = played({**EVEN, 4: 40_000}, 0, 0, 20_000, 40_000)
    assert actions(hand)[-2:] == [("ALL IN", 3, 20_000), ("CALL", 4, 20_000)]


def test_a_call_is_never_less_than_a_short_big_blind_would_have_been():
    hand = played({**EVEN, 4: 300}, 1000)
    assert actions(hand)[0] == ("CALL", 5, 1000)


def test_side_pots_go_to_the_best_hand_that_paid_for_them():
    # Aces with the shortest stack take the main pot, kings the side pot, the rest comes back.
    hand = played({**EVEN, 5: 3000, 2: 8000}, 3000, 8000, 20_000, 0)
    assert sorted(hand.live) == [2, 3, 5]
    assert awards(hand) == {5: 3 * 3000 + 1000 + 1000, 2: 2 * 5000}
    assert uncalled(hand.put) == (12_000, 3)


def test_odd_chips_go_one_by_one_clockwise_from_the_button():
    hole = {**HOLE, 3: pair("as 2h"), 5: pair("ah 2d"), 2: pair("ad 2s")}
    hand = Hand(deal(EVEN, hole), script(1000, 1000, 1000))
    hand.play()
    assert hand.live == [3, 4, 5, 2]
    three = Hand(deal({**EVEN, 4: 1000 + 1000}, hole), script(2000, 2000, 2000, 0))
    three.play()
    # 3 x 2000 + 1000 + 1000 ante = 8000 = 3 x 2600 + 200: one chip more for the first two seats.
    assert awards(three) == {3: 2700, 5: 2700, 2: 2600}


def test_board_cards_come_one_event_each_and_betting_restarts_left_of_the_button():
    hand = played(EVEN, 0, 0, 1000, 1000)
    kinds = [(event.kind, event.seat) for event in hand.events]
    assert kinds[2:9] == [
        (EventKind.CALL, 3),
        (EventKind.CHECK, 4),
        (EventKind.BOARD_CARD, 0),
        (EventKind.BOARD_CARD, 0),
        (EventKind.BOARD_CARD, 0),
        (EventKind.CHECK, 3),
        (EventKind.CHECK, 4),
    ]


def rank(text: str) -> Sequence[int]:
    return strength(cards(text))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("as ks qs js 10s 2d 3c", "ks qs js 10s 9s 2d 3c"),
        ("5h 4h 3h 2h ah kd kc", "9s 9h 9d 9c 2d 3c 4s"),
        ("9s 9h 9d 9c 2d 3c 4s", "as ah ad ks kh 2c 3d"),
        ("as ah ad ks kh kd 2c", "ks kh kd qs qh qd 2c"),
        ("as js 9s 4s 2s 3d 5d", "as 10s 9s 8s 2s 7d 6d"),
        ("6s 5h 4d 3c 2s kd kh", "as 2h 3d 4c 5s kd kh"),
        ("as ah kd kc qs qd 2h", "as ah kd kc js jd 2h"),
        ("2s 2h 3d 5c 9s jd kh", "as kh qd jc 9s 7d 5h"),
    ],
)
def test_the_better_of_two_hands_is_the_larger(better: str, worse: str):
    assert rank(better) > rank(worse)


def test_seven_cards_that_play_the_board_are_equal():
    assert rank("as ks qd jd 10h 2c 3c") == rank("as ks qd jd 10h 4c 4d")
