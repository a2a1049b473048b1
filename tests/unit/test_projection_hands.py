"""Games and hands: what the rows say after what was said."""

from datetime import UTC, datetime

import msgspec
import pytest

from contracts.messages.gfx import (
    HandFinalised,
    HandRestored,
    HandWithdrawn,
    SnapshotRead,
)
from contracts.messages.gfx_game import HandGraded, HandGradeWithdrawn
from contracts.poker.grading import GradeRules
from contracts.poker.hand import Hand
from contracts.poker.legality import Legality
from contracts.poker.ticks import duration_to_ticks
from projections.hands.domain import GameRow, HandRow, HandSeatRow, HandsFold
from tests.support.folding import LOG_START, Folding, log_of
from tests.support.gfx_facts import (
    GAME,
    digest,
    recorded_hand,
    revised_hand,
    said_about,
    seen,
    snapshot,
    source,
    ticks,
    walk,
)
from tests.support.poker_oracle import acts, make_hand, sit

STACKS = {2: 5000, 5: 6000, 8: 7000}


def folded(*events):
    return Folding(HandsFold()).apply_each(log_of(*events))


def test_a_hand_is_stored_with_the_figures_of_its_replay():
    rows = folded(seen(), recorded_hand(walk(0, STACKS)))

    hand = rows.row(HandRow, GAME, ticks(0))

    assert (hand.state, hand.pot_total, hand.pot_called) == ("settled", 300, 200)
    assert (hand.uncalled, hand.uncalled_seat, hand.collected) == (100, 8, {8: 200})
    assert (hand.over_award, hand.showdown) == (False, False)
    assert [player.end_stack for player in hand.players] == [5000, 5900, 7100]
    assert (hand.first_sequence, hand.last_sequence, hand.revised) == (2, 2, 0)


def test_the_start_keeps_its_seventh_digit_as_text():
    hand = folded(seen(), recorded_hand(walk(0, STACKS))).row(HandRow, GAME, ticks(0))

    assert hand.start_utc.endswith("1Z")
    assert len(hand.start_utc.partition(".")[2]) == len("0000001Z")
    assert hand.started_at == datetime.fromisoformat(hand.start_utc[:26] + "Z")


def test_a_revised_hand_replaces_every_business_column_and_counts():
    other = walk(0, {2: 9000, 5: 6000, 8: 7000}, settled=False)
    rows = folded(seen(), recorded_hand(walk(0, STACKS)), revised_hand(other))

    hand = rows.row(HandRow, GAME, ticks(0))

    assert (hand.state, hand.collected, hand.players[0].start_stack) == ("unsettled", {}, 9000)
    assert (hand.first_sequence, hand.last_sequence, hand.revised) == (2, 3, 1)
    only = folded(seen(), recorded_hand(other))
    assert rows.business(HandRow) == only.business(HandRow)
    assert rows.row(GameRow, GAME).hands == 1


def test_the_last_hand_of_a_game_is_the_latest_played_not_the_latest_told():
    rows = folded(seen(), recorded_hand(walk(4, STACKS)), recorded_hand(walk(1, STACKS)))

    game = rows.row(GameRow, GAME)

    assert (game.hands, game.last_start_ticks, game.last_hand_num) == (2, ticks(4), 5)
    assert game.start_ticks == (ticks(1), ticks(4))
    assert game.said_at > LOG_START.astimezone(UTC)


def test_hands_that_the_fullest_file_lacks_are_marked_until_it_tells_them():
    hands = [walk(number, STACKS) for number in range(4)]
    first = said_about([snapshot("a.json", [hands[1]]), snapshot("b.json", hands[2:])])
    assert folded(*first).row(GameRow, GAME).absent == (str(ticks(1)),)

    last = said_about(
        [
            snapshot("a.json", [hands[1]]),
            snapshot("b.json", hands[2:]),
            snapshot("b.json", hands[1:]),
        ]
    )
    assert folded(*last).row(GameRow, GAME).absent == ()


