"""What people read about a file or a row that is not taken: their words, not those of a program."""

from decimal import Decimal
from typing import Any

import pytest

from services.wsop_import.inputs.building import Setting
from services.wsop_import.inputs.errors import SENTENCE_LENGTH_MAX, BadFile, shown
from services.wsop_import.inputs.parse import parse
from tests.support.wsop_files import (
    CONTENT_AT,
    chip_row,
    content,
    event,
    events_json,
    player,
    players_json,
    table,
)

SETTING = Setting(zone=lambda _: None, guide_event="", content_at=CONTENT_AT)
HEADER = b"event_id,wsop_player_id,chip_count,recorded_at\n"


def refusal(data: bytes) -> BadFile:
    """Why a content is not taken."""
    taken = content("drop/file", data)
    with pytest.raises(BadFile) as caught:
        parse(taken, SETTING)
    taken.close()
    return caught.value


def sentences(data: bytes) -> list[str]:
    """What is said about the rows of a content."""
    taken = content("drop/file", data)
    found = parse(taken, SETTING)
    taken.close()
    return [finding.sentence for finding in found.findings]


def test_unknown_columns_are_named() -> None:
    error = refusal(b"Seat,Hero Name,Stack\n1,2,3\n")
    assert str(error) == 'the columns are those of no known file: "seat, hero name, stack"'


def test_many_unknown_columns_are_shortened() -> None:
    error = refusal(",".join(f"column number {n}" for n in range(100)).encode())
    assert "column number 3, " in str(error)
    assert str(error).endswith('…"')
    assert len(str(error)) <= SENTENCE_LENGTH_MAX


@pytest.mark.parametrize(("sign", "word"), [(b";", "semicolons"), (b"\t", "tabs")])
def test_other_separators_than_commas_are_told(sign: bytes, word: str) -> None:
    error = refusal(HEADER.replace(b",", sign))
    assert error.code == "unknown_kind"
    assert f"separated by {word}, commas are expected" in str(error)
    assert "wsop_player_id" in str(error)


def test_a_header_of_quoted_names_without_commas_is_what_is_wrong() -> None:
    error = refusal(b'"event_id";"chip_count"\n"E";1\n' + HEADER)
    assert (error.code, error.position) == ("bad_quotes", "line 1")
    assert "a closing quote without a comma behind it" in str(error)


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_spreadsheet_is_called_one(head: bytes) -> None:
    error = refusal(head + b"\x14\x00\x06\x00")
    assert error.code == "bad_encoding"
    assert "spreadsheet" in str(error)
    assert "CSV" in str(error)


def test_an_empty_list_is_not_said_to_have_a_first_entry() -> None:
    error = refusal(b"[]")
    assert (error.code, error.position) == ("unknown_kind", "")
    assert "empty" in str(error)
    assert refusal(b"[null]").position == "/0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (None, "null"),
        ({"place": 1, "amount": None}, '{"place": 1, "amount": null}'),
        ([Decimal("1.5"), False], "[1.5, false]"),
        (Decimal("1.50"), "1.50"),
        ("it's", '"it\'s"'),
        ("bell\a", '"bell\\u0007"'),
        ({"a": "\x7f"}, '{\\"a\\": \\"\\u007f\\"}'),
        ("x" * 80, '"' + "x" * 59 + '…"'),
    ],
)
def test_values_are_shown_as_json_writes_them(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    "data",
    [
        players_json(player(1, wsop_rings=True), None, player(3, name={"first": None})),
        events_json(event(payouts=[{"place": 1}, {"place": None}]), event("E2", tags=[True])),
        events_json(event(exported=None, buy_in=False), exported_at=True),
    ],
)
def test_no_words_of_a_program_are_in_a_sentence(data: bytes) -> None:
    found = " ".join(sentences(data))
    assert found
    assert not [word for word in ("True", "False", "None", "{'", "isoformat") if word in found]


@pytest.mark.parametrize(
    "time",
    ["yesterday", "2031-13-19T17:20:00Z", "2031-10-19T25:20:00Z", "2031-10-19T17:20:00+99:00"],
)
def test_a_wrong_time_tells_the_form_of_a_right_one(time: str) -> None:
    (found,) = sentences(table([chip_row(1, at=time)]))
    assert "2031-10-19T17:20:00+03:00" in found


@pytest.mark.parametrize(
    ("wrong", "form"),
    [({"start_date": "2031-02-30"}, "2031-10-15"), ({"start_time": "25:00"}, "17:20")],
)
def test_a_wrong_date_or_clock_tells_its_form(wrong: dict[str, Any], form: str) -> None:
    (found,) = sentences(events_json(event(**wrong)))
    assert form in found


def test_a_value_as_deep_as_json_allows_is_shown() -> None:
    deep = b'{"players": [{"wsop_player_id": 1, "name": ' + b"[" * 400 + b"]" * 400 + b"}]}"
    assert sentences(deep)[0].startswith("[[[")
    assert "nested too deeply" in str(refusal(deep.replace(b"[" * 400, b"[" * 200_000)))
