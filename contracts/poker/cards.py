"""Cards as the source spells them, and the exact value of a poker hand.

A card text is a rank (`2` to `10`, `j`, `q`, `k`, `a`) and a suit (`s`, `h`, `d`, `c`), lower
case: `10d`. A hand's value is one integer that orders all hands; equal values are ties.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from contracts.poker.hand import Hand

HAND_CARDS_MIN = 5
HAND_CARDS_MAX = 7  # two hole cards and a full board

# Rank categories as the grading rules number them: a smaller number is a better hand.
ROYAL_FLUSH = 1
STRAIGHT_FLUSH = 2
FOUR_OF_A_KIND = 3
FULL_HOUSE = 4
FLUSH = 5
STRAIGHT = 6
THREE_OF_A_KIND = 7
TWO_PAIR = 8
ONE_PAIR = 9
HIGH_CARD = 10

_RANKS = {text: rank for rank, text in enumerate([*"23456789", "10", *"jqka"])}
_CARDS = {
    rank + suit: number * 4 + place
    for rank, number in _RANKS.items()
    for place, suit in enumerate("shdc")
}
_ACE, _FIVE = _RANKS["a"], _RANKS["5"]
# Bit masks of the ten straights with their high card, best first; the last is the wheel.
_STRAIGHTS = (
    *((0b11111 << high - 4, high) for high in range(_ACE, _FIVE, -1)),
    (1 << _ACE | 0b1111, _FIVE),
)
# A value is its category and five ranks of four bits each.
_RANK_BITS = 4
_CATEGORY_SHIFT = 5 * _RANK_BITS


class BadCard(ValueError):
    """A text is not one card of the source's grammar."""


def parse_card(text: str) -> int:
    """A card as rank * 4 + suit, 0 (deuce of spades) to 51 (ace of clubs); raises BadCard."""
    try:
        return _CARDS[text]
    except KeyError as error:
        raise BadCard(f"{text!r} is not a card such as '10d' or 'as'") from error


def parse_cards(texts: Iterable[str]) -> tuple[int, ...] | None:
    """All of these cards, or None when one text is unreadable: a guessed card decides no hand."""
    try:
        return tuple(parse_card(text) for text in texts)
    except BadCard:
        return None


def hand_value(cards: Sequence[int]) -> int:
    """The value of the best five of five to seven cards; a larger value is a better hand.

    Two hands tie exactly when their values are equal. A card that is listed twice counts twice,
    because a misread never changes a figure: what is listed is what is valued. Raises ValueError
    for another number of cards.
    """
    if not HAND_CARDS_MIN <= len(cards) <= HAND_CARDS_MAX:
        raise ValueError(f"a hand has {HAND_CARDS_MIN} to {HAND_CARDS_MAX} cards, not {len(cards)}")
    suits: tuple[list[int], ...] = ([], [], [], [])
    for card in sorted(cards, reverse=True):
        suits[card & 3].append(card >> 2)
    flush = next((ranks for ranks in suits if len(ranks) >= HAND_CARDS_MIN), None)
    if flush and (high := _straight(flush)) is not None:
        return _value(ROYAL_FLUSH if high == _ACE else STRAIGHT_FLUSH, [high])
    ranks = [card >> 2 for card in cards]
    groups = sorted(((count, rank) for rank, count in Counter(ranks).items()), reverse=True)
    if groups[0][0] >= 4:
        return _four_of_a_kind(groups[0][1], ranks)
    if groups[0][0] == 3 and len(groups) > 1 and groups[1][0] >= 2:
        return _value(FULL_HOUSE, [groups[0][1], groups[1][1]])
    if flush:
        return _value(FLUSH, flush[:5])
    if (high := _straight(ranks)) is not None:
        return _value(STRAIGHT, [high])
    return _grouped(groups)


def rank_category(value: int) -> int:
    """The category of a value: 1 royal flush, 2 straight flush, ... 9 one pair, 10 high card."""
    return HIGH_CARD - (value >> _CATEGORY_SHIFT)


def duplicate_cards(hand: Hand) -> tuple[str, ...]:
    """Texts seen more than once in the hole cards of all listed seats and the board, sorted.

    The table misread a card. This is a warning only: no figure changes by it.
    """
    listed = [*hand.board, *(card for seat in hand.seats for card in seat.hole_cards)]
    if len(set(listed)) == len(listed):
        return ()
    return tuple(sorted(text for text, times in Counter(listed).items() if times > 1))


def _value(category: int, ranks: Sequence[int]) -> int:
    value = HIGH_CARD - category
    for place in range(5):
        value = value << _RANK_BITS | (ranks[place] if place < len(ranks) else 0)
    return value


def _straight(ranks: Iterable[int]) -> int | None:
    """The high card of the best straight among these ranks."""
    mask = 0
    for rank in ranks:
        mask |= 1 << rank
    return next((high for bits, high in _STRAIGHTS if mask & bits == bits), None)


def _four_of_a_kind(rank: int, ranks: Sequence[int]) -> int:
    rest = list(ranks)
    for _ in range(4):
        rest.remove(rank)
    return _value(FOUR_OF_A_KIND, [rank, max(rest)])


def _grouped(groups: Sequence[tuple[int, int]]) -> int:
    """Three of a kind and below: the groups in their order, then kickers up to five cards."""
    ranks = [rank for _, rank in groups]
    if groups[0][0] == 3:
        return _value(THREE_OF_A_KIND, ranks[:3])
    if groups[0][0] == 2 and groups[1][0] == 2:
        # A third pair is only a kicker, against the single cards.
        return _value(TWO_PAIR, [ranks[0], ranks[1], max(ranks[2:])])
    if groups[0][0] == 2:
        return _value(ONE_PAIR, ranks[:4])
    return _value(HIGH_CARD, ranks[:5])