def test_a_hand_of_a_game_never_seen_is_an_error_so_that_the_runner_parks_it():
    with pytest.raises(LookupError, match="never seen"):
        folded(recorded_hand(walk(0, STACKS)))


def test_a_revision_of_a_hand_never_recorded_is_an_error():
    with pytest.raises(LookupError, match="has no hand"):
        folded(seen(), revised_hand(walk(0, STACKS)))


def test_a_games_events_hold_each_other_back():
    fold = HandsFold()
    read = SnapshotRead(
        game_id=GAME,
        table="river",
        source=source(),
        bytes=1,
        hands=1,
        last_start_ticks=str(ticks(0)),
        actions=2,
        duration_ticks=1,
        recorded=1,
        revised=0,
    )
    facts = log_of(seen(), recorded_hand(walk(0, STACKS)), read)

    assert {fold.block_key(fact) for fact in facts} == {GAME}


# Seats


def test_every_listed_seat_of_a_hand_has_a_row_with_what_follows_for_it():
    rows = folded(seen(), recorded_hand(walk(0, STACKS | {1: 0})))

    five, eight = (rows.row(HandSeatRow, GAME, ticks(0), seat) for seat in (5, 8))

    assert [row.seat for row in rows.rows(HandSeatRow)] == [1, 2, 5, 8]
    assert (five.name, five.long_name) == ("Ostrander", "Ada Ostrander")
    assert (eight.start_stack, eight.contribution, eight.net, eight.collected) == (
        7000,
        200,
        100,
        200,
    )
    assert (five.live, eight.live, five.counted, five.voluntary) == (False, True, True, 0)
    assert not rows.row(HandSeatRow, GAME, ticks(0), 1).dealt_in


def test_what_a_seat_collected_is_unknown_where_the_stacks_do_not_tell_it():
    rows = folded(seen(), recorded_hand(walk(0, STACKS, settled=False)))

    assert [row.collected for row in rows.rows(HandSeatRow)] == [None, None, None]


def test_a_live_seat_is_covered_by_another_with_at_least_as_much():
    seats = [sit(2, 900), sit(3, 500), sit(4, 900), sit(5, 2000)]
    played = acts("4 CALL 100", "5 FOLD", "2 ALL IN 900", "3 ALL IN 400", "4 FOLD")
    rows = folded(seen(), recorded_hand(make_hand(seats, played)))

    told = {row.seat: (row.live, row.all_in, row.covered) for row in rows.rows(HandSeatRow)}

    assert told == {
        2: (True, True, False),
        3: (True, True, True),
        4: (False, False, False),
        5: (False, False, False),
    }


def test_equal_largest_stacks_cover_each_other():
    seats = [sit(2, 900), sit(3, 500), sit(4, 900)]
    rows = folded(seen(), recorded_hand(make_hand(seats)))

    assert [row.covered for row in rows.rows(HandSeatRow)] == [True, True, True]


def test_a_revision_replaces_the_seats_and_one_it_does_not_list_goes():
    two = {2: 5000, 5: 6000}
    rows = folded(seen(), recorded_hand(walk(0, STACKS)), revised_hand(walk(0, two)))

    assert rows.business(HandSeatRow) == folded(seen(), recorded_hand(walk(0, two))).business(
        HandSeatRow
    )
    together = Folding(HandsFold()).apply(
        log_of(seen(), recorded_hand(walk(0, STACKS)), revised_hand(walk(0, two)))
    )
    assert together.dump() == rows.dump()


# What follows from the hand alone


def test_a_hand_says_what_the_rules_make_of_it():
    seats = [sit(2, 1000, 950), sit(3, 1000, 1050)]
    early = make_hand(seats, acts("3 FOLD"), start=1)
    rows = folded(seen(), recorded_hand(make_hand(seats, acts("2 FOLD"))), recorded_hand(early))

    first, second = rows.rows(HandRow)

    assert first.legality == Legality(verdict="ok")
    assert second.legality == Legality(verdict="not_legal", code="out_of_turn", seat=3, action=0)
    assert (first.events, first.pot_checks, first.seats_listed, first.seats_dealt) == (1, 0, 2, 2)
    assert (first.sum_start, first.sum_end, first.net) == (2000, 2000, {2: -50, 3: 50})


