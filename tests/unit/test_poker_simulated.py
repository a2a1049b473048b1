"""A thousand simulated games: what a reader replays is what the simulator counted on its own.

RAILCAST_SIMULATED_GAMES plays more (or fewer) of them.
"""

import os
from collections import Counter

import pytest

from contracts.poker.verdict import judge
from deploy.simulate.options import GameOptions, Quirks
from deploy.simulate.record import PlayedHand, Quirk
from tests.support.poker_oracle import HeldHand, simulated_game

GAMES = int(os.environ.get("RAILCAST_SIMULATED_GAMES", "1000"))
SLICES = 20
# Most games are short, because most faults show in a hand; some are long, for stacks run down.
SHORT_HANDS = 3
LONG_HANDS = 40
LONG_EVERY = 41


def options(seed: int) -> GameOptions:
    first = 1 + seed % 2
    return GameOptions(
        hands=LONG_HANDS if seed % LONG_EVERY == 0 else SHORT_HANDS,
        kind="FINAL_TABLE" if seed % 3 == 0 else "FEATURE_TABLE",
        seats=tuple(range(first, first + 2 + seed % 8)),
        quirks=Quirks.rough() if seed % 2 else Quirks(),
    )


def same_as_account(played: PlayedHand, held: HeldHand) -> None:
    """Every figure that both the account and the replay of the record know."""
    account, figures = played.account, held.figures
    assert figures.pot_total == account.pot_total
    assert (figures.uncalled, figures.uncalled_seat) == (account.uncalled, account.uncalled_seat)
    assert figures.pot_called == account.pot_called
    assert figures.contributions == account.contributions | {
        seat.seat: 0 for seat in held.hand.seats if seat.seat not in account.contributions
    }
    assert figures.state == account.state
    assert figures.collected == account.collected
    assert figures.live_seats == account.live_seats
    assert figures.showdown == account.showdown
    assert (figures.pot_mismatches, figures.over_award) == (0, False)
    verdict = judge(held.hand, figures)
    assert verdict.winners == account.winners
    assert verdict.showdown_best_seats == account.best_seats
    assert bool(verdict.duplicate_cards) == (Quirk.MISREAD_CARD in account.quirks)
    if account.state == "settled":
        assert figures.busted_seats == tuple(
            seat.seat
            for seat in held.hand.seats
            if seat.start_stack and not account.true_stacks[seat.seat]
        )


@pytest.mark.parametrize("part", range(SLICES))
def test_a_replayed_record_is_what_the_simulator_counted(part: int) -> None:
    seeds = range(part, GAMES, SLICES)
    states: Counter[str] = Counter()
    for seed in seeds:
        for played, held in simulated_game(f"thousand {seed}", options(seed)):
            same_as_account(played, held)
            states[held.figures.state] += 1
    assert states["settled"] >= len(seeds)
