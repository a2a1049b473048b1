"""The seeded game core: what it yields agrees with an independent count, for many seeds."""

from collections import Counter
from itertools import pairwise, takewhile

import pytest

from deploy.simulate.options import LEVELS, GameOptions, Quirks
from deploy.simulate.record import EventKind, PlayedHand, Quirk
from deploy.simulate.table import play

SEEDS = range(25)
ROUGH = GameOptions(hands=80, quirks=Quirks.rough())
FINAL = GameOptions(hands=400, kind="FINAL_TABLE", quirks=Quirks.rough())


@pytest.fixture(scope="module")
def corpus() -> list[list[PlayedHand]]:
    return [list(play(seed, FINAL if seed % 5 == 0 else ROUGH)) for seed in SEEDS]


@pytest.fixture(scope="module")
def hands(corpus: list[list[PlayedHand]]) -> list[PlayedHand]:
    return [hand for game in corpus for hand in game]


class Replay:
    """Counts a record's chips from its fields alone, by the rules a reader would follow."""

    def __init__(self, hand: PlayedHand) -> None:
        blinds = hand.blinds
        left = {row.seat: row.start_stack for row in hand.seats}
        self.put = dict.fromkeys(left, 0)
        self.wrong_pots: list[tuple[int, int]] = []
        street = dict.fromkeys(left, 0)
        for seat, chips in ((blinds.small_seat, blinds.small), (blinds.big_seat, blinds.big)):
            if seat in left:
                street[seat] = self.put[seat] = min(chips, left[seat])
        self.ante = min(blinds.ante, left[blinds.big_seat] - self.put[blinds.big_seat])
        self.board = 0
        self.folded: set[int] = set()
        for event in hand.events:
            if event.kind is EventKind.BOARD_CARD:
                self.board += 1
                if self.board in (1, 4, 5):
                    street = dict.fromkeys(left, 0)
            elif event.kind is EventKind.FOLD:
                self.folded.add(event.seat)
            elif event.pot != self.pot:
                self.wrong_pots.append((event.pot, self.pot))
            if event.amount:
                self.put[event.seat] += event.amount - street[event.seat]
                street[event.seat] = event.amount
        ranked = sorted(self.put.values(), reverse=True)
        self.uncalled = ranked[0] - ranked[1]
        paid = {
            seat: chips + (self.ante if seat == blinds.big_seat else 0)
            for seat, chips in self.put.items()
        }
        took = {row.seat: row.end_stack - row.start_stack + paid[row.seat] for row in hand.seats}
        explained = sum(took.values()) == self.pot and all(
            chips >= 0 and not (seat in self.folded and chips) for seat, chips in took.items()
        )
        still = all(row.end_stack == row.start_stack for row in hand.seats)
        self.state = "unsettled" if still else "settled" if explained else "edited"
        self.collected: dict[int, int] = {}
        if self.state == "settled":
            top = max(self.put, key=lambda seat: self.put[seat])
            took[top] -= self.uncalled
            self.collected = {seat: chips for seat, chips in took.items() if chips}

    @property
    def pot(self) -> int:
        return sum(self.put.values()) + self.ante


def test_every_pot_in_the_record_equals_an_independent_count(hands: list[PlayedHand]):
    assert len(hands) > 1_500
    assert [wrong for hand in hands for wrong in Replay(hand).wrong_pots] == []


def test_the_account_equals_an_independent_count_of_the_record(hands: list[PlayedHand]):
    for hand in hands:
        replay, account = Replay(hand), hand.account
        assert account.pot_total == replay.pot
        assert (account.uncalled, account.pot_called) == (
            replay.uncalled,
            replay.pot - replay.uncalled,
        )
        assert account.state == replay.state, (hand.ordinal, account.quirks)
        assert account.collected == replay.collected
        dealt = {row.seat for row in hand.seats if row.start_stack}
        assert set(account.live_seats) == dealt - replay.folded
        assert account.showdown == (replay.board == 5 and len(account.live_seats) > 1)


def test_chips_are_conserved_in_every_hand_that_nobody_edited(hands: list[PlayedHand]):
    for hand in hands:
        if hand.account.state != "edited":
            before = sum(row.start_stack for row in hand.seats)
            assert before == sum(row.end_stack for row in hand.seats)
            assert before == sum(hand.account.true_stacks.values())


def test_the_records_obey_the_rules_that_hold_without_exception(hands: list[PlayedHand]):
    for hand in hands:
        rows = {row.seat: row for row in hand.seats}
        assert list(rows) == sorted(rows)
        assert all(row.start_stack == 0 for row in hand.seats if row.sitting_out)
        big = rows[hand.blinds.big_seat]
        assert big.start_stack > 0
        assert not big.sitting_out
        assert min(row.end_stack for row in hand.seats) >= 0
        done: set[int] = set()
        for event in hand.events:
            if event.kind is EventKind.BOARD_CARD:
                continue
            assert rows[event.seat].start_stack > 0
            assert event.seat not in done
            if event.kind in (EventKind.FOLD, EventKind.ALL_IN):
                done.add(event.seat)
            amounts = event.kind in (EventKind.BET, EventKind.CALL, EventKind.ALL_IN)
            assert (event.amount > 0) == amounts


