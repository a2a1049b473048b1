"""Every format says exactly what the value is, or nothing at all."""

import math
import unicodedata
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.countries import country_code
from contracts.formats import (
    FormatError,
    average_stack_text,
    bb,
    blinds,
    chips_grouped,
    chips_short_exact,
    chips_short_stack,
    chips_signed,
    clean,
    currency,
    name_forms,
    ordinal,
    upper,
)

CHIPS = st.integers(min_value=0, max_value=10**12)
LETTERS = {"K": 1_000, "M": 1_000_000}


def _value(text: str) -> Decimal:
    factor = LETTERS.get(text[-1:], 1)
    return Decimal(text.rstrip("KM").replace(",", "")) * factor


@pytest.mark.parametrize(
    ("chips", "text"),
    [(None, ""), (-1, ""), (0, "0"), (999, "999"), (1_925_000, "1,925,000")],
)
def test_grouped_chips_are_empty_when_absent_or_negative(chips: int | None, text: str) -> None:
    assert chips_grouped(chips) == text


@pytest.mark.parametrize(
    ("chips", "text"), [(None, ""), (0, "0"), (120_000, "+120,000"), (-120_000, "-120,000")]
)
def test_a_change_of_chips_carries_its_sign(chips: int | None, text: str) -> None:
    assert chips_signed(chips) == text


@pytest.mark.parametrize(
    ("chips", "text"),
    [
        (None, ""),
        (500, "500"),
        (1_500, "1.5K"),
        (1_250, "1,250"),
        (20_000, "20K"),
        (999_900, "999.9K"),
        (1_000_000, "1M"),
        (1_250_000, "1.25M"),
        (1_255_000, "1,255,000"),
    ],
)
def test_blinds_are_shortened_only_where_nothing_is_lost(chips: int | None, text: str) -> None:
    assert chips_short_exact(chips) == text


@given(CHIPS)
def test_a_shortened_blind_is_worth_exactly_its_chips(chips: int) -> None:
    assert _value(chips_short_exact(chips)) == chips


@pytest.mark.parametrize(
    ("chips", "text"),
    [(950, "950"), (45_000, "45K"), (999_999, "999.9K"), (1_999_999, "1.9M"), (2_000_000, "2M")],
)
def test_a_shortened_stack_is_rounded_down(chips: int, text: str) -> None:
    assert chips_short_stack(chips) == text


@given(CHIPS)
def test_a_shortened_stack_never_claims_more_than_there_is(chips: int) -> None:
    step = 100 if chips < 1_000_000 else 100_000
    assert 0 <= chips - _value(chips_short_stack(chips)) < step


def test_blinds_name_the_ante_only_when_there_is_one() -> None:
    assert blinds(40_000, 80_000, 80_000) == "40K / 80K - 80K (BB)"
    assert blinds(40_000, 80_000, 0) == "40K / 80K"
    assert blinds(300, 500, 500, full=True) == "300/500 - 500 (BB)"
    assert blinds(300, None, 500) == ""


@given(CHIPS, st.integers(min_value=1, max_value=10**9))
def test_big_blinds_agree_with_exact_division_in_every_mode(chips: int, big_blind: int) -> None:
    exact, half = Fraction(chips, big_blind), Fraction(1, 2)
    tenths = math.floor(10 * exact + half)
    assert bb(chips, big_blind, "floor") == f"{math.floor(exact):,}"
    assert bb(chips, big_blind, "half_up") == f"{math.floor(exact + half):,}"
    assert bb(chips, big_blind, "one_decimal") == f"{Decimal(tenths) / 10:,.1f}"


def test_one_half_of_a_big_blind_is_rounded_up_not_to_even() -> None:
    assert bb(1_250, 100, "half_up") == "13"
    assert bb(11_125, 100, "one_decimal") == "111.3"
    assert bb(7_500, 100, "one_decimal") == "75.0"
    assert bb(8_780_000, 80_000) == "109"


@pytest.mark.parametrize(("chips", "big_blind"), [(None, 100), (100, None), (100, 0), (-5, 100)])
def test_big_blinds_are_empty_when_they_cannot_be_known(
    chips: int | None, big_blind: int | None
) -> None:
    assert bb(chips, big_blind) == ""


def test_the_average_counts_only_stacks_above_zero() -> None:
    assert average_stack_text([3_000_000, 850_001, 0], 20_000) == "AVERAGE STACK : 1,925,000 (96BB)"
    assert average_stack_text([100], None) == "AVERAGE STACK : 100"
    assert average_stack_text([0], 100) == ""


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "1ST"), (2, "2ND"), (3, "3RD"), (4, "4TH"), (11, "11TH"), (52, "52ND"), (112, "112TH")],
)
def test_ordinals_end_as_they_are_spoken(number: int, text: str) -> None:
    assert ordinal(number) == text


@pytest.mark.parametrize("number", [None, 0, -1])
def test_there_is_no_ordinal_for_no_place(number: int | None) -> None:
    with pytest.raises(FormatError):
        ordinal(number)


def test_currency_drops_cents_and_refuses_negative_amounts() -> None:
    assert currency(18_500_099) == "$185,000"
    assert currency(None) == "$0"
    with pytest.raises(FormatError):
        currency(-1)


def test_upper_case_follows_the_full_mapping_and_turkish_only_on_request() -> None:
    assert upper("Weiß") == "WEISS"
    assert upper("Ilgın Çiçek", "tr") == "ILGIN ÇİÇEK"
    assert upper("Mehmet Dalkiran") == "MEHMET DALKIRAN"
    assert upper("박서준") == "박서준"


@given(st.text())
def test_upper_case_is_stable_and_composed(text: str) -> None:
    once = upper(text)
    assert upper(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text())
def test_a_cleaned_text_has_single_spaces_only(text: str) -> None:
    assert "  " not in clean(text)
    assert clean(text) == clean(text).strip()


def test_a_name_has_a_full_a_short_and_a_shortest_form() -> None:
    forms = name_forms(" Ada  van Lind ")
    assert (forms.full, forms.initial_surname, forms.surname) == ("ADA VAN LIND", "A.LIND", "LIND")
    assert forms.as_typed == "Ada van Lind"
    assert name_forms("Ada van Lind", surname="van Lind").initial_surname == "A.VAN LIND"
    assert name_forms('"Ace" Lind').initial_surname == "A.LIND"
    with pytest.raises(FormatError):
        name_forms("  ")


@pytest.mark.parametrize(
    ("code", "expected"),
    [("kr", "KR"), (" KOR ", "KR"), ("GER", "DE"), ("SUI", "CH"), ("UK", "GB"), ("XK", "XK")],
)
def test_country_codes_of_every_usual_form_are_known(code: str, expected: str) -> None:
    assert country_code(code) == expected


@pytest.mark.parametrize("code", [None, "", "ZZ", "Korea", "K"])
def test_an_unknown_country_is_none_and_never_guessed(code: str | None) -> None:
    assert country_code(code) is None
