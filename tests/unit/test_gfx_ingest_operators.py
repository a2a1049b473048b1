"""What people say about a game: accepted, refused with a reason, and taken back exactly."""

import msgspec
import pytest

from contracts import persons
from contracts.decision import Refusal
from contracts.messages.gfx_game import (
    BindGame,
    CorrectSeat,
    ExcludeGame,
    GameBound,
    GameExcluded,
    GameIncluded,
    GameUnbound,
    GradeHand,
    HandGraded,
    HandGradeWithdrawn,
    IncludeGame,
    SeatCorrected,
    SeatCorrectionWithdrawn,
    UnbindGame,
    WithdrawGrade,
    WithdrawSeatCorrection,
)
from services.gfx_ingest.domain import Command, GfxDecider, State, operators
from tests.support.gfx_facts import GAME, recorded_hand, seen, ticks, walk
from tests.support.scenario import Scenario

HANDS = [walk(n, {2: 5000, 5: 6000, 8: 7000}) for n in range(7)]
WHY = "the desk of the feature table said so"
PERSON = persons.of_operator("p1")
LAKE, RIVER = "LAKE-OPEN-1", "RIVER-CUP-2"

type Desk = Scenario[Command, State]


@pytest.fixture
def desk() -> Desk:
    """A game with the first five hands."""
    return Scenario(GfxDecider(), "game", GAME).given(seen(), *map(recorded_hand, HANDS[:5]))


def start(number: int) -> str:
    return str(ticks(number))


def bind(event_id: str = LAKE, first: int = 0, end: int | None = None) -> BindGame:
    return BindGame(game_id=GAME, event_id=event_id, from_ordinal=first, to_ordinal=end)


def unbind(first: int = 0) -> UnbindGame:
    return UnbindGame(game_id=GAME, from_ordinal=first)


def bound(event_id: str, begin: str, end: str | None) -> GameBound:
    return GameBound(game_id=GAME, event_id=event_id, from_ticks=begin, to_ticks=end)


def correct(
    correction_id: str = "c1", first: int = 1, last: int | None = 2, **changes: object
) -> CorrectSeat:
    told = CorrectSeat(
        game_id=GAME,
        correction_id=correction_id,
        seat=5,
        from_ordinal=first,
        to_ordinal=last,
        person_id=PERSON,
        name="Quennell",
        long_name="Ada Quennell",
        reason=WHY,
    )
    return msgspec.structs.replace(told, **changes)


def withdraw(correction_id: str = "c1") -> WithdrawSeatCorrection:
    return WithdrawSeatCorrection(game_id=GAME, correction_id=correction_id, reason=WHY)


def grade(ordinal: int = 0, letter: str = "A") -> GradeHand:
    return GradeHand(game_id=GAME, ordinal=ordinal, letter=letter, reason=WHY)


EVERY = (
    bind(),
    unbind(),
    ExcludeGame(game_id=GAME, reason=WHY),
    IncludeGame(game_id=GAME, reason=WHY),
    correct(),
    withdraw(),
    grade(),
    WithdrawGrade(game_id=GAME, ordinal=0, reason=WHY),
)


@pytest.mark.parametrize("command", EVERY, ids=lambda each: type(each).__name__)
def test_nothing_is_said_about_a_game_that_no_file_told(command: Command) -> None:
    assert {type(each) for each in EVERY} == set(operators.WORD_COMMANDS)
    unknown = Scenario(GfxDecider(), "game", GAME)
    assert unknown.refused(command) == ("not_found", "game_not_found")


def message(desk: Desk, command: Command) -> str:
    refusal = desk.when(command)
    assert isinstance(refusal, Refusal)
    return refusal.message


def test_a_binding_of_the_whole_game_begins_before_its_first_hand(desk: Desk) -> None:
    assert desk.when(bind()) == [bound(LAKE, "0", None)]


def test_a_binding_without_hands_known_yet_may_only_be_of_the_whole_game() -> None:
    empty = Scenario(GfxDecider(), "game", GAME).given(seen())
    assert empty.when(bind()) == [bound(LAKE, "0", None)]
    assert empty.refused(bind(first=1)) == ("not_found", "hand_not_found")
    assert "no hands yet" in message(empty, bind(first=1))


def test_ordinals_of_a_binding_become_the_starts_of_hands(desk: Desk) -> None:
    assert desk.when(bind(first=1, end=3)) == [bound(LAKE, start(1), start(3))]


