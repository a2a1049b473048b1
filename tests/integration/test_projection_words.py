"""What people say of a game, as the views show it: exclusions, events, seats, grades, and back."""

import itertools

import msgspec
import pytest

from contracts import persons
from contracts.messages.gfx import HandFinalised
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
from contracts.poker.identity import player_hash
from tests.support.folding import LOG_START
from tests.support.gfx_facts import GAME, TABLE, digest, recorded_hand, seen, ticks, walk
from tests.support.poker_oracle import acts, make_hand, sit
from tests.support.told import told

STACKS = {2: 5000, 5: 6000, 8: 7000}
OTHER = "639700000000000002"
ALL_VIEWS = (
    *("games", "bindings", "seat_corrections", "hands", "hand_seats", "identities", "findings"),
    *("chips", "chip_periods"),
)
HANDS_TOLD = [seen(), *(recorded_hand(walk(number, STACKS)) for number in range(4))]
OTHER_GAME = [msgspec.structs.replace(event, game_id=OTHER) for event in HANDS_TOLD[:3]]
EIGHT = persons.of_identity(player_hash("Marchetti-Oduya", "Ada Marchetti-Oduya"))
TWO = persons.of_identity(player_hash("Quillfeather", "Ada Quillfeather"))


def exclude(reason="a rehearsal"):
    return GameExcluded(game_id=GAME, reason=reason)


def include():
    return GameIncluded(game_id=GAME, reason="it was none")


def bind(event_id, first, end=None):
    return GameBound(
        game_id=GAME,
        event_id=event_id,
        from_ticks=str(ticks(first)) if first else "0",
        to_ticks=None if end is None else str(ticks(end)),
    )


def correct(seat, first, last=None, person="w-77", name="Wren"):
    return SeatCorrected(
        game_id=GAME,
        correction_id=f"c{seat}-{first}",
        seat=seat,
        from_ticks=str(ticks(first)),
        to_ticks=None if last is None else str(ticks(last)),
        person_id=person,
        name=name,
        long_name=f"Ida {name}",
        reason="typed wrong",
    )


def withdraw(seat, first):
    return SeatCorrectionWithdrawn(
        game_id=GAME, correction_id=f"c{seat}-{first}", reason="it was right"
    )


async def test_an_excluded_game_is_left_in_games_only_and_comes_back_as_it_was(database):
    async with told(database, *HANDS_TOLD, bind("e1", 0), correct(2, 1), *OTHER_GAME) as log:
        before, hashes = await log.views.shown(*ALL_VIEWS), await log.views.hashes()

        await log.say(exclude())

        games = await log.views.values(
            "select game_id, excluded, exclusion_reason from views.games order by 1"
        )
        assert games == [(GAME, True, "a rehearsal"), (OTHER, False, None)]
        for view in ALL_VIEWS[1:]:
            if view != "identities":
                left = await log.views.values(f"select distinct game_id from views.{view}")
                assert left in ([], [(OTHER,)]), view
        identities = await log.views.rows("select * from views.identities")
        assert {(each["games"], each["hands"]) for each in identities} == {(1, 2)}

        await log.say(include())
        assert await log.views.shown(*ALL_VIEWS) == before
        assert await log.views.hashes() == hashes


async def test_a_hand_is_of_the_event_that_covers_it_and_a_game_of_its_last_hands(
    database,
):
    async with told(database, *HANDS_TOLD, bind("e1", 0, 2), bind("e2", 3)) as log:
        for view, per_hand in (("hands", 1), ("hand_seats", 3)):
            found = await log.views.values(
                f"select ordinal, event_id from views.{view} order by ordinal"
            )
            each = [(0, "e1"), (1, "e1"), (2, None), (3, "e2")]
            assert found == [row for row in each for _ in range(per_hand)]
        assert await log.views.values("select event_id from views.games") == [("e2",)]
        assert await log.views.values("select distinct event_id from views.chips") == [("e2",)]
        periods = "select distinct start_ticks, event_id from views.chip_periods order by 1"
        assert await log.views.values(periods) == [
            (ticks(0), "e1"), (ticks(1), "e1"), (ticks(2), None), (ticks(3), "e2"),
        ]  # fmt: skip

        await log.say(bind("e3", 0, 1))
        hands = "select event_id from views.hands order by ordinal"
        assert await log.views.values(hands) == [("e3",), (None,), (None,), ("e2",)]
        await log.say(GameUnbound(game_id=GAME, from_ticks=str(ticks(3))))
        assert await log.views.values(hands) == [("e3",), (None,), (None,), (None,)]


