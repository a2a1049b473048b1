"""Bodies: what is written, what is read, what is refused, what is hashed."""

import hashlib

import pytest

from contracts import codec
from contracts.errors import BadMessage, UnsupportedMessage
from contracts.messages.gfx import FileRejected, FileSource
from contracts.messages.system import CanarySaid

SOURCE = FileSource(path="a.json", sha256="")


def rejected(detail: str) -> FileRejected:
    return FileRejected(table="west", source=SOURCE, bytes=1, code="torn", detail=detail)


def test_a_body_is_one_compact_json_object_in_readable_utf_8() -> None:
    assert codec.encode(rejected("Žofie")) == (
        '{"table":"west","source":{"path":"a.json","sha256":""},"bytes":1,"code":"torn",'
        '"detail":"Žofie"}'.encode()
    )


def test_a_message_comes_back_from_its_body() -> None:
    said = CanarySaid(canary_id="c1", number=7)
    assert codec.decode("system.said.v1", codec.encode(said)) == said


def test_a_field_this_version_does_not_know_is_ignored() -> None:
    body = b'{"canary_id":"c1","number":7,"later":true}'
    assert codec.decode("system.said.v1", body) == CanarySaid(canary_id="c1", number=7)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"canary_id":"c1"}',
        b'{"canary_id":"c1","number":"7"}',
        b'{"canary_id":"c1","number":7.5}',
        b'{"canary_id":"\xff","number":7}',
        b'{"canary_id":' + b"[" * 100_000,
    ],
)
def test_a_body_that_does_not_fit_is_refused_by_the_name_of_its_type(body: bytes) -> None:
    with pytest.raises(BadMessage, match=r"system\.said\.v1"):
        codec.decode("system.said.v1", body)


@pytest.mark.parametrize("type_text", ["system.said.v99", "nobody.knows.v1", ""])
def test_a_type_from_the_future_or_from_elsewhere_is_not_guessed(type_text: str) -> None:
    with pytest.raises(UnsupportedMessage, match="not known"):
        codec.decode(type_text, b"{}")


def test_a_body_over_the_limit_is_refused_before_it_is_said() -> None:
    room = codec.MESSAGE_BYTES_MAX - len(codec.encode(rejected("")))
    assert len(codec.encode(rejected("x" * room))) == codec.MESSAGE_BYTES_MAX
    with pytest.raises(BadMessage, match="the limit is"):
        codec.encode(rejected("x" * (room + 1)))


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert codec.canonical({"b": 1, "a": [2]}) == b'{"a":[2],"b":1}'
    assert codec.digest({"b": 1, "a": [2]}) == codec.digest({"a": [2], "b": 1})
    assert codec.digest({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()
    assert codec.digest({"a": 1}) != codec.digest({"a": 2})