def graded(letter):
    return HandGraded(game_id=GAME, start_ticks=str(ticks(0)), letter=letter, reason="a classic")


def ungraded():
    return HandGradeWithdrawn(game_id=GAME, start_ticks=str(ticks(0)), reason="not so")


def grades(*events):
    hand = folded(seen(), recorded_hand(walk(0, STACKS)), *events).row(HandRow, GAME, ticks(0))
    return hand.grade_auto, hand.grade_manual, hand.eligible


def test_the_last_word_of_a_person_is_kept_beside_the_automatic_grade():
    assert grades() == ("C", None, False)
    assert grades(graded("B"), graded("A")) == ("C", "A", True)
    assert grades(graded("B"), ungraded()) == ("C", None, False)


def test_a_grade_of_a_person_outlasts_a_revision_of_the_hand():
    other = walk(0, STACKS, settled=False)
    assert grades(graded("A"), revised_hand(other)) == ("C", "A", True)


def test_other_rules_grade_otherwise_and_say_their_version():
    rules = GradeRules(
        version="short", long_play_ticks=1, letters=("C", "B", "A", "A"), eligible_letters={"A"}
    )
    rows = Folding(HandsFold(rules)).apply(log_of(seen(), recorded_hand(walk(0, STACKS))))

    hand = rows.row(HandRow, GAME, ticks(0))

    assert (hand.grade_auto, hand.grade_rules, hand.long_play) == ("B", "short", True)
    assert not hand.eligible
    with_word = Folding(HandsFold(rules)).apply(
        log_of(seen(), recorded_hand(walk(0, STACKS)), graded("A"))
    )
    assert with_word.row(HandRow, GAME, ticks(0)).eligible


def test_a_grade_of_a_hand_never_recorded_is_an_error():
    with pytest.raises(LookupError, match="has no hand"):
        folded(seen(), graded("A"))


# What follows from neighbours


def said(rows, start, part):
    row = rows.row(HandRow, GAME, int(start.start_ticks))
    return [(each.kind, each.seat, each.name) for each in getattr(row.findings, part)]


def blind(start, *seats):
    return make_hand(seats, acts("2 FOLD"), start=start)


FIRST = blind(1, sit(2, 1000, 950), sit(3, 500, 550))
SECOND = blind(2, sit(2, 950, 900), sit(3, 600, 650))
THIRD = blind(3, sit(2, 900, 850), sit(4, 650, 700))


@pytest.mark.parametrize(
    "order", [(FIRST, SECOND, THIRD), (THIRD, SECOND, FIRST), (FIRST, THIRD, SECOND)]
)
def test_findings_follow_from_the_hands_before_and_after_in_any_order_of_arrival(order):
    for rows in (
        folded(seen(), *map(recorded_hand, order)),
        Folding(HandsFold()).apply(log_of(seen(), *map(recorded_hand, order))),
    ):
        assert said(rows, FIRST, "between") == []
        assert said(rows, SECOND, "between") == [
            ("stack_corrected", 3, "Plover 3"),
            ("table_total_changed", 0, None),
        ]
        assert said(rows, THIRD, "between") == [
            ("seat_changed", 3, None),
            ("seat_changed", 4, "Plover 4"),
        ]


def test_a_revised_hand_changes_what_follows_for_the_next_one():
    other = blind(2, sit(2, 950, 899), sit(3, 600, 651))
    rows = folded(seen(), *map(recorded_hand, (FIRST, SECOND, THIRD)), revised_hand(other))

    (corrected,) = (
        each
        for each in rows.row(HandRow, GAME, int(THIRD.start_ticks)).findings.between
        if each.kind == "stack_corrected"
    )
    assert (corrected.seat, corrected.detail) == (
        2,
        {"player": "Plover 2", "old_chips": 899, "new_chips": 900, "state": "edited"},
    )


