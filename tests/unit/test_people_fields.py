"""Which values each field of a person takes, and the one form they are kept in."""

import pytest

from contracts.people.fields import ENTRIES_MAX, FIELDS, LENGTH_MAX, BadValue, checked


def test_every_field_has_a_limit() -> None:
    assert set(LENGTH_MAX) == set(FIELDS)


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        ("name", "  Anna Výborná ", "Anna Výborná"),
        ("name", "Anna Vy\u0301borna\u0301", "Anna Výborná"),
        ("name_korean", "안나", "안나"),
        ("country_code", "ger", "DE"),
        ("country_code", "uk", "GB"),
        ("profile_image_url", "https://pictures.example/a.png", "https://pictures.example/a.png"),
        ("notable_wins", '[ "Lake Classic 2030" ]', '["Lake Classic 2030"]'),
        ("bio", "Two\nlines", "Two\nlines"),
        ("social_links", '{"x": "https://x.example/anna"}', '{"x":"https://x.example/anna"}'),
        ("birth_date", "1999-02-28", "1999-02-28"),
    ],
)
def test_a_value_is_kept_in_one_form(field, text: str, kept: str) -> None:
    assert checked(field, text) == kept


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 101),
        ("name", "Anna\nVyborna"),
        ("name", "Anna\x00"),
        ("name", "Anna\u202eanroby V"),
        ("name", "An\u200bna"),
        ("name", "\u0301 \u200d"),
        ("bio", "one\u2028two"),
        ("name", "Anna\ud800"),
        ("country_code", "ZZ"),
        ("country_code", "Germany"),
        ("profile_image_url", "http://pictures.example/a.png"),
        ("profile_image_url", "https://me:word@pictures.example/a.png"),
        ("profile_image_url", "https://pictures.example:8080/a.png"),
        ("profile_image_url", "https://pictures.example:x/a.png"),
        ("profile_image_url", "https:///a.png"),
        ("profile_image_url", "https://[pictures/a.png"),
        ("profile_image_url", "javascript:alert(1)"),
        ("notable_wins", "Lake Classic 2030"),
        ("notable_wins", "[]"),
        ("notable_wins", "[1]"),
        ("notable_wins", '["' + "x" * 201 + '"]'),
        ("notable_wins", str(["w"] * (ENTRIES_MAX + 1)).replace("'", '"')),
        ("social_links", '["https://x.example"]'),
        ("social_links", '{"x": "ftp://x.example"}'),
        ("social_links", "[" * 3000),
        ("birth_date", "1999-02-30"),
        ("birth_date", "yesterday"),
    ],
)
def test_a_value_that_cannot_be_shown_is_refused_with_a_sentence(field, text: str) -> None:
    with pytest.raises(BadValue, match=r"\w+ \w+"):
        checked(field, text)
