"""Every figure of the golden files, and two graphics that aired, from the real hands alone."""

import csv
import json
from collections import Counter
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from contracts.poker.cards import duplicate_cards
from contracts.poker.chips import FlowRequest, chip_flow
from contracts.poker.findings import AllIn, Bust, StackCorrection
from contracts.poker.game import findings
from contracts.poker.grading import grade_hand
from contracts.poker.held import HeldHand, hold
from contracts.poker.identity import player_hash
from contracts.poker.legality import check
from contracts.poker.place import (
    FieldSources,
    FieldStatement,
    PayoutBand,
    at_risk_text,
    players_left,
)
from contracts.poker.statistics import biggest_pots
from contracts.poker.ticks import TICKS_PER_SECOND, utc_to_ticks
from contracts.poker.verdict import judge
from services.gfx_ingest.inputs.parse import Origin, parse
from tests.support.gfx_files import real_data, real_files, sha256
from tests.support.poker_oracle import real_game, real_games, records_of

FLOW_GAME, FLOW_ORDINAL, FLOW_SEAT = "638964611175191251", 22, 9
RISK_GAME, RISK_ORDINAL, RISK_SEAT = "638964779338222042", 14, 7


def golden_hands() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (real_data() / "golden_hands.jsonl").open()]


def figures(held: HeldHand) -> dict[str, Any]:
    """All that a line of the golden hands says, in its names and types."""
    hand, replayed, blinds = held.hand, held.figures, held.hand.blinds
    return cards_and_grade(held) | {
        "start_ticks": hand.start_ticks,
        "start_utc": hand.start_utc,
        "hand_num": hand.hand_num,
        "duration_ticks": hand.duration_ticks,
        "events": len(hand.actions),
        "small_blind": blinds.small_blind,
        "big_blind": blinds.big_blind,
        "ante": blinds.ante,
        "seats_listed": len(hand.seats),
        "seats_dealt": len(replayed.dealt_seats),
        "board": list(replayed.board),
        "pot_total": replayed.pot_total,
        "uncalled": replayed.uncalled,
        "uncalled_seat": replayed.uncalled_seat,
        "pot_called": replayed.pot_called,
        "max_event_pot": max((action.pot for action in hand.actions), default=0),
        "pot_checks": replayed.pot_checks,
        "pot_mismatches": replayed.pot_mismatches,
        "state": replayed.state,
        "net": {str(seat): chips for seat, chips in replayed.net.items()},
        "collected": {str(seat): chips for seat, chips in replayed.collected.items()},
        "over_award": replayed.over_award,
        "showdown": replayed.showdown,
        "sum_start": sum(seat.start_stack for seat in hand.seats),
        "sum_end": sum(seat.end_stack for seat in hand.seats),
    }


def cards_and_grade(held: HeldHand) -> dict[str, Any]:
    """The part of a golden line that the cards and the grading rules decide."""
    verdict = judge(held.hand, held.figures)
    grade = grade_hand(held, verdict)
    seats = {seat.seat: seat for seat in held.hand.seats}
    return {
        "showdown_rank": verdict.showdown_rank,
        "showdown_best_seats": list(verdict.showdown_best_seats),
        "board_rank": verdict.board_rank,
        "grade": grade.letter,
        "premium_hand": grade.premium_hand,
        "long_play": grade.long_play,
        "board_combo": grade.board_combo,
        "busted": [
            {"seat": seat, "name": seats[seat].name, "rank_in_record": seats[seat].elimination_rank}
            for seat in verdict.busted_seats
        ],
        "duplicate_cards": list(verdict.duplicate_cards),
    }


def letter(held: HeldHand) -> str:
    return grade_hand(held, judge(held.hand, held.figures)).letter


def test_every_real_hand_has_all_its_golden_figures() -> None:
    games = {game: real_game(game) for game in real_games()}
    counted = 0
    for wanted in golden_hands():
        held = games[wanted["game_id"]][wanted["ordinal"]]
        ours = figures(held) | {"game_id": wanted["game_id"], "ordinal": wanted["ordinal"]}
        assert ours == wanted
        counted += 1
    assert counted == sum(len(game) for game in games.values()) == 701


