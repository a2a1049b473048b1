"""The platform's statements of stacks without a database."""

import pytest

from contracts.holders import holder_key
from contracts.messages.wsop import ChipRow
from contracts.tournament import ChipCount
from projections.chip_counts.domain import ChipCountsFold, LatestRow, ReplacedRow, StatementRow
from tests.support.folding import Folding, log_of
from tests.support.tournament import Imports, chips, minutes


def folded(*facts):
    return Folding(ChipCountsFold()).apply_each(log_of(*facts))


def test_a_statement_keeps_what_its_row_says_and_where_it_stands():
    told = chips(1, 400, table_num=3, seat_num=4, rank=9, big_blind=20, day_number=2)
    [row] = folded(*Imports().counts(minutes(0), [told])).rows(StatementRow)
    assert (row.holder, row.chips, row.status) == ("w-WP000001", 400, "active")
    assert (row.table_num, row.seat_num, row.rank) == (3, 4, 9)
    assert (row.import_id, row.at, row.from_seq) == ("i1", "2", 2)


def test_the_largest_time_is_current_whatever_came_last():
    imports = Imports()
    files = [imports.counts(minutes(at), [chips(1, at)]) for at in (10, 30, 20)]
    rows = folded(*(fact for file in files for fact in file))
    assert [row.recorded_at for row in rows.rows(LatestRow)] == [minutes(30)]
    assert len(rows.rows(StatementRow)) == 3


def test_a_correction_moves_the_old_statement_to_the_history():
    imports = Imports()
    first = imports.counts(minutes(0), [chips(1, 100), chips(2, 50)])
    again = imports.counts(minutes(0), [chips(1, 90, before=first[1].rows[0].told)])
    rows = folded(*first, *again)
    assert [row.chips for row in rows.rows(StatementRow)] == [90, 50]
    [old] = rows.rows(ReplacedRow)
    assert (old.chips, old.from_seq, old.to_seq, old.statement.chips) == (100, 2, 5, 100)


def test_a_correction_of_what_was_never_told_is_refused():
    with pytest.raises(LookupError):
        folded(*Imports().counts(minutes(0), [chips(1, 9, before=chips(1, 8).told)]))


def test_a_name_is_one_holder_however_it_is_written_and_an_id_stands_for_itself():
    assert holder_key("WP 1", "Ada") == holder_key("WP 1", "Bo") == "w-WP=201"
    assert holder_key(None, "Zoë Løvdahl") == holder_key(None, "ZOE LOVDAHL") == "n:zoe lovdahl"


def test_a_name_that_moves_or_is_out_is_not_counted_twice():
    imports = Imports()
    first, second = (
        ChipRow(at=f"line {n}", player_name="Ann Lee", told=ChipCount(chip_count=c, **seat))
        for n, c, seat in (
            (2, 200_000, {"table_num": 1, "seat_num": 2}),
            (2, 0, {"status": "eliminated"}),
        )
    )
    rows = folded(*imports.counts(minutes(0), [first]), *imports.counts(minutes(15), [second]))
    assert [row.holder for row in rows.rows(LatestRow)] == ["n:ann lee"]
