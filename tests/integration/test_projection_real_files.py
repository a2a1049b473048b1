"""The exports of a real feature table, folded: the figures of the golden file, in any order."""

import hashlib
import json
import os
import random
from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

from projections.chip_counts.domain import ChipCountsFold, PeriodRow
from projections.hands.domain import GameRow, HandRow, HandsFold
from services.gfx_ingest.inputs.parse import Origin, parse
from tests.support.folding import Folding, log_of
from tests.support.gfx_facts import said_about

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("RAILCAST_SHARED_DATA", ROOT.parent / "shared" / "data")) / "pgfx"

pytestmark = pytest.mark.skipif(
    not (DATA / "golden_hands.jsonl").exists(),
    reason="real exports are not here: set RAILCAST_SHARED_DATA",
)


def snapshots():
    (folder,) = DATA.glob("table-*")
    table = folder.name.removeprefix("table-")
    for file in sorted(folder.rglob("*.json")):
        data = file.read_bytes()
        path = file.relative_to(folder).as_posix()
        yield parse(data, Origin(table, path, hashlib.sha256(data).hexdigest()))


def log_in(order):
    """Every game's files in this order, game by game."""
    by_game = groupby(sorted(order, key=lambda each: each.game_id), lambda each: each.game_id)
    return log_of(*(event for _, files in by_game for event in said_about(files)))


@pytest.fixture(scope="module")
def files():
    return list(snapshots())


@pytest.fixture(scope="module")
def hands(files):
    return Folding(HandsFold()).apply(log_in(files))


def golden():
    with (DATA / "golden_hands.jsonl").open() as lines:
        return {(g["game_id"], int(g["start_ticks"])): g for g in map(json.loads, lines)}


def test_every_hand_has_the_figures_of_the_golden_file(hands):
    rows = {row.key: row for row in hands.rows(HandRow)}
    wanted = golden()

    assert len(hands.rows(GameRow)) == 15
    assert rows.keys() == wanted.keys()
    for key, want in wanted.items():
        row = rows[key]
        assert (row.state, row.pot_total, row.pot_called) == (
            want["state"],
            want["pot_total"],
            want["pot_called"],
        )
        assert (row.uncalled, row.uncalled_seat) == (want["uncalled"], want["uncalled_seat"])
        assert {str(seat): chips for seat, chips in row.collected.items()} == want["collected"]
        assert (row.over_award, row.showdown) == (want["over_award"], want["showdown"])
        assert list(row.board) == want["board"]
        assert (row.start_utc, row.duration_ticks) == (want["start_utc"], want["duration_ticks"])


def test_the_rank_by_start_is_the_ordinal_of_the_golden_file(hands):
    wanted = golden()
    for _, rows in groupby(hands.rows(HandRow), lambda row: row.game_id):
        for rank, row in enumerate(rows):
            assert wanted[row.key]["ordinal"] == rank


def test_any_order_of_the_files_gives_the_same_hands_and_stacks(files, hands):
    shuffled = random.Random(7).sample(files, len(files))
    facts = log_in(shuffled)

    again = Folding(HandsFold()).apply(facts)

    assert again.business(HandRow) == hands.business(HandRow)
    assert again.business(GameRow) == hands.business(GameRow)
    assert now(facts) == now(log_in(files))


def now(facts):
    chips = Folding(ChipCountsFold()).apply(facts)
    every = zip(chips.rows(PeriodRow), chips.business(PeriodRow), strict=True)
    return [columns for row, columns in every if row.to_seq is None]


def test_the_current_stacks_are_those_of_the_last_hand_of_each_game(files, hands):
    last = {row.game_id: row for row in hands.rows(HandRow)}
    chips = Folding(ChipCountsFold()).apply(log_in(files)).rows(PeriodRow)

    current = [row for row in chips if row.to_seq is None]

    assert Counter(row.game_id for row in current) == {
        game_id: len(row.players) for game_id, row in last.items()
    }
    for row in current:
        hand = last[row.game_id]
        player = next(each for each in hand.players if each.seat == row.seat)
        settled = hand.state == "settled"
        assert row.stack == (player.end_stack if settled else player.start_stack)
        assert (row.name, row.big_blind) == (player.name, hand.big_blind)
