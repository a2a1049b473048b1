"""Events without a database: fields, their proof, and stubs."""

import pytest

from contracts.messages.wsop_event import EliminationSet, EliminationWithdrawn, HoldSet
from projections.events.domain import EventRow, EventsFold, HandRow, RemainingRow, WordRow
from tests.support.folding import Folding, log_of
from tests.support.gfx_facts import recorded_hand, revised_hand, walk
from tests.support.tournament import EVENT, Imports, chips, minutes, payout, place

STACKS = {2: 5000, 5: 6000, 8: 7000}


def folded(*facts):
    return Folding(EventsFold()).apply_each(log_of(*facts))


def test_only_told_fields_change_and_each_names_its_fact():
    imports = Imports()
    facts = imports.events(event_name="Harbour Main Event", buy_in=530_000)
    facts += imports.events(buy_in=None)
    row = folded(*facts).row(EventRow, EVENT)
    assert (row.event_name, row.buy_in, row.known) == ("Harbour Main Event", None, True)
    assert (row.proofs["event_name"].sequence, row.proofs["buy_in"].sequence) == (2, 5)
    assert row.proofs["buy_in"].import_id == "i2"


def test_places_paid_follow_from_the_bands_and_have_no_proof_of_their_own():
    row = folded(*Imports().events(payouts=(payout(1, 1, 9), payout(2, 27, 5)))).row(
        EventRow, EVENT
    )
    assert row.places_paid == 27
    assert set(row.proofs) == {"payouts"}


def test_players_left_are_no_field_of_the_event_but_a_figure_with_its_own_time():
    rows = folded(*Imports().events(at=minutes(3), players_remaining=12))
    assert "players_remaining" not in rows.row(EventRow, EVENT).proofs
    [figure] = rows.rows(RemainingRow)
    assert (figure.players_remaining, figure.own_at, figure.source) == (12, minutes(3), "events")


def test_a_figure_of_a_file_without_a_time_is_of_the_time_of_the_fact():
    [figure] = folded(*Imports().events(players_remaining=12)).rows(RemainingRow)
    assert figure.own_at == log_of(*Imports().events())[1].said_at


@pytest.mark.parametrize("kind", ["counts", "standings"])
def test_what_only_names_an_event_makes_a_stub(kind):
    imports = Imports()
    if kind == "counts":
        facts = imports.counts(minutes(0), [chips(1, 9)])
    else:
        facts = imports.standings(minutes(0), [place(1, 1, 9)])
    row = folded(*facts).row(EventRow, EVENT)
    assert (row.known, row.event_name) == (False, None)


def test_an_import_that_was_never_started_cannot_be_closed():
    with pytest.raises(LookupError):
        folded(Imports().events()[-1])


def test_a_revised_hand_has_the_blinds_of_its_new_content():
    hand = walk(0, STACKS)
    rows = folded(recorded_hand(hand), revised_hand(hand))
    assert [(row.small_blind, row.big_blind, row.ante) for row in rows.rows(HandRow)] == [
        (100, 200, 0)
    ]


def test_operators_words_are_kept_as_they_were_said_and_none_is_taken_away():
    out = EliminationSet(event_id=EVENT, person_id="w-P1", place=9, reason="seen")
    back = EliminationWithdrawn(event_id=EVENT, person_id="w-P1", reason="somebody else")
    folding = folded(HoldSet(event_id=EVENT, minutes=45), out, back)
    found = [
        (r.sequence, r.word, r.minutes, r.person_id, r.place, r.reason, r.actor)
        for r in folding.rows(WordRow)
    ]
    assert found == [
        (1, "hold_set", 45, None, None, "", "dana"),
        (2, "elimination_set", None, "w-P1", 9, "seen", "dana"),
        (3, "elimination_withdrawn", None, "w-P1", None, "somebody else", "dana"),
    ]
    assert folding.rows(EventRow) == [], "a word makes no event"


def test_a_word_waits_for_no_file():
    fold = EventsFold()
    facts = log_of(HoldSet(event_id=EVENT, minutes=1), Imports().events()[0])
    assert fold.block_key(facts[0]) != fold.block_key(facts[1])
