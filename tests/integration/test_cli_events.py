"""`railcast events` against a real server, with the rights of the operators' login."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bus.connection import Connection
from bus.nats import NatsBus
from contracts.messages.cuesheet import SessionCreated
from contracts.messages.system import CanarySaid
from deploy.cli import events
from deploy.cli.events import Query, print_events
from deploy.local.servers import NatsServer
from tests.support.folding import LOG_START
from tests.support.gfx_facts import GAME, seen
from tests.support.live_bus import PATIENCE_S, new_log, say

ROOT = Path(__file__).parents[2]
SESSION = SessionCreated(
    session_id="s1",
    code="LAKE-D1",
    event_name="Zürich · 리더보드",
    broadcast_date="2031-03-01",
    status="live",
)
# Said one second apart, the first one second after LOG_START.
FACTS = (seen(), SESSION, *(CanarySaid(canary_id="c", number=n) for n in range(3, 7)))


@pytest.fixture
async def log(bus_urls: NatsServer) -> AsyncIterator[NatsBus]:
    async with new_log(bus_urls) as bus:
        await say(bus, *FACTS)
        yield bus


def query(**changes: Any) -> Query:
    values = {"subject": "evt.>", "from_seq": 1, "since": None, "follow": False, "as_json": True}
    return Query(**(values | changes))


async def printed(
    server: NatsServer, capsys: pytest.CaptureFixture[str], **changes: Any
) -> list[dict[str, Any]]:
    assert await print_events(server.url_for("ops"), query(**changes)) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line[0] == "{"]


def numbers(lines: list[dict[str, Any]]) -> list[int]:
    return [line["sequence"] for line in lines]


async def test_every_event_is_printed_in_the_order_of_the_log(bus_urls, log, capsys):
    lines = await printed(bus_urls, capsys)

    assert numbers(lines) == [1, 2, 3, 4, 5, 6]
    assert lines[0]["subject"] == f"evt.gfx.game.{GAME}.game_seen"
    assert lines[1]["body"]["event_name"] == "Zürich · 리더보드"
    assert lines[1]["headers"]["ce-type"] == "cuesheet.session_created.v1"


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"subject": "evt.system.>"}, [3, 4, 5, 6]),
        ({"subject": "evt.*.*.*.session_created"}, [2]),
        ({"subject": "evt.render.>"}, []),
        ({"from_seq": 5}, [5, 6]),
        ({"from_seq": 7}, []),
        ({"since": LOG_START + timedelta(seconds=4)}, [4, 5, 6]),
        ({"since": LOG_START + timedelta(seconds=4, microseconds=1)}, [5, 6]),
        ({"since": LOG_START - timedelta(days=1)}, [1, 2, 3, 4, 5, 6]),
        ({"since": LOG_START + timedelta(hours=1)}, []),
        ({"since": LOG_START + timedelta(seconds=2), "from_seq": 4}, [4, 5, 6]),
        ({"since": LOG_START + timedelta(seconds=2), "subject": "evt.cuesheet.>"}, [2]),
    ],
)
async def test_filters_choose_events(bus_urls, log, capsys, choice, expected):
    assert numbers(await printed(bus_urls, capsys, **choice)) == expected


async def test_the_beginning_of_a_long_log_is_skipped_by_halving(
    bus_urls, log, capsys, monkeypatch
):
    monkeypatch.setattr(events, "DISORDER", timedelta(seconds=2))
    await say(log, *(CanarySaid(canary_id="c", number=n) for n in range(7, 200)))
    asked: list[str] = []
    api = Connection.api

    async def counted(self: Connection, verb: str, *body: Any) -> dict[str, Any]:
        asked.append(verb)
        return await api(self, verb, *body)

    monkeypatch.setattr(Connection, "api", counted)

    lines = await printed(bus_urls, capsys, since=LOG_START + timedelta(seconds=197))

    assert numbers(lines) == [197, 198, 199]
    assert len(asked) < 20


async def test_an_empty_log_prints_nothing(bus_urls, capsys):
    async with new_log(bus_urls):
        assert await printed(bus_urls, capsys, since=LOG_START) == []


async def test_a_line_for_people_has_sequence_time_type_and_subject(bus_urls, log, capsys):
    assert await print_events(bus_urls.url_for("ops"), query(as_json=False, from_seq=2)) == 0

    first = capsys.readouterr().out.splitlines()[0].split()
    assert first[:4] == [
        "2",
        "2031-03-01T18:00:02.000",
        "cuesheet.session_created.v1",
        "evt.cuesheet.session.s1.session_created",
    ]


@pytest.mark.parametrize("login", ["ops:wrong@", "nobody:x@"])
async def test_a_server_that_lets_nobody_in_is_named_after_a_moment(
    bus_urls, capsys, monkeypatch, login
):
    monkeypatch.setattr(events, "CONNECT_S", 0.3)

    code = await print_events(bus_urls.url.replace("nats://", f"nats://{login}"), query())

    assert code == 1
    assert f"railcast: the NATS server at {bus_urls.url} lets nobody in" in capsys.readouterr().err


async def test_a_server_that_is_gone_is_named_after_a_moment(capsys, monkeypatch):
    monkeypatch.setattr(events, "CONNECT_S", 0.3)

    assert await print_events("nats://ops:x@127.0.0.1:1", query()) == 1
    assert "nats://127.0.0.1:1 lets nobody in" in capsys.readouterr().err


async def test_a_server_without_a_log_is_named(bus_urls, capsys):
    assert await print_events(bus_urls.url_for("ops"), query()) == 1
    assert capsys.readouterr().err.startswith("railcast: ")


async def test_a_follower_prints_nothing_but_events_until_it_is_interrupted(
    bus_urls: NatsServer, log: NatsBus, tmp_path: Path
):
    (tmp_path / "run.json").write_text(json.dumps({"nats": bus_urls.url_for("ops")}))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from deploy.cli import main; main()", "events", "--json"),
        *("--follow", "--from-seq", "6", "--home", str(tmp_path)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        # A shell makes what it starts in the background, this run perhaps, deaf to the key.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    first = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE_S))
    await say(log, CanarySaid(canary_id="c", number=7))
    second = json.loads(await asyncio.wait_for(process.stdout.readline(), PATIENCE_S))
    process.send_signal(signal.SIGINT)
    rest, complaints = await asyncio.wait_for(process.communicate(), PATIENCE_S)

    assert (first["sequence"], second["sequence"]) == (6, 7)
    assert rest == b""
    assert b"Traceback" not in complaints
    assert process.returncode != 0
