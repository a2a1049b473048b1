"""The at-risk strap's fields: the place and the prize somebody plays for."""

import pytest

from contracts.compositions import (
    CATALOGUE,
    AtRiskData,
    MissingData,
    at_risk_fields,
    field_hash,
    fields_of,
    read_data,
)


def data(**changes) -> AtRiskData:
    given = {"name": "Quill", "long_name": "Bo Quill", "place": 40, "prize_cents": 2_340_000}
    return AtRiskData(**(given | changes))


def test_the_catalogue_puts_the_strap_on_the_lower_layer():
    composition = CATALOGUE["at_risk"]
    assert (composition.layer, composition.slots, composition.version) == ("lower", 1, 1)


def test_the_strap_says_who_plays_for_which_place_and_prize():
    fields = at_risk_fields(data())

    assert (fields.name, fields.flag) == ("QUILL", None)
    assert (fields.label, fields.place, fields.prize) == (
        "AT RISK OF ELIMINATION",
        "40TH",
        "$23,400",
    )
    assert fields.text == "AT RISK OF ELIMINATION - 40TH ($23,400)"


def test_without_a_prize_the_bracket_is_left_out():
    fields = at_risk_fields(data(prize_cents=None, place=2))

    assert (fields.place, fields.prize) == ("2ND", "")
    assert fields.text == "AT RISK OF ELIMINATION - 2ND"


def test_an_unknown_country_has_no_flag_and_a_warning():
    fields = at_risk_fields(data(country="QQ"))

    assert (fields.flag, len(fields.warnings)) == (None, 1)
    assert field_hash(fields, {}) == field_hash(at_risk_fields(data()), {})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"name": "", "long_name": " "}, "no name"), ({"place": 0}, "0 is not a place")],
)
def test_a_strap_without_its_mandatory_values_is_refused(changes, sentence):
    with pytest.raises(MissingData, match=sentence):
        at_risk_fields(data(**changes))


def test_what_was_bound_before_there_were_warnings_is_still_drawn():
    bound = {"name": "Quill", "long_name": "Bo Quill", "place": 40, "prize_cents": 2_340_000}

    assert fields_of(read_data("at_risk", bound)) == at_risk_fields(data())
