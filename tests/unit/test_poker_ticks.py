"""Ticks of .NET, both ways, and durations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.poker.ticks import BadTime, duration_to_ticks, ticks_to_utc, utc_to_ticks

LAST_TICK = 3_155_378_975_999_999_999


def test_a_known_moment_has_the_ticks_that_dotnet_gives_it() -> None:
    assert utc_to_ticks("1970-01-01T00:00:00.0000000Z") == 621_355_968_000_000_000
    assert utc_to_ticks("0001-01-01T00:00:00Z") == 0
    assert ticks_to_utc(LAST_TICK) == "9999-12-31T23:59:59.9999999Z"


@given(st.integers(min_value=0, max_value=LAST_TICK))
def test_ticks_survive_the_way_to_text_and_back(ticks: int) -> None:
    text = ticks_to_utc(ticks)
    assert utc_to_ticks(text) == ticks
    assert len(text) == len("2031-03-01T12:00:00.0000001Z")


def test_fewer_than_seven_digits_are_filled_from_the_right() -> None:
    assert utc_to_ticks("0001-01-01T00:00:01.5Z") == 15_000_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2031-03-01",
        "2031-03-01T12:00:00.0000001",
        "2031-03-01T12:00:00.0000001+00:00",
        "2031-03-01T12:00:00.00000001Z",
        "2031-02-30T12:00:00Z",
        "2031-03-01T24:00:00Z",
        "2031-03-01T12:00:00Z\n",
        "٢٠٣١-03-01T12:00:00Z",
    ],
)
def test_what_is_not_a_moment_in_utc_is_refused(text: str) -> None:
    with pytest.raises(BadTime):
        utc_to_ticks(text)


@pytest.mark.parametrize("ticks", [-1, LAST_TICK + 1])
def test_ticks_outside_the_calendar_are_refused(ticks: int) -> None:
    with pytest.raises(BadTime):
        ticks_to_utc(ticks)


@pytest.mark.parametrize(
    ("text", "ticks"),
    [
        ("PT6.85S", 68_500_000),
        ("PT35M37.2477537S", 21_372_477_537),
        ("PT2H", 72_000_000_000),
        ("P1DT1H1M1.0000001S", 900_610_000_001),
        ("P2DT3S", 1_728_030_000_000),
        ("PT0S", 0),
        ("P0D", 0),
    ],
)
def test_a_duration_is_read_with_every_component_it_has(text: str, ticks: int) -> None:
    assert duration_to_ticks(text) == ticks


@pytest.mark.parametrize(
    "text",
    ["", "P", "PT", "P1DT", "-PT1S", "PT-1S", "PT1.S", "PT1.12345678S", "P1Y", "PT1S ", "PT1S2M"],
)
def test_what_is_not_a_duration_is_refused(text: str) -> None:
    with pytest.raises(BadTime):
        duration_to_ticks(text)
