"""Games and hands: what the rows say after what was said."""

from datetime import UTC, datetime

import pytest

from contracts.messages.gfx import SnapshotRead
from projections.hands.domain import GameRow, HandRow, HandsFold
from tests.support.folding import LOG_START, Folding, log_of
from tests.support.gfx_facts import (
    GAME,
    recorded_hand,
    revised_hand,
    said_about,
    seen,
    snapshot,
    source,
    ticks,
    walk,
)

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
    with pytest.raises(LookupError, match="to revise"):
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
