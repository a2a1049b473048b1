"""`railcast events`: the log as lines for people or programs, read without making a consumer.

It reads with stored-message requests only, so that a look at the log can never take a message from
a service, and needs no more rights than the operators' login has.
"""

import asyncio
import base64
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import typer

from bus.connection import ApiError, open_connection
from bus.errors import BusError
from bus.memory import matches
from bus.nats import NatsBus
from bus.settings import ProcessSettings
from contracts.envelope import parse_time
from contracts.errors import ContractError

# How often a follower looks for a new event.
LOOK_S = 0.2
_AGE = re.compile(r"(\d+)([smhd])\Z")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which events, and how to print them."""

    subject: str
    from_seq: int
    since: datetime | None
    follow: bool
    as_json: bool


def since_time(text: str) -> datetime:
    """A moment or an age before now. Raises ValueError with a sentence."""
    if age := _AGE.match(text):
        seconds = int(age[1]) * _UNITS[age[2]]
        return datetime.now(UTC) - timedelta(seconds=seconds)
    try:
        return parse_time(text)
    except ContractError as error:
        raise ValueError(f"--since {text!r} is neither a time nor an age such as 5m") from error


def login(nats: str) -> ProcessSettings:
    """Settings of a tool that logs in with an address of `run.json`."""
    address = urlsplit(nats)
    return ProcessSettings.model_validate(
        {
            "nats_url": f"nats://{address.hostname}:{address.port}",
            "nats_user": address.username or "",
            "nats_password": address.password or "",
        }
    )


async def print_events(nats: str, query: Query) -> int:
    """Print matching events; returns the exit code."""
    connection = await open_connection(login(nats), "events")
    try:
        await _print(NatsBus(connection, "ops"), query)
    except BusError as error:
        typer.echo(f"railcast: {error}", err=True)
        return 1
    finally:
        await connection.close()
    return 0


async def _print(bus: NatsBus, query: Query) -> None:
    sequence = query.from_seq
    while True:
        request = {"seq": sequence, "next_by_subj": query.subject}
        try:
            reply = await bus.connection.api("STREAM.MSG.GET.EVENTS", request)
        except ApiError as error:
            if error.code != 10037:
                raise
            if not query.follow:
                return
            await asyncio.sleep(LOOK_S)
            continue
        message = reply["message"]
        sequence = int(message["seq"]) + 1
        _print_one(message, query)


def _print_one(message: dict[str, Any], query: Query) -> None:
    headers = _headers(message)
    said = headers.get("ce-time", "")
    if query.since is not None and said and parse_time(said) < query.since:
        return
    if not matches(message["subject"], query.subject):
        return
    body = base64.b64decode(message.get("data", "")).decode(errors="replace")
    if query.as_json:
        line = {
            "sequence": message["seq"],
            "subject": message["subject"],
            "headers": headers,
            "body": json.loads(body),
        }
        typer.echo(json.dumps(line, ensure_ascii=False))
        return
    kind = headers.get("ce-type", "?")
    short = body if len(body) <= 200 else body[:200] + "…"
    typer.echo(f"{message['seq']:>8}  {said[:23]}  {kind:<32} {message['subject']}  {short}")


def _headers(message: dict[str, Any]) -> dict[str, str]:
    block = base64.b64decode(message.get("hdrs", "")).decode()
    pairs = (line.partition(":") for line in block.split("\r\n")[1:])
    return {name: value.strip() for name, colon, value in pairs if colon}
