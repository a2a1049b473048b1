"""Whether the clock of a table's PC runs in the zone that the registry tells."""

from types import SimpleNamespace
from typing import Any

import pytest

from contracts.poker.ticks import TICKS_PER_SECOND, utc_to_ticks
from services.gfx_ingest.inputs.clocks import ClockCheck, offset_minutes
from services.gfx_ingest.inputs.parse import Origin, parse
from tests.support.gfx_files import file_name, game_file, hand, real_files


def snapshot(*hands: dict[str, Any]) -> Any:
    return parse(game_file(*hands), Origin("river", file_name(), "0" * 64))


def at(utc: str, offset_h: int) -> dict[str, Any]:
    """A hand that began at this moment by a clock so many hours ahead of UTC."""
    ticks = utc_to_ticks(utc) + offset_h * 3600 * TICKS_PER_SECOND
    days, rest = divmod(ticks // TICKS_PER_SECOND, 86_400)
    local = f"P{days}DT{rest // 3600}H0.5S"
    return hand(0) | {"StartDateTimeUTC": utc, "RecordingOffsetStart": local}


WINTER = at("2031-03-01T10:00:00.5000000Z", 2)
SUMMER = at("2031-07-01T10:00:00.5000000Z", 3)


@pytest.mark.parametrize(
    ("hand_", "zone", "warned"),
    [
        (WINTER, "Asia/Nicosia", False),
        (SUMMER, "Asia/Nicosia", False),
        (WINTER, "Etc/GMT-3", True),
        (SUMMER, "UTC", True),
        (SUMMER, None, False),
        (WINTER | {"RecordingOffsetStart": ""}, "UTC", False),
        (WINTER | {"RecordingOffsetStart": "PT1H"}, "UTC", True),
    ],
)
def test_a_clock_that_is_not_in_its_table_s_zone_on_that_day_is_warned_of(
    hand_: dict[str, Any], zone: str | None, warned: bool
) -> None:
    assert ClockCheck("river", zone).look(snapshot(hand_)) is warned


def test_a_game_is_warned_of_once() -> None:
    check = ClockCheck("river", "UTC")
    other = SimpleNamespace(game_id="2", hands=snapshot(WINTER).hands)

    assert [check.look(each) for each in (snapshot(WINTER), snapshot(SUMMER), other)] == [
        True,
        False,
        True,
    ]


def test_the_real_pc_s_clock_was_four_hours_ahead_in_every_hand() -> None:
    found = {
        offset_minutes(told.hand)
        for path, data in real_files()
        for told in parse(data, Origin("river", path, "0" * 64)).hands
    }
    assert found == {240}
