"""What is typed of a name, what `as_of` means, and what the API tells of people."""

from typing import Any

import pytest
from pydantic import ValidationError

from bus.api import Draft, Entity
from bus.memory import Log, MemoryBus
from contracts.messages.system import CanarySaid
from contracts.views import VIEWS
from deploy.cli.explain import lines
from services.gateway.routes.as_of import AsOfQuery, last_stored
from services.gateway.routes.people import models
from services.gateway.routes.people.asking import without_words
from services.gateway.routes.people.saying import PlayerChange
from services.gateway.routes.people.searching import letters, score
from tests.support.folding import LOG_START, log_of

# Kept for questions inside the gateway, never told.
INNER = {"to_seq", "source_image_url", "bio_object", "social_links_object", "fields"}
INNER |= {"sort_key", "search", "letters"}
NAMES = "| daniel rezaei | rezaei | 다니엘 레자이 |"


@pytest.mark.parametrize(
    ("view", "model"),
    [
        ("unified_players", models.Player),
        ("overrides", models.Override),
        ("links", models.Link),
        ("images", models.Image),
    ],
)
def test_the_api_tells_every_column_of_a_view_of_people(view: str, model: Any) -> None:
    assert set(model.model_fields) == set(VIEWS[view]) - INNER


def test_what_was_known_has_the_columns_of_what_is_known() -> None:
    assert VIEWS["player_history"] == VIEWS["unified_players"]


@pytest.mark.parametrize(
    ("typed", "least", "most"),
    [
        ("Daniel Rezaei", 100, 100),
        ("REZAEI", 100, 100),
        ("Dániel Rezaeí", 100, 100),
        ("danie", 95, 95),
        ("rezaei dan", 90, 90),
        ("rez d", 90, 90),
        ("danial rezai", 50, 89),
        ("다니", 95, 95),
        ("레자이", 90, 90),
        ("다니엘레", 50, 99),
        ("quill", 0, 20),
        ("%", 0, 0),
    ],
)
def test_a_name_is_as_alike_as_it_was_typed(typed: str, least: int, most: int) -> None:
    assert least <= score(typed, NAMES) <= most


def test_letters_are_those_of_every_word_from_its_beginning() -> None:
    assert letters("Ján O") == ["  j", "  o", " ja", "jan"]
    assert letters("%") == []


def test_half_a_syllable_of_hangul_is_among_the_letters_of_the_whole() -> None:
    assert set(letters("다ㄴ")) <= set(letters("다니엘"))


async def test_a_moment_is_the_last_sequence_stored_by_then() -> None:
    bus = MemoryBus(Log(), "test")
    for fact in log_of(*(CanarySaid(canary_id="c", number=n) for n in range(7))):
        entity = Entity("system", "canary", "c")
        known = await bus.last_sequence(entity.filter)
        await bus.append(entity, known, [Draft(fact.event, fact.envelope)])
    moments = [LOG_START.replace(second=n).isoformat() for n in (0, 1, 3, 7, 30)]
    assert [await last_stored(bus, moment, 7) for moment in moments] == [0, 1, 3, 7, 7]


@pytest.mark.parametrize("text", ["yesterday", "2031-03-01T18:00:00", "-1", "9" * 30, "１２"])
def test_an_as_of_that_is_neither_a_sequence_nor_a_moment_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        AsOfQuery(as_of=text)


def test_without_peoples_words_every_field_is_as_its_source_told_it() -> None:
    def candidate(origin: str, value: str) -> dict[str, str]:
        return {"origin": origin, "value": value}

    row = {
        "name": "Ida", "country_code": "KR", "name_korean": "이다", "city": "Bern",
        "source_image_url": "https://w.example/1", "profile_image_url": "https://o.example/1",
        "fields": {
            "name": [candidate("override", "Ida"), candidate("wsop", "Ira")],
            "country_code": [candidate("override", "KR")],
            "name_korean": [candidate("override", "이다")],
            "city": [candidate("wsop", "Bern")],
        },
    }  # fmt: skip
    bare = without_words(row)
    assert (bare["name"], bare["country_code"], bare["name_korean"], bare["city"]) == (
        "Ira", None, None, "Bern",
    )  # fmt: skip
    assert bare["profile_image_url"] == "https://w.example/1"
    assert {field: found[0]["origin"] for field, found in bare["fields"].items()} == {
        "name": "wsop",
        "city": "wsop",
    }


def test_a_change_names_known_fields_and_at_least_one() -> None:
    change = PlayerChange(reason="her spelling", name="Ida", country_code="CH")
    assert change.values == {"name": "Ida", "country_code": "CH"}
    for wrong in ({"reason": "x"}, {"name": "Ida"}, {"reason": "x", "chips": "9"}):
        with pytest.raises(ValidationError):
            PlayerChange(**wrong)


def test_an_explanation_reads_down_to_file_hash_and_place() -> None:
    fact = {"sequence": 4, "type": "wsop.players_told.v1", "said_at": "2031", "actor": ""}
    step = dict.fromkeys(("override_id", "image_id", "derived"), "") | {
        "origin": "wsop", "id": "w-1", "value": "Ida", "path": "drop/Players.json",
        "sha256": "ab", "at": "/players/0", "key": "name", "reason": None,
        "fact": fact, "linked_by": None,
    }  # fmt: skip
    said = step | {
        "origin": "override", "path": "", "value": "Ira", "override_id": "o1", "reason": "typo",
    }  # fmt: skip
    told = lines(
        {"person_id": "w-1", "field": "name", "value": "Ira", "holds": said, "overruled": [step]}
    )
    assert told == [
        'w-1  name = "Ira"',
        '  holds      "Ira"  by override of w-1',
        "    override_id o1",
        "    reason     typo",
        "    fact       wsop.players_told.v1 at 4, 2031",
        '  overruled  "Ida"  by wsop of w-1',
        "    file       drop/Players.json  sha256 ab",
        "    place      /players/0  name",
        "    fact       wsop.players_told.v1 at 4, 2031",
    ]
    nothing = {"person_id": "w-1", "field": "bio", "value": None, "holds": None, "overruled": []}
    assert lines(nothing) == ["w-1  bio = nothing", "  nobody told it"]
