"""Folds whose events touch rows that only other rows can name."""

import random

import pytest

from contracts.messages.system import CanarySaid
from contracts.rows import Rows, TwoStepFold
from projections.hands.domain import HandsFold
from projections.rundown.domain import RundownFold
from tests.support.bus import TallyFold
from tests.support.folding import Folding, log_of
from tests.support.links import LinkRow, LinksFold, ShelfRow

FACTS = log_of(
    *(CanarySaid(canary_id="s", number=n) for n in random.Random(5).sample(range(40), 40))
)


def test_a_fold_has_a_second_step_only_if_it_says_so():
    assert isinstance(LinksFold(), TwoStepFold)
    assert isinstance(HandsFold(), TwoStepFold)
    assert not isinstance(TallyFold(), TwoStepFold)
    assert not isinstance(RundownFold(), TwoStepFold)


@pytest.mark.parametrize("size", [1, 3, 7])
def test_any_batching_gives_the_rows_of_one_pass(size):
    pieces = Folding(LinksFold())
    for first in range(0, len(FACTS), size):
        pieces.apply(FACTS[first : first + size])

    assert pieces.dump() == Folding(LinksFold()).apply(FACTS).dump()
    assert len(pieces.rows(LinkRow)) == len(FACTS)


def test_the_second_step_sees_the_rows_as_they_were_before_the_batch():
    stored = Folding(LinksFold()).apply(FACTS[:1])
    seen = []

    class Watched(LinksFold):
        def further_keys(self, recorded, rows: Rows):
            seen.append(rows.get(ShelfRow, "s").numbers)
            return super().further_keys(recorded, rows)

    stored.fold = Watched()
    stored.apply(FACTS[1:4])

    assert seen == [(FACTS[0].event.number,)] * 3