def test_the_counts_of_the_whole_folder_are_the_golden_ones() -> None:
    held = [hand for game in real_games() for hand in real_game(game)]
    grades = Counter(letter(each) for each in held)
    counts = {
        "games": len(real_games()),
        "hands": len(held),
        "pot checks": sum(each.figures.pot_checks for each in held),
        "pot mismatches": sum(each.figures.pot_mismatches for each in held),
        "states": dict(Counter(each.figures.state for each in held)),
        "grades": dict(grades),
        "showdowns": sum(each.figures.showdown for each in held),
        "over-awards": sum(each.figures.over_award for each in held),
        "hands with duplicate cards": sum(bool(duplicate_cards(each.hand)) for each in held),
        "busts": sum(len(each.figures.busted_seats) for each in held),
        "corrections": sum(
            isinstance(each, StackCorrection)
            for game in real_games()
            for each in findings(game, real_game(game))
        ),
    }
    print(counts)
    assert counts == {
        "games": 15,
        "hands": 701,
        "pot checks": 3222,
        "pot mismatches": 0,
        "states": {"settled": 696, "unsettled": 4, "edited": 1},
        "grades": {"A": 3, "B": 8, "C": 690},
        "showdowns": 166,
        "over-awards": 0,
        "hands with duplicate cards": 1,
        "busts": 40,
        "corrections": 37,
    }


def golden_files() -> list[tuple[str, dict[str, Any], list[HeldHand]]]:
    golden = json.loads((real_data() / "golden_files.json").read_text())["files"]
    found = []
    for path, data in real_files():
        snapshot = parse(data, Origin("river", path, sha256(data)))
        hands = [hold(told.hand, told.digest) for told in snapshot.hands]
        found.append((snapshot.game_id, golden[f"table-GG/{path}"], hands))
    assert len(found) == len(golden)
    return found


def test_every_real_file_has_its_golden_figures() -> None:
    for game_id, wanted, hands in golden_files():
        names = [seat for held in hands for seat in held.hand.seats]
        grades = Counter(map(letter, hands))
        ticks = sum(held.hand.duration_ticks for held in hands)
        levels = [(b.small_blind, b.big_blind, b.ante) for b in (h.hand.blinds for h in hands)]
        ours = {
            "game_id": game_id,
            "hands": len(hands),
            "events": sum(len(held.hand.actions) for held in hands),
            "event_types": Counter(a.kind for held in hands for a in held.hand.actions),
            "players_by_name": len({seat.name for seat in names}),
            "players_by_name_and_long_name": len({(s.name, s.long_name) for s in names}),
            "players_by_key": len({player_hash(s.name, s.long_name) for s in names}),
            "blind_levels": [list(level) for level in dict.fromkeys(levels)],
            "duration_seconds_sum": ticks / TICKS_PER_SECOND,
            "states": Counter(held.figures.state for held in hands),
            "showdowns": sum(held.figures.showdown for held in hands),
            "grades": grades,
            "pot_checks": sum(held.figures.pot_checks for held in hands),
            "pot_mismatches": sum(held.figures.pot_mismatches for held in hands),
            "final_state_of_last_hand": hands[-1].figures.state,
            "first_hand_utc": hands[0].hand.start_utc,
            "last_hand_utc": hands[-1].hand.start_utc,
        }
        assert {name: wanted[name] for name in ours} == ours


def test_the_largest_pots_of_every_real_file_are_the_golden_ones() -> None:
    for _, wanted, hands in golden_files():
        for by in ("pot_called", "pot_total"):
            (largest,) = biggest_pots(hands, 1, by)
            assert wanted[f"largest_{by}"] == {
                "amount": getattr(largest.figures, by),
                "hand_num": largest.hand.hand_num,
                "ordinal": hands.index(largest),
            }


def test_corrections_and_busts_of_every_real_file_are_the_golden_ones() -> None:
    for game_id, wanted, hands in golden_files():
        ordinals = {held.hand.start_ticks: ordinal for ordinal, held in enumerate(hands)}
        found = findings(game_id, hands)
        corrected = [
            (ordinals[each.start_ticks], each.seat, each.player, each.new_chips - each.old_chips)
            for each in found
            if isinstance(each, StackCorrection)
        ]
        assert sorted(corrected) == sorted(
            (each["before_ordinal"], each["seat"], each["name"], each["delta"])
            for each in wanted["stack_adjustments_between_hands"]
        )
        busts = [
            (ordinals[each.start_ticks], each.seat, each.player)
            for each in found
            if isinstance(each, Bust)
        ]
        assert busts == [(b["ordinal"], b["seat"], b["name"]) for b in wanted["busts"]]


