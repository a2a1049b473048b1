"""The generated descriptions say what the classes say, and are well formed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import contracts
from contracts.registry import BY_TYPE
from deploy.contracts.asyncapi import document, parameters
from deploy.contracts.files import generated, rewrite, schema_name

FOLDER = Path(contracts.__file__).parent / "schemas"


def references(value: Any) -> Iterator[str]:
    """Every `$ref` inside a document."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def resolve(document_: Any, reference: str) -> Any:
    """What a local reference points at; KeyError when nothing is there."""
    found = document_
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_the_generated_files_are_what_the_classes_say() -> None:
    found = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert found == dict(generated()), "run `python -m deploy.contracts`"


def test_rewriting_removes_what_no_class_says_any_more(tmp_path: Path) -> None:
    (tmp_path / "gfx.never_said.v1.json").write_text("{}")
    assert "gfx.never_said.v1.json" in rewrite(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(generated())
    assert rewrite(tmp_path) == []


@pytest.mark.parametrize("type_text", sorted(BY_TYPE))
def test_each_schema_is_valid_and_complete_in_itself(type_text: str) -> None:
    schema = json.loads((FOLDER / schema_name(type_text)).read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    for reference in references(schema):
        assert resolve(schema, reference)
    assert schema["title"] == type_text


def test_a_body_that_lacks_a_field_does_not_fit_its_schema() -> None:
    schema = json.loads((FOLDER / "render.render_started.v1.json").read_bytes())
    body = {"render_id": "r1", "attempt": 1, "worker": "w", "engine": "e"}
    with pytest.raises(jsonschema.ValidationError, match="engine_version"):
        jsonschema.validate(body, schema)


class TestAsyncApi:
    """Its structure, as the specification asks for it."""

    def test_every_reference_leads_somewhere(self) -> None:
        whole = document()
        assert {reference for reference in references(whole) if not resolve(whole, reference)} == (
            set()
        )

    def test_every_message_is_in_exactly_one_channel(self) -> None:
        said = [text for channel in document()["channels"].values() for text in channel["messages"]]
        assert sorted(said) == sorted(BY_TYPE)

    def test_every_channel_declares_exactly_the_parameters_of_its_address(self) -> None:
        for channel in document()["channels"].values():
            assert sorted(channel["parameters"]) == sorted(parameters(channel["address"]))

    def test_every_channel_has_an_operation_of_its_owner(self) -> None:
        whole = document()
        used = {operation["channel"]["$ref"] for operation in whole["operations"].values()}
        assert used == {f"#/channels/{name}" for name in whole["channels"]}
        assert {operation["action"] for operation in whole["operations"].values()} == {
            "send",
            "receive",
        }

    def test_its_message_schemas_are_valid(self) -> None:
        for schema in document()["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_headers_fit_their_own_schema(self) -> None:
        traits = document()["components"]["messageTraits"]
        for path in Path(__file__).with_name("golden").glob("*.txt"):
            head = path.read_bytes().partition(b"\n\n")[0].decode().splitlines()[1:]
            headers = dict(line.split(": ", 1) for line in head)
            message = document()["components"]["messages"][path.stem]
            name = message["traits"][0]["$ref"].rpartition("/")[2]
            if name != "command":  # reply-to is added by the sender's connection
                jsonschema.validate(headers, traits[name]["headers"])