def test_ordinals_go_by_start_also_when_an_older_hand_comes_late(desk: Desk) -> None:
    late = Scenario(GfxDecider(), "game", GAME)
    late.given(seen(), *(recorded_hand(HANDS[n]) for n in (4, 0, 2)))
    assert late.when(bind(first=1)) == [bound(LAKE, start(2), None)]
    late.given(recorded_hand(HANDS[1]))
    assert late.when(bind(first=1)) == [bound(LAKE, start(1), None)]


def test_a_binding_may_begin_or_end_at_the_hand_that_is_not_known_yet(desk: Desk) -> None:
    behind = str(ticks(4) + 1)
    assert desk.when(bind(end=5)) == [bound(LAKE, "0", behind)]
    assert desk.when(bind(first=5)) == [bound(LAKE, behind, None)]
    for command in (bind(end=6), bind(first=6), bind(first=-1)):
        assert desk.refused(command) == ("not_found", "hand_not_found")
    assert "5 hands, 0 to 4" in message(desk, bind(first=6))


@pytest.mark.parametrize(("first", "end"), [(2, 2), (3, 1), (0, 0)])
def test_a_binding_of_no_hand_is_refused(desk: Desk, first: int, end: int) -> None:
    assert desk.refused(bind(first=first, end=end)) == ("invalid", "empty_range")


@pytest.mark.parametrize(("first", "end"), [(0, None), (0, 2), (2, 3), (3, None), (3, 5)])
def test_a_binding_that_overlaps_another_is_refused_and_names_it(
    desk: Desk, first: int, end: int | None
) -> None:
    desk.does(bind(RIVER, 1, 4))
    assert desk.refused(bind(LAKE, first, end)) == ("conflict", "binding_overlap")
    assert RIVER in message(desk, bind(LAKE, first, end))


def test_bindings_side_by_side_do_not_overlap(desk: Desk) -> None:
    desk.does(bind(RIVER, 2, 4))
    assert desk.does(bind(LAKE, 0, 2)) == [bound(LAKE, "0", start(2))]
    assert desk.does(bind(LAKE, 4)) == [bound(LAKE, start(4), None)]


def test_a_binding_with_the_same_beginning_replaces_and_the_same_one_says_nothing(
    desk: Desk,
) -> None:
    desk.does(bind(LAKE, 1, 3))
    assert desk.does(bind(LAKE, 1, 3)) == []
    assert desk.does(bind(RIVER, 1, 4)) == [bound(RIVER, start(1), start(4))]
    assert desk.refused(bind(LAKE, 3)) == ("conflict", "binding_overlap")


def test_a_binding_that_waited_for_its_first_hand_is_found_when_that_hand_came(desk: Desk) -> None:
    behind = str(ticks(4) + 1)
    desk.does(bind(LAKE, 5))
    desk.given(recorded_hand(HANDS[5]), recorded_hand(HANDS[6]))
    assert desk.when(bind(RIVER, 5)) == [bound(RIVER, behind, None)]
    assert desk.refused(bind(RIVER, 6)) == ("conflict", "binding_overlap")
    assert desk.when(unbind(5)) == [GameUnbound(game_id=GAME, from_ticks=behind)]


def test_unbinding_makes_room_and_wants_a_binding_that_begins_there(desk: Desk) -> None:
    desk.does(bind(LAKE, 2))
    assert desk.refused(unbind(3)) == ("not_found", "binding_not_found")
    assert "begin at 2" in message(desk, unbind(3))
    assert desk.does(unbind(2)) == [GameUnbound(game_id=GAME, from_ticks=start(2))]
    assert desk.refused(unbind(2)) == ("not_found", "binding_not_found")
    assert desk.does(bind(RIVER))


def test_a_game_has_a_limit_of_bindings(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "BINDINGS_MAX", 2)
    desk.does(bind(LAKE, 0, 1))
    desk.does(bind(LAKE, 1, 2))
    assert desk.refused(bind(LAKE, 2)) == ("conflict", "too_many_bindings")
    assert desk.does(bind(RIVER, 1, 2))


def test_a_game_is_excluded_and_included_once_each(desk: Desk) -> None:
    exclude, include = EVERY[2:4]
    assert desk.does(include) == []
    assert desk.does(exclude) == [GameExcluded(game_id=GAME, reason=WHY)]
    assert desk.does(exclude) == []
    assert desk.does(include) == [GameIncluded(game_id=GAME, reason=WHY)]
    assert desk.does(include) == []


def test_a_seat_correction_holds_from_one_hand_to_another_with_both(desk: Desk) -> None:
    (said,) = desk.does(correct(first=1, last=2))
    assert said == SeatCorrected(
        game_id=GAME,
        correction_id="c1",
        seat=5,
        from_ticks=start(1),
        to_ticks=start(2),
        person_id=PERSON,
        name="Quennell",
        long_name="Ada Quennell",
        reason=WHY,
    )
    (said,) = desk.does(correct("c2", 3, None))
    assert (said.from_ticks, said.to_ticks) == (start(3), None)