def test_all_real_busts_are_among_the_seats_at_risk() -> None:
    risked, busted, hands = set(), set(), set()
    for game in real_games():
        for each in findings(game, real_game(game)):
            key = (game, each.start_ticks, each.seat)
            if isinstance(each, AllIn) and each.at_risk:
                risked.add(key)
                hands.add(key[:2])
            elif isinstance(each, Bust):
                busted.add(key)
    assert (len(risked), len(hands), len(busted)) == (87, 85, 40)
    assert busted <= risked


def test_a_real_game_read_in_any_order_of_its_files_gives_the_same_findings() -> None:
    parts = [hands for game, _, hands in golden_files() if game == FLOW_GAME]
    assert sorted(map(len, parts)) == [1, 2, 82]
    told = []
    for order in permutations(parts):
        known = {held.hand.start_ticks: held for part in order for held in reversed(part)}
        told.append(findings(FLOW_GAME, known.values()))
    assert all(each == told[0] for each in told)
    assert told[0] == findings(FLOW_GAME, real_game(FLOW_GAME))


def test_real_hands_are_awarded_as_the_rules_say_and_slips_are_few() -> None:
    found = Counter(
        (result.verdict, result.code)
        for game in real_games()
        for held in real_game(game)
        for result in [check(held.hand, held.figures)]
    )
    print(found)
    assert found == {
        ("ok", ""): 680,
        ("not_legal", "out_of_turn"): 11,
        ("not_legal", "player_on_two_seats"): 5,
        ("not_legal", "below_minimum"): 4,
        ("not_legal", "below_bet"): 1,
    }


@pytest.mark.parametrize("window", [5, 10, 15])
def test_the_chip_flow_that_aired_comes_out_of_the_hands(window: int) -> None:
    hands = real_game(FLOW_GAME)[: FLOW_ORDINAL + 1]
    sitting = hands[-1].seat(FLOW_SEAT)
    assert sitting is not None
    seen = records_of(hands, player_hash=player_hash(sitting.name, sitting.long_name))
    flow = chip_flow(seen, FlowRequest(window=window))
    assert (flow.current, flow.max_chips, flow.min_chips) == (2_260_000, 2_260_000, 1_530_000)
    assert len(flow.points) == 5
    assert flow.text == f"LAST {window} HANDS"


def test_the_at_risk_strap_that_aired_comes_out_of_the_hand() -> None:
    held = real_game(RISK_GAME)[RISK_ORDINAL]
    (detected,) = (
        each
        for each in findings(RISK_GAME, real_game(RISK_GAME))
        if isinstance(each, AllIn) and each.at_risk and each.start_ticks == held.hand.start_ticks
    )
    assert (detected.seat, detected.live_players) == (RISK_SEAT, 2)
    left = players_left(held.ticks, FieldSources(statements=standings()))
    assert left is not None
    assert at_risk_text(left.count, payout_bands()) == "AT RISK OF ELIMINATION - 40TH ($23,400)"


def standings() -> tuple[FieldStatement, ...]:
    """Players left by time, as the tournament's own files state them."""
    with (real_data().parent / "wsop" / "Standings.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    told = {row["snapshot_at"]: int(row["players_remaining"]) for row in rows}
    return tuple(FieldStatement(ticks_of(text), left) for text, left in told.items())


def ticks_of(text: str) -> int:
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return utc_to_ticks(f"{moment:%Y-%m-%dT%H:%M:%S}Z")


def payout_bands() -> list[PayoutBand]:
    events = json.loads((real_data().parent / "wsop" / "Events.json").read_text())["events"]
    (event,) = (each for each in events if each["total_entries"] == 1372)
    return [
        PayoutBand(band["place_start"], band["place_end"], band["amount"])
        for band in event["payouts"]
    ]
