"""Every message version ever published stays readable, byte for byte.

A golden file is one message as it travels: its subject, its headers, an empty line, its body.
`frozen.json` keeps the digest of each golden file and of each class's shape, so that neither is
changed by accident: what was published stays, and a change is a new version beside it.
"""

import hashlib
import json
from pathlib import Path

import msgspec
import pytest

from contracts import codec
from contracts.envelope import EXPIRES, REPLY_TO, SEQUENCE, from_headers, to_headers
from contracts.messages import Message
from contracts.registry import BY_TYPE, UPCASTERS
from deploy.contracts.schemas import message_schema, shape

GOLDEN = Path(__file__).with_name("golden")
FILES = sorted(GOLDEN.glob("*.txt"))
# Headers that the bus adds beside the envelope.
BESIDE = {EXPIRES, REPLY_TO, SEQUENCE}


def read(path: Path) -> tuple[str, dict[str, str], bytes]:
    """Subject, headers and body of a golden file."""
    head, _, body = path.read_bytes().partition(b"\n\n")
    lines = dict(line.split(": ", 1) for line in head.decode().splitlines())
    return lines.pop("subject"), lines, body.removesuffix(b"\n")


def _fields(base: type) -> tuple[str, ...]:
    """Fields of a class that messages share; nothing for one that is no structure of ours."""
    return base.__struct_fields__ if issubclass(base, Message) else ()


def frozen() -> dict[str, dict[str, str]]:
    """Digests by message type."""
    found: dict[str, dict[str, str]] = json.loads((GOLDEN / "frozen.json").read_text())
    return found


def lifted(type_text: str) -> str:
    """The type a message has after every upcaster."""
    message = msgspec.json.decode(read(GOLDEN / f"{type_text}.txt")[2], type=BY_TYPE[type_text])
    while step := UPCASTERS.get(message.TYPE.text):
        message = step(message)
    return message.TYPE.text


def test_every_message_class_has_a_golden_file_and_every_golden_file_a_class() -> None:
    assert {path.stem for path in FILES} == set(BY_TYPE), (
        "a new message needs a golden file in tests/contract/golden; a published class never goes"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_published_message_is_read_for_ever(path: Path) -> None:
    subject, headers, body = read(path)
    envelope = from_headers(headers)
    message = codec.decode(envelope.type, body)
    assert message.TYPE.text == lifted(path.stem)
    assert subject == message.subject


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_message_is_written_as_the_same_bytes_as_ever(path: Path) -> None:
    subject, headers, body = read(path)
    message: Message = msgspec.json.decode(body, type=BY_TYPE[path.stem])
    assert codec.encode(message) == body
    assert message.subject == subject
    envelope_headers = {k: v for k, v in headers.items() if k not in BESIDE}
    assert list(to_headers(from_headers(headers)).items()) == list(envelope_headers.items())


@pytest.mark.parametrize("cls", BY_TYPE.values(), ids=lambda cls: cls.TYPE.text)
def test_no_field_hides_what_every_message_has(cls: type[Message]) -> None:
    inherited = {
        name
        for base in cls.__mro__[1:]
        for name in vars(base)
        if name[0] != "_" and name not in _fields(base)
    }
    assert inherited.isdisjoint(cls.__struct_fields__), "the subject is made from what it hides"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_golden_file_fits_its_json_schema(path: Path) -> None:
    import jsonschema

    schema = message_schema(BY_TYPE[path.stem])
    jsonschema.Draft202012Validator(schema).validate(json.loads(read(path)[2]))


@pytest.mark.parametrize("type_text", sorted(BY_TYPE))
def test_what_was_published_never_changes(type_text: str) -> None:
    now = {
        "golden": hashlib.sha256((GOLDEN / f"{type_text}.txt").read_bytes()).hexdigest(),
        "shape": codec.digest(shape(message_schema(BY_TYPE[type_text]))),
    }
    assert frozen().get(type_text) == now, (
        f"{type_text} is published: give the change a new version and an upcaster. For a new "
        f'message add to frozen.json: "{type_text}": {json.dumps(now)}'
    )


def test_nothing_published_is_forgotten() -> None:
    assert set(frozen()) == set(BY_TYPE)


def test_every_older_version_has_an_upcaster_to_a_newer_one() -> None:
    newest: dict[tuple[str, str], int] = {}
    for cls in BY_TYPE.values():
        name = (cls.TYPE.owner, cls.TYPE.name)
        newest[name] = max(newest.get(name, 0), cls.TYPE.version)
    older = {
        text
        for text, cls in BY_TYPE.items()
        if cls.TYPE.version < newest[cls.TYPE.owner, cls.TYPE.name]
    }
    assert set(UPCASTERS) == older
    for text in older:
        kind = BY_TYPE[lifted(text)].TYPE
        assert kind.version == newest[kind.owner, kind.name]
