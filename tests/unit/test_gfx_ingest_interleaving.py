"""Two tables at once, files in pieces, late, twice and in any order: the same rows as in one go."""

from functools import cache
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.rows import Row
from deploy.simulate.export import Game, assemble, encode_hand, file_name
from deploy.simulate.options import GameOptions, Quirks
from deploy.simulate.record import PlayedHand
from deploy.simulate.table import play
from projections.chip_counts.store import SPEC as CHIP_COUNTS
from projections.hands.store import SPEC as HANDS
from projections.sync_status.domain import FileRow
from projections.sync_status.store import SPEC as SYNC_STATUS
from tests.support.folding import Folding, log_of
from tests.support.fuzzing import Desk
from tests.support.gfx_files import GAME_ID

TABLES = ("river", "meadow")
GAMES = {table: Game(GAME_ID + number) for number, table in enumerate(TABLES)}
HANDS_OF_GAME = 6


class Piece(NamedTuple):
    """A game's file as it stood once: its first hands, the last of them perhaps only opened.

    `archive` names a copy beside the file that grows; "" is the file itself. `gone` says that it is
    removed, if it is there, instead of being written.
    """

    table: str
    hands: int
    opened: bool
    archive: str = ""
    gone: bool = False

    @property
    def path(self) -> str:
        """Where it lies below the table's folder."""
        name = file_name(GAMES[self.table].id)
        return f"{self.archive}/{name}" if self.archive else name

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return content(self.table, self.hands, self.opened)


@cache
def played(table: str) -> tuple[PlayedHand, ...]:
    """The hands of a table's game; some are unsettled, edited or renamed."""
    options = GameOptions(hands=HANDS_OF_GAME, seats=(2, 3, 5, 6, 8), quirks=Quirks.rough())
    return tuple(play(f"interleaved {table}", options))


@cache
def content(table: str, hands: int, opened: bool) -> bytes:
    game = GAMES[table]
    done = [encode_hand(game, each) for each in played(table)[:hands]]
    if opened:
        done[-1] = encode_hand(game, played(table)[hands - 1], opened_only=True)
    return assemble(game, done)


def facts_of(pieces: list[Piece]) -> Desk:
    desk = Desk()
    for piece in pieces:
        if piece.gone:
            desk.remove(piece.path, piece.table)
        else:
            assert desk.take(piece.path, piece.data, piece.table)
    return desk


def business(desk: Desk) -> dict[str, list[dict[str, Any]]]:
    """Rows of hands and stacks without what depends on arrival. Of stacks, those that stand now:
    which older ones were ever seen depends on the pieces.
    """
    facts = log_of(*desk.said)
    found = {}
    for spec in (HANDS, CHIP_COUNTS):
        folding = Folding(spec.fold).apply(facts)
        for kind in spec.rows:
            rows = zip(folding.rows(kind), folding.business(kind), strict=True)
            found[f"{spec.name} {kind.TABLE}"] = [columns for row, columns in rows if stands(row)]
    return found


def stands(row: Row) -> bool:
    return getattr(row, "to_seq", None) is None


@cache
def in_one_go() -> dict[str, list[dict[str, Any]]]:
    rows = business(facts_of([Piece(table, HANDS_OF_GAME, opened=False) for table in TABLES]))
    assert len(rows["hands hand"]) == len(TABLES) * HANDS_OF_GAME
    return rows


sizes = st.integers(1, HANDS_OF_GAME)
copies = st.builds(
    Piece, st.sampled_from(TABLES), sizes, st.booleans(), st.sampled_from(("new", "day1", "day2"))
)
comings_and_goings = st.builds(lambda piece, gone: piece._replace(gone=gone), copies, st.booleans())


def whole(table: str, archive: str = "") -> Piece:
    return Piece(table, HANDS_OF_GAME, opened=False, archive=archive)


@st.composite
def shows(draw: st.DrawFn) -> list[Piece]:
    """The files of both tables growing to their ends, and old copies that come and go between."""
    grown: list[list[Piece]] = []
    for table in TABLES:
        steps = sorted(draw(st.sets(st.tuples(sizes, st.booleans()), max_size=5)), key=_grows)
        grown.append([*(Piece(table, *step) for step in steps), whole(table)])
    merged: list[Piece] = []
    while any(grown):
        merged.append(draw(st.sampled_from([each for each in grown if each])).pop(0))
    for copy in draw(st.lists(comings_and_goings, max_size=8)):
        merged.insert(draw(st.integers(0, len(merged))), copy)
    return merged


def _grows(step: tuple[int, bool]) -> tuple[int, bool]:
    """A hand is first opened, then played."""
    hands, opened = step
    return hands, not opened


@given(shows())
@settings(max_examples=80, deadline=None)
def test_growing_files_among_old_copies_give_the_rows_of_one_clean_run(show: list[Piece]) -> None:
    assert business(facts_of(show)) == in_one_go()


@given(st.lists(copies, max_size=8), st.data())
@settings(max_examples=80, deadline=None)
def test_snapshots_in_any_order_and_any_number_give_the_rows_of_one_clean_run(
    some: list[Piece], data: st.DataObject
) -> None:
    apart = [piece._replace(archive=f"copy {number}") for number, piece in enumerate(some)]
    every = [*apart, *(whole(table, "last") for table in TABLES)]
    shuffled = data.draw(st.permutations(every))
    again = data.draw(st.lists(st.sampled_from(every), max_size=4))
    assert business(facts_of([*shuffled, *again])) == in_one_go()


@given(shows(), st.data())
@settings(max_examples=40, deadline=None)
def test_the_facts_delivered_in_any_pieces_and_again_give_the_rows_of_one_pass(
    show: list[Piece], data: st.DataObject
) -> None:
    facts = log_of(*facts_of(show).said)
    for spec in (HANDS, CHIP_COUNTS, SYNC_STATUS):
        pieces = Folding(spec.fold)
        while pieces.checkpoint < facts[-1].sequence:
            again = data.draw(st.integers(0, pieces.checkpoint))
            pieces.apply(facts[again : data.draw(st.integers(pieces.checkpoint + 1, len(facts)))])
        assert pieces.dump() == Folding(spec.fold).apply(facts).dump()


@given(shows())
@settings(max_examples=40, deadline=None)
def test_every_file_of_a_show_is_listed_once_however_often_it_came(show: list[Piece]) -> None:
    folding = Folding(SYNC_STATUS.fold).apply(log_of(*facts_of([*show, *show[-1:]]).said))
    listed = {(row.table_name, row.path, row.bytes) for row in folding.rows(FileRow)}
    came = (piece for piece in show if not piece.gone)
    assert listed == {(piece.table, piece.path, len(piece.data)) for piece in came}
