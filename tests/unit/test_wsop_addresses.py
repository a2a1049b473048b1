"""Addresses of photos in a file of players: what is no web address makes the row bad."""

import pytest

from services.wsop_import.inputs.errors import BadValue
from services.wsop_import.inputs.layouts import PLAYERS
from services.wsop_import.inputs.values import URL_LENGTH_MAX

convert = PLAYERS.columns["profile_image_url"].convert


@pytest.mark.parametrize(
    "address",
    [
        "https://photos.example/1.png",
        "HTTP://photos.example:8080/a?b=c#d",
        "https://[2001:db8::1]/1.png",
        " https://photos.example/é.png ",
    ],
)
def test_a_web_address_is_taken_trimmed_and_as_it_is(address: str) -> None:
    assert convert(address) == address.strip()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("javascript:1", "not_an_address"),
        ("data:image/png;base64,AA==", "not_an_address"),
        ("file:///etc/passwd", "not_an_address"),
        ("https:///1.png", "not_an_address"),
        ("http://:80/1.png", "not_an_address"),
        ("https://[::1/1.png", "not_an_address"),
        ("//photos.example/1.png", "not_an_address"),
        ("photos.example/1.png", "not_an_address"),
        ("https://photos.example/a b.png", "not_an_address"),
        ("https://photos.example/a\nb.png", "not_an_address"),
        ("https://photos.example/" + "a" * URL_LENGTH_MAX, "too_long"),
        (7, "not_an_address"),
    ],
)
def test_anything_else_is_bad(value: object, code: str) -> None:
    with pytest.raises(BadValue) as bad:
        convert(value)
    assert bad.value.code == code