async def test_words_name_hands_by_start_and_ordinals_move_with_a_late_older_hand(database):
    late = recorded_hand(walk(1, STACKS))
    rest = [event for event in HANDS_TOLD if event != late]
    said = [bind("e1", 2, 3), correct(2, 2, 3), correct(5, 3)]
    bindings = "select from_ordinal, to_ordinal, event_id, actor from views.bindings"
    corrections = (
        "select seat, from_ordinal, to_ordinal, person_id, name, long_name, reason "
        "from views.seat_corrections order by seat"
    )
    async with told(database, *rest, *said) as log:
        assert await log.views.values(bindings) == [(1, 2, "e1", "dana")]
        wren = ("w-77", "Wren", "Ida Wren", "typed wrong")
        assert await log.views.values(corrections) == [(2, 1, 2, *wren), (5, 2, None, *wren)]
        await log.say(late)
        assert await log.views.values(bindings) == [(2, 3, "e1", "dana")]
        assert await log.views.values(corrections) == [(2, 2, 3, *wren), (5, 3, None, *wren)]


SEAT_EIGHT = """
select ordinal, name, person_id, person_name, person_long_name, correction_id
from views.hand_seats where seat = 8 order by ordinal
"""


async def test_a_correction_names_the_person_in_its_hands_and_leaves_the_sources_words(database):
    async with told(database, *HANDS_TOLD) as log:
        before, hashes = await log.views.shown(*ALL_VIEWS), await log.views.hashes()

        await log.say(correct(8, 1, 2))

        itself = ("Marchetti-Oduya", EIGHT, "Marchetti-Oduya", "Ada Marchetti-Oduya", None)
        other = ("Marchetti-Oduya", "w-77", "Wren", "Ida Wren", "c8-1")
        expected = [(0, *itself), (1, *other), (2, *other), (3, *itself)]
        assert await log.views.values(SEAT_EIGHT) == expected
        person = "select ordinal from views.hand_seats where person_id = $1 order by ordinal"
        assert await log.views.values(person, "w-77") == [(1,), (2,)]
        assert await log.views.values(person, EIGHT) == [(0,), (3,)]
        now = "select person_id, correction_id from views.chips where seat = 8"
        assert await log.views.values(now) == [(EIGHT, None)]
        periods = "select start_ticks, person_id from views.chip_periods where seat = 8 order by 1"
        assert await log.views.values(periods) == [
            (ticks(0), EIGHT), (ticks(1), "w-77"), (ticks(2), "w-77"), (ticks(3), EIGHT),
        ]  # fmt: skip
        identities = "select person_id, name, hands from views.identities where name like 'March%'"
        assert await log.views.values(identities) == [(EIGHT, "Marchetti-Oduya", 4)]

        await log.say(withdraw(8, 1), correct(8, 3))
        assert await log.views.values(now) == [("w-77", "c8-3")]
        await log.say(withdraw(8, 3))
        assert await log.views.shown(*ALL_VIEWS) == before
        assert await log.views.hashes() == hashes


async def test_one_person_on_two_seats_of_a_hand_is_told_on_both(database):
    async with told(database, *HANDS_TOLD, correct(5, 1, 1, person=TWO)) as log:
        both = "select ordinal, seat from views.hand_seats where on_two_seats order by 1, 2"
        assert await log.views.values(both) == [(1, 2), (1, 5)]
        assert await log.views.values("select seat from views.chips where on_two_seats") == []
        await log.say(correct(8, 3, person=TWO))
        assert await log.views.values(both) == [(1, 2), (1, 5), (3, 2), (3, 8)]
        chips = "select seat from views.chips where on_two_seats order by seat"
        assert await log.views.values(chips) == [(2,), (8,)]
        await log.say(correct(2, 3, name="Knot"))
        assert await log.views.values(chips) == []


async def test_an_identity_is_spelled_as_in_its_newest_hand_and_spans_games(database):
    def hand(start, *names):
        return recorded_hand(
            make_hand([sit(seat, 900, name=name) for seat, name in names], start=start)
        )

    other = msgspec.structs.replace(hand(9, (4, "RUFF")), game_id=OTHER)
    async with told(
        database,
        *(seen(), hand(5, (2, "Ruff"), (3, "ruff "), (6, "Knot")), hand(7, (2, "ruff"))),
        *(seen(OTHER), other),
    ) as log:
        found = await log.views.rows("select * from views.identities order by hands desc")
    first = int(hand(5).hand.start_ticks)
    assert found[0] == {
        "player_hash": player_hash("ruff", ""),
        "person_id": persons.of_identity(player_hash("ruff", "")),
        "name": "RUFF",
        "long_name": "",
        "games": 2,
        "hands": 3,
        "first_game_id": GAME,
        "first_start_ticks": first,
        "last_game_id": OTHER,
        "last_start_ticks": first + 4,
        "identity_id": persons.of_identity(player_hash("ruff", "")),
    }
    assert [(each["name"], each["hands"]) for each in found[1:]] == [("Knot", 1)]


