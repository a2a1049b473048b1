"""Bytes of a file: what is accepted, and the word for everything that is not."""

import hashlib
import json
from contextlib import suppress
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.gfx_ingest.domain import Snapshot
from services.gfx_ingest.inputs import parse as parse_module
from services.gfx_ingest.inputs.parse import BadFile, Origin, parse
from tests.support.gfx_files import (
    GAME_ID,
    encoded,
    event,
    export,
    file_name,
    game_file,
    hand,
    player,
    sha256,
)

GOOD = game_file(hand(0), hand(1))


def read(data: bytes, path: str = "day1/any.json") -> Snapshot:
    return parse(data, Origin("river", path, sha256(data)))


def refused(data: bytes, path: str = "day1/any.json") -> BadFile:
    with pytest.raises(BadFile) as caught:
        read(data, path)
    return caught.value


def changed(place: tuple[str | int, ...], value: Any) -> bytes:
    """An export with one value replaced; `...` removes the key."""
    tree: Any = export([hand(0), hand(1)])
    at = tree
    for step in place[:-1]:
        at = at[step]
    if value is ...:
        del at[place[-1]]
    else:
        at[place[-1]] = value
    return encoded(tree)


def test_an_export_is_read_with_its_ids_as_text_and_its_times_as_ticks() -> None:
    snapshot = read(GOOD, f"day1/{file_name()}")
    assert snapshot.game_id == str(GAME_ID)
    assert (snapshot.table, snapshot.table_type) == ("river", "FEATURE_TABLE")
    first = snapshot.hands[0]
    assert first.hand.start_ticks == "640700000000000001"
    assert first.hand.duration_ticks == 905_000_000
    assert first.hand.seats[0].hole_cards == ("10d", "9d")
    assert first.hand.seats[0].showdown_percent == 600
    assert (first.hand.blinds.ante, first.hand.actions[0].kind) == (200, "FOLD")


def test_the_digest_of_a_hand_is_that_of_its_object_with_sorted_keys() -> None:
    text = json.dumps(hand(0), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    expected = hashlib.sha256(text.encode()).hexdigest()
    assert read(GOOD).hands[0].digest == expected
    spaced = json.dumps(export([hand(0)]), indent=2).encode()
    assert read(spaced).hands[0].digest == expected


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD,
        GOOD + b"\r\n",
        GOOD.replace(b'"Hands":', b'\r\n"Hands":'),
        changed(("Hands", 0, "Players", 0, "LongName"), "Zoë 😀"),
        changed(("Hands", 0, "Players", 0, "LongName"), None),
        changed(("Hands", 0, "Players", 0, "SittingOut"), ...),
        changed(("Hands", 0, "Players", 0, "HoleCards"), [""]),
        changed(("Hands", 0, "Events", 0, "EventType"), "SHOW"),
        changed(("Hands", 0, "GameVariant"), "PINEAPPLE"),
        changed(("Type",), "LOUNGE"),
        changed(("Season",), {"Name": "new"}),
        changed(("SoftwareVersion",), ...),
        changed(("Hands",), []),
    ],
)
def test_what_may_differ_is_accepted(data: bytes) -> None:
    assert read(data).game_id == str(GAME_ID)


def test_a_table_type_nobody_knows_is_told_as_unknown() -> None:
    assert read(changed(("Type",), "LOUNGE")).table_type == "UNKNOWN"


