"""A person's own figures, chip flow, chip history, biggest pots and comparisons."""

from collections.abc import Sequence
from itertools import count

import msgspec
import pytest

from contracts.poker.chips import FlowRequest, chip_flow, chip_history
from contracts.poker.comparison import Holder, Share, compare_pair, compare_rest, percent_pair
from contracts.poker.hand import Hand, Seat
from contracts.poker.held import HeldHand
from contracts.poker.identity import player_hash
from contracts.poker.seat_record import SeatRecord, seat_records
from contracts.poker.statistics import (
    MissingFigure,
    OwnStatistics,
    biggest_pots,
    own_statistics,
)
from deploy.simulate.options import GameOptions, Quirks
from tests.support.poker_oracle import acts, held, make_hand, records_of, simulated_game, sit

SEATS = (sit(2, 1000), sit(3, 1000), sit(4, 1000))


def at(seat: int, *hands: Hand) -> list[SeatRecord]:
    return records_of(map(held, hands), seat=seat)


_starts = count(1)


def played(*actions: str, seats: Sequence[Seat] = SEATS, start: int | None = None) -> Hand:
    """A hand that starts after those played before, unless its start is given."""
    return make_hand(seats, acts(*actions), start=next(_starts) if start is None else start)


def test_counts_follow_the_words_of_the_actions() -> None:
    limped = played("4 CALL 100", "2 FOLD", "3 CHECK")
    raised = played("4 BET 300", "2 CALL 300", "3 FOLD", "as", "kd", "2c", "2 BET 100", "4 BET 300")
    called = played("4 ALL IN 1000", "2 FOLD", "3 ALL IN 900")
    untouched = played()
    four = own_statistics(at(4, limped, raised, called, untouched))
    assert four == OwnStatistics(dealt=3, voluntary=3, raised=2, aggressive=1, flops=1)
    assert (four.vpip_percent, four.pfr_percent, four.aggression_percent) == (100, 66, 100)
    three = own_statistics(at(3, limped, raised, called))
    assert three == OwnStatistics(dealt=3, voluntary=1)
    assert (three.vpip_percent, three.wtsd_percent, three.aggression_percent) == (33, None, None)


def test_an_all_in_is_a_call_unless_it_passes_the_highest_bet_of_its_street() -> None:
    hand = played(
        "4 CALL 100", "2 CALL 100", "3 CHECK", "as", "kd", "2c",
        "2 BET 900", "3 ALL IN 800", "4 ALL IN 900",
    )  # fmt: skip
    assert own_statistics(at(3, hand)).passive == 1
    assert own_statistics(at(4, hand)).passive == 1
    assert own_statistics(at(2, hand)).aggressive == 1
    short_limp = played("4 ALL IN 90", seats=[sit(2, 1000), sit(3, 1000), sit(4, 90)])
    assert own_statistics(at(4, short_limp)).raised == 0
    assert own_statistics(at(4, short_limp)).voluntary == 1


def test_a_showdown_counts_for_who_was_live_at_the_flop() -> None:
    board = ("as", "kd", "2c")
    hand = played(
        "4 CALL 100", "2 FOLD", "3 CHECK", *board, "3 CHECK", "4 CHECK", "5d", "3 BET 100",
        "4 CALL 100", "6d",
    )  # fmt: skip
    assert own_statistics(at(4, hand)).wtsd_percent == 100
    assert own_statistics(at(2, hand)) == OwnStatistics(dealt=1)
    left_to_two = played(
        "4 CALL 100", "2 CALL 100", "3 CHECK", *board, "2 BET 100", "3 CALL 100", "4 FOLD",
        "5d", "6d",
    )  # fmt: skip
    assert own_statistics(at(4, left_to_two)).wtsd_percent == 0
    assert own_statistics(at(2, left_to_two)).wtsd_percent == 100
    given_up = played("4 CALL 100", "2 FOLD", "3 CHECK", *board, "3 BET 100", "4 FOLD")
    assert own_statistics(at(4, hand, given_up)).wtsd_percent == 50
    all_in_before = played("4 ALL IN 1000", "2 FOLD", "3 CALL 900", *board, "5d", "6d")
    assert own_statistics(at(4, all_in_before)).wtsd_percent == 100


def test_a_seat_that_is_not_dealt_in_counts_nothing() -> None:
    hand = played("2 FOLD", seats=[sit(2, 1000), sit(3, 1000), sit(4, 0)])
    assert own_statistics(at(4, hand)) == OwnStatistics()