FIRST = make_hand([sit(2, 1000, 950), sit(3, 500, 550)], acts("2 FOLD"))
OPEN = make_hand([sit(2, 950), sit(3, 600), sit(4, 5000)], acts("4 FOLD", "2 ALL IN 950"), start=1)


async def test_findings_name_the_person_of_their_seat(database):
    corrected = msgspec.structs.replace(correct(3, 0), from_ticks=OPEN.start_ticks)
    async with told(
        database, seen(), recorded_hand(FIRST), recorded_hand(OPEN), corrected, bind("e1", 0)
    ) as log:
        rows = await log.views.values(
            "select ordinal, kind, seat, name, person_id, person_name, event_id, table_name "
            "from views.findings order by kind, seat"
        )
        of = ("e1", TABLE)
        two = persons.of_identity(player_hash("Plover 2", ""))
        four = persons.of_identity(player_hash("Plover 4", ""))
        assert rows == [
            (1, "all_in_detected", 2, "Plover 2", two, "Plover 2", *of),
            (1, "all_in_detected", 3, "Plover 3", "w-77", "Wren", *of),
            (1, "seat_changed", 4, "Plover 4", four, "Plover 4", *of),
            (1, "stack_corrected", 3, "Plover 3", "w-77", "Wren", *of),
        ]
        (detail,) = await log.views.values(
            "select detail from views.findings where kind = 'stack_corrected'"
        )
        assert detail == (
            {"player": "Plover 3", "old_chips": 550, "new_chips": 600, "state": "settled"},
        )


LAST = "select ordinal, provisional, final from views.hands order by ordinal"
RISKS = """
select seat, all_in, covered, at_risk, to_call from views.hand_seats
where ordinal = 1 order by seat
"""


async def test_the_last_hand_is_provisional_until_it_is_followed_settled_or_quiet(database):
    async with told(database, seen(), recorded_hand(FIRST), recorded_hand(OPEN)) as log:
        assert await log.views.values(LAST) == [(0, False, True), (1, True, False)]
        closed = [
            (2, True, False, False, False),
            (3, False, True, False, False),
            (4, False, False, False, False),
        ]
        asked = [closed[0], (3, False, True, True, True), closed[2]]
        assert await log.views.values(RISKS) == asked

        await log.say(
            HandFinalised(
                game_id=GAME,
                start_ticks=OPEN.start_ticks,
                digest=digest(OPEN),
                reason="quiet",
                effective_at=LOG_START,
            )
        )
        assert await log.views.values(LAST) == [(0, False, True), (1, False, True)]
        assert await log.views.values(RISKS) == closed
    async with told(database, seen(), recorded_hand(OPEN)) as log:
        later = make_hand([sit(2, 900)], start=2)
        await log.say(recorded_hand(FIRST), recorded_hand(later))
        assert await log.views.values(LAST) == [
            (0, False, True),
            (1, False, True),
            (2, True, False),
        ]
        assert await log.views.values(RISKS) == closed


async def test_a_persons_grade_counts_and_the_automatic_one_stays_beside_it(database):
    grades = "select grade, graded_by, grade_auto, grade_manual, eligible from views.hands"
    named = {"game_id": GAME, "start_ticks": str(ticks(0)), "reason": "a classic"}
    async with told(database, *HANDS_TOLD[:2]) as log:
        assert await log.views.values(grades) == [("C", "auto", "C", None, False)]
        await log.say(HandGraded(letter="A", **named))
        assert await log.views.values(grades) == [("A", "manual", "C", "A", True)]
        await log.say(HandGradeWithdrawn(**named))
        assert await log.views.values(grades) == [("C", "auto", "C", None, False)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_words_in_any_order_show_the_same(database, order):
    said = [exclude(), bind("e1", 1), correct(8, 1)]
    async with told(database, *HANDS_TOLD, *said) as log:
        expected = await log.views.shown("games", "hands", "hand_seats", "chips")
        log.views.forget()
        log.facts = []
        await log.say(*HANDS_TOLD, *(said[number] for number in order))
        assert await log.views.shown("games", "hands", "hand_seats", "chips") == expected
