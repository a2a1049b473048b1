"""What holds for every fold: how the log is cut and what is delivered again changes nothing."""

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.messages.gfx import FileRejected
from contracts.messages.gfx_game import (
    GameBound,
    GameExcluded,
    GameIncluded,
    GameUnbound,
    HandGraded,
    HandGradeWithdrawn,
    SeatCorrected,
    SeatCorrectionWithdrawn,
)
from contracts.messages.system import CanarySaid
from contracts.poker.findings import FirstSight
from contracts.poker.game import findings
from deploy.simulate.options import GameOptions, Quirks
from projections.chip_counts.domain import ChipCountsFold, PeriodRow
from projections.hands.domain import GameRow, HandRow, HandSeatRow, HandsFold
from projections.notifications.domain import NotificationsFold
from projections.renders.domain import RendersFold
from projections.rundown.domain import RundownFold
from projections.sync_status.domain import FileRow, StatusRow, SyncStatusFold
from tests.support.folding import Folding, log_of
from tests.support.gfx_facts import (
    GAME,
    TABLE,
    recorded_hand,
    revised_hand,
    said_about,
    seen,
    snapshot,
    source,
    ticks,
    walk,
)
from tests.support.poker_oracle import simulated_game

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
        for kind in (HandRow, HandSeatRow, GameRow):
            assert other.business(kind) == hands[0].business(kind)
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


def told_again(held):
    """A hand as first told, with other end stacks: revised later, it says something else."""
    seats = [msgspec.structs.replace(seat, end_stack=seat.start_stack) for seat in held.hand.seats]
    return msgspec.structs.replace(held.hand, seats=tuple(seats))


def cut(facts, data):
    """The facts in random batches, each beginning with some that were delivered before."""
    until = 0
    while until < len(facts):
        again = data.draw(st.integers(0, until), label="delivered again from")
        until = data.draw(st.integers(until + 1, len(facts)), label="until")
        yield facts[again:until]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_a_game_told_in_any_order_and_revised_has_the_findings_of_its_hands(seed, data):
    game = [each for _, each in simulated_game(seed, GameOptions(hands=8, quirks=Quirks.rough()))]
    order = data.draw(st.permutations(game), label="told")
    wrong = data.draw(st.lists(st.sampled_from(game), unique_by=id), label="told wrong at first")
    events = [recorded_hand(told_again(h) if h in wrong else h.hand) for h in order]
    repaired = data.draw(st.permutations([revised_hand(h.hand) for h in wrong]), label="repaired")
    facts = log_of(seen(), *events, *repaired)

    folding = Folding(HandsFold())
    for batch in cut(facts, data):
        folding.apply(batch)

    expected = [
        (int(each.start_ticks), each.KIND, each.seat, each.who, each.detail)
        for each in findings(GAME, game)
        if not isinstance(each, FirstSight)
    ]
    assert [
        (row.start_ticks, each.kind, each.seat, each.name, each.detail)
        for row in folding.rows(HandRow)
        for each in (*row.findings.between, *row.findings.within)
    ] == expected
    clean = Folding(HandsFold()).apply(log_of(seen(), *(recorded_hand(h.hand) for h in game)))
    for kind in (GameRow, HandRow, HandSeatRow):
        assert folding.business(kind) == clean.business(kind)


OTHER = "639700000000000002"


@given(st.data())
@pytest.mark.parametrize("fold", FOLDS[:2], ids=lambda fold: type(fold).__name__)
def test_games_do_not_depend_on_how_their_facts_alternate(fold, data):
    one = [seen(), *(recorded_hand(walk(number, STACKS)) for number in range(4))]
    other = [msgspec.structs.replace(event, game_id=OTHER) for event in one]
    turns = data.draw(st.permutations([True] * len(one) + [False] * len(other)))
    left, right = iter(one), iter(other)
    mixed = Folding(fold).apply(log_of(*(next(left if turn else right) for turn in turns)))
    after = Folding(fold).apply(log_of(*one, *other))

    for kind in after.kinds():
        assert mixed.business(kind) == after.business(kind)


def correction(number):
    return SeatCorrected(
        game_id=GAME,
        correction_id=f"c{number}",
        seat=2 + 3 * (number % 3),
        from_ticks=str(ticks(number)),
        to_ticks=None if number % 2 else str(ticks(number + 1)),
        person_id="w-77",
        name="Wren",
        long_name="Ida Wren",
        reason="typed wrong",
    )


# A word, and what takes it back.
WORDS = {
    "exclude": lambda n: (
        GameExcluded(game_id=GAME, reason=f"rehearsal {n}"),
        GameIncluded(game_id=GAME, reason="it was not"),
    ),
    "bind": lambda n: (
        GameBound(game_id=GAME, event_id="e1", from_ticks=str(ticks(n)), to_ticks=None),
        GameUnbound(game_id=GAME, from_ticks=str(ticks(n))),
    ),
    "correct": lambda n: (
        correction(n),
        SeatCorrectionWithdrawn(game_id=GAME, correction_id=f"c{n}", reason="it was right"),
    ),
    "grade": lambda n: (
        HandGraded(game_id=GAME, start_ticks=str(ticks(n)), letter="A", reason="a classic"),
        HandGradeWithdrawn(game_id=GAME, start_ticks=str(ticks(n)), reason="not so"),
    ),
}
words = st.lists(
    st.tuples(st.sampled_from(sorted(WORDS)), st.integers(0, 3)), min_size=1, max_size=8
)


def holding(folding):
    """The rows without the tables of what held formerly: what is taken back stays in those."""
    return {name: rows for name, rows in folding.dump().items() if not name.startswith("former_")}


@given(words, st.data())
@pytest.mark.parametrize("fold", FOLDS[:2], ids=lambda fold: type(fold).__name__)
def test_words_of_people_that_are_all_taken_back_leave_every_row_as_it_was(fold, said, data):
    told = [seen(), *(recorded_hand(walk(number, STACKS)) for number in range(4))]
    pairs = [WORDS[word](number) for word, number in said]
    back = data.draw(st.permutations([taken for _, taken in pairs]), label="taken back")
    facts = log_of(*told, *(word for word, _ in pairs), *back)

    folding = Folding(fold)
    for batch in cut(facts, data):
        folding.apply(batch)

    assert holding(folding) == holding(Folding(fold).apply(log_of(*told)))
    spoken = Folding(fold).apply(facts[: len(told) + len(pairs)])
    if {word for word, _ in said} != {"grade"} or isinstance(fold, HandsFold):
        assert holding(spoken) != holding(folding)
