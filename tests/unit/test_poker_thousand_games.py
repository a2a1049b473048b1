"""A thousand simulated games through their export files: the rows are what the simulator counted.

RAILCAST_SIMULATED_GAMES plays more (or fewer) of them, RAILCAST_SIMULATED_HANDS longer ones.
"""

import os
from collections import Counter

import pytest

from deploy.simulate.export import Game, export, file_name
from deploy.simulate.options import GameOptions, Quirks
from deploy.simulate.record import PlayedHand, Quirk
from deploy.simulate.table import play
from projections.chip_counts.domain import PeriodRow
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from projections.hands.domain import GameRow, HandRow
from projections.hands.store import SPEC as HANDS
from tests.support.folding import Folding, log_of
from tests.support.fuzzing import Desk
from tests.support.gfx_files import GAME_ID

GAMES = int(os.environ.get("RAILCAST_SIMULATED_GAMES", "1000"))
PARTS = 20
# Most games are short, because a hand shows most faults; a final table ends with its winner.
SHORT_HANDS = int(os.environ.get("RAILCAST_SIMULATED_HANDS", "5"))
LONG_HANDS = 25
LONG_EVERY = 50


def options(seed: int) -> GameOptions:
    first = 1 + seed % 2
    return GameOptions(
        hands=max(SHORT_HANDS, LONG_HANDS if seed % LONG_EVERY == 0 else 0),
        kind="FINAL_TABLE" if seed % 3 == 0 else "FEATURE_TABLE",
        seats=tuple(range(first, first + 2 + seed % 8)),
        quirks=Quirks.rough() if seed % 2 else Quirks(),
    )


def told(seed: int, played: list[PlayedHand]) -> list[Folding]:
    """The rows of hands and of stacks after the export of a game was taken in."""
    game = Game(GAME_ID + seed, options(seed).kind)
    desk = Desk()
    assert desk.take(f"day1/{file_name(game.id)}", export(game, played))
    facts = log_of(*desk.said)
    return [Folding(spec.fold).apply(facts) for spec in (HANDS, CHIP_COUNTS)]


def same_hand(row: HandRow, played: PlayedHand) -> None:
    """Pot, winners, showdown and busts of one hand."""
    account = played.account
    assert row.start_ticks - int(row.game_id) == played.start_ticks
    assert (row.hand_num, row.duration_ticks) == (played.hand_num, played.duration_ticks)
    assert (row.pot_total, row.pot_called) == (account.pot_total, account.pot_called)
    assert (row.uncalled, row.uncalled_seat) == (account.uncalled, account.uncalled_seat)
    assert row.state == account.state
    assert row.collected == account.collected
    assert tuple(sorted(row.collected)) == account.winners
    assert (row.showdown, row.showdown_best_seats) == (account.showdown, account.best_seats)
    assert row.live_players == len(account.live_seats)
    assert (row.pot_mismatches, row.over_award) == (0, False)
    assert bool(row.duplicate_cards) == (Quirk.MISREAD_CARD in account.quirks)
    if row.state == "settled":
        assert row.busted == tuple(
            seat.seat
            for seat in played.seats
            if seat.start_stack and not account.true_stacks[seat.seat]
        )


def same_stacks(stacks: dict[int, int], last: PlayedHand) -> None:
    """The stacks that stand after the last hand: the true ones, where the record can tell them."""
    if last.account.state == "settled":
        assert stacks == last.account.true_stacks
    else:
        assert stacks == {seat.seat: seat.start_stack for seat in last.seats}


@pytest.mark.parametrize("part", range(PARTS))
def test_the_rows_of_a_game_are_what_its_simulator_counted(part: int) -> None:
    states: Counter[str] = Counter()
    seeds = range(part, GAMES, PARTS)
    for seed in seeds:
        played = list(play(f"thousand files {seed}", options(seed)))
        hands, chips = told(seed, played)
        rows = hands.rows(HandRow)
        assert [game.hands for game in hands.rows(GameRow)] == [len(played)] == [len(rows)]
        for row, hand in zip(rows, played, strict=True):
            same_hand(row, hand)
            states[row.state] += 1
        now = {row.seat: row.stack for row in chips.rows(PeriodRow) if row.to_seq is None}
        same_stacks(now, played[-1])
    print(part, dict(states))
    assert states["settled"] >= len(seeds)