def test_all_in_and_only_all_in_takes_the_whole_stack(hands: list[PlayedHand]):
    for hand in hands:
        start = {row.seat: row.start_stack for row in hand.seats}
        shoved = {event.seat for event in hand.events if event.kind is EventKind.ALL_IN}
        acted = {event.seat for event in hand.events if event.amount}
        broke = {seat for seat, chips in hand.account.contributions.items() if chips == start[seat]}
        assert shoved == broke & acted


def test_the_shown_best_hand_collects_in_every_settled_showdown(hands: list[PlayedHand]):
    settled = [hand.account for hand in hands if hand.account.state == "settled"]
    showdowns = [account for account in settled if account.showdown]
    assert len(showdowns) > 200
    assert all(set(account.best_seats) & set(account.winners) for account in showdowns)
    alone = [account for account in settled if not account.showdown]
    assert all(account.winners == account.live_seats for account in alone)


def test_cards_are_different_except_for_a_misread(hands: list[PlayedHand]):
    for hand in hands:
        seen = " ".join(row.hole for row in hand.seats).split()
        seen += [event.card for event in hand.events if event.card]
        assert (len(seen) != len(set(seen))) == (Quirk.MISREAD_CARD in hand.account.quirks)


def test_the_same_seed_plays_the_same_game_and_another_seed_another():
    assert list(play(7, ROUGH)) == list(play(7, ROUGH))
    assert [hand.events for hand in play(7, ROUGH)] != [hand.events for hand in play(8, ROUGH)]


def test_running_percents_count_what_each_player_did_since_the_game_began():
    options = GameOptions(hands=60, kind="FINAL_TABLE", quirks=Quirks.none())
    dealt: Counter[int] = Counter()
    voluntary: Counter[int] = Counter()
    beyond = 0
    for hand in play(14, options):
        dealt.update(row.seat for row in hand.seats if row.start_stack)
        before_flop = takewhile(lambda event: event.kind != EventKind.BOARD_CARD, hand.events)
        voluntary.update({event.seat for event in before_flop if event.amount})
        for row in hand.seats:
            assert row.vpip == 100 * voluntary[row.seat] // dealt[row.seat]
            assert 0 <= row.pfr <= row.vpip
            assert 0 <= row.aggression <= 100
            beyond += row.went_to_showdown > 100
    assert beyond > 0


def test_a_final_table_ranks_everyone_but_the_winner_in_the_record_of_the_bust(
    corpus: list[list[PlayedHand]],
):
    for game in corpus[::5]:
        last = [row.elimination_rank for row in game[-1].seats]
        assert sorted(last) == [-1, *range(2, len(last) + 1)]
        before = {row.seat: -1 for row in game[0].seats}
        for hand in game:
            assert set(before) == {row.seat for row in hand.seats}
            for row in hand.seats:
                busted = row.start_stack > 0 and row.end_stack == 0
                assert (row.elimination_rank != before[row.seat]) == busted
                before[row.seat] = row.elimination_rank


def test_a_feature_table_names_no_places_and_refills_its_seats(corpus: list[list[PlayedHand]]):
    features = [game for place, game in enumerate(corpus) if place % 5]
    assert {row.elimination_rank for game in features for hand in game for row in hand.seats} == {
        -1
    }
    for game in features:
        assert len({row.name for hand in game for row in hand.seats}) > 8
        assert min(len(hand.account.contributions) for hand in game) >= 2


def test_most_busted_seats_that_stay_listed_are_marked_as_sitting_out(hands: list[PlayedHand]):
    zero = Counter(row.sitting_out for hand in hands for row in hand.seats if not row.start_stack)
    assert zero[True] > zero[False] > 0


def test_blinds_rise_by_level_and_the_ante_is_the_big_blind(corpus: list[list[PlayedHand]]):
    for game in corpus:
        levels = [(hand.blinds.small, hand.blinds.big) for hand in game]
        assert levels == sorted(levels)
        assert set(levels) <= {level[:2] for level in LEVELS}
        assert all(hand.blinds.ante == hand.blinds.big for hand in game)
        if len(game) == ROUGH.hands:
            assert 3 <= len(set(levels)) <= 10


def test_the_blinds_go_round_without_skipping_a_player(corpus: list[list[PlayedHand]]):
    for game in corpus:
        for hand, after in pairwise(game):
            if Quirk.VOID in hand.account.quirks:
                continue
            dealt = [row.seat for row in after.seats if row.start_stack]
            last = hand.blinds.big_seat
            expected = min(dealt, key=lambda seat: (seat <= last, seat))
            assert after.blinds.big_seat == expected
            heads_up = after.blinds.button_seat == after.blinds.small_seat
            assert heads_up == (len(dealt) == 2)


@pytest.mark.parametrize(
    "wrong",
    [{"hands": 0}, {"hands": 10_000}, {"seats": (2,)}, {"seats": (2, 2)}, {"seats": (2, 11)}],
)
def test_a_game_that_cannot_be_played_is_refused(wrong: dict[str, object]):
    with pytest.raises(ValueError):
        GameOptions(**wrong)  # type: ignore[arg-type]