def test_own_figures_are_those_of_the_simulated_pc_where_it_counts_alike() -> None:
    compared = 0
    for seed in range(6):
        game = simulated_game(seed, GameOptions(hands=40, refill=0, quirks=Quirks.none()))
        last = game[-1][0]
        for row in last.seats:
            seen = records_of(
                (each for _, each in game), player_hash=player_hash(row.name, row.long_name)
            )
            if len({each.seat for each in seen}) == 1 and len(seen) == len(game):
                own = own_statistics(seen)
                assert own.vpip_percent == row.vpip
                assert own.pfr_percent == row.pfr
                assert (own.aggression_percent or 0) == row.aggression
                compared += 1
    assert compared >= 15


def test_a_person_on_two_seats_of_a_hand_has_no_figures() -> None:
    once = played(seats=[sit(2, 5, name="Ruff"), sit(3, 5)])
    twice = played("2 FOLD", seats=[sit(2, 5, name="Ruff"), sit(3, 5, name="RUFF")])
    seen = records_of(map(held, [once, twice]), player_hash=player_hash("Ruff", ""))
    for figure in (chip_flow, chip_history, own_statistics):
        with pytest.raises(MissingFigure) as missing:
            figure(seen)
        assert missing.value.code == "identity_on_two_seats"


def test_records_of_several_games_have_no_common_figures() -> None:
    (one,), (other,) = at(2, played()), at(2, played())
    other = msgspec.structs.replace(other, game_id="1")
    for figure in (chip_flow, chip_history, own_statistics):
        with pytest.raises(ValueError, match="no common order"):
            figure([one, other])


def test_a_record_says_where_its_hand_stands_if_that_is_known() -> None:
    hand = held(played("2 FOLD", seats=[sit(2, 900), sit(4, 0, sitting_out=True)]))
    two, four = seat_records("7", hand, 12)
    assert (two.game_id, two.ordinal, two.seat, two.start_stack) == ("7", 12, 2, 900)
    assert (two.start_ticks, two.big_blind) == (hand.hand.start_ticks, 100)
    assert (two.dealt_in, two.counted, four.dealt_in, four.counted) == (True, True, False, False)
    assert seat_records("7", hand)[0].ordinal is None


def test_the_biggest_pots_leave_out_what_nobody_called_and_the_earlier_comes_first() -> None:
    def pot(start: int, raised_to: int, called: int) -> HeldHand:
        return held(played(f"4 BET {raised_to}", f"2 CALL {called}", start=start))

    small, early, late = pot(1, 900, 200), pot(2, 300, 300), pot(3, 300, 300)
    assert biggest_pots([late, small, early], 2) == (early, late)
    assert biggest_pots([late, small, early], 1, "pot_total") == (small,)
    assert biggest_pots([late], 0) == ()


def lost_to(*values: int) -> list[SeatRecord]:
    """Settled hands of seat 2, which folds its blinds; any stacks, one after the other."""
    return [record for number, end in enumerate(values) for record in at(2, _lost(number, end))]


def _lost(start: int, end: int) -> Hand:
    return make_hand([sit(2, end + 50, end), sit(3, 9000, 9050)], acts("2 FOLD"), start=start)


def test_a_chip_flow_labels_every_hand_of_the_window_and_draws_five_points() -> None:
    values = [900, 850, 2000, 800, 750, 700, 100, 650, 600, 550, 500, 450, 400, 350, 300]
    flow = chip_flow(lost_to(9999, *values))
    assert flow.values == tuple(values)
    assert (flow.max_chips, flow.min_chips, flow.current) == (2000, 100, 300)
    assert [point.hands_back for point in flow.points] == [14, 7, 3, 1, 0]
    assert [point.chips for point in flow.points] == [900, 650, 450, 350, 300]
    assert (flow.hands, flow.text) == (15, "LAST 15 HANDS")


@pytest.mark.parametrize(
    ("hands", "points", "offsets"),
    [
        (2, 5, [1, 0]),
        (5, 5, [4, 3, 2, 1, 0]),
        (6, 5, [5, 3, 2, 1, 0]),
        (20, 5, [19, 9, 4, 2, 0]),
        (30, 5, [29, 14, 7, 3, 0]),
        (30, 3, [29, 14, 0]),
        (30, 7, [29, 14, 7, 3, 2, 1, 0]),
    ],
)
def test_recent_hands_are_drawn_denser(hands: int, points: int, offsets: list[int]) -> None:
    flow = chip_flow(lost_to(*range(1, hands + 1)), FlowRequest(window=30, points=points))
    assert [point.hands_back for point in flow.points] == offsets


def test_an_operator_may_name_the_points_inside_the_window() -> None:
    seen = lost_to(*range(100, 2000, 100))
    starts = [each.start_ticks for each in seen]
    flow = chip_flow(seen, FlowRequest(named=(starts[-1], starts[-9], starts[-4])))
    assert [point.hands_back for point in flow.points] == [8, 3, 0]
    with pytest.raises(MissingFigure) as missing:
        chip_flow(seen, FlowRequest(named=(starts[-1], starts[-16])))
    assert missing.value.code == "not_in_window"