def test_a_seat_correction_of_one_hand_is_no_empty_range(desk: Desk) -> None:
    (said,) = desk.when(correct(first=3, last=3))
    assert said.from_ticks == said.to_ticks == start(3)
    assert desk.refused(correct(first=3, last=2)) == ("invalid", "empty_range")


@pytest.mark.parametrize(("first", "last"), [(5, None), (1, 5), (-1, 2)])
def test_a_seat_correction_names_hands_that_exist(desk: Desk, first: int, last: int | None) -> None:
    assert desk.refused(correct(first=first, last=last)) == ("not_found", "hand_not_found")


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 2), (0, None), (3, 4), (0, 4)])
def test_two_active_corrections_on_one_seat_do_not_overlap(
    desk: Desk, first: int, last: int | None
) -> None:
    desk.does(correct("c1", 1, 3))
    assert desk.refused(correct("c2", first, last)) == ("conflict", "correction_overlap")
    assert "c1" in message(desk, correct("c2", first, last))
    desk.does(correct("c3", first, last, seat=6))
    desk.does(withdraw("c1"))
    assert desk.does(correct("c2", first, last))


def test_corrections_side_by_side_on_one_seat_do_not_overlap(desk: Desk) -> None:
    desk.does(correct("c1", 1, 2))
    assert desk.does(correct("c2", 3, None))
    assert desk.does(correct("c3", 0, 0))


def test_the_id_of_a_correction_is_used_once_also_after_its_withdrawal(desk: Desk) -> None:
    desk.does(correct())
    assert desk.refused(correct(seat=8)) == ("conflict", "correction_exists")
    assert desk.does(withdraw()) == [
        SeatCorrectionWithdrawn(game_id=GAME, correction_id="c1", reason=WHY)
    ]
    assert desk.refused(correct()) == ("conflict", "correction_exists")


def test_only_an_active_correction_is_withdrawn(desk: Desk) -> None:
    assert desk.refused(withdraw()) == ("not_found", "correction_not_found")
    desk.does(correct())
    assert "c1" in message(desk, withdraw("c2"))
    desk.does(withdraw())
    assert desk.refused(withdraw()) == ("not_found", "correction_not_found")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"person_id": "dana"}, "bad_person"),
        ({"person_id": ""}, "bad_person"),
        ({"seat": 0}, "bad_seat"),
        ({"seat": 11}, "bad_seat"),
    ],
)
def test_a_seat_correction_names_a_seat_and_a_person(
    desk: Desk, changes: dict[str, object], reason: str
) -> None:
    assert desk.refused(correct(**changes)) == ("invalid", reason)


def test_a_game_has_a_limit_of_corrections(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators, "CORRECTIONS_MAX", 1)
    desk.does(correct())
    desk.does(withdraw())
    assert desk.refused(correct("c2")) == ("conflict", "too_many_corrections")


def test_a_grade_is_said_once_and_replaced_by_another(desk: Desk) -> None:
    graded = HandGraded(game_id=GAME, start_ticks=start(4), letter="A", reason=WHY)
    assert desk.does(grade(4)) == [graded]
    assert desk.does(grade(4)) == []
    assert [each.letter for each in desk.does(grade(4, "C"))] == ["C"]
    assert desk.refused(grade(5)) == ("not_found", "hand_not_found")


def test_a_grade_is_withdrawn_once(desk: Desk) -> None:
    command = WithdrawGrade(game_id=GAME, ordinal=4, reason=WHY)
    assert desk.does(command) == []
    desk.does(grade(4))
    withdrawn = HandGradeWithdrawn(game_id=GAME, start_ticks=start(4), reason=WHY)
    assert desk.does(command) == [withdrawn]
    assert desk.does(command) == []
    assert desk.does(grade(4)) != []


@pytest.mark.parametrize(
    "command",
    [
        ExcludeGame(game_id=GAME, reason="x" * (operators.REASON_LENGTH_MAX + 1)),
        bind("x" * (operators.TEXT_LENGTH_MAX + 1)),
        correct(name="x" * (operators.TEXT_LENGTH_MAX + 1)),
    ],
    ids=lambda each: type(each).__name__,
)
def test_texts_have_a_limit(desk: Desk, command: Command) -> None:
    assert desk.refused(command) == ("invalid", "text_too_long")
    assert desk.does(ExcludeGame(game_id=GAME, reason="x" * operators.REASON_LENGTH_MAX))
