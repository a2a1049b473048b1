"""`railcast events`: the log as lines for people or programs, read without making a consumer.

It reads with stored-message requests only, so that a look at the log can never take a message from
a service, and needs no more rights than the operators' login has.
"""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import msgspec
import typer

from bus.api import RawMessage
from bus.connection import ApiError, open_connection
from bus.delivery import from_api
from bus.errors import BusError
from bus.nats import NatsBus
from bus.settings import ProcessSettings
from contracts.envelope import parse_time

# How often a follower looks for a new event.
LOOK_S = 0.2
# A server on this machine or at the venue that does not let us in by then is not there.
CONNECT_S = 5.0
# Facts are told in the order of the log, but for some that waited for a retry.
DISORDER = timedelta(minutes=1)
# A line of a terminal or two; the whole body is in --json.
BODY_LENGTH_MAX = 200
_FILTER = re.compile(r"evt(\.([^\s.*>]+|\*))*(\.>)?")
_AGE = re.compile(r"(\d{1,6})([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NO_MESSAGE = 10037


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which events, and how to print them."""

    subject: str
    from_seq: int
    since: datetime | None
    follow: bool
    as_json: bool


def subject_filter(text: str) -> str:
    """A filter over event subjects. Raises ValueError with a sentence."""
    if not _FILTER.fullmatch(text):
        raise ValueError(f"--subject {text!r} is no filter of events such as 'evt.gfx.>'")
    return text


def since_time(text: str) -> datetime:
    """A moment or an age before now. Raises ValueError with a sentence."""
    wrong = f"--since {text!r} is neither a time nor an age such as 5m"
    try:
        if age := _AGE.fullmatch(text):
            seconds = int(age[1]) * _UNITS[age[2]]
            return datetime.now(UTC) - timedelta(seconds=seconds)
        return parse_time(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(wrong) from error


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
    settings = login(nats)
    try:
        async with asyncio.timeout(CONNECT_S):
            connection = await open_connection(settings, "events")
    except TimeoutError:
        typer.echo(f"railcast: the NATS server at {settings.nats_url} lets nobody in", err=True)
        return 1
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
    if query.since is not None:
        sequence = max(sequence, await _first_since(bus, query.since - DISORDER))
    while True:
        request = {"seq": sequence, "next_by_subj": query.subject}
        try:
            reply = await bus.connection.api("STREAM.MSG.GET.EVENTS", request)
        except ApiError as error:
            if error.code != _NO_MESSAGE:
                raise
            if not query.follow:
                return
            await asyncio.sleep(LOOK_S)
            continue
        message = from_api(reply["message"])
        sequence = message.sequence + 1
        _print_one(message, query)


async def _first_since(bus: NatsBus, moment: datetime) -> int:
    """Sequence of the first event said at or after a moment, by halving: a log may be long."""
    low, high = 1, (await bus.head()).sequence + 1
    while low < high:
        middle = (low + high) // 2
        message = await bus.event_at(middle)
        if message is not None and parse_time(message.headers["ce-time"]) < moment:
            low = middle + 1
        else:
            high = middle
    return low


def _print_one(message: RawMessage, query: Query) -> None:
    said = message.headers["ce-time"]
    if query.since is not None and parse_time(said) < query.since:
        return
    body = message.data.decode(errors="replace")
    if query.as_json:
        line = {
            "sequence": message.sequence,
            "subject": message.subject,
            "headers": dict(message.headers),
            "body": json.loads(body),
        }
        typer.echo(json.dumps(line, ensure_ascii=False))
        return
    kind = message.headers["ce-type"]
    short = body if len(body) <= BODY_LENGTH_MAX else body[:BODY_LENGTH_MAX] + "…"
    typer.echo(f"{message.sequence:>8}  {said[:23]}  {kind:<32} {message.subject}  {short}")
