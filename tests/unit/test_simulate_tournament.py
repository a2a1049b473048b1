"""The simulated tournament round a table, from the money to its winner, without a disk."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import pytest

from contracts.countries import country_code
from contracts.people.names import name_key
from deploy.simulate.entrants import entrants
from deploy.simulate.options import FEATURE_TABLE, GameOptions, Quirks
from deploy.simulate.record import PlayedHand
from deploy.simulate.table import play
from deploy.simulate.tournament import (
    CHIPS,
    ENTRIES,
    FINAL_SEATS,
    LEFT_AT_START,
    PAID,
    PAYOUTS,
    PLAYERS,
    PRIZE_CENTS,
    TABLE_SEATS,
    Count,
    Tournament,
    prize_cents,
)

COUNT_HANDS = 10
HANDS_MAX = 1_000


@dataclass(frozen=True)
class Step:
    """A hand, and a count after it with the other tables at rest."""

    played: PlayedHand
    count: Count
    final: bool


def games(tournament: Tournament, quirks: Quirks) -> Iterator[Step]:
    """Every hand until somebody has all chips."""
    number = hands = 0
    while not tournament.over:
        final = tournament.final_due
        options = GameOptions(
            seats=FINAL_SEATS if final else TABLE_SEATS,
            kind="FINAL_TABLE" if final else "FEATURE_TABLE",
            hands=HANDS_MAX,
            first_level=tournament.level,
            refill=0.5,
            quirks=quirks,
            floor=tournament,
        )
        for played in play(f"tournament/{number}", options):
            tournament.follow(played)
            hands += 1
            assert hands < HANDS_MAX
            yield Step(played, tournament.count(hands), tournament.final)
            if tournament.over or tournament.final_due:
                break
            if hands % COUNT_HANDS == 0:
                tournament.play_elsewhere()
        number += 1


@pytest.fixture(scope="module")
def steps() -> list[Step]:
    """A whole tournament with a careful operator."""
    return list(games(Tournament.begin(7, 1), Quirks.none()))


@pytest.fixture(scope="module")
def rough() -> list[Step]:
    """One whose operator mistypes and miscounts."""
    return list(games(Tournament.begin(8, 1), Quirks.rough()))


def test_no_two_players_share_a_name_an_id_or_a_name_key() -> None:
    field = entrants(3, PLAYERS)
    assert len({name_key(each.name) for each in field}) == PLAYERS
    assert len({name_key(each.person.full) for each in field}) == PLAYERS
    assert len({each.id for each in field}) == PLAYERS
    assert all(country_code(each.country) == each.country for each in field)


def test_a_field_has_hangul_accents_and_more_countries_than_a_table_seats() -> None:
    field = entrants(3, PLAYERS)
    assert any("가" <= letter <= "힣" for each in field for letter in each.name)
    assert any("가" <= letter <= "힣" for each in field for letter in each.nickname)
    assert sum(not each.name.isascii() for each in field) > PLAYERS / 4
    assert len({each.country for each in field}) > len(TABLE_SEATS)


def test_more_players_than_names_are_refused() -> None:
    with pytest.raises(ValueError, match="names for"):
        entrants(1, 100_000)


def test_the_prizes_are_the_pool_and_never_rise_with_the_place() -> None:
    paid = [prize_cents(place) for place in range(1, PAID + 1)]
    assert sum(paid) == ENTRIES * PRIZE_CENTS
    assert paid == sorted(paid, reverse=True)
    assert all(paid)
    assert prize_cents(PAID + 1) == 0
    assert [first for first, _, _ in PAYOUTS[1:]] == [last + 1 for _, last, _ in PAYOUTS[:-1]]


@pytest.mark.parametrize("told", ["steps", "rough"])
def test_chips_in_play_never_change(told: str, request: pytest.FixtureRequest) -> None:
    for step in request.getfixturevalue(told):
        assert sum(row.chips for row in step.count.rows) == CHIPS
        assert all(row.chips > 0 for row in step.count.rows if not row.out)
        assert all(row.chips == 0 for row in step.count.rows if row.out)


def test_the_feature_table_has_the_stacks_that_its_hand_ended_with(steps: list[Step]) -> None:
    for step in steps:
        playing = [row for row in step.count.rows if not row.out]
        at_table = {row.seat: row for row in playing if row.table == FEATURE_TABLE}
        account = step.played.account
        for seat, person in account.people.items():
            # A free seat may be taken by somebody who is not in the record yet.
            if account.true_stacks[seat]:
                assert at_table[seat].entrant.person == person
                assert at_table[seat].chips == account.true_stacks[seat]


def test_players_go_out_one_place_at_a_time_and_never_come_back(rough: list[Step]) -> None:
    assert rough[0].count.remaining in range(LEFT_AT_START - 2, LEFT_AT_START + 1)
    for before, after in pairwise(rough):
        assert after.count.remaining <= before.count.remaining
        was_out = {row.entrant.id: row.rank for row in before.count.rows if row.out}
        is_out = {row.entrant.id: row.rank for row in after.count.rows if row.out}
        assert was_out.items() <= is_out.items()
    out = [row.rank for row in rough[-1].count.rows if row.out]
    assert out == list(range(2, LEFT_AT_START + 1))


def test_ranks_go_by_chips_and_prizes_by_place(steps: list[Step]) -> None:
    for step in steps:
        playing = [row for row in step.count.rows if not row.out]
        assert [row.chips for row in playing] == sorted(
            (row.chips for row in playing), reverse=True
        )
        assert [row.rank for row in playing] == [
            1 + sum(other.chips > row.chips for other in playing) for row in playing
        ]
        for row in step.count.rows:
            assert row.prize_cents == (prize_cents(row.rank) if row.out else row.prize_cents)
    winner = steps[-1].count.rows[0]
    assert (winner.rank, winner.out, winner.prize_cents) == (1, False, prize_cents(1))


def test_whoever_goes_out_of_the_table_in_one_hand_with_more_chips_has_the_better_place(
    rough: list[Step],
) -> None:
    for before, after in pairwise(rough):
        stacks = {row.entrant.id: row.chips for row in before.count.rows}
        was_out = {row.entrant.id for row in before.count.rows if row.out}
        gone = [row for row in after.count.rows if row.out and row.entrant.id not in was_out]
        table = {
            person
            for seat, person in after.played.account.people.items()
            if not after.played.account.true_stacks[seat]
        }
        ranked = [stacks[row.entrant.id] for row in gone if row.entrant.person in table]
        assert ranked == sorted(ranked, reverse=True)


def test_two_players_never_share_a_seat(rough: list[Step]) -> None:
    for step in rough:
        seats = [(row.table, row.seat) for row in step.count.rows if not row.out]
        assert len(set(seats)) == len(seats)


def test_the_last_nine_sit_down_to_a_final_table_that_nobody_joins(steps: list[Step]) -> None:
    finals = [step for step in steps if step.final]
    assert finals
    assert len(finals) < len(steps)
    assert all(row.table == FEATURE_TABLE for row in finals[0].count.rows if not row.out)
    assert len(finals[0].played.account.people) <= len(FINAL_SEATS)
    people = set(finals[0].played.account.people.values())
    assert all(set(step.played.account.people.values()) <= people for step in finals)


def test_the_same_seed_plays_the_same_tournament_and_another_number_another() -> None:
    def first(seed: int, number: int) -> list[Count]:
        told = games(Tournament.begin(seed, number), Quirks())
        return [replace(next(told).count, number=0) for _ in range(25)]

    assert first(5, 1) == first(5, 1)
    assert first(5, 1) != first(5, 2)
    assert first(5, 1) != first(6, 1)
