"""Country codes: which ones are of one country."""

import pytest

from contracts.countries import country_code, country_spellings


@pytest.mark.parametrize(
    "same",
    [{"KR", "KOR"}, {"GB", "GBR", "UK"}, {"DE", "DEU", "GER"}, {"XK", "KOS"}],
    ids=min,
)
def test_every_code_of_a_country_leads_to_all_of_them(same: set[str]) -> None:
    for code in same:
        assert set(country_spellings(f" {code.lower()} ")) == same
        assert {country_code(each) for each in country_spellings(code)} == {country_code(code)}


def test_a_code_nobody_knows_stands_for_itself() -> None:
    assert country_spellings("qq") == ("QQ",)
