"""What the cards say of a hand, and its grade by the rules."""

import msgspec
import pytest

from contracts.poker.grading import (
    RULES,
    BadRules,
    EditRules,
    Grade,
    GradeRules,
    Letter,
    grade_hand,
    parse_rules,
    shown_grade,
)
from contracts.poker.hand import Hand, Seat
from contracts.poker.replay import replay
from contracts.poker.ticks import TICKS_PER_SECOND
from contracts.poker.verdict import Verdict, best_rank, judge
from tests.support.poker_oracle import acts, held, make_hand, sit

CALLED = ("2 CALL 100", "3 CHECK")
STREETS = (("2c", "2d", "7h"), ("jd",), ("ks",))


def hand_of(
    *hole: str, board: tuple[tuple[str, ...], ...] = STREETS, seconds: int = 60, won: int = 0
) -> Hand:
    """Seats 2 and 3, and more that fold, with these hole cards; checked down over the board."""
    seats = [
        Seat(
            seat=2 + place,
            name=f"Plover {place}",
            start_stack=1000,
            end_stack=1000 + (won if place == 0 else -won if place == 1 else 0),
            hole_cards=tuple(cards.split()),
        )
        for place, cards in enumerate(hole)
    ]
    played = [f"{seat.seat} FOLD" for seat in seats[2:]] + list(CALLED)
    for street in board:
        played += [*street, "2 CHECK", "3 CHECK"]
    return make_hand(seats, acts(*played), duration_ticks=seconds * TICKS_PER_SECOND)


def judged(hand: Hand) -> Verdict:
    return judge(hand, replay(hand))


def graded(hand: Hand, rules: GradeRules = RULES) -> Grade:
    return grade_hand(held(hand), judged(hand), rules)


def test_the_best_seats_of_a_showdown_are_known_whatever_the_state() -> None:
    hand = hand_of("2h 7d", "ah ad", "2s ac")
    verdict = judged(hand)
    assert replay(hand).state == "unsettled"
    assert (verdict.showdown_rank, verdict.showdown_best_seats) == (4, (2,))
    assert (verdict.winners, verdict.board_rank) == ((), 9)


def test_equal_hands_are_all_listed() -> None:
    verdict = judged(hand_of("ah 3d", "ac 3s"))
    assert (verdict.showdown_rank, verdict.showdown_best_seats) == (9, (2, 3))


def test_the_winner_follows_from_the_stacks_even_against_the_cards() -> None:
    hand = hand_of("ah 3d", "2h 2s", won=200)
    verdict = judged(hand)
    assert replay(hand).state == "settled"
    assert (verdict.showdown_best_seats, verdict.winners) == ((3,), (2,))


def test_a_seat_that_was_given_less_than_came_back_to_it_is_no_winner() -> None:
    seats = [sit(2, 200, 600), sit(3, 1000, 600)]
    hand = make_hand(seats, acts("2 ALL IN 200", "3 BET 500"))
    assert replay(hand).collected == {2: 600, 3: -100}
    assert judged(hand).winners == (2,)


def test_a_seat_without_readable_cards_is_named_and_the_others_compared() -> None:
    for unread in ("", "ah", "ah ??"):
        verdict = judged(hand_of(unread, "qh qs"))
        assert (verdict.showdown_best_seats, verdict.unread_seats) == ((3,), (2,))


def test_without_a_full_board_there_is_no_showdown_and_no_board_rank() -> None:
    hand = hand_of("2h 7d", "ah ad", board=STREETS[:2])
    verdict = judged(hand)
    assert verdict.showdown_rank is None
    assert verdict.showdown_best_seats == verdict.unread_seats == ()
    assert verdict.board_rank is None
    assert best_rank(hand, (2, 3)) == 4


def test_an_unreadable_board_card_leaves_no_rank() -> None:
    hand = hand_of("2h 7d", "ah ad", board=(("2c", "2d", "7H"), ("jd",), ("ks",)))
    verdict = judged(hand)
    assert (verdict.showdown_rank, verdict.board_rank) == (None, None)
    assert best_rank(hand, (2, 3)) is None


def test_a_duplicate_card_is_a_warning_and_changes_no_rank() -> None:
    verdict = judged(hand_of("2c 7d", "ah ad"))
    assert verdict.duplicate_cards == ("2c",)
    assert (verdict.showdown_rank, verdict.showdown_best_seats) == (4, (2,))


TRIPS = (("2c", "2d", "2h"), ("jd",), ("ks",))


