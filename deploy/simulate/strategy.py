"""How a simulated seat decides: rough tournament habits, tuned to look like a feature table.

Nothing here knows the rules; `betting.Hand` turns a wish into the nearest legal action.
"""

from collections.abc import Sequence
from random import Random

from deploy.simulate.betting import Choose, View
from deploy.simulate.cards import holding_percentile, strength

SHORT_STACK_BIG_BLINDS = 12  # below it a seat shoves or folds before the flop
COMMITTED_SHARE = 0.6  # a bet of this share of the stack becomes all-in
NOISE = 0.12  # how far a judgement strays, so that equal hands are not always played alike


def chooser(rng: Random, chip: int) -> Choose:
    """A decision function that draws its whims from `rng` and bets in multiples of `chip`."""

    def choose(view: View) -> int:
        wish = _after_flop(view, rng) if view.board else _before_flop(view, rng)
        whole = round(wish / chip) * chip
        if whole > view.facing and whole - view.committed >= COMMITTED_SHARE * view.stack:
            return view.committed + view.stack
        return whole if whole > view.facing else int(wish)

    return choose


def _before_flop(view: View, rng: Random) -> float:
    liking = holding_percentile(view.hole) + rng.uniform(-NOISE, NOISE)
    everything = view.committed + view.stack
    price = (view.facing - view.committed) / (view.pot + view.facing - view.committed)
    if view.raises == 0:
        if everything <= SHORT_STACK_BIG_BLINDS * view.big and liking > 0.78:
            return everything
        if liking > 0.80 or (liking > 0.55 and rng.random() < 0.12):
            return view.big * rng.choice((2, 2, 2.2, 2.5, 3))
        return view.facing if price < 0.25 and liking > 0.35 else view.committed
    if view.raises == 1:
        if liking > 0.95 or (liking > 0.70 and rng.random() < 0.06):
            short = everything < 25 * view.big
            return everything if short else view.facing * rng.uniform(2.4, 3.4)
        return view.facing if liking > 0.87 - max(0.0, 0.32 - price) * 3.0 else view.committed
    if liking > 1.02:
        return everything
    return view.facing if liking > 0.97 + 0.3 * (price - 0.4) else view.committed


def _after_flop(view: View, rng: Random) -> float:
    worth = _worth(view.hole, view.board) + rng.uniform(-NOISE, NOISE)
    to_call = view.facing - view.committed
    if to_call == 0:
        if (worth > 0.55 and rng.random() < 0.65) or rng.random() < 0.14:
            return max(view.big, view.pot * rng.uniform(0.3, 0.75))
        return view.committed
    price = to_call / (view.pot + to_call)
    if worth > 0.82 and rng.random() < 0.5:
        return view.facing + (view.pot + to_call) * rng.uniform(0.6, 1.1)
    return view.facing if worth > 0.24 + 0.75 * price + 0.08 * view.raises else view.committed


def _worth(hole: Sequence[int], board: Sequence[int]) -> float:
    """0 to 1: what the hole cards add to the board, plus something for a draw to a flush."""
    own, shared = strength([*hole, *board]), strength(board)
    gain = own[0] - shared[0]
    if gain >= 2 or own[0] >= 4 > shared[0]:
        return 0.95
    if gain == 1:
        return 0.88 if own[0] >= 2 else 0.42 + 0.028 * own[1]
    suits = [card & 3 for card in (*hole, *board)]
    draw = 0.2 if len(board) < 5 and max(suits.count(suit) for suit in range(4)) == 4 else 0.0
    return 0.12 + 0.016 * (max(hole) >> 2) + draw