OPEN = make_hand([sit(2, 900), sit(3, 800), sit(4, 5000)], acts("4 FOLD", "2 ALL IN 900"), start=5)


def asked(rows):
    """The row of the hand, and who is asked for everything."""
    hand = rows.row(HandRow, GAME, int(OPEN.start_ticks))
    return [
        (each.seat, each.detail["to_call"], each.detail["hand_over"])
        for each in hand.findings.within
    ]


def quiet(hand, told=None):
    return HandFinalised(
        game_id=GAME,
        start_ticks=hand.start_ticks,
        digest=told or digest(hand),
        reason="quiet",
        effective_at=LOG_START,
    )


def test_an_open_record_asks_and_a_later_hand_closes_it():
    told = (seen(), recorded_hand(OPEN))
    assert asked(folded(*told)) == [(3, True, False), (2, False, False)]
    later = recorded_hand(blind(6, sit(2, 900), sit(3, 800)))
    assert asked(folded(*told, later)) == [(2, False, True)]
    assert asked(folded(*told, recorded_hand(FIRST))) == asked(folded(*told))


def test_a_record_closes_when_its_very_content_was_quiet_and_opens_with_another():
    told = (seen(), recorded_hand(OPEN))
    closed = folded(*told, quiet(OPEN))
    assert asked(closed) == [(2, False, True)]
    assert closed.row(HandRow, GAME, int(OPEN.start_ticks)).quiet
    assert asked(folded(*told, quiet(OPEN, "f" * 64))) == asked(folded(*told))
    longer = msgspec.structs.replace(OPEN, duration_ticks=OPEN.duration_ticks + 1)
    reopened = folded(*told, quiet(OPEN), revised_hand(longer))
    assert asked(reopened) == asked(folded(*told))
    assert not reopened.row(HandRow, GAME, int(OPEN.start_ticks)).quiet


# The game


def test_a_game_counts_its_hands_by_state_also_over_a_revision():
    rows = folded(
        seen(),
        recorded_hand(walk(0, STACKS)),
        recorded_hand(walk(1, STACKS)),
        recorded_hand(walk(2, STACKS, settled=False)),
        revised_hand(walk(1, STACKS, settled=False)),
    )

    game = rows.row(GameRow, GAME)

    assert (game.settled_hands, game.unsettled_hands, game.edited_hands) == (1, 2, 0)


def recording(number: int, offset: str) -> Hand:
    return msgspec.structs.replace(walk(number, STACKS), recording_offset=offset)


def test_the_clock_of_the_last_hands_pc_is_told_against_utc():
    local = ticks(3) + duration_to_ticks("PT3H30M0.4S")
    days, rest = divmod(local, duration_to_ticks("P1D"))
    offset = f"P{days}DT{rest // 10_000_000}S"
    hands = [recording(3, offset), recording(0, "P1D")]
    game = folded(seen(), *map(recorded_hand, hands)).row(GameRow, GAME)

    assert game.clock_offset_minutes == 210
    for unknown in ("", "some time"):
        told = folded(seen(), recorded_hand(recording(4, unknown)))
        assert told.row(GameRow, GAME).clock_offset_minutes is None


def test_a_withdrawn_hand_is_marked_until_it_is_restored():
    told = [seen(), *(recorded_hand(walk(number, STACKS)) for number in range(3))]
    gone = [
        HandWithdrawn(game_id=GAME, start_ticks=str(ticks(n)), digest="d", source=source())
        for n in (2, 0)
    ]
    back = HandRestored(game_id=GAME, start_ticks=str(ticks(2)), source=source())

    assert folded(*told, *gone).row(GameRow, GAME).absent == (str(ticks(0)), str(ticks(2)))
    assert folded(*told, *gone, back).row(GameRow, GAME).absent == (str(ticks(0)),)
