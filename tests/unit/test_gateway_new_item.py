"""A cue as it is asked for over HTTP: its composition decides what it may say."""

import pytest
from pydantic import ValidationError

from contracts.compositions import CATALOGUE
from services.gateway.routes.commands import NewItem

GAME = {"game_id": "639700000000000001"}
GOOD = {
    "table_leaderboard": GAME | {"subtitle": "Lake"},
    "chip_flow": {"person_id": "g-0a1b", "window": 20},
    "at_risk": GAME | {"seat": 4, "players_left": 12},
}


@pytest.mark.parametrize("composition", CATALOGUE)
def test_a_cue_of_every_composition_can_be_asked_for(composition: str) -> None:
    item = NewItem(composition=composition, parameters=GOOD[composition])
    assert item.parameters == GOOD[composition]


def test_a_parameter_that_is_null_was_not_given() -> None:
    item = NewItem(composition="at_risk", parameters=GOOD["at_risk"] | {"prize_cents": None})
    assert item.parameters == GOOD["at_risk"]


@pytest.mark.parametrize(
    ("composition", "parameters", "sentence"),
    [
        ("chip_flow", {}, "name the player by person_id"),
        ("at_risk", {"seat": 4}, "parameter 'game_id' is missing"),
        ("table_leaderboard", GOOD["chip_flow"], "parameter 'person_id' is not known"),
    ],
)
def test_a_cue_with_other_parameters_is_refused_with_a_sentence(
    composition: str, parameters: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence) as refused:
        NewItem(composition=composition, parameters=parameters)
    assert [error["loc"] for error in refused.value.errors()] == [("parameters",)]
