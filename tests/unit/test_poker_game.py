"""What follows from the hands of one game: one case each, any order, and revisions."""

from collections.abc import Sequence
from itertools import permutations
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.poker.findings import (
    AllIn,
    Bust,
    Finding,
    FirstSight,
    HandTotalChange,
    Level,
    LevelChange,
    SeatChange,
    StackCorrection,
    TableTotalChange,
)
from contracts.poker.game import difference, findings
from contracts.poker.hand import Hand, Seat
from contracts.poker.held import HeldHand
from contracts.poker.identity import player_hash
from deploy.simulate.options import GameOptions, Quirks
from tests.support.poker_oracle import acts, held, make_hand, simulated_game, sit

GAME = "640700000000000000"


def hand(start: int, seats: Sequence[Seat], *actions: str, **fields: object) -> Hand:
    return make_hand(seats, acts(*actions), start=start, **fields)


def follow(*hands: Hand) -> list[Finding]:
    """Findings without the identities, which every first hand has."""
    found = findings(GAME, [held(each) for each in hands])
    return [each for each in found if not isinstance(each, FirstSight)]


def only[F: Finding](kind: type[F], *hands: Hand) -> list[F]:
    return [each for each in follow(*hands) if isinstance(each, kind)]


def test_a_stack_typed_between_two_hands_is_found_whatever_the_state_before() -> None:
    settled = hand(1, [sit(2, 1000, 950), sit(3, 1000, 1050)], "2 FOLD")
    unsettled = hand(1, [sit(2, 1000), sit(3, 1000)], "2 FOLD")
    edited = hand(1, [sit(2, 1000, 1050), sit(3, 1000, 950)], "2 FOLD")
    for before in (settled, unsettled, edited):
        ends = {seat.seat: seat.end_stack for seat in before.seats}
        (found,) = only(StackCorrection, before, hand(2, [sit(2, ends[2]), sit(3, ends[3] + 25)]))
        assert (found.seat, found.old_chips, found.new_chips) == (3, ends[3], ends[3] + 25)
        assert found.state == held(before).figures.state
        assert found.digests == (held(before).digest, held(hand(2, [])).digest)


def test_another_spelling_of_the_name_is_a_change_of_seat_and_no_correction() -> None:
    found = follow(
        hand(1, [sit(2, 1000), sit(3, 500, name="Ibis")]),
        hand(2, [sit(2, 1000), sit(3, 700, name="IBIS")]),
    )
    assert [type(each) for each in found] == [SeatChange]


def test_a_seat_appears_disappears_and_changes_its_player() -> None:
    changed = only(
        SeatChange,
        hand(1, [sit(2, 1000, name="Avocet"), sit(3, 900, name="Dunlin")]),
        hand(2, [sit(3, 800, name="Knot"), sit(4, 700, name="Avocet")]),
    )
    assert [(c.seat, c.old_player, c.new_player, c.chips) for c in changed] == [
        (2, "Avocet", None, None),
        (3, "Dunlin", "Knot", 800),
        (4, None, "Avocet", 700),
    ]


def test_only_a_settled_hand_says_that_a_player_is_out() -> None:
    def shove(*ends: int) -> Hand:
        seats = [sit(2, 400, ends[0], elimination_rank=7), sit(3, 1000, ends[1])]
        return hand(1, seats, "2 ALL IN 400", "3 CALL 400")

    (out,) = only(Bust, shove(0, 1400))
    assert (out.seat, out.start_stack, out.rank) == (2, 400, 7)
    assert out.player_hash == player_hash("Plover 2", "")
    assert only(Bust, shove(0, 1399)) == []  # edited
    assert only(Bust, shove(400, 1000)) == []  # unsettled


def test_a_source_without_places_gives_none() -> None:
    seats = [sit(2, 400, 0), sit(3, 1000, 1400)]
    (out,) = only(Bust, hand(1, seats, "2 ALL IN 400", "3 CALL 400"))
    assert out.rank is None


def test_a_level_that_differs_from_the_hand_before_is_found() -> None:
    first = hand(1, [sit(2, 1000)])
    raised = msgspec.structs.replace(first.blinds, ante=200)
    (found,) = only(
        LevelChange, first, hand(2, [sit(2, 1000)]), hand(3, [sit(2, 1000)], blinds=raised)
    )
    assert (found.old, found.new) == (Level(50, 100, 100), Level(50, 100, 200))
    assert found.start_ticks == hand(3, []).start_ticks


def test_an_identity_is_seen_once_in_a_game_by_its_trimmed_lower_case_names() -> None:
    found = findings(
        GAME,
        [
            held(hand(1, [sit(2, 1000, name="Ruff", long_name="Ana Ruff")])),
            held(
                hand(2, [sit(5, 1000, name=" RUFF", long_name="ana ruff "), sit(6, 5, name="Ruff")])
            ),
        ],
    )
    seen = [each for each in found if isinstance(each, FirstSight)]
    assert [(each.seat, each.player_hash) for each in seen] == [
        (2, "d4ea92e80abad48124573d1743d95ac0"),
        (6, player_hash("Ruff", "")),
    ]