@pytest.mark.parametrize(
    ("place", "value", "code", "where"),
    [
        (("ID",), "639700000000000001", "wrong_type", "$.ID"),
        (("ID",), 1.5, "wrong_type", "$.ID"),
        (("ID",), ..., "missing_field", "$"),
        (("ID",), 2**63, "out_of_range", "$.ID"),
        (("ID",), -1, "out_of_range", "$.ID"),
        (("CreatedDateTimeUTC",), "yesterday", "wrong_value", "$.CreatedDateTimeUTC"),
        (("Hands",), {}, "wrong_type", "$.Hands"),
        (("Hands", 1), 7, "wrong_type", "$.Hands[1]"),
        (("Hands", 1, "Duration"), "PT1X", "wrong_value", "$.Hands[1].Duration"),
        (("Hands", 1, "Duration"), "P900D", "out_of_range", "$.Hands[1].Duration"),
        (("Hands", 1, "StartDateTimeUTC"), "2031", "wrong_value", "$.Hands[1].StartDateTimeUTC"),
        (("Hands", 1, "FlopDrawBlinds"), ..., "missing_field", "$.Hands[1]"),
        (("Hands", 1, "Players", 0, "Name"), 5, "wrong_type", "$.Hands[1].Players[0].Name"),
        (("Hands", 1, "Players", 0, "StartStackAmt"), None, "wrong_type", "StartStackAmt"),
        (("Hands", 1, "Players", 0, "EndStackAmt"), 2**53, "out_of_range", "EndStackAmt"),
        (("Hands", 1, "Players", 0, "PlayerNum"), 3, "duplicate_seat", "$.Hands[1].Players"),
        (("Hands", 1, "Events", 0, "BetAmt"), ..., "missing_field", "$.Hands[1].Events[0]"),
        (("Hands", 1), hand(0), "duplicate_hand", "$.Hands[0]"),
        (("Hands", 1, "StartDateTimeUTC"), "9999-12-31T23:59:00Z", "out_of_range", "$.Hands[1]"),
        (("Hands", 1, "Events"), [event("CHECK", 2)] * 1001, "out_of_range", "$.Hands[1].Events"),
        (("Hands", 1, "Players"), [player(2, 1, 1)] * 1001, "out_of_range", "$.Hands[1].Players"),
        (("Hands", 1, "Season"), "x" * 1024 * 1024, "hand_too_large", "$.Hands[1]"),
        (("Hands", 1, "Players", 0, "Name"), "x" * 250_000, "hand_too_large", "$.Hands[1]"),
        (("Season",), "x" * 70_000, "too_large", "$"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(
    place: tuple[str | int, ...], value: Any, code: str, where: str
) -> None:
    error = refused(changed(place, value))
    assert error.code == code
    assert where in str(error)
    assert not error.again


def test_an_export_cut_off_anywhere_is_truncated_and_worth_another_look() -> None:
    data = changed(("Hands", 0, "Players", 0, "Name"), 'Zoë \\ " [{')
    data = data.replace(b"\\u00eb", "ë".encode())
    assert read(data)
    for length in range(1, len(data)):
        error = refused(data[:length])
        assert (error.code, error.again) == ("truncated", True), length


@pytest.mark.parametrize(
    ("data", "code", "again"),
    [
        (b"", "empty", True),
        (b" \r\n", "empty", True),
        (b"\xef\xbb\xbf", "empty", True),
        (GOOD.decode().encode("utf-16"), "not_utf8", False),
        (GOOD.decode().encode("utf-16-le"), "not_json", True),
        (GOOD.replace(b"Quillfeather", "김하늘".encode("cp949")), "not_utf8", False),
        (GOOD + b"\x00\x00", "not_json", True),
        (GOOD + GOOD, "not_json", True),
        (GOOD.replace(b'"AnteAmt":200', b'"AnteAmt":NaN'), "not_json", True),
        (GOOD.replace(b'"AnteAmt":200', b'"AnteAmt":1e999'), "out_of_range", False),
        (GOOD.replace(b'"AnteAmt":200', b'"AnteAmt":' + b"9" * 5000), "out_of_range", False),
        (GOOD.replace(b'"NumCardsDrawn":0', b'"X":' + b"9" * 5000), "out_of_range", False),
        (b"[" * 100_000, "too_deep", False),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep", False),
        (b'{"ID":' * 40 + b"1" + b"}" * 40, "too_deep", False),
        (b'["text"]', "wrong_type", False),
        (GOOD.replace(b"Quillfeather 2", b"A\\u0000B"), "bad_text", False),
        (GOOD.replace(b"Quillfeather 2", b"A\\ud800B"), "bad_text", False),
        (GOOD.replace(b"Quillfeather 2", b"A\\udc00B"), "bad_text", False),
        (GOOD.replace(b'"ID":', b'"Season":["\x01"],"ID":'), "not_json", True),
        (GOOD.replace(b'"ID":', b'"ID":1,"ID":'), "repeated_key", False),
        (GOOD.replace(b'"AnteAmt":200', b'"AnteAmt":1,"AnteAmt":200'), "repeated_key", False),
        (GOOD.replace(b'"Type":', b'"Season":{"A":1,"A":2},"Type":'), "repeated_key", False),
        (GOOD.replace(b'"Hands":', b' "Hands":[],"Hands":'), "repeated_key", False),
    ],
)
def test_bytes_that_are_no_export_have_a_word_for_it(data: bytes, code: str, again: bool) -> None:
    error = refused(data)
    assert (error.code, error.again) == (code, again)
    assert len(str(error)) <= 300


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
def test_characters_are_told_from_wrong_bytes_wherever_a_part_of_the_file_ends(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = GOOD.replace(b"Quillfeather 2", "Zoë 😀".encode())
    monkeypatch.setattr(parse_module, "PART_BYTES", size)
    assert read(data).hands[0].hand.seats[0].name == "Zoë 😀"
    smile = data.index("😀".encode())
    assert refused(data[: smile + 3]).code == "truncated"
    wrong = refused(data[:smile] + b"\xff" + data[smile + 1 :])
    assert (wrong.code, str(wrong).split()[1]) == ("not_utf8", str(smile))


def test_more_hands_than_a_game_can_have_are_not_read() -> None:
    one = encoded(hand(0))
    head, tail = game_file(hand(0)).split(one)
    assert refused(head + b",".join([one] * 10_001) + tail).code == "too_many_hands"
    assert refused(head + b",".join([one] * 10_000) + tail).code == "duplicate_hand"
    assert refused(head + b"0," * 1_000_000 + b"0" + tail).code == "wrong_type"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 1000])
def test_brackets_are_told_from_texts_wherever_a_part_of_the_file_ends(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = 'Q " [ \\ { \\" ]' + "[" * 100
    data = changed(("Hands", 0, "Players", 0, "Name"), name)
    monkeypatch.setattr(parse_module, "PART_BYTES", size)
    assert read(data).hands[0].hand.seats[0].name == name
    for length in range(1, len(data), 41):
        assert refused(data[:length]).code == "truncated"
    assert refused(data[:-1] + b"," + b"[" * 40 + b"]" * 40 + b"}").code == "too_deep"


def test_the_short_look_at_brackets_finds_the_same_as_the_thorough_one() -> None:
    for length in range(7):
        for signs in product((b'"', b"[", b"}", b"\\", b"u"), repeat=length):
            text = b"".join(signs)
            assert parse_module._brackets(text) == parse_module._brackets_between(text), text


@pytest.mark.parametrize("name", ["Plain", "Zoë"])
def test_a_hand_that_was_read_before_is_read_the_same_again(name: str) -> None:
    first = changed(("Hands", 0, "Players", 0, "Name"), name)
    assert read(first).hands == read(first).hands
    other = changed(("Hands", 0, "Players", 0, "EndStackAmt"), 9_899)
    assert read(other).hands[0].hand.seats[0].end_stack == 9_899
    twice = first.replace(b'"AnteAmt":200', b'"AnteAmt":1,"AnteAmt":200', 1)
    for _ in range(2):
        assert refused(twice).code == "repeated_key"


def test_an_escaped_backslash_before_u0000_is_only_text() -> None:
    data = GOOD.replace(b"Quillfeather 2", b"A\\\\u0000B")
    assert read(data).hands[0].hand.seats[0].name == "A\\u0000B"


def test_a_file_named_for_another_game_is_refused() -> None:
    error = refused(GOOD, f"day1/{file_name(GAME_ID + 1)}")
    assert error.code == "name_mismatch"


def test_hands_are_ordered_by_their_start_and_keep_their_place_in_the_file() -> None:
    hands = read(game_file(hand(1), hand(0))).hands
    assert [told.ordinal for told in hands] == [1, 0]
    assert [told.hand.hand_num for told in hands] == [1, 2]


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_damaged_bytes_are_read_or_refused_but_never_anything_else(data: st.DataObject) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BadFile):
        msgspec.json.encode(read(bytes(damaged)))
