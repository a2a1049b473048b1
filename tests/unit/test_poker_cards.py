"""Card texts and hand values: against five-card combinations made the plain way, and a library."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pokerkit import StandardHighHand

from contracts.poker.cards import (
    BadCard,
    duplicate_cards,
    hand_value,
    parse_card,
    parse_cards,
    rank_category,
)
from tests.support.poker_oracle import DECK, acts, make_hand, ranked, sit

NAMED = {
    "as ks qs js 10s": 1,
    "9h 8h 7h 6h 5h": 2,
    "ad 2d 3d 4d 5d": 2,
    "7s 7h 7d 7c as": 3,
    "7s 7h 7d as ah": 4,
    "as js 9s 4s 2s": 5,
    "ad 2d 3c 4d 5d": 6,
    "ks qh jd 10c 9s": 6,
    "7s 7h 7d as kh": 7,
    "7s 7h as ah kd": 8,
    "7s 7h as kh qd": 9,
    "7s 6h as kh qd": 10,
    "as kd qd jd 2d": 10,
    "2s 3s 4s ks as": 5,
    "ks as 2d 3d 4d": 10,
}


def value(text: str) -> int:
    return hand_value([parse_card(card) for card in text.split()])


def values(texts: list[str]) -> int:
    return value(" ".join(texts))


sevens = st.lists(st.sampled_from(DECK), min_size=7, max_size=7, unique=True)
any_cards = st.lists(st.sampled_from(DECK), min_size=5, max_size=7)
# Three suits and few ranks: ties, flushes and full houses become frequent.
few = [card for card in DECK if card[:-1] in ("2", "3", "4", "5", "6", "a") and card[-1] != "c"]
close = st.lists(st.sampled_from(few), min_size=5, max_size=7, unique=True)


@pytest.mark.parametrize(("text", "category"), NAMED.items())
def test_a_five_card_hand_has_its_category(text: str, category: int) -> None:
    assert rank_category(value(text)) == category


@pytest.mark.parametrize("text", ["1s", "11s", "Td", "10D", "a", "as ", "", "??", "0d", "1０d"])
def test_a_text_outside_the_grammar_is_no_card(text: str) -> None:
    with pytest.raises(BadCard):
        parse_card(text)
    assert parse_cards(["as", text]) is None


def test_every_card_of_the_deck_has_its_own_number() -> None:
    assert sorted(parse_card(text) for text in DECK) == list(range(52))


@pytest.mark.parametrize("count", [0, 4, 8])
def test_other_numbers_of_cards_have_no_value(count: int) -> None:
    with pytest.raises(ValueError, match="5 to 7 cards"):
        hand_value(range(count))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("as js 9s 4s 3s", "ah jh 9h 4h 2h"),  # by the fifth card
        ("as jd 9s 4s 3s", "ah jd 9h 4h 2h"),
        ("as ad 9s 4s 3s", "ah ac 9h 4h 2h"),
        ("as ad 9s 9d 3s", "ah ac 9h 9c 2h"),
        ("7s 7h 7d as 3h", "7s 7h 7d as 2h"),
        ("7s 7h 7d 3s 3h", "7s 7h 7d 2s 2h"),
        ("7s 7h 7d 7c 3h", "7s 7h 7d 7c 2h"),
        ("6d 5d 4c 3d 2d", "5d 4d 3c 2d ad"),
    ],
)
def test_the_last_card_that_differs_decides(better: str, worse: str) -> None:
    assert value(better) > value(worse)
    assert rank_category(value(better)) == rank_category(value(worse))


@given(sevens, sevens)
def test_hands_order_and_tie_as_their_best_five_do(one: list[str], other: list[str]) -> None:
    assert (values(one) < values(other)) == (ranked(one) < ranked(other))
    assert (values(one) == values(other)) == (ranked(one) == ranked(other))
    assert rank_category(values(one)) == -ranked(one)[0]


@given(close, close)
def test_close_hands_tie_only_when_their_best_five_do(one: list[str], other: list[str]) -> None:
    assert (values(one) == values(other)) == (ranked(one) == ranked(other))
    assert (values(one) < values(other)) == (ranked(one) < ranked(other))


@given(any_cards, any_cards)
def test_a_card_listed_twice_is_valued_as_listed(one: list[str], other: list[str]) -> None:
    assert rank_category(values(one)) == -ranked(one)[0]
    assert (values(one) < values(other)) == (ranked(one) < ranked(other))
    assert (values(one) == values(other)) == (ranked(one) == ranked(other))


@given(sevens, st.randoms())
def test_the_order_of_the_cards_changes_nothing(cards: list[str], rng: random.Random) -> None:
    shuffled = list(cards)
    rng.shuffle(shuffled)
    assert values(shuffled) == values(cards)


def test_an_independent_library_orders_the_same_hands_alike() -> None:
    rng = random.Random("cards")
    seen = {}
    for _ in range(600):
        cards = rng.sample(DECK, 7)
        text = "".join(card[:-1].replace("10", "t").upper() + card[-1] for card in cards)
        entry = StandardHighHand.from_game(text[:4], text[4:]).entry
        assert seen.setdefault(values(cards), entry.index) == entry.index
        assert (
            entry.label.value.lower().replace(" ", "")[:4] in LABELS[rank_category(values(cards))]
        )
    indexes = [index for _, index in sorted(seen.items())]
    assert indexes == sorted(set(indexes))


LABELS = {
    1: "straightflush",
    2: "straightflush",
    3: "fourofakind",
    4: "fullhouse",
    5: "flush",
    6: "straight",
    7: "threeofakind",
    8: "twopair",
    9: "onepair",
    10: "highcard",
}


def test_cards_seen_twice_are_found_in_all_hole_cards_and_the_board() -> None:
    hand = make_hand(
        [
            sit(2, 100, hole_cards=("10d", "9d")),
            sit(3, 0, sitting_out=True, hole_cards=("as", "9d")),
            sit(4, 100, hole_cards=("kc",)),
        ],
        acts("as", "2c", "3c"),
    )
    assert duplicate_cards(hand) == ("9d", "as")
    assert duplicate_cards(make_hand([sit(2, 100, hole_cards=("10d", "9d"))])) == ()
