"""Cards as small integers: their text in an export, and how strong seven of them are.

A card is `rank * 4 + suit`, rank 0 (deuce) to 12 (ace). The evaluator is the simulator's own, so
that a comparison with any other evaluator compares two independent ones.
"""

from collections.abc import Sequence
from functools import cache

RANKS = ("2", "3", "4", "5", "6", "7", "8", "9", "10", "j", "q", "k", "a")
SUITS = "shdc"
DECK = range(52)

# Bit masks of the ten straights, best first; the last is the wheel, whose high card is the five.
_STRAIGHTS = [(0b11111 << low, low + 4) for low in range(8, -1, -1)] + [(0b1000000001111, 3)]

type Strength = tuple[int, ...]


def card_text(card: int) -> str:
    """The export's spelling of one card, `10d` or `as`."""
    return RANKS[card >> 2] + SUITS[card & 3]


def hole_text(cards: Sequence[int]) -> str:
    """Hole cards as one string, the higher rank first, as the PC prints them."""
    return " ".join(card_text(card) for card in sorted(cards, reverse=True))


def strength(cards: Sequence[int]) -> Strength:
    """The best five of one to seven cards; a larger tuple is a better hand.

    The first number is the class (0 high card to 8 straight flush), the rest break ties.
    """
    counts = [0] * 13
    suits = [0] * 4
    for card in cards:
        counts[card >> 2] += 1
        suits[card & 3] |= 1 << (card >> 2)
    flush = next((mask for mask in suits if mask.bit_count() >= 5), 0)
    if flush and (high := _straight(flush)) >= 0:
        return (8, high)
    groups = sorted(((count, rank) for rank, count in enumerate(counts) if count), reverse=True)
    if groups[0][0] == 4:
        return (7, groups[0][1], max((rank for _, rank in groups[1:]), default=-1))
    if groups[0][0] == 3 and len(groups) > 1 and groups[1][0] >= 2:
        return (6, groups[0][1], groups[1][1])
    if flush:
        return (5, *_top(flush, 5))
    if (high := _straight(suits[0] | suits[1] | suits[2] | suits[3])) >= 0:
        return (4, high)
    return _grouped(groups)


def _grouped(groups: list[tuple[int, int]]) -> Strength:
    """Three of a kind and below: the groups in order, then kickers up to five cards."""
    ranks = [rank for _, rank in groups]
    if groups[0][0] == 3:
        return (3, *ranks[:3])
    if groups[0][0] == 2 and len(groups) > 1 and groups[1][0] == 2:
        # A third pair counts only as a kicker, against the single cards.
        return (2, ranks[0], ranks[1], max(ranks[2:], default=-1))
    return (1, *ranks[:4]) if groups[0][0] == 2 else (0, *ranks[:5])


def _straight(mask: int) -> int:
    return next((high for bits, high in _STRAIGHTS if mask & bits == bits), -1)


def _top(mask: int, count: int) -> list[int]:
    return [rank for rank in range(12, -1, -1) if mask >> rank & 1][:count]


def _appeal(first: int, second: int) -> float:
    """A crude pre-flop liking: high, paired, suited and close cards are liked."""
    high, low = max(first, second) >> 2, min(first, second) >> 2
    suited = 5 if first & 3 == second & 3 else 0
    pair = 20 if high == low else 0
    return 2.2 * high + low + suited + pair + max(0, 4 - (high - low))


@cache
def _percentiles() -> dict[tuple[int, int], float]:
    """Every two-card holding with the share of holdings that are liked less."""
    pairs = [(first, second) for first in DECK for second in DECK if first != second]
    ordered = sorted(pairs, key=lambda pair: (_appeal(*pair), pair))
    return {pair: place / len(ordered) for place, pair in enumerate(ordered)}


def holding_percentile(hole: Sequence[int]) -> float:
    """How a holding compares with all others before the flop, 0 worst to 1 best."""
    return _percentiles()[hole[0], hole[1]]
