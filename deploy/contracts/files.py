"""The generated files: their names and bytes, and how a folder is brought up to date."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.registry import BY_TYPE
from deploy.contracts.asyncapi import document
from deploy.contracts.schemas import message_schema

ASYNCAPI = "asyncapi.json"


def generated() -> Mapping[str, bytes]:
    """Every generated file by name: one schema per message version, one AsyncAPI document."""
    files = {schema_name(text): _bytes(message_schema(cls)) for text, cls in BY_TYPE.items()}
    return files | {ASYNCAPI: _bytes(document())}


def schema_name(type_text: str) -> str:
    """File of one message version, e.g. `gfx.hand_recorded.v1.json`."""
    return f"{type_text}.json"


def rewrite(folder: Path) -> list[str]:
    """Make a folder hold exactly the generated files; returns the names that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = generated()
    found = {path.name: path.read_bytes() for path in folder.glob("*.json")}
    for name in found.keys() - wanted.keys():
        (folder / name).unlink()
    changed = [name for name, data in wanted.items() if found.get(name) != data]
    for name in changed:
        (folder / name).write_bytes(wanted[name])
    return sorted({*changed, *(found.keys() - wanted.keys())})


def _bytes(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
