"""What a cue of each composition may say, and the sentence when it says something else."""

import pytest

from contracts.compositions import (
    CATALOGUE,
    AtRiskParameters,
    BadParameters,
    ChipFlowParameters,
    LeaderboardParameters,
    MissingData,
    parameter_names,
    parameters_of,
    read_data,
)

GAME = {"game_id": "639700000000000001"}
PERSON = {"person_id": "g-0a1b"}
SEATED = GAME | {"seat": 4}


def test_every_composition_of_the_catalogue_has_parameters():
    assert parameter_names().keys() == CATALOGUE.keys()
    assert parameter_names()["table_leaderboard"] == ("game_id", "table_name", "subtitle")


@pytest.mark.parametrize(
    ("composition", "given", "read"),
    [
        ("table_leaderboard", GAME, LeaderboardParameters(**GAME)),
        ("chip_flow", PERSON, ChipFlowParameters(**PERSON)),
        ("chip_flow", SEATED, ChipFlowParameters(**SEATED)),
        (
            "chip_flow",
            SEATED | {"ordinal": 9, "at": "start", "window": 2, "named": [3, 4]},
            ChipFlowParameters(**SEATED, ordinal=9, at="start", window=2, named=(3, 4)),
        ),
        ("at_risk", SEATED, AtRiskParameters(**SEATED)),
        (
            "at_risk",
            GAME | PERSON | {"ordinal": 0, "players_left": 40, "prize_cents": 1},
            AtRiskParameters(**GAME, **PERSON, ordinal=0, players_left=40, prize_cents=1),
        ),
    ],
)
def test_good_parameters_are_read(composition, given, read):
    assert parameters_of(composition, given) == read


def test_what_is_not_said_of_a_chip_flow_is_the_rule():
    said = ChipFlowParameters(**PERSON)

    assert (said.window, said.points_drawn, said.at, said.ordinal) == (15, 5, "end", None)
    assert ChipFlowParameters(**PERSON, points=9).points_drawn == 9


@pytest.mark.parametrize(
    ("composition", "given", "sentence"),
    [
        ("chip_flow", {}, "name the player by person_id, or by game_id and seat"),
        ("chip_flow", PERSON | SEATED, "name the player by person_id, or by game_id and seat"),
        ("chip_flow", {"seat": 4}, "parameter 'seat' needs a game_id"),
        ("chip_flow", PERSON | {"ordinal": 4}, "parameter 'ordinal' needs a game_id"),
        ("chip_flow", PERSON | {"named": [1, 2]}, "parameter 'named' needs a game_id"),
        ("chip_flow", SEATED | {"at": "start"}, "parameter 'at' needs the ordinal of a hand"),
        ("chip_flow", SEATED | {"at": "noon", "ordinal": 1}, "parameter 'at'"),
        ("chip_flow", SEATED | {"window": 1}, "parameter 'window'"),
        ("chip_flow", SEATED | {"window": 101}, "parameter 'window'"),
        ("chip_flow", SEATED | {"points": 1}, "parameter 'points'"),
        ("chip_flow", SEATED | {"points": 101}, "parameter 'points'"),
        ("chip_flow", SEATED | {"points": 3, "named": [1, 2]}, "not both"),
        ("chip_flow", SEATED | {"named": [1, 1]}, "at least 2 different hands"),
        ("chip_flow", SEATED | {"ordinal": -1}, "parameter 'ordinal'"),
        ("chip_flow", GAME | {"seat": 0}, "parameter 'seat'"),
        ("chip_flow", GAME | {"seat": 11}, "parameter 'seat'"),
        ("chip_flow", GAME | {"seat": "4"}, "expected a whole number"),
        ("chip_flow", {"person_id": "somebody"}, "parameter 'person_id'"),
        ("chip_flow", {"person_id": "g-0a1b\n"}, "parameter 'person_id'"),
        ("chip_flow", SEATED | {"colour": "red"}, "parameter 'colour' is not known"),
        ("at_risk", {"seat": 4}, "parameter 'game_id' is missing"),
        ("at_risk", GAME, "name the player by person_id or by seat"),
        ("at_risk", SEATED | PERSON, "name the player by person_id or by seat"),
        ("at_risk", SEATED | {"players_left": 1}, "parameter 'players_left'"),
        ("at_risk", SEATED | {"prize_cents": 0}, "parameter 'prize_cents'"),
        ("at_risk", SEATED | {"prize_cents": 1.5}, "parameter 'prize_cents'"),
        ("table_leaderboard", {}, "parameter 'game_id' is missing"),
        ("table_leaderboard", GAME | {"subtitle": "a\x00b"}, "parameter 'subtitle'"),
        ("table_leaderboard", GAME | {"subtitle": "a" * 121}, "parameter 'subtitle'"),
    ],
)
def test_wrong_parameters_are_refused_with_a_sentence_that_names_them(composition, given, sentence):
    with pytest.raises(BadParameters) as refused:
        parameters_of(composition, given)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("composition", "bound"), [("unheard", {}), ("chip_flow", {}), ("at_risk", {"place": "first"})]
)
def test_data_of_another_shape_are_no_data(composition, bound):
    with pytest.raises(MissingData):
        read_data(composition, bound)
