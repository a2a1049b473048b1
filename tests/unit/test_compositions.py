"""The table leaderboard's fields: order, ranks, texts, and the hash that decides a re-render."""

import random

import msgspec
import pytest

from contracts.compositions import (
    CATALOGUE,
    LeaderboardData,
    MissingData,
    field_hash,
    leaderboard_fields,
)
from tests.support.leaderboards import entry, table


def test_the_catalogue_describes_the_table_leaderboard() -> None:
    composition = CATALOGUE["table_leaderboard"]
    assert (composition.layer, composition.slots) == ("full", 9)
    assert (composition.width, composition.height, composition.fps) == (1920, 1080, 30)
    assert composition.duration_ms == 10_000


def test_rows_stand_by_chips_then_seat_and_equal_chips_share_a_rank() -> None:
    rows = (entry(4, 100), entry(3, 500), entry(2, 500), entry(1, 900), entry(5, 100))
    fields = leaderboard_fields(table(rows=rows))
    assert [row.rank for row in fields.rows] == ["1", "2", "2", "4", "4"]
    assert [row.name[-1] for row in fields.rows] == ["1", "2", "3", "4", "5"]


def test_the_order_of_the_bound_rows_changes_nothing() -> None:
    data = table()
    rows = list(data.rows)
    random.Random(7).shuffle(rows)
    assert leaderboard_fields(table(rows=tuple(rows))) == leaderboard_fields(data)


def test_every_text_is_formatted_for_the_picture() -> None:
    fields = leaderboard_fields(table())
    assert (fields.title, fields.suffix) == ("LEADERBOARD", "TABLE 1")
    assert fields.subtitle == "EVENT #7 · FINAL TABLE"
    assert (fields.blinds, fields.ante, fields.note) == ("40K / 80K", "80K (BB ANTE)", "9 PLAYERS")
    first = fields.rows[0]
    assert (first.name, first.chips, first.bb) == ("ADA LINDQVIST", "10,720,000", "134")
    assert fields.rows[7].name == "JÖRG GROSSMANN"
    assert fields.warnings == ()


def test_what_is_not_known_stays_empty() -> None:
    data = table(small_blind=None, big_blind=None, ante=None, players=None)
    fields = leaderboard_fields(data)
    assert (fields.blinds, fields.ante, fields.note) == ("", "", "")
    assert {row.bb for row in fields.rows} == {""}


def test_rows_over_the_slots_are_cut_with_a_warning() -> None:
    rows = tuple(entry(seat, 1_000 - seat) for seat in range(1, 11))
    fields = leaderboard_fields(table(rows=rows))
    assert [row.name for row in fields.rows][-1] == "PLAYER 9"
    assert len(fields.rows) == 9
    assert "10 players" in fields.warnings[0]


def test_an_unknown_country_has_no_flag_and_a_warning() -> None:
    fields = leaderboard_fields(table(rows=(entry(1, 5, country="QQ"), entry(2, 4, country="GER"))))
    assert [row.flag for row in fields.rows] == [None, "DE"]
    assert "'QQ'" in fields.warnings[0]


def test_a_warning_that_was_bound_with_the_data_is_not_said_twice() -> None:
    data = table(rows=(entry(1, 5, country="QQ"),))
    fields = leaderboard_fields(data)
    kept = msgspec.structs.replace(data, warnings=("names may be old", *fields.warnings))
    assert leaderboard_fields(kept).warnings == ("names may be old", *fields.warnings)


@pytest.mark.parametrize(
    "data",
    [table(rows=()), table(rows=(entry(1, 5, name="  "),)), table(rows=(entry(1, -5),))],
)
def test_a_leaderboard_without_its_mandatory_values_is_refused(data: LeaderboardData) -> None:
    with pytest.raises(MissingData):
        leaderboard_fields(data)


def test_the_field_hash_follows_the_picture_and_nothing_else() -> None:
    fields = leaderboard_fields(table())
    known = field_hash(fields, {})
    assert known == "8bd5d5b843d961f99b3336bf9d8a04f8c13b709c5b45cbe9eb09d1db0dfe432a"
    assert field_hash(msgspec.structs.replace(fields, warnings=("said",)), {}) == known
    assert field_hash(msgspec.structs.replace(fields, note="8 PLAYERS"), {}) != known
    assert field_hash(fields, {"logo": "ab"}) != known
    images = {"logo": "ab", "photo": "cd"}
    assert field_hash(fields, images) == field_hash(fields, dict(reversed(images.items())))


def test_a_change_that_the_picture_does_not_show_keeps_the_hash() -> None:
    before = leaderboard_fields(table(rows=(entry(3, 500),)))
    after = leaderboard_fields(table(rows=(entry(9, 500, name="player 3"),)))
    assert field_hash(before, {}) == field_hash(after, {})
