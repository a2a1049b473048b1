"""The import log while an import goes on: rows so far, and the facts that changed fields."""

from contracts.messages.wsop import Counts, PlayerRow, PlayersTold, Progress
from contracts.tournament import PlayerFields
from projections.sync_status.domain import ChangeRow, ImportRow, SyncStatusFold
from tests.support.folding import Folding, log_of
from tests.support.tournament import Imports

STARTED = Imports().players()[0]


def told(*cities: str, known: bool = True, counts: Counts | None = None) -> PlayersTold:
    """Players who moved to these cities, each with a cash more; two fields change of each."""
    rows = tuple(
        PlayerRow(
            at=f"/players/{number}",
            player_id=f"P{number}",
            created=not known,
            old=PlayerFields(city="Oslo") if known else PlayerFields(),
            new=PlayerFields(city=city, wsop_cashes=number),
        )
        for number, city in enumerate(cities)
    )
    progress = Progress(through=9, counts=counts or Counts())
    return PlayersTold(import_id="i1", rows=rows, progress=progress)


def folded(*facts: PlayersTold) -> Folding:
    return Folding(SyncStatusFold()).apply_each(log_of(STARTED, *facts))


def test_while_an_import_goes_on_its_rows_so_far_are_counted() -> None:
    facts = (
        told("Ely", counts=Counts(created=5)),
        told("Ely", counts=Counts(created=5, changed=7)),
    )
    found = folded(*facts).row(ImportRow, "i1")
    assert (found.status, found.created, found.changed) == ("processing", 5, 7)
    assert (found.last_sequence, found.imported_by) == (3, "dana")


def test_a_fact_that_changed_fields_is_kept_with_how_many() -> None:
    facts = (told("Ely", "Rye"), told("Bath", known=False), told("Ayr"))
    changed = [(r.import_id, r.sequence, r.changes) for r in folded(*facts).rows(ChangeRow)]
    assert changed == [("i1", 2, 4), ("i1", 4, 2)]
