"""Who is all in, covered and at risk; players left, prizes and places."""

import pytest

from contracts.formats import FormatError
from contracts.poker.hand import Blinds, Hand
from contracts.poker.place import (
    FieldSources,
    FieldStatement,
    PayoutBand,
    Place,
    PlayersLeft,
    at_risk_text,
    elimination_places,
    players_left,
    prize,
)
from contracts.poker.replay import replay
from contracts.poker.risk import risks
from tests.support.poker_oracle import acts, make_hand, sit

BANDS = (PayoutBand(1, 1, 90_000), PayoutBand(2, 2, 50_000), PayoutBand(3, 6, 10_001))

NO_ANTE = Blinds(small_blind=50, big_blind=100, ante=0, small_blind_seat=2, big_blind_seat=3)


def at_risk(hand: Hand, *, open_record: bool = False) -> list[tuple[int, bool]]:
    found = risks(hand, replay(hand), open_record=open_record)
    return [(risk.seat, risk.to_call) for risk in found if risk.at_risk]


def test_the_shorter_of_two_all_ins_is_at_risk_and_the_longer_covers_it() -> None:
    hand = make_hand([sit(2, 900), sit(3, 1500)], acts("2 ALL IN 900", "3 CALL 900"))
    (risk,) = risks(hand, replay(hand))
    assert (risk.seat, risk.all_in, risk.covered, risk.at_risk) == (2, True, True, True)


def test_equal_stacks_cover_each_other() -> None:
    hand = make_hand(
        [sit(2, 900), sit(3, 1000)], acts("2 ALL IN 900", "3 ALL IN 1000"), blinds=NO_ANTE
    )
    assert at_risk(hand) == [(2, False)]
    equal = make_hand(
        [sit(2, 900), sit(3, 900)], acts("2 ALL IN 900", "3 ALL IN 900"), blinds=NO_ANTE
    )
    assert at_risk(equal) == [(2, False), (3, False)]


def test_several_at_risk_are_told_shortest_first_then_by_seat() -> None:
    hand = make_hand(
        [sit(2, 900), sit(3, 5000), sit(4, 700), sit(5, 700)],
        acts("4 ALL IN 700", "5 ALL IN 700", "2 ALL IN 900", "3 CALL 900"),
    )
    assert at_risk(hand) == [(4, False), (5, False), (2, False)]


def test_an_all_in_that_everybody_folds_to_risks_nothing() -> None:
    hand = make_hand([sit(2, 900), sit(3, 1500)], acts("2 ALL IN 900", "3 FOLD"))
    (risk,) = risks(hand, replay(hand))
    assert (risk.all_in, risk.covered, risk.at_risk) == (True, False, False)


def test_posting_the_last_chips_is_all_in_as_well() -> None:
    hand = make_hand([sit(2, 900), sit(3, 150), sit(4, 800)], acts("4 CALL 100", "2 FOLD"))
    assert at_risk(hand) == [(3, False)]


def test_a_covering_player_who_folded_covers_nobody() -> None:
    hand = make_hand(
        [sit(2, 900), sit(3, 800), sit(4, 9000)],
        acts("4 FOLD", "2 ALL IN 900", "3 ALL IN 700"),
    )
    assert at_risk(hand) == [(3, False)]


def test_only_an_open_record_puts_the_seat_that_must_answer_at_risk() -> None:
    hand = make_hand([sit(2, 900), sit(3, 800), sit(4, 5000)], acts("4 FOLD", "2 ALL IN 900"))
    assert at_risk(hand) == []
    assert at_risk(hand, open_record=True) == [(3, True)]


def test_a_seat_that_can_call_and_keep_chips_is_not_at_risk() -> None:
    hand = make_hand([sit(2, 600), sit(3, 1000)], acts("2 ALL IN 600"))
    assert at_risk(hand, open_record=True) == [(2, False)]


def test_only_an_all_in_asks_for_an_answer_that_risks_everything() -> None:
    hand = make_hand([sit(2, 5000), sit(3, 800)], acts("2 BET 900"))
    assert at_risk(hand, open_record=True) == []