def test_totals_that_do_not_add_up_are_found_in_a_hand_and_between_hands() -> None:
    lost = hand(1, [sit(2, 1000, 900), sit(3, 1000)])
    (within,) = only(HandTotalChange, lost)
    assert (within.old_total, within.new_total) == (2000, 1900)
    (between,) = only(TableTotalChange, lost, hand(2, [sit(2, 1000), sit(3, 1000)]))
    assert (between.old_total, between.new_total) == (1900, 2000)
    assert not only(TableTotalChange, lost, hand(2, [sit(2, 1000), sit(4, 1000)]))
    # A seat without chips adds nothing: its leaving is no change of players.
    assert only(TableTotalChange, hand(1, [sit(2, 1000), sit(3, 0)]), hand(2, [sit(2, 1100)]))


def open_all_in(start: int) -> Hand:
    return hand(start, [sit(2, 900), sit(3, 800), sit(4, 5000)], "4 FOLD", "2 ALL IN 900")


def test_the_last_record_is_open_until_it_is_followed_settled_or_quiet() -> None:
    (open_one,) = (each for each in only(AllIn, open_all_in(1)) if each.at_risk)
    assert (open_one.seat, open_one.to_call, open_one.hand_over) == (3, True, False)
    followed = only(AllIn, open_all_in(1), hand(2, [sit(2, 900)]))
    quiet = findings(GAME, [msgspec.structs.replace(held(open_all_in(1)), quiet=True)])
    for found in (followed, [each for each in quiet if isinstance(each, AllIn)]):
        assert [(each.seat, each.at_risk, each.hand_over) for each in found] == [(2, False, True)]


def test_a_record_without_actions_is_open_although_its_stacks_are_explained() -> None:
    blinds_moved = held(hand(1, [sit(2, 1000, 950), sit(3, 1000, 1050)]))
    assert (blinds_moved.figures.state, blinds_moved.unproven) == ("settled", True)
    assert not held(hand(1, [sit(2, 1000, 950), sit(3, 1000, 1050)], "2 FOLD")).unproven
    assert not msgspec.structs.replace(blinds_moved, quiet=True).unproven


def test_a_record_that_closes_voids_what_it_said_while_open() -> None:
    before = findings(GAME, [held(open_all_in(1))])
    after = findings(GAME, [held(open_all_in(1)), held(hand(2, [sit(2, 900)]))])
    change = difference(before, after)
    assert [(type(each), each.seat) for each in change.voided] == [
        (AllIn, 3),
        (AllIn, 2),
    ]
    assert not {each.name for each in change.voided} & {each.name for each in change.said}


def test_a_revision_voids_what_followed_from_the_old_content_and_nothing_else() -> None:
    def game(won: int, digest: str) -> tuple[Finding, ...]:
        hands = [
            held(hand(1, [sit(2, 1000), sit(3, 1000)])),
            held(hand(2, [sit(2, 1000, 1000 - won), sit(3, 1000, 1000 + won)], "2 FOLD"), digest),
            held(hand(3, [sit(2, 950), sit(3, 1050)])),
            held(hand(4, [sit(2, 951), sit(3, 1050)])),
        ]
        return findings(GAME, hands)

    keys = {each.key: each.name for each in game(40, "old")}
    renamed = {each.key for each in game(40, "new") if keys[each.key] != each.name}
    assert renamed == {each.key for each in game(40, "old") if "old" in each.digests}
    change = difference(game(40, "old"), game(50, "new"))
    assert {type(each) for each in change.voided} == {StackCorrection}
    assert all("old" in each.digests for each in change.voided)
    assert change.said == ()
    assert difference(game(50, "new"), game(50, "new")) == difference((), ())


def test_two_hands_of_one_start_are_refused() -> None:
    with pytest.raises(ValueError, match="two hands start at"):
        findings(GAME, [held(hand(1, [])), held(hand(1, []), "other")])


def test_any_order_of_the_hands_gives_the_same_findings() -> None:
    hands = [held(open_all_in(1)), held(hand(2, [sit(2, 850)])), held(hand(3, [sit(2, 800)]))]
    expected = findings(GAME, hands)
    assert all(findings(GAME, order) == expected for order in permutations(hands))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.randoms())
def test_a_simulated_game_in_any_order_and_however_it_grew_gives_the_same(
    seed: int, rng: Random
) -> None:
    game = [each for _, each in simulated_game(seed, GameOptions(hands=14, quirks=Quirks.rough()))]
    expected = findings(GAME, game)
    shuffled = list(game)
    rng.shuffle(shuffled)
    told: dict[str, Finding] = {}
    before: tuple[Finding, ...] = ()
    known: list[HeldHand] = []
    for each in shuffled:
        known.append(each)
        after = findings(GAME, known)
        change = difference(before, after)
        for voided in change.voided:
            del told[voided.name]
        for said in change.said:
            assert told.setdefault(said.name, said) is said
        before = after
    assert before == expected
    assert told == {each.name: each for each in expected}
    assert len(told) == len(expected)


def test_the_corrections_of_a_simulated_game_are_those_of_its_account() -> None:
    counted = 0
    for seed in range(12):
        game = simulated_game(seed, GameOptions(hands=25, quirks=Quirks.rough()))
        found = findings(GAME, [each for _, each in game])
        ours = {
            (each.start_ticks, each.seat): (each.old_chips, each.new_chips)
            for each in found
            if isinstance(each, StackCorrection)
        }
        account = {
            (each.hand.start_ticks, seat): chips
            for played, each in game
            for seat, chips in played.account.corrected.items()
        }
        assert ours == account
        counted += len(ours)
    assert counted > 40
