"""`railcast explain`: why a field of a person has its value, down to file, hash and line."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import typer

# A gateway that does not answer in this time is not there.
TIMEOUT_S = 5.0


def show(places: dict[str, str], person_id: str, field: str, as_json: bool) -> int:
    """Print what holds and what it overruled; exit code 1 if there is no answer."""
    try:
        found = _ask(places, person_id, field)
    except urllib.error.HTTPError as error:
        typer.echo(f"railcast: {_reason(error)}", err=True)
        return 1
    except OSError as error:
        typer.echo(f"railcast: the gateway at {places['http']} does not answer: {error}", err=True)
        return 1
    if as_json:
        typer.echo(json.dumps(found, indent=1, ensure_ascii=False))
    else:
        typer.echo("\n".join(lines(found)))
    return 0


def _ask(places: dict[str, str], person_id: str, field: str) -> dict[str, Any]:
    names = (urllib.parse.quote(name, safe="") for name in (person_id, field))
    path = "/api/v1/players/{}/explain/{}".format(*names)
    request = urllib.request.Request(places["http"] + path)  # noqa: S310  # our own server
    request.add_header("Authorization", f"Bearer {places['token']}")
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310  # our own server
        found: dict[str, Any] = json.load(answer)
        return found


def _reason(error: urllib.error.HTTPError) -> str:
    """The sentence of a refusal; the bare status where the answer is none of ours."""
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return str(error)


def lines(found: dict[str, Any]) -> list[str]:
    """An explanation as people read it."""
    told = [f"{found['person_id']}  {found['field']} = {_value(found['value'])}"]
    if found["holds"] is None:
        return [*told, "  nobody told it"]
    told += _step("holds", found["holds"])
    for step in found["overruled"]:
        told += _step("overruled", step)
    return told


def _step(word: str, step: dict[str, Any]) -> list[str]:
    made = f" ({step['derived'].replace('_', ' ')} of it)" if step["derived"] else ""
    told = [f"  {word:<10} {_value(step['value'])}{made}  by {step['origin']} of {step['id']}"]
    if step["path"]:
        told.append(f"    file       {step['path']}  sha256 {step['sha256']}")
        told.append(f"    place      {step['at']}  {step['key']}")
    told += [f"    {n:<10} {step[n]}" for n in ("override_id", "image_id") if step[n]]
    if step["reason"]:
        told.append(f"    reason     {step['reason']}")
    for word_of, fact in (("fact", step["fact"]), ("linked by", step["linked_by"])):
        if fact:
            actor = f" by {fact['actor']}" if fact["actor"] else ""
            told.append(
                f"    {word_of:<10} {fact['type']} at {fact['sequence']}, {fact['said_at']}{actor}"
            )
    return told


def _value(value: str | int | None) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)