def test_hands_that_were_never_settled_or_not_dealt_in_are_passed_over() -> None:
    seen = lost_to(900, 800)
    void = at(2, make_hand([sit(2, 800), sit(3, 9000)], start=10))
    away = at(2, make_hand([sit(2, 0), sit(3, 9000, 9050)], start=11))
    late = at(2, _lost(20, 700))
    assert chip_flow([*seen, *void, *away, *late]).values == (900, 800, 700)


def test_an_edited_hand_of_the_window_counts_with_its_end_stack() -> None:
    edited = at(2, make_hand([sit(2, 900, 1300), sit(3, 9000)], acts("2 FOLD"), start=5))
    assert edited[0].state == "edited"
    flow = chip_flow([*lost_to(900), *edited])
    assert (flow.values, flow.current, flow.stack_typed) == ((900, 1300), 1300, False)
    assert chip_flow([*lost_to(900), *edited, *at(2, _lost(8, 1200))]).values == (900, 1300, 1200)


def test_records_count_by_their_start_whatever_order_they_come_in() -> None:
    seen = lost_to(900, 800, 700)
    assert chip_flow(seen[::-1]) == chip_flow(seen)
    assert chip_history(seen[::-1]) == chip_history(seen)


def test_a_stack_typed_after_the_last_hand_ends_the_flow_only_now() -> None:
    opened = at(2, make_hand([sit(2, 1234), sit(3, 9000)], start=10))
    seen = [*lost_to(900, 800, 700), *opened]
    flow = chip_flow(seen)
    assert (flow.values, flow.current, flow.stack_typed) == ((900, 800, 1234), 1234, True)
    assert flow.max_chips == 1234
    then = chip_flow(seen, FlowRequest(now=False))
    assert (then.values, then.stack_typed) == ((900, 800, 700), False)
    same = at(2, make_hand([sit(2, 700), sit(3, 9000)], start=10))
    assert not chip_flow([*seen[:3], *same]).stack_typed


def test_fewer_than_two_hands_make_no_chip_flow() -> None:
    with pytest.raises(MissingFigure) as missing:
        chip_flow(lost_to(900))
    assert missing.value.code == "too_few_hands"


@pytest.mark.parametrize(
    "request_",
    [
        FlowRequest(window=1),
        FlowRequest(window=101),
        FlowRequest(points=1),
        FlowRequest(points=101),
        FlowRequest(named=("1", "1")),
    ],
)
def test_a_window_or_points_outside_the_limits_are_refused(request_: FlowRequest) -> None:
    with pytest.raises(ValueError, match="has 2 to 100"):
        chip_flow(lost_to(900, 800), request_)


def test_the_history_states_ends_of_settled_hands_and_stacks_typed_before_a_hand() -> None:
    minute = 600_000_000
    settled = make_hand([sit(2, 1000, 950), sit(3, 500, 550)], acts("2 FOLD"), start=0)
    void = make_hand([sit(2, 950), sit(3, 550)], start=minute)
    typed = make_hand([sit(2, 970), sit(3, 530)], start=3 * minute)
    history = chip_history(at(2, settled, void, typed))
    first = held(settled).ticks
    assert [(s.ticks - first, s.at, s.chips, s.corrected) for s in history] == [
        (0, "start", 1000, False),
        (minute, "end", 950, False),
        (3 * minute, "start", 970, True),
    ]


def test_a_pair_is_compared_with_the_larger_stack_first_and_adds_up() -> None:
    assert compare_pair(Holder("a", 1), Holder("b", 2)) == (Share("b", 2, 67), Share("a", 1, 33))
    assert compare_pair(Holder("a", 5), Holder("b", 5)) == (Share("a", 5, 50), Share("b", 5, 50))
    tenths = compare_pair(Holder("a", 1), Holder("b", 2), tenths=True)
    assert [share.share for share in tenths] == [667, 333]


def test_one_against_the_rest_keeps_the_person_first() -> None:
    assert compare_rest(Holder("a", 1), (3, 4)) == (Share("a", 1, 13), Share(None, 7, 87))


def test_half_a_percent_goes_up_for_the_first_and_the_second_is_the_rest() -> None:
    assert percent_pair(1, 199) == (1, 99)
    assert percent_pair(5, 195) == (3, 97)
    assert percent_pair(0, 7) == (0, 100)


@pytest.mark.parametrize(
    ("chips", "code"),
    [((0, 0), "no_chips"), ((-1, 5), "negative_chips"), ((5, -1), "negative_chips")],
)
def test_nothing_to_share_is_missing(chips: tuple[int, int], code: str) -> None:
    for compare in (
        lambda: percent_pair(*chips),
        lambda: compare_rest(Holder("a", chips[0]), chips[1:]),
    ):
        with pytest.raises(MissingFigure) as missing:
            compare()
        assert missing.value.code == code