@pytest.mark.parametrize(
    ("hand", "letter", "conditions"),
    [
        (hand_of("jh jc", "ah ad", board=TRIPS, seconds=120), "A", (True, True, True)),
        (hand_of("jh jc", "ah ad", board=TRIPS, seconds=119), "B", (True, False, True)),
        (hand_of("2h 7d", "ah ad", seconds=120), "B", (True, True, False)),
        (hand_of("ah 3d", "ac 3s", seconds=500), "C", (False, True, False)),
        (hand_of("ah 3d", "ac 3s"), "C", (False, False, False)),
        (hand_of("2h 7d", "ah ad", board=STREETS[:2], seconds=120), "C", (False, True, False)),
    ],
)
def test_the_letter_counts_the_conditions_met(
    hand: Hand, letter: str, conditions: tuple[bool, bool, bool]
) -> None:
    grade = graded(hand)
    assert (grade.premium_hand, grade.long_play, grade.board_combo) == conditions
    assert grade.letter == letter
    assert grade.eligible == (letter in "AB")
    assert grade.confidence_percent == (80 if grade.eligible else 40)
    assert grade.rules == "1"


@pytest.mark.parametrize(
    ("ticks", "start_ms"),
    [
        (600_000_000, 0),
        (600_000_001, 20_000),
        (899_985_000, 29_999 + 1),  # 29,999.5 ms: half goes up
        (899_984_999, 29_999),
        (900_000_000, 30_000),
        (1_800_000_000, 30_000),
        (1_800_000_001, 72_000),
        (1_800_012_500, 72_001),  # 72,000.5 ms: half goes up, also to an odd number
        (1_800_037_500, 72_002),
        (1_800_037_499, 72_001),
    ],
)
def test_an_edit_is_suggested_in_whole_milliseconds(ticks: int, start_ms: int) -> None:
    hand = msgspec.structs.replace(hand_of("ah 3d", "ac 3s"), duration_ticks=ticks)
    assert graded(hand).edit_start_ms == start_ms


def test_a_premium_hand_is_kept_from_its_start() -> None:
    hand = hand_of("2h 7d", "ah ad", seconds=400)
    assert graded(hand).edit_start_ms == 0


def test_other_rules_give_another_grade_and_say_their_version() -> None:
    folded_quads = hand_of("ah 3d", "ac 3s", "2h 2s")
    live_boat = hand_of("2h 7d", "ah ad", board=STREETS[:2])
    for hand, premium_of in ((folded_quads, "dealt"), (live_boat, "live")):
        assert not graded(hand).premium_hand
        rules = GradeRules(version="2", premium_of=premium_of)
        assert graded(hand, rules).premium_hand
        assert graded(hand, rules).rules == "2"
    trips = hand_of("2h 3d", "ac 3s")
    assert not graded(trips).board_combo
    assert graded(trips, GradeRules(combo_of="showdown")).board_combo
    one_will_do = GradeRules(letters=("C", "B", "A", "A"), premium_rank_max=7)
    assert graded(trips, one_will_do).letter == "B"


@pytest.mark.parametrize(
    ("said", "letter", "by"),
    [
        ([], "C", "auto"),
        (["A"], "A", "manual"),
        (["A", "B"], "B", "manual"),
        (["A", None], "C", "auto"),
        (["A", None, "B"], "B", "manual"),
    ],
)
def test_a_manual_grade_wins_until_it_is_withdrawn(
    said: list[Letter | None], letter: str, by: str
) -> None:
    shown = shown_grade("C", said)
    assert (shown.letter, shown.graded_by, shown.automatic) == (letter, by, "C")
    assert shown.manual == (said[-1] if said else None)
    assert shown.eligible == (letter in "AB")


def test_rules_come_from_a_text_and_what_it_does_not_say_is_as_built_in() -> None:
    text = """
        version = "autumn"
        premium_of = "live"
        letters = ["C", "B", "A", "A"]
        eligible_letters = ["A"]
        [edit]
        middle_parts = 4
    """
    assert parse_rules(text) == GradeRules(
        version="autumn",
        premium_of="live",
        letters=("C", "B", "A", "A"),
        eligible_letters=frozenset({"A"}),
        edit=EditRules(middle_parts=4),
    )
    assert parse_rules("") == RULES


def test_other_rules_under_the_name_of_the_built_in_ones_are_called_by_their_digest() -> None:
    rules = parse_rules("premium_rank_max = 5")
    assert rules.version == GradeRules(premium_rank_max=5).digest != RULES.digest
    assert parse_rules("premium_rank_max = 5").digest == rules.digest
    assert parse_rules("premium_rank_max = 6").version != rules.version


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("premium_rank = 4", "premium_rank"),
        ("premium_rank_max = '4'", r"\$.premium_rank_max"),
        ("premium_rank_max = 11", r"\$.premium_rank_max"),
        ("letters = ['A', 'B']", r"\$.letters"),
        ("letters = ['A', 'B', 'C', 'D']", r"\$.letters"),
        ("[edit]\nmiddle_parts = 0", r"\$.edit.middle_parts"),
        ("[edit]\nlate = 1", r"\$.edit"),
        ("version = ''", r"\$.version"),
        ("this is no TOML", "line 1"),
    ],
)
def test_rules_that_cannot_be_used_are_refused_with_the_place(text: str, place: str) -> None:
    with pytest.raises(BadRules, match=place):
        parse_rules(text)
