"""What holds for every fold: how the log is cut and what is delivered again changes nothing."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.messages.gfx import FileRejected
from contracts.messages.system import CanarySaid
from projections.chip_counts.domain import ChipCountsFold, PeriodRow
from projections.hands.domain import GameRow, HandRow, HandsFold
from projections.notifications.domain import NotificationsFold
from projections.renders.domain import RendersFold
from projections.rundown.domain import RundownFold
from projections.sync_status.domain import FileRow, StatusRow, SyncStatusFold
from tests.support.folding import Folding, log_of
from tests.support.gfx_facts import TABLE, said_about, snapshot, source, walk

FOLDS = (
    HandsFold(),
    ChipCountsFold(),
    SyncStatusFold(),
    RundownFold(),
    RendersFold(),
    NotificationsFold(),
)
STACKS = {2: 5000, 5: 6000, 8: 7000}

# Hands of a file: which are there, and for each which of two contents.
contents = st.dictionaries(st.integers(0, 4), st.booleans(), min_size=1)


def file_of(path, content):
    hands = [walk(number, STACKS, settled=settled) for number, settled in content.items()]
    return snapshot(path, hands)


files = st.lists(contents, min_size=1, max_size=4).map(
    lambda many: [file_of(f"{n}.json", content) for n, content in enumerate(many)]
)


@given(files, st.data())
@pytest.mark.parametrize("fold", FOLDS[:3], ids=lambda fold: type(fold).__name__)
def test_any_split_and_any_repeated_delivery_give_the_rows_of_one_pass(fold, told, data):
    bad = FileRejected(table=TABLE, source=source("x"), bytes=1, code="empty", detail="no bytes")
    facts = log_of(*said_about(told), CanarySaid(canary_id="c", number=1), bad)
    whole = Folding(fold).apply(facts)

    pieces = Folding(fold)
    while pieces.checkpoint < facts[-1].sequence:
        again = data.draw(st.integers(0, pieces.checkpoint), label="delivered again from")
        until = data.draw(st.integers(pieces.checkpoint + 1, len(facts)), label="until")
        pieces.apply(facts[again:until])

    assert pieces.dump() == whole.dump()


@given(files)
def test_any_order_of_different_files_gives_the_same_business_rows(told):
    orders = [list(order) for order in itertools.islice(itertools.permutations(told), 6)]
    facts = [log_of(*said_about(order)) for order in orders]

    hands = [Folding(HandsFold()).apply(each) for each in facts]
    chips = [Folding(ChipCountsFold()).apply(each) for each in facts]
    sync = [Folding(SyncStatusFold()).apply(each) for each in facts]

    for other in hands[1:]:
        assert other.business(HandRow) == hands[0].business(HandRow)
        assert other.business(GameRow) == hands[0].business(GameRow)
    for other in chips[1:]:
        assert now(other) == now(chips[0])
    for other in sync[1:]:
        assert other.business(FileRow) == sync[0].business(FileRow)
        assert other.business(StatusRow) == sync[0].business(StatusRow)


def now(folding):
    """Business columns of what is known now."""
    every = zip(folding.rows(PeriodRow), folding.business(PeriodRow), strict=True)
    return [columns for row, columns in every if row.to_seq is None]


@pytest.mark.parametrize("fold", FOLDS, ids=lambda fold: type(fold).__name__)
def test_a_canary_leaves_no_row(fold):
    assert Folding(fold).apply(log_of(CanarySaid(canary_id="c", number=1))).dump() == {}