def test_who_has_answered_by_calling_or_betting_more_has_nothing_to_call() -> None:
    hand = make_hand(
        [sit(2, 900), sit(3, 5000), sit(4, 800)], acts("4 ALL IN 800", "2 FOLD", "3 CALL 800")
    )
    assert at_risk(hand, open_record=True) == [(4, False)]


def test_what_a_seat_can_be_asked_for_is_what_it_had_on_that_street() -> None:
    played = ("2 BET 400", "3 CALL 400", "as", "kd", "2c", "2 ALL IN 600")
    asked = make_hand([sit(2, 1000), sit(3, 1000)], acts(*played))
    assert at_risk(asked, open_record=True) == [(2, False), (3, True)]
    closed = make_hand([sit(2, 1000), sit(3, 1000)], acts(*played, "3 FOLD"))
    assert at_risk(closed, open_record=True) == []


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (FieldSources(), None),
        (FieldSources(final_table_dealt=8), PlayersLeft(count=8, source="final_table")),
        (
            FieldSources(
                statements=(
                    FieldStatement(50, 44),
                    FieldStatement(90, 41),
                    FieldStatement(101, 40),
                ),
                final_table_dealt=8,
            ),
            PlayersLeft(count=41, source="standings"),
        ),
        (
            FieldSources(statements=(FieldStatement(120, 39), FieldStatement(101, 40))),
            PlayersLeft(count=40, source="standings", later_than_hand=True),
        ),
        (
            FieldSources(operator=37, statements=(FieldStatement(100, 44),)),
            PlayersLeft(count=37, source="operator"),
        ),
        (
            FieldSources(statements=(FieldStatement(100, 44),)),
            PlayersLeft(count=44, source="standings"),
        ),
        (
            FieldSources(
                statements=(
                    FieldStatement(50, 44, "standings"),
                    FieldStatement(60, 43, "events"),
                    FieldStatement(70, None, "events"),
                    FieldStatement(120, 40, "events"),
                )
            ),
            PlayersLeft(count=44, source="standings"),
        ),
        (
            FieldSources(statements=(FieldStatement(70, None), FieldStatement(120, 40))),
            PlayersLeft(count=40, source="standings", later_than_hand=True),
        ),
        (
            FieldSources(statements=(FieldStatement(70, None),), final_table_dealt=8),
            PlayersLeft(count=8, source="final_table"),
        ),
        (
            FieldSources(
                statements=(
                    FieldStatement(70, 45, "events"),
                    FieldStatement(70, 44, "standings", counted=True),
                )
            ),
            PlayersLeft(count=44, source="standings", counted=True),
        ),
    ],
)
def test_players_left_come_from_the_best_source(
    sources: FieldSources, found: PlayersLeft | None
) -> None:
    assert players_left(100, sources) == found


def test_the_strap_names_the_place_and_its_prize() -> None:
    assert at_risk_text(2, BANDS) == "AT RISK OF ELIMINATION - 2ND ($500)"
    assert at_risk_text(7, BANDS) == "AT RISK OF ELIMINATION - 7TH"
    assert [prize(place, BANDS) for place in (1, 3, 6, 7)] == [90_000, 10_001, 10_001, None]
    with pytest.raises(FormatError):
        at_risk_text(0, BANDS)


def test_of_players_out_in_one_hand_the_larger_stack_has_the_better_place() -> None:
    assert elimination_places({4: 700, 6: 900}, 3, BANDS) == {
        6: Place(number=2, shared=1, cents=50_000),
        4: Place(number=3, shared=1, cents=10_001),
    }


def test_equal_stacks_share_the_better_place_and_the_mean_of_the_prizes() -> None:
    places = elimination_places({4: 700, 6: 700, 8: 100}, 4, BANDS)
    assert places[4] == places[6] == Place(number=2, shared=2, cents=30_000)
    assert places[8] == Place(number=4, shared=1, cents=10_001)
    bubble = elimination_places({4: 700, 6: 700}, 7, BANDS)
    assert bubble[4] == Place(number=6, shared=2, cents=5_000)
    assert elimination_places({4: 700}, 9, BANDS) == {4: Place(number=9, shared=1, cents=None)}
    with pytest.raises(ValueError, match="leave no place"):
        elimination_places({4: 700, 6: 900}, 1, BANDS)
